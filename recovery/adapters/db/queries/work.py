"""How much work lies ahead of the team, by what the policy allows each open case."""

from dataclasses import dataclass

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.engine import Database
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.email_status import EmailStatus
from recovery.domain.intake import WAITS
from recovery.domain.policy import Policy
from recovery.domain.steps import AGREED


@dataclass(frozen=True, slots=True)
class Work:
    """Calls at most, for whoever answers needs fewer; cases that wait for their turn."""

    calls: int
    waiting: int


def work_ahead(database: Database, policy: Policy) -> Work:
    """Calls in the queue, and those that open cases may still need."""
    is_open = CASE.c.state == CaseState.OPEN.value
    by_status = sa.select(CASE.c.status, sa.func.count()).where(is_open).group_by(CASE.c.status)
    over = (AttemptState.DONE.value, AttemptState.LAPSED.value)
    made = (
        sa.select(sa.func.count())
        .select_from(ATTEMPT.join(CASE, CASE.c.id == ATTEMPT.c.case_id))
        .where(is_open, ATTEMPT.c.channel == Channel.CALL.value, ATTEMPT.c.state.in_(over))
        .where(~ATTEMPT.c.step.startswith(AGREED))
    )
    waiting = sa.select(sa.func.count()).where(is_open, CASE.c.rule == WAITS)
    with database.read() as connection:
        calls = sum(
            policy.rule(EmailStatus(status)).calls * number
            for status, number in connection.execute(by_status)
        )
        done = int(connection.execute(made).scalar_one())
        return Work(max(0, calls - done), int(connection.execute(waiting).scalar_one()))
