"""What the provider answered to a send, recorded with its consequences."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.in_order import hold_all
from recovery.adapters.db.sql import chunks
from recovery.adapters.db.suppress import follow_code, says_no, wait_for_beginners
from recovery.domain.case import AttemptState, CaseState
from recovery.services.pipeline import Answered
from recovery.services.ports import CodeAction, SendAnswer, SendResult

#: A doubt is looked into after two minutes for the first time (facts: reliability, 'Send').
FIRST_LOOK = timedelta(minutes=2)
#: A message that is under way is asked about when no callback came for so long.
FIRST_POLL = timedelta(minutes=5)
#: What we or the account must wait for or mend: the person's step is still to be done.
_OURS = (
    CodeAction.FIX,
    CodeAction.TEMPLATE,
    CodeAction.STOP,
    CodeAction.RETRY,
    CodeAction.WAIT_A_DAY,
    None,
)
_ANSWER = ("state", "sid", "code", "accepted_at", "ended_at", "due_at")


def record_answers(
    connection: sa.Connection, answered: Sequence[Answered], now: datetime, *, epoch: int
) -> list[Answered]:
    """What the provider said, as far as it was ours to write.

    What another run put in doubt meanwhile, or a callback settled, is left as it is.
    """
    ours = _still_sending(connection, answered, epoch)
    told = _distinct(connection, [one for one in answered if one.started.attempt_id in ours])
    if told:
        connection.execute(
            ATTEMPT.update()
            .where(ATTEMPT.c.id == sa.bindparam("of_attempt"))
            .values(**{name: sa.bindparam(f"new_{name}") for name in _ANSWER}),
            [_settled(one, now) for one in told],
        )
    return told


def _still_sending(connection: sa.Connection, answered: Sequence[Answered], epoch: int) -> set[int]:
    ids = [one.started.attempt_id for one in answered]
    query = (
        sa.select(ATTEMPT.c.id)
        .where(ATTEMPT.c.id.in_(ids), ATTEMPT.c.epoch == epoch)
        .where(ATTEMPT.c.state == AttemptState.SENDING.value)
        .order_by(ATTEMPT.c.id)
        .with_for_update()
    )
    return set(connection.execute(query).scalars())


def _distinct(connection: sa.Connection, answered: Sequence[Answered]) -> list[Answered]:
    """An id that another message has already proves nothing: that answer is in doubt."""
    sids = [one.answer.sid for one in answered if one.answer.sid]
    taken = set(
        connection.execute(sa.select(ATTEMPT.c.sid).where(ATTEMPT.c.sid.in_(sids))).scalars()
    )
    told: list[Answered] = []
    for one in answered:
        if one.answer.sid and one.answer.sid in taken:
            one = replace(one, answer=SendAnswer(SendResult.IN_DOUBT), action=None)
        elif one.answer.sid:
            taken.add(one.answer.sid)
        told.append(one)
    return told


def _settled(one: Answered, now: datetime) -> dict[str, Any]:
    answer = one.answer
    values: dict[str, Any] = {
        "of_attempt": one.started.attempt_id,
        "new_state": "",
        "new_sid": None,
        "new_code": answer.code,
        "new_accepted_at": None,
        "new_ended_at": None,
        "new_due_at": None,
    }
    match answer.result:
        case SendResult.ACCEPTED:
            state = AttemptState.ACCEPTED
            values |= {
                "new_sid": answer.sid,
                "new_accepted_at": now,
                "new_due_at": now + FIRST_POLL,
            }
        case SendResult.IN_DOUBT:
            state = AttemptState.IN_DOUBT
            values["new_due_at"] = now + FIRST_LOOK
        case SendResult.NOT_SENT:
            state = AttemptState.INTENDED
        case SendResult.REJECTED:
            state = AttemptState.REJECTED
            values["new_ended_at"] = now
    values["new_state"] = state.value
    return values


def ask_before_noes(connection: sa.Connection, answered: Sequence[Answered]) -> None:
    """Where an answer is a no of the person, the turn to write it, before any case is held."""
    rejected = (one for one in answered if one.answer.result is SendResult.REJECTED)
    if any(says_no(one.answer.code, one.action) for one in rejected):
        wait_for_beginners(connection)


def follow_answers(connection: sa.Connection, answered: Sequence[Answered], now: datetime) -> None:
    """Cases whose message is under way wait for the answer; rejected ones are decided anew."""
    ask_before_noes(connection, answered)
    under_way = [
        a.started.case_id
        for a in answered
        if a.answer.result in (SendResult.ACCEPTED, SendResult.IN_DOUBT, SendResult.REJECTED)
    ]
    hold_all(connection, under_way)
    for some in chunks(under_way):
        connection.execute(
            CASE.update()
            .where(CASE.c.id.in_(some), CASE.c.state != CaseState.CLOSED.value)
            .values(next_act=None, route_at=now, version=CASE.c.version + 1)
        )
    for one in answered:
        if one.answer.result is SendResult.REJECTED:
            reject(connection, one.started.attempt_id, one.answer, one.action, now)


def reject(
    connection: sa.Connection,
    attempt_id: int,
    answer: SendAnswer,
    action: CodeAction | None,
    now: datetime,
) -> None:
    """A refusal before the send: the number's fault ends the step, ours uses up no attempt."""
    query = (
        sa.select(
            CASE,
            *(ATTEMPT.c[name] for name in ("number_key", "step", "template")),
            ATTEMPT.c.language.label("written_in"),
        )
        .join(ATTEMPT, ATTEMPT.c.case_id == CASE.c.id)
        .where(ATTEMPT.c.id == attempt_id)
    )
    row = connection.execute(query).mappings().one()
    # The attempt may go below, and brakes are judged by the template's failures.
    told = {
        "step": row["step"],
        "code": answer.code,
        "template": row["template"],
        "language": row["written_in"],
    }
    cases.record(connection, row, "not_sent", now, attempt_id=attempt_id, **told)
    if action in _OURS:
        connection.execute(ATTEMPT.delete().where(ATTEMPT.c.id == attempt_id))
    else:
        follow_code(connection, row, row["number_key"], answer.code or "", action, now)
