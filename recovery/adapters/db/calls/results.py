"""A rep's word on a call, with its consequences, inside the caller's transaction."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.effects import follow
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.domain.case import AttemptState, Channel
from recovery.errors import Refusal
from recovery.services.record.by_person import CallResult

#: A call that was made in spite of these did happen: the rep's word counts.
_MAY_BE_DONE = (
    AttemptState.QUEUED.value,
    AttemptState.LAPSED.value,
    AttemptState.CANCELLED.value,
)


def dispose(connection: sa.Connection, result: CallResult, now: datetime) -> None:
    """Ends the case's open call with what the rep says; raises Refusal where none is open."""
    case = cases.held_open_case(connection, result.contact_id)
    if case is None:
        raise Refusal(f"contact {result.contact_id} has no open case")
    call = open_call(connection, case["id"])
    if call is None:
        raise Refusal(f"contact {result.contact_id} has no call in the queue")
    _end(connection, case, call, result, now, states=(AttemptState.QUEUED.value,))


def dispose_attempt(
    connection: sa.Connection, attempt_id: int, result: CallResult, now: datetime
) -> None:
    """As `dispose`, for one call that was made, even where the queue had given it up meanwhile."""
    call = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.id == attempt_id)).mappings().one()
    case = connection.execute(sa.select(CASE).where(CASE.c.id == call["case_id"])).mappings().one()
    _end(connection, case, call, result, now, states=_MAY_BE_DONE)


def _end(
    connection: sa.Connection,
    case: sa.RowMapping,
    call: sa.RowMapping,
    result: CallResult,
    now: datetime,
    *,
    states: tuple[str, ...],
) -> None:
    disposed = connection.execute(
        ATTEMPT.update()
        .where(ATTEMPT.c.id == call["id"], ATTEMPT.c.state.in_(states))
        .values(
            state=AttemptState.DONE.value,
            ended_at=result.said_at or now,
            disposition=result.disposition.value,
            actor=result.rep,
            note=result.note or None,
        )
    )
    if disposed.rowcount != 1:
        raise Refusal(f"somebody else worked the call of contact {result.contact_id} just now")
    more = {"said": result.code} if result.code else {}
    cases.record(
        connection,
        case,
        f"call_{result.disposition.value}",
        result.said_at or now,
        actor=result.rep,
        attempt_id=call["id"],
        note=result.note or None,
        **more,
    )
    follow(connection, case, call["number_key"], result, now)


def open_call(connection: sa.Connection, case_id: int) -> sa.RowMapping | None:
    """The case's call in the queue; the first that is due, should there be two."""
    # By the case alone: with state and order SQLite would walk through everybody's calls.
    mine = connection.execute(sa.select(ATTEMPT).where(ATTEMPT.c.case_id == case_id)).mappings()
    calls = [
        row
        for row in mine
        if row["channel"] == Channel.CALL.value and row["state"] == AttemptState.QUEUED.value
    ]
    return min(calls, key=lambda row: row["due_at"] or row["created_at"], default=None)
