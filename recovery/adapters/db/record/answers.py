"""Our answers on their way: the last checks, `intended → sending`, and what became of them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CONTACT
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.lease import fence
from recovery.adapters.db.record.links import AGAIN
from recovery.adapters.db.record.replies import SESSION
from recovery.adapters.db.send_answers import record_answers
from recovery.adapters.db.sending import mark_sending
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import keep_noes_out
from recovery.adapters.db.tables.people import ReplyRow, SuppressionRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, Channel
from recovery.domain.phone import phone_from_e164
from recovery.domain.zone import number_zones
from recovery.services.pipeline import Answered, Started
from recovery.services.record.answers import ANSWERS, WINDOW, StartedAnswer, Whence

_REPLY = table(ReplyRow)
_SUPPRESSION = table(SuppressionRow)
#: When an answer that must wait for the morning is looked at again.
_LOOK_AGAIN = timedelta(minutes=5)
_LONGEST_VALIDITY = 36_000


class SqlAnswerStore:
    """Implements `AnswerStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_answers(self, now: datetime) -> bool:
        query = sa.select(ATTEMPT.c.id).where(*_due(now), ATTEMPT.c.step.like(SESSION + "%"))
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def start_answers(
        self, now: datetime, *, most: int, epoch: int, may_leave: Callable[[datetime, Whence], bool]
    ) -> list[StartedAnswer] | None:
        query = (
            sa.select(
                ATTEMPT,
                _REPLY.c.sender,
                _REPLY.c.number.label("to"),
                _REPLY.c.received_at,
                CONTACT.c.data,
            )
            .outerjoin(CONTACT, CONTACT.c.id == ATTEMPT.c.contact_id)
            .join(_REPLY, ATTEMPT.c.step.in_([_step(_REPLY.c.id), _step(_REPLY.c.id) + AGAIN]))
            .where(*_due(now), ATTEMPT.c.case_id == _REPLY.c.case_id)
            .order_by(ATTEMPT.c.id)
            .limit(most)
        )
        wanted: list[StartedAnswer] = []
        with self._database.begin() as connection:
            fence(connection, ANSWERS, epoch)
            must_hold(connection)
            keep_noes_out(connection)
            rows = connection.execute(query).mappings().all()
            silenced = _silenced(connection, rows)
            for row in rows:
                left = row["received_at"] + WINDOW - timedelta(minutes=5) - now
                if left <= timedelta(0) or row["id"] in silenced:
                    _cancel(connection, row["id"], now)
                elif may_leave(row["received_at"], _whence(row)):
                    wanted.append(_started(row, int(left.total_seconds())))
                else:
                    _postpone(connection, row["id"], now)
            ids = [one.started.attempt_id for one in wanted]
            begun = mark_sending(connection, ids, now, epoch=epoch)
        crashpoint("P05")
        return [one for one in wanted if one.started.attempt_id in begun] if rows else None

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        with self._database.begin() as connection:
            record_answers(connection, answered, now, epoch=epoch)
        crashpoint("P08")


def _step(reply_id: sa.Column[int]) -> sa.ColumnElement[str]:
    return sa.literal(SESSION) + sa.cast(reply_id, sa.Text)


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ATTEMPT.c.channel == Channel.WHATSAPP.value,
        ATTEMPT.c.state == AttemptState.INTENDED.value,
        sa.or_(ATTEMPT.c.due_at.is_(None), ATTEMPT.c.due_at <= now),
    )


def _cancel(connection: sa.Connection, attempt_id: int, now: datetime) -> None:
    change = ATTEMPT.update().where(ATTEMPT.c.id == attempt_id)
    connection.execute(change.values(state=AttemptState.CANCELLED.value, ended_at=now))


def _postpone(connection: sa.Connection, attempt_id: int, now: datetime) -> None:
    change = ATTEMPT.update().where(ATTEMPT.c.id == attempt_id)
    connection.execute(change.values(due_at=now + _LOOK_AGAIN))


def _silenced(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> set[int]:
    """Answers to numbers that were silenced since; a goodbye is the answer to just that."""
    keys = {row["number_key"] for row in rows}
    query = sa.select(_SUPPRESSION.c.key).where(
        _SUPPRESSION.c.key.in_(keys),
        _SUPPRESSION.c.channel.in_(("whatsapp", "all")),
        _SUPPRESSION.c.lifted_at.is_(None),
    )
    silent = set(connection.execute(query).scalars())
    return {r["id"] for r in rows if r["number_key"] in silent and r["template"] != "goodbye"}


def _whence(row: sa.RowMapping) -> Whence:
    for number in numbers_in(row["data"]):
        if number.key == row["number_key"]:
            return Whence(number.e164, tuple(number.zones), number.region, row["data"])
    # Of who was recovered, or wrote from another number, the number alone tells where they are.
    phone = phone_from_e164(row["to"])
    return Whence(row["to"], number_zones(phone), phone.region) if phone else Whence(row["to"])


def _started(row: sa.RowMapping, seconds: int) -> StartedAnswer:
    return StartedAnswer(
        Started(
            attempt_id=row["id"],
            case_id=row["case_id"],
            token=row["token"],
            # The very form the person wrote from: WhatsApp may know them by an older one.
            number=row["to"],
            content_sid=row["content_sid"] or "",
            variables=row["variables"] or {},
            valid_for=min(_LONGEST_VALIDITY, seconds),
        ),
        row["body"],
        row["sender"],
    )
