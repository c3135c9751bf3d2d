"""What the next run meets, counted."""

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE, CONTACT, MEMBER
from recovery.adapters.db.engine import Database
from recovery.adapters.db.keap_writes import OUTBOX
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AddressRow
from recovery.domain.case import CaseState
from recovery.domain.decision import Act
from recovery.services.budget import Ahead
from recovery.services.ports import Clock

_ADDRESS = table(AddressRow)


class SqlBudgetStore:
    """Implements `BudgetStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ahead(self) -> Ahead:
        now = self._clock()
        due = (CASE.c.state == CaseState.OPEN.value, CASE.c.next_act == Act.MESSAGE.value)
        over = (CASE.c.state == CaseState.HOLD.value, CASE.c.hold_until <= now)
        members = sa.select(CASE.c.id).where(*over)
        with self._database.read() as connection:

            def count(where: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
                query = sa.select(sa.func.count()).select_from(where).where(*conditions)
                return int(connection.execute(query).scalar_one())

            return Ahead(
                contacts=count(CONTACT),
                addresses=count(_ADDRESS),
                messages=count(CASE, *due, CASE.c.next_at <= now),
                writes=count(OUTBOX, OUTBOX.c.state == "pending", OUTBOX.c.next_at <= now),
                to_archive=count(MEMBER, MEMBER.c.case_id.in_(members)),
            )
