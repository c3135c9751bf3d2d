"""The step of a message from `intended` to `sending`, after which it may be posted, once."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT
from recovery.domain.case import AttemptState


def mark_sending(
    connection: sa.Connection, ids: Sequence[int], now: datetime, *, epoch: int
) -> set[int]:
    """Those that took the step: no other may be posted.

    PostgreSQL lets another process cancel a message, for a stop, while its last checks are made.
    """
    if not ids:
        return set()
    step = (
        ATTEMPT.update()
        .where(ATTEMPT.c.id.in_(ids), ATTEMPT.c.state == AttemptState.INTENDED.value)
        .values(state=AttemptState.SENDING.value, sending_at=now, epoch=epoch)
    )
    return set(connection.execute(step.returning(ATTEMPT.c.id)).scalars())
