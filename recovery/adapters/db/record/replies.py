"""What handling replies reads and writes: their effects, and our answers' intents."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.answers import record_answers
from recovery.adapters.db.cases import ATTEMPT, CONTACT, OPEN_KEY
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.effects import EFFECTS, remember_inbound
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.lease import fence
from recovery.adapters.db.record.links import AGAIN
from recovery.adapters.db.record.matching import matched
from recovery.adapters.db.sending import mark_sending
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.suppress import keep_noes_out, suppress
from recovery.adapters.db.tables.people import (
    AttemptRow,
    ContactKeyRow,
    ReplyRow,
    SuppressionRow,
)
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, Channel
from recovery.domain.keys import Keys
from recovery.domain.phone import phone_from_e164
from recovery.domain.reaction import Effect
from recovery.domain.reply import ReplyKind
from recovery.domain.zone import number_zones
from recovery.services.pipeline import Answered, Started
from recovery.services.record.replies import (
    ANSWERS,
    WINDOW,
    Handled,
    Incoming,
    StartedAnswer,
    Whence,
)

_REPLY = table(ReplyRow)
_KEY = table(ContactKeyRow)
_SUPPRESSION = table(SuppressionRow)
#: When an answer that must wait for the morning is looked at again.
_LOOK_AGAIN = timedelta(minutes=5)
#: Step names of session messages begin so; the cadence does not count them.
_SESSION = "s"
_LONGEST_VALIDITY = 36_000


class SqlReplyStore:
    """Implements `ReplyStore`."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        *,
        contacts_per_person: int,
        inbound_is_consent: bool = True,
    ) -> None:
        self._database = database
        self._limit = contacts_per_person
        self._keys = keys
        self._inbound_is_consent = inbound_is_consent

    def unhandled(self, limit: int) -> list[Incoming]:
        query = sa.select(_REPLY).where(_REPLY.c.handled_at.is_(None))
        query = query.order_by(_REPLY.c.received_at, _REPLY.c.id).limit(limit)
        seen: set[object] = set()
        incoming: list[Incoming] = []
        with self._database.read() as connection:
            for row in connection.execute(query).mappings():
                # A person's second message is read once the first has changed their case.
                if row["number"] in seen:
                    continue
                seen.add(row["number"])
                incoming.append(matched(connection, row))
        return incoming

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        key = self._keys.email(email)
        own = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.case_id == case_id)
        query = sa.select(_KEY.c.contact_id).where(
            _KEY.c.key == key, ("c" + _KEY.c.contact_id).not_in(own)
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def handle(self, handled: Handled, now: datetime) -> None:
        incoming, understood = handled.incoming, handled.understood
        with self._database.begin() as connection:
            taken = connection.execute(
                _REPLY.update()
                .where(_REPLY.c.id == incoming.reply_id, _REPLY.c.handled_at.is_(None))
                .values(
                    handled_at=now,
                    number_key=incoming.number_key,
                    case_id=incoming.case_id,
                    contact_id=incoming.contact_id,
                    kind=understood.kind.value,
                    email=understood.email,
                )
            )
            if taken.rowcount != 1:
                return
            if incoming.case_id is None:
                self._from_stranger(connection, handled, now)
                return
            case = cases.case_of(connection, incoming.case_id)
            self._remember(connection, case, handled)
            EFFECTS[_effect(handled)](connection, case, handled, now)
            _intend_answer(connection, case, handled, now)

    def _from_stranger(self, connection: sa.Connection, handled: Handled, now: datetime) -> None:
        """Nobody with a case; what they say counts once their contact has one."""
        incoming = handled.incoming
        key = incoming.number_key
        if handled.understood.kind is ReplyKind.STOP and key:
            suppress(connection, [key], reason="stop", source="reply", at=now)
        if key and self._agrees(handled):
            holders = sa.select(_KEY.c.contact_id).where(_KEY.c.key == key)
            contacts = connection.execute(holders.order_by(_KEY.c.contact_id)).scalars().all()
            # Of an office's number nobody can tell who wrote.
            for contact in contacts if len(contacts) <= self._limit else ():
                remember_inbound(
                    connection, contact, "message", incoming.received_at, incoming.body
                )

    def _agrees(self, handled: Handled) -> bool:
        says_no = handled.understood.kind in (ReplyKind.STOP, ReplyKind.WRONG_PERSON)
        return self._inbound_is_consent and not says_no

    def _remember(self, connection: sa.Connection, case: sa.RowMapping, handled: Handled) -> None:
        incoming, kind = handled.incoming, handled.understood.kind
        cases.record(
            connection,
            case,
            "replied",
            incoming.received_at,
            actor="contact",
            understood=kind.value,
            rule=handled.understood.matched,
            reply_id=incoming.reply_id,
        )
        if self._agrees(handled):
            source, at = f"case {case['id']}", incoming.received_at
            remember_inbound(connection, case["contact_id"], source, at, incoming.body)

    def has_answers(self, now: datetime) -> bool:
        query = sa.select(ATTEMPT.c.id).where(*_due(now), ATTEMPT.c.step.like(_SESSION + "%"))
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
    return sa.literal(_SESSION) + sa.cast(reply_id, sa.Text)


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


def _effect(handled: Handled) -> Effect:
    return handled.reaction.effect if handled.reaction else Effect.ENGAGE


def _intend_answer(
    connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime
) -> None:
    answer, incoming = handled.answer, handled.incoming
    if answer is None:
        return
    step = f"{_SESSION}{incoming.reply_id}"
    add_new(
        connection,
        AttemptRow,
        [
            {
                "case_id": case["id"],
                "contact_id": case["contact_id"],
                "channel": Channel.WHATSAPP.value,
                "step": step,
                "step_key": f"{case['id']}:{step}",
                "state": AttemptState.INTENDED.value,
                "token": answer.token,
                "number": incoming.number,
                "number_key": incoming.number_key or "",
                "template": answer.template,
                "language": answer.language,
                "content_sid": answer.content_sid,
                "variables": dict(answer.variables),
                "body": answer.body,
                "case_version": case["version"],
                "rule": cases.SESSION_RULE,
                "epoch": 0,
                "created_at": now,
                "looks": 0,
            }
        ],
    )
