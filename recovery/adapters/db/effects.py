"""What an answer changes: case, consent, suppression, numbers and what Keap is told."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.cases import ATTEMPT, CONTACT
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.sql import insert_new, table
from recovery.adapters.db.suppress import drop_number, stop
from recovery.adapters.db.tables.people import (
    ConsentRow,
)
from recovery.domain.case import FIRST_MESSAGE, LAST_MESSAGE, AttemptState, CaseState, Channel
from recovery.domain.person import Basis
from recovery.domain.reaction import Effect
from recovery.services.record.replies import Handled

_CONSENT = table(ConsentRow)


def remember_inbound(
    connection: sa.Connection, contact_id: str, source: str, at: datetime, text: str
) -> None:
    """Who writes to us on WhatsApp agrees to it."""
    row = {
        "contact_id": contact_id,
        "channel": Channel.WHATSAPP.value,
        "basis": Basis.INBOUND.value,
        "source": source,
        "at": at,
        "text": text[:500],
    }
    if not insert_new(connection, ConsentRow, [row]):
        # Of several messages of one case the newest proves what is newer than a refusal.
        same = [_CONSENT.c[name] == row[name] for name in ("contact_id", "channel", "basis")]
        newer = _CONSENT.update().where(*same, _CONSENT.c.source == row["source"])
        connection.execute(newer.where(_CONSENT.c.at < at).values(at=at, text=row["text"]))


def _stop(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    stop(connection, case, now, reason="stop", number_key=handled.incoming.number_key)
    if handled.understood.email_opt_out:
        keap_writes.write_back(
            connection,
            case,
            "opt_out",
            now,
            key=f"opt-out:{case['id']}:{case['version']}",
            payload={"words": handled.incoming.body[:200]},
        )


def _drop(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    key = handled.incoming.number_key
    if key:
        drop_number(connection, case, key, "wrong", now)
        # One that is in doubt is still looked for: what the provider took, it took.
        connection.execute(
            ATTEMPT.update()
            .where(ATTEMPT.c.case_id == case["id"], ATTEMPT.c.number_key == key)
            .where(ATTEMPT.c.step.in_((FIRST_MESSAGE, LAST_MESSAGE)), ATTEMPT.c.sid.is_not(None))
            .values(ended_at=now, state=AttemptState.FAILED.value, code="wrong_person")
        )
    cases.record(connection, case, "wrong_person", now, actor="contact")
    cases.touch(connection, case["id"], now)


def _ask(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    email = handled.reaction.email if handled.reaction else None
    cases.end_attempts(connection, case["id"], now)
    cases.touch(
        connection,
        case["id"],
        now,
        state=CaseState.CONFIRMING.value,
        pending_email=email,
        pending_at=now,
    )


def _take(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    email = handled.reaction.email if handled.reaction else None
    take_address(connection, case, email or "", now, words=handled.incoming.body, actor="contact")


def take_address(
    connection: sa.Connection,
    case: sa.RowMapping,
    email: str,
    now: datetime,
    *,
    words: str,
    actor: str,
) -> None:
    """A confirmed address goes to Keap; the case is recovered once Keap, read back, says so."""
    old = _address_of(connection, case["contact_id"])
    cases.record(connection, case, "new_email", now, actor=actor, email=email, old=old)
    cases.end_attempts(connection, case["id"], now)
    keap_writes.write_back(
        connection,
        case,
        "new_email",
        now,
        key=f"email:{case['id']}:{case['version']}",
        payload={
            "email": email,
            "words": words[:200],
            "actor": actor,
            "old": old,
        },
    )
    waits = {"state": CaseState.CONSENTED.value, "pending_at": now}
    cases.touch(connection, case["id"], now, pending_email=email, **waits)


def _address_of(connection: sa.Connection, contact_id: str) -> str | None:
    """The contact's deciding address as we know it."""
    data = connection.execute(sa.select(CONTACT.c.data).where(CONTACT.c.id == contact_id)).scalar()
    return deciding_email(data)


def _opt_in(
    connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime
) -> None:
    agree(connection, case, now, words=handled.incoming.body, actor="contact")


def agree(
    connection: sa.Connection, case: sa.RowMapping, now: datetime, *, words: str, actor: str
) -> None:
    """A fresh consent to e-mail, asked of Keap by its API."""
    cases.record(connection, case, "consented", now, actor=actor)
    cases.end_attempts(connection, case["id"], now)
    keap_writes.write_back(
        connection,
        case,
        "opt_in",
        now,
        key=f"opt-in:{case['id']}:{case['version']}",
        payload={"words": words[:200], "actor": actor, "status": case["status"]},
    )
    cases.touch(connection, case["id"], now, state=CaseState.CONSENTED.value, pending_at=now)


def _await(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    cases.record(connection, case, "consented", now, actor="contact")
    cases.end_attempts(connection, case["id"], now)
    cases.touch(connection, case["id"], now, state=CaseState.CONSENTED.value, pending_at=now)


def _call(connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime) -> None:
    cases.record(connection, case, "asked_for_call", now, actor="contact")
    cases.end_attempts(connection, case["id"], now)
    cases.touch(
        connection,
        case["id"],
        now,
        state=CaseState.ENGAGED.value,
        callback_at=handled.call_at or now,
    )


def _engage(
    connection: sa.Connection, case: sa.RowMapping, handled: Handled, now: datetime
) -> None:
    if case["state"] == CaseState.CLOSED.value:
        return
    cases.end_attempts(connection, case["id"], now)
    cases.touch(connection, case["id"], now, state=CaseState.ENGAGED.value)


EFFECTS = {
    Effect.STOP: _stop,
    Effect.DROP_NUMBER: _drop,
    Effect.ASK_TO_CONFIRM: _ask,
    Effect.ASK_ADDRESS: _ask,
    Effect.TAKE_ADDRESS: _take,
    Effect.OPT_IN: _opt_in,
    Effect.AWAIT_KEAP: _await,
    Effect.CALL: _call,
    Effect.ENGAGE: _engage,
}
