"""Messages in doubt, and what looking for them at the provider does to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.lease import is_held
from recovery.adapters.db.record.news import decide_anew
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import LeaseRow
from recovery.domain.case import ANSWER, BY_REP, AttemptState, Channel
from recovery.services.ports import ProviderMessage
from recovery.services.record.answers import ANSWERS
from recovery.services.record.doubts import LAST_LOOK, LOOKS, Doubt
from recovery.services.reps.writing import WRITING

_LEASE = table(LeaseRow)


class SqlDoubtStore:
    """Implements `DoubtStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orphans_into_doubt(self, now: datetime) -> int:
        with self._database.begin() as connection:
            result = connection.execute(
                ATTEMPT.update()
                .where(ATTEMPT.c.state == AttemptState.SENDING.value)
                .where(~_in_good_hands(connection, now))
                .values(state=AttemptState.IN_DOUBT.value, due_at=now + LOOKS[0], looks=0)
            )
        return result.rowcount

    def doubts(self, now: datetime) -> list[Doubt]:
        query = sa.select(ATTEMPT).where(
            ATTEMPT.c.channel == Channel.WHATSAPP.value,
            ATTEMPT.c.state.in_((AttemptState.IN_DOUBT.value, AttemptState.ABSENT.value)),
            ATTEMPT.c.due_at <= now,
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ATTEMPT.c.id)).mappings()
            return [_doubt(row) for row in rows]

    def is_being_written_to(self, number: str) -> bool:
        query = sa.select(ATTEMPT.c.id).where(
            ATTEMPT.c.channel == Channel.WHATSAPP.value,
            ATTEMPT.c.state == AttemptState.SENDING.value,
            ATTEMPT.c.number == number,
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def bound(self, sids: Sequence[str]) -> set[str]:
        query = sa.select(ATTEMPT.c.sid).where(ATTEMPT.c.sid.in_(sids))
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def bind(self, doubt: Doubt, message: ProviderMessage, now: datetime) -> bool:
        values: dict[str, Any] = {
            "sid": message.sid,
            "state": AttemptState.ACCEPTED.value,
            "accepted_at": message.created_at,
            "due_at": now,
        }
        mine = ATTEMPT.update().where(ATTEMPT.c.id == doubt.attempt_id)
        still = mine.where(ATTEMPT.c.state == AttemptState.IN_DOUBT.value)
        try:
            with self._database.begin() as connection:
                if connection.execute(still.values(**values)).rowcount != 1:
                    return False
                row = _attempt(connection, doubt.attempt_id)
                cases.record(connection, _of_case(row), "doubt_settled", now, attempt_id=row["id"])
        except IntegrityError:
            return False  # a callback told meanwhile whose message it is
        return True

    def not_found(self, doubt: Doubt, now: datetime, *, next_look: datetime | None) -> bool:
        if doubt.is_given_up:
            self._change(doubt, AttemptState.ABSENT, due_at=None)
            return False
        looks = doubt.looks + 1
        if next_look is not None:
            self._change(doubt, AttemptState.IN_DOUBT, due_at=next_look, looks=looks)
            return False
        absent = {
            "state": AttemptState.ABSENT.value,
            "ended_at": now,
            "due_at": doubt.sending_at + LAST_LOOK,
            "looks": looks,
        }
        return self._change(doubt, AttemptState.IN_DOUBT, given_up_at=now, **absent)

    def _change(
        self,
        doubt: Doubt,
        was: AttemptState,
        *,
        given_up_at: datetime | None = None,
        **values: Any,
    ) -> bool:
        """Whether it still was what it was."""
        still = ATTEMPT.update().where(ATTEMPT.c.id == doubt.attempt_id)
        with self._database.begin() as connection:
            result = connection.execute(still.where(ATTEMPT.c.state == was.value).values(**values))
            if given_up_at and result.rowcount == 1:
                row = _attempt(connection, doubt.attempt_id)
                case = _of_case(row)
                cases.record(connection, case, "absent", given_up_at, attempt_id=row["id"])
                decide_anew(connection, [row["case_id"]], given_up_at)
        return result.rowcount == 1


def _doubt(row: sa.RowMapping) -> Doubt:
    return Doubt(
        attempt_id=row["id"],
        number=row["number"],
        body=row["body"] or "",
        sending_at=row["sending_at"],
        looks=row["looks"],
        token=row["token"],
        is_given_up=row["state"] == AttemptState.ABSENT.value,
    )


def _in_good_hands(connection: sa.Connection, now: datetime) -> sa.ColumnElement[bool]:
    """Messages whose sender lives, or took over after this look: `reach` sends steps of the
    cadence, answers and what reps write have leases of their own."""
    leases = connection.execute(sa.select(_LEASE)).mappings()
    alive = {row["name"]: row["epoch"] if is_held(row, now) else row["epoch"] + 1 for row in leases}
    answers, written = (ATTEMPT.c.step.like(f"{one}%") for one in (ANSWER, BY_REP))
    return sa.or_(
        sa.and_(~answers, ~written, ATTEMPT.c.epoch >= alive.get("reach", 1)),
        sa.and_(answers, ATTEMPT.c.epoch >= alive.get(ANSWERS, 1)),
        sa.and_(written, ATTEMPT.c.epoch >= alive.get(WRITING, 1)),
    )


def _joined() -> sa.Select[Any]:
    return sa.select(ATTEMPT, CASE.c.state.label("case_state"), CASE.c.version, CASE.c.status).join(
        CASE, CASE.c.id == ATTEMPT.c.case_id
    )


def _attempt(connection: sa.Connection, attempt_id: int) -> sa.RowMapping:
    return connection.execute(_joined().where(ATTEMPT.c.id == attempt_id)).mappings().one()


def _of_case(attempt: sa.RowMapping) -> dict[str, Any]:
    """The case of an attempt, as far as outcomes need it."""
    return {
        "id": attempt["case_id"],
        "contact_id": attempt["contact_id"],
        "version": attempt["version"],
        "status": attempt["status"],
        "state": attempt["case_state"],
    }
