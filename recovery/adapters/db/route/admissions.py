"""Who waits for the team, and who was let in when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, unheard
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, chunks, table
from recovery.adapters.db.tables.brakes import AdmissionRow
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.email_status import EmailStatus
from recovery.domain.intake import LOOKS_BACK, WAITS, Load, Waiting
from recovery.services.route.admissions import InLine

_ADMISSION = table(AdmissionRow)
#: Conversations that somebody of the team has on their hands.
_CHATS = (CaseState.ENGAGED.value, CaseState.CONFIRMING.value)


def admitted(connection: sa.Connection, case_ids: Sequence[int]) -> set[int]:
    """Those of these cases that were let in."""
    query = sa.select(_ADMISSION.c.case_id).where(_ADMISSION.c.case_id.in_(case_ids))
    return set(connection.execute(query).scalars())


class SqlAdmissionStore:
    """Implements `AdmissionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_line(self) -> Sequence[InLine]:
        query = (
            sa.select(CASE.c.id, CASE.c.status, CASE.c.next_step, CASE.c.next_at)
            .where(CASE.c.state == CaseState.OPEN.value, CASE.c.rule == WAITS)
            .order_by(CASE.c.value.desc(), CASE.c.opened_at.desc(), CASE.c.id)
        )
        with self._database.read() as connection:
            return [
                InLine(row.id, EmailStatus(row.status), row.next_step, row.next_at)
                for row in connection.execute(query)
            ]

    def load(self, now: datetime, zone: ZoneInfo) -> Load:
        midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
        late = sa.select(sa.func.count()).where(
            ATTEMPT.c.channel == Channel.CALL.value,
            ATTEMPT.c.state == AttemptState.QUEUED.value,
            ATTEMPT.c.due_at < midnight,
        )
        chats = sa.select(sa.func.count()).where(CASE.c.state.in_(_CHATS))
        recent = sa.select(_ADMISSION).where(_ADMISSION.c.at >= now - LOOKS_BACK)
        started: Counter[date] = Counter()
        messages = 0
        with self._database.read() as connection:
            for row in connection.execute(recent):
                started[row.at.astimezone(zone).date()] += row.calls
                messages += row.messages if row.at >= midnight else 0
            return Load(
                started,
                messages_today=messages,
                late_calls=int(connection.execute(late).scalar_one()),
                open_chats=int(connection.execute(chats).scalar_one()),
            )

    def admit(self, cases: Sequence[Waiting], now: datetime) -> None:
        for some in chunks(cases):
            rows = [
                {"case_id": c.case_id, "at": now, "calls": c.calls, "messages": c.messages}
                for c in some
            ]
            with self._database.begin() as connection:
                add_new(connection, AdmissionRow, rows)
                connection.execute(
                    CASE.update()
                    .where(CASE.c.id.in_([c.case_id for c in some]), CASE.c.rule == WAITS)
                    .values(route_at=now, next_at=None)
                )

    def foretell(self, days: Mapping[int, datetime], now: datetime) -> None:
        statement = (
            CASE.update()
            .where(CASE.c.id == sa.bindparam("of_case"), CASE.c.rule == WAITS)
            .where(CASE.c.state == CaseState.OPEN.value, unheard(now))
            .values(
                next_at=sa.bindparam("at"),
                route_at=sa.bindparam("at"),
                reason=sa.bindparam("why"),
            )
        )
        for some in chunks(list(days)):
            rows = [{"of_case": one, "at": days[one], "why": _why(days[one])} for one in some]
            with self._database.begin() as connection:
                connection.execute(statement, rows)


def _why(day: datetime) -> str:
    return f"waits until somebody of the team has room: its turn comes about {day:%Y-%m-%d}"
