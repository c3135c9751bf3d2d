"""A rep's word on a call, with its consequences, inside the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.db.effects import agree, take_address
from recovery.adapters.db.suppress import drop_number, stop, suppress
from recovery.domain.case import AttemptState, CaseState, Channel, Disposition
from recovery.domain.email_status import OPT_IN_WORKS, EmailStatus
from recovery.errors import Refusal
from recovery.services.record import CallResult


def dispose(connection: sa.Connection, result: CallResult, now: datetime) -> None:
    """Ends the case's open call with what the rep says; raises Refusal where none is open."""
    case = cases.open_case_of(connection, result.contact_id)
    if case is None:
        raise Refusal(f"contact {result.contact_id} has no open case")
    call = _open_call(connection, case["id"])
    if call is None:
        raise Refusal(f"contact {result.contact_id} has no call in the queue")
    disposed = connection.execute(
        ATTEMPT.update()
        .where(ATTEMPT.c.id == call["id"], ATTEMPT.c.state == AttemptState.QUEUED.value)
        .values(
            state=AttemptState.DONE.value,
            ended_at=now,
            disposition=result.disposition.value,
            actor=result.rep,
            note=result.note or None,
        )
    )
    if disposed.rowcount != 1:
        raise Refusal(f"somebody else worked the call of contact {result.contact_id} just now")
    cases.record(
        connection,
        case,
        f"call_{result.disposition.value}",
        now,
        actor=result.rep,
        attempt_id=call["id"],
        note=result.note or None,
    )
    _follow(connection, case, call, result, now)


def _open_call(connection: sa.Connection, case_id: int) -> sa.RowMapping | None:
    query = sa.select(ATTEMPT).where(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.channel == Channel.CALL.value,
        ATTEMPT.c.state == AttemptState.QUEUED.value,
    )
    return connection.execute(query.order_by(ATTEMPT.c.due_at)).mappings().first()


def _follow(
    connection: sa.Connection,
    case: sa.RowMapping,
    call: sa.RowMapping,
    result: CallResult,
    now: datetime,
) -> None:
    words = result.note or f"on the phone to {result.rep}"
    match result.disposition:
        case Disposition.NEW_EMAIL:
            take_address(connection, case, result.email or "", now, words=words, actor=result.rep)
        case Disposition.CONSENT:
            _consented(connection, case, result, now, words=words)
        case Disposition.CALLBACK:
            cases.touch(
                connection,
                case["id"],
                now,
                state=CaseState.ENGAGED.value,
                callback_at=result.at,
            )
        case Disposition.REFUSED:
            suppress(
                connection,
                [call["number_key"]],
                reason="refused",
                source=f"case {case['id']}",
                at=now,
                channel=Channel.CALL.value,
            )
            cases.touch(connection, case["id"], now, stopped=True, state=CaseState.OPEN.value)
        case Disposition.DO_NOT_CONTACT:
            stop(
                connection,
                case,
                now,
                reason="do_not_contact",
                number_key=call["number_key"],
                actor=result.rep,
            )
        case Disposition.WRONG_NUMBER:
            drop_number(connection, case, call["number_key"], "wrong", now)
            cases.touch(connection, case["id"], now)
        case Disposition.SPOKE:
            cases.touch(connection, case["id"], now, state=CaseState.ENGAGED.value)
        case Disposition.NO_ANSWER | Disposition.BUSY | Disposition.VOICEMAIL | Disposition.FAILED:
            cases.touch(connection, case["id"], now)


def _consented(
    connection: sa.Connection,
    case: sa.RowMapping,
    result: CallResult,
    now: datetime,
    *,
    words: str,
) -> None:
    """Consent to e-mail, which says nothing of WhatsApp; only some statuses take it by API."""
    if EmailStatus(case["status"]) in OPT_IN_WORKS:
        agree(connection, case, now, words=words, actor=result.rep)
        return
    cases.record(connection, case, "consented", now, actor=result.rep)
    cases.touch(connection, case["id"], now, state=CaseState.ENGAGED.value)
