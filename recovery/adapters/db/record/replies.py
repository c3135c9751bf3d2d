"""What handling replies reads and writes: their effects, and the intents of our answers."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import OPEN_KEY
from recovery.adapters.db.effects import EFFECTS, remember_inbound
from recovery.adapters.db.engine import Database
from recovery.adapters.db.record.matching import matched
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.suppress import suppress, wait_for_beginners
from recovery.adapters.db.tables.people import (
    AttemptRow,
    ContactKeyRow,
    ReplyRow,
    SuppressionRow,
)
from recovery.domain.case import AttemptState, Channel
from recovery.domain.keys import Keys
from recovery.domain.reaction import Effect
from recovery.domain.reply import ReplyKind
from recovery.services.record.replies import (
    Handled,
    Incoming,
)

_REPLY = table(ReplyRow)
_KEY = table(ContactKeyRow)
_SUPPRESSION = table(SuppressionRow)
#: Step names of session messages begin so; the cadence does not count them.
SESSION = "s"


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

    def handle(self, handled: Handled, now: datetime) -> bool:
        incoming, understood = handled.incoming, handled.understood
        with self._database.begin() as connection:
            case = _case(connection, handled)
            if incoming.case_id is not None and case is None:
                return False
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
                return False
            if case is None:
                self._from_stranger(connection, handled, now)
                return True
            self._remember(connection, case, handled)
            EFFECTS[_effect(handled)](connection, case, handled, now)
            _intend_answer(connection, case, handled, now)
            return True

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


def _case(connection: sa.Connection, handled: Handled) -> sa.RowMapping | None:
    """The case as it was when the reply was read; None where it is another now."""
    incoming = handled.incoming
    if incoming.case_id is None:
        return None
    # Nor does a message leave to a number that was somebody else's by then.
    if _effect(handled) in (Effect.STOP, Effect.DROP_NUMBER):
        wait_for_beginners(connection)
    drops = _effect(handled) is Effect.DROP_NUMBER
    held = cases.held_with_sent if drops else cases.held_case
    case = held(connection, incoming.case_id)
    now = (case["version"], case["state"])
    return case if now == (incoming.case_version, incoming.state) else None


def _effect(handled: Handled) -> Effect:
    return handled.reaction.effect if handled.reaction else Effect.ENGAGE


def _intend_answer(
    connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime
) -> None:
    answer, incoming = handled.answer, handled.incoming
    if answer is None:
        return
    step = f"{SESSION}{incoming.reply_id}"
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
