"""What follows from a rep's word on a call, and what is taken back when it was wrong.

Every function works inside the caller's transaction; a closed case keeps its end.
"""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.effects import agree, take_address
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import drop_number, stop, suppress
from recovery.adapters.db.tables.people import DroppedNumberRow, SuppressionRow
from recovery.domain.case import CaseState, Channel, Disposition
from recovery.domain.email_status import OPT_IN_WORKS, EmailStatus
from recovery.services.record.by_person import CallResult

_DROPPED = table(DroppedNumberRow)
_SUPPRESSION = table(SuppressionRow)

#: The person gave or agreed to something meanwhile: that they also spoke changes nothing.
_DECIDED = (CaseState.CONFIRMING.value, CaseState.CONSENTED.value)

Effect = Callable[[sa.Connection, sa.RowMapping, str, CallResult, datetime], None]


def follow(
    connection: sa.Connection,
    case: sa.RowMapping,
    number_key: str,
    result: CallResult,
    now: datetime,
) -> None:
    """Changes the case as the disposition asks; `number_key` is the number that was called."""
    if case["state"] == CaseState.CLOSED.value and result.disposition not in _EVER:
        return
    _EFFECTS[result.disposition](connection, case, number_key, result, now)


def _words(result: CallResult) -> str:
    return result.words or result.note or f"on the phone to {result.rep}"


def _look_again(
    connection: sa.Connection, case: sa.RowMapping, _key: str, _result: CallResult, now: datetime
) -> None:
    cases.touch(connection, case["id"], now)


def _engage(
    connection: sa.Connection, case: sa.RowMapping, _key: str, _result: CallResult, now: datetime
) -> None:
    decided = case["state"] in _DECIDED
    more = {} if decided else {"state": CaseState.ENGAGED.value}
    cases.touch(connection, case["id"], now, **more)


def _new_email(
    connection: sa.Connection, case: sa.RowMapping, _key: str, result: CallResult, now: datetime
) -> None:
    if case["state"] == CaseState.CONSENTED.value and case["pending_email"] == result.email:
        return
    words = _words(result)
    take_address(connection, case, result.email or "", now, words=words, actor=result.rep)


def _consented(
    connection: sa.Connection, case: sa.RowMapping, _key: str, result: CallResult, now: datetime
) -> None:
    """Consent to e-mail, which says nothing of WhatsApp; only some statuses take it by API."""
    if EmailStatus(case["status"]) in OPT_IN_WORKS:
        agree(connection, case, now, words=_words(result), actor=result.rep)
        return
    cases.record(connection, case, "consented", now, actor=result.rep)
    cases.touch(connection, case["id"], now, state=CaseState.ENGAGED.value)


def _call_again(
    connection: sa.Connection, case: sa.RowMapping, _key: str, result: CallResult, now: datetime
) -> None:
    agreed = {"state": CaseState.ENGAGED.value, "callback_at": result.at}
    cases.touch(connection, case["id"], now, **agreed)


def _refused(
    connection: sa.Connection, case: sa.RowMapping, key: str, _result: CallResult, now: datetime
) -> None:
    suppress(
        connection,
        [key] if key else [],
        reason="refused",
        source=f"case {case['id']}",
        at=now,
        channel=Channel.CALL.value,
    )
    if case["state"] != CaseState.CLOSED.value:
        cases.touch(connection, case["id"], now, stopped=True, state=CaseState.OPEN.value)


def _do_not_contact(
    connection: sa.Connection, case: sa.RowMapping, key: str, result: CallResult, now: datetime
) -> None:
    reason = "do_not_contact"
    stop(connection, case, now, reason=reason, number_key=key or None, actor=result.rep)


def _wrong_number(
    connection: sa.Connection, case: sa.RowMapping, key: str, _result: CallResult, now: datetime
) -> None:
    drop_number(connection, case, key, "wrong", now)
    if case["state"] != CaseState.CLOSED.value:
        cases.touch(connection, case["id"], now)


_EFFECTS: dict[Disposition, Effect] = {
    Disposition.NO_ANSWER: _look_again,
    Disposition.BUSY: _look_again,
    Disposition.VOICEMAIL: _look_again,
    Disposition.FAILED: _look_again,
    Disposition.DONE_IN_KEAP: _look_again,
    Disposition.SPOKE: _engage,
    Disposition.NEW_EMAIL: _new_email,
    Disposition.CONSENT: _consented,
    Disposition.CALLBACK: _call_again,
    Disposition.REFUSED: _refused,
    Disposition.DO_NOT_CONTACT: _do_not_contact,
    Disposition.WRONG_NUMBER: _wrong_number,
}
#: What counts even where the case is over.
_EVER = frozenset({Disposition.REFUSED, Disposition.DO_NOT_CONTACT, Disposition.WRONG_NUMBER})


def take_back(
    connection: sa.Connection,
    case: sa.RowMapping,
    number_key: str,
    said: Disposition,
    now: datetime,
) -> None:
    """Undoes what an earlier, wrong word on a call changed here; what Keap was told stays told."""
    match said:
        case Disposition.DO_NOT_CONTACT | Disposition.REFUSED:
            lift(connection, f"case {case['id']}", said.value, now)
            cases.touch(connection, case["id"], now, stopped=False, state=CaseState.OPEN.value)
        case Disposition.WRONG_NUMBER:
            _give_number_back(connection, case, number_key)
        case Disposition.NEW_EMAIL | Disposition.CONSENT:
            keap_writes.withhold(connection, case["id"], now)
            cases.touch(connection, case["id"], now, state=CaseState.OPEN.value, pending_email=None)
        case Disposition.CALLBACK | Disposition.SPOKE:
            cases.end_attempts(connection, case["id"], now)
            cases.touch(connection, case["id"], now, state=CaseState.OPEN.value, callback_at=None)
        case _:
            cases.touch(connection, case["id"], now)


def lift(connection: sa.Connection, source: str, reason: str, now: datetime) -> None:
    """Ends the suppressions that this act alone had made."""
    connection.execute(
        _SUPPRESSION.update()
        .where(_SUPPRESSION.c.source == source, _SUPPRESSION.c.reason == reason)
        .where(_SUPPRESSION.c.lifted_at.is_(None))
        .values(lifted_at=now)
    )


def _give_number_back(connection: sa.Connection, case: sa.RowMapping, number_key: str) -> None:
    members = sa.select(cases.MEMBER.c.contact_id).where(cases.MEMBER.c.case_id == case["id"])
    connection.execute(
        _DROPPED.delete()
        .where(_DROPPED.c.contact_id.in_(members), _DROPPED.c.number_key == number_key)
        .where(_DROPPED.c.why == "wrong")
    )
