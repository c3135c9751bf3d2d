"""What an edit of the policy means for the cases that an earlier one decided."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import MetaRow
from recovery.domain.case import CaseState

_META = table(MetaRow)
#: The version by which cases are decided now; asked first, as it hardly ever changes.
_DECIDES = "deciding_policy"


def follow_policy(connection: sa.Connection, version: str, now: datetime) -> tuple[int, ...]:
    """Open cases that another version decided are to be decided anew, from now on; their ids, once
    a change."""
    known = connection.execute(sa.select(_META.c.value).where(_META.c.key == _DECIDES)).scalar()
    if known is not None and known["version"] == version:
        return ()
    upsert(connection, MetaRow, [{"key": _DECIDES, "value": {"version": version}}])
    outdated = sa.and_(CASE.c.state != CaseState.CLOSED.value, CASE.c.policy_version != version)
    # In the order in which all hold cases; the change alone would take them as they are stored.
    query = sa.select(CASE.c.id).where(outdated).order_by(CASE.c.id)
    ids = connection.execute(query.with_for_update(key_share=True)).scalars().all()
    connection.execute(CASE.update().where(outdated).values(route_at=now))
    return tuple(ids)
