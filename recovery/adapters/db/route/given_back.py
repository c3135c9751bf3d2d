"""Calls that leave the queue without having been a step: the cadence plans them anew."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.domain.case import AttemptState, Channel
from recovery.domain.steps import AGREED

_SAID = table(DispositionRow)


def give_back_calls(connection: sa.Connection, case: sa.RowMapping, now: datetime) -> None:
    """Takes the cadence's call out of the queue and its task out of Keap; one that a rep has begun
    to work stays."""
    untouched = sa.and_(
        ATTEMPT.c.case_id == case["id"],
        ATTEMPT.c.channel == Channel.CALL.value,
        ATTEMPT.c.state == AttemptState.QUEUED.value,
        ATTEMPT.c.step.not_like(f"{AGREED}%"),
        ~sa.select(PLACED.c.id).where(PLACED.c.attempt_id == ATTEMPT.c.id).exists(),
        ~sa.select(_SAID.c.id).where(_SAID.c.attempt_id == ATTEMPT.c.id).exists(),
    )
    given_back = connection.execute(ATTEMPT.delete().where(untouched).returning(ATTEMPT.c.step))
    for step in given_back.scalars().all():
        cases.record(connection, case, "call_cancelled", now, step=step)
        keap_writes.drop_task(connection, case["id"], now)
        keap_writes.end_keap_task(connection, case, now)
