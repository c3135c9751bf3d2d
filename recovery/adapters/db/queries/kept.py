"""Who stays in the hold although it is over, and why."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveItemRow
from recovery.adapters.db.tables.people import CaseRow
from recovery.domain.archive import ItemState
from recovery.domain.case import CaseState

_CASE = table(CaseRow)
_ITEM = table(ArchiveItemRow)


def who_stays(database: Database) -> dict[str, int]:
    """Contacts by the reason for which they were spared last, the most frequent first."""
    newest = sa.select(sa.func.max(_ITEM.c.id)).group_by(_ITEM.c.contact_id)
    number = sa.func.count()
    query = (
        sa.select(_ITEM.c.reason, number)
        .join(_CASE, _CASE.c.id == _ITEM.c.case_id)
        .where(_CASE.c.state == CaseState.HOLD.value, _ITEM.c.state == ItemState.SPARED.value)
        .where(_ITEM.c.id.in_(newest))
        .group_by(_ITEM.c.reason)
        .order_by(number.desc(), _ITEM.c.reason)
    )
    with database.read() as connection:
        return {str(reason): int(count) for reason, count in connection.execute(query)}
