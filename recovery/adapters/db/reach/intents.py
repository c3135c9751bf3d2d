"""What is about to be sent, written down first: one row a number, round and step, whoever asks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE, MEMBER
from recovery.adapters.db.sql import add_new
from recovery.adapters.db.tables.people import AttemptRow
from recovery.domain.case import MAY_HAVE_COME, PROVEN, AttemptState, Channel
from recovery.services.reach.drafting import Due, Intent

#: Why a person is asked, in the words of the outcome.
_WRITTEN_TO = "their number got this message in the case of another contact"


def write_intents(connection: sa.Connection, intents: Sequence[Intent], now: datetime) -> set[str]:
    """The tokens of those that stand; the other cases are decided anew, as their step was begun
    meanwhile, or by a person where somebody else's case has it."""
    elsewhere = _got_elsewhere(connection, [intent.due for intent in intents])
    free = [intent for intent in intents if intent.due.case_id not in elsewhere]
    _insert_or_renew(connection, [_intended(intent, now) for intent in free])
    standing = _standing(connection, [intent.token for intent in free])
    begun = [intent.due for intent in free if intent.token not in standing]
    decide_anew(connection, [due.case_id for due in begun], now)
    _leave_to_the_team(connection, elsewhere | _of_others(connection, begun), now)
    return standing


def _got_elsewhere(connection: sa.Connection, dues: Sequence[Due]) -> set[int]:
    """Cases whose number got this step in the case of somebody else, in whatever round: it may
    come again after a proof that the address worked, or in a later case of the same person."""
    query = (
        sa.select(ATTEMPT.c.number_key, ATTEMPT.c.step, ATTEMPT.c.case_id)
        .join(CASE, CASE.c.id == ATTEMPT.c.case_id)
        .where(
            ATTEMPT.c.number_key.in_([due.number_key for due in dues]),
            ATTEMPT.c.step.in_({due.step for due in dues}),
            ATTEMPT.c.state.in_(sorted(MAY_HAVE_COME)),
            CASE.c.end.is_(None) | CASE.c.end.not_in(sorted(PROVEN)),
        )
    )
    got: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in connection.execute(query):
        got[row.number_key, row.step].add(row.case_id)
    found = {due.case_id: got[due.number_key, due.step] - {due.case_id} for due in dues}
    return {one for one, by in found.items() if by and by - _own_cases(connection, one)}


def _own_cases(connection: sa.Connection, case_id: int) -> set[int]:
    """All cases of the people of this one."""
    people = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case_id)
    query = sa.select(MEMBER.c.case_id).where(MEMBER.c.contact_id.in_(people))
    return set(connection.execute(query).scalars())


def _step_key(due: Due) -> str:
    return f"{due.number_key}:{due.round}:{due.step}"


def _intended(intent: Intent, now: datetime) -> dict[str, Any]:
    due = intent.due
    return {
        "case_id": due.case_id,
        "contact_id": due.contact_id,
        "channel": Channel.WHATSAPP.value,
        "step": due.step,
        "step_key": _step_key(due),
        "state": AttemptState.INTENDED.value,
        "token": intent.token,
        "number": due.number,
        "number_key": due.number_key,
        "template": intent.template,
        "language": intent.language,
        "content_sid": intent.content.sid,
        "body": intent.body,
        "case_version": due.version,
        "rule": due.rule,
        "epoch": 0,
        "created_at": now,
        "looks": 0,
    }


def _insert_or_renew(connection: sa.Connection, values: list[dict[str, Any]]) -> None:
    """A step that was only intended never left: it is rendered afresh under its new token, and one
    for a number that they have no more makes room."""
    if not values:
        return
    connection.execute(
        ATTEMPT.delete().where(
            ATTEMPT.c.case_id == sa.bindparam("of_case"),
            ATTEMPT.c.step == sa.bindparam("named"),
            ATTEMPT.c.step_key != sa.bindparam("of_step"),
            ATTEMPT.c.state == AttemptState.INTENDED.value,
        ),
        [{"of_case": v["case_id"], "named": v["step"], "of_step": v["step_key"]} for v in values],
    )
    add_new(connection, AttemptRow, values)
    names = ("token", "case_version", "content_sid", "body", "template", "language", "number")
    connection.execute(
        ATTEMPT.update()
        .where(
            ATTEMPT.c.step_key == sa.bindparam("of_step"),
            ATTEMPT.c.state == AttemptState.INTENDED.value,
        )
        .values(**{name: sa.bindparam(f"new_{name}") for name in names}),
        [{"of_step": v["step_key"], **{f"new_{name}": v[name] for name in names}} for v in values],
    )


def _standing(connection: sa.Connection, tokens: Sequence[str]) -> set[str]:
    query = sa.select(ATTEMPT.c.token).where(ATTEMPT.c.token.in_(tokens))
    return set(connection.execute(query).scalars())


def decide_anew(connection: sa.Connection, case_ids: Sequence[int], now: datetime) -> None:
    """The decision was older than the step it asks for, which was begun meanwhile."""
    if case_ids:
        connection.execute(
            CASE.update()
            .where(CASE.c.id.in_(case_ids))
            .values(next_act=None, route_at=now, version=CASE.c.version + 1)
        )


def _of_others(connection: sa.Connection, begun: Sequence[Due]) -> set[int]:
    """Those of these cases whose step is one of another case."""
    wanted = {_step_key(due): due.case_id for due in begun}
    query = sa.select(ATTEMPT.c.step_key, ATTEMPT.c.case_id.label("by"))
    rows = connection.execute(query.where(ATTEMPT.c.step_key.in_(list(wanted)))).all()
    return {wanted[row.step_key] for row in rows if row.by != wanted[row.step_key]}


def _leave_to_the_team(connection: sa.Connection, case_ids: Iterable[int], now: datetime) -> None:
    """Whose number got this step in the case of somebody else, as when it moved to another record:
    nobody but a person can tell whose it is."""
    for case_id in sorted(case_ids):
        case = cases.case_of(connection, case_id)
        cases.hand_over(connection, case, "number_written_to", now, reason=_WRITTEN_TO)
