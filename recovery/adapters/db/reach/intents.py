"""What is about to be sent, written down first: one row a number, round and step, whoever asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.sql import add_new
from recovery.adapters.db.tables.people import AttemptRow
from recovery.domain.case import AttemptState, Channel
from recovery.services.reach.drafting import Due, Intent

#: Why a person is asked, in the words of the outcome.
_WRITTEN_TO = "their number got this message in the case of another contact"


def write_intents(connection: sa.Connection, intents: Sequence[Intent], now: datetime) -> set[str]:
    """The tokens of those that stand; the other cases are decided anew, as their step was begun
    meanwhile, or by a person where somebody else's case has it."""
    _insert_or_renew(connection, [_intended(intent, now) for intent in intents])
    standing = _standing(connection, [intent.token for intent in intents])
    begun = [intent.due for intent in intents if intent.token not in standing]
    decide_anew(connection, [due.case_id for due in begun], now)
    _leave_to_the_team(connection, begun, now)
    return standing


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


def _leave_to_the_team(connection: sa.Connection, begun: Sequence[Due], now: datetime) -> None:
    """Whose number got this step in the case of somebody else, as when it moved to another record:
    nobody but a person can tell whose it is."""
    taken = {_step_key(due): due for due in begun}
    query = (
        sa.select(ATTEMPT.c.step_key, ATTEMPT.c.case_id.label("by"))
        .where(ATTEMPT.c.step_key.in_(list(taken)))
        .order_by(ATTEMPT.c.id)
    )
    for row in connection.execute(query).all():
        due = taken[row.step_key]
        if row.by != due.case_id:
            case = cases.case_of(connection, due.case_id)
            cases.hand_over(connection, case, "number_written_to", now, reason=_WRITTEN_TO)
