"""Calls whose person was dialled and whose result no rep has said yet.

Nothing that happens meanwhile takes the result away: not a stop, a message of theirs, nor time.
"""

from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.domain.case import AttemptState, CaseState

_SAID = table(DispositionRow)
_UNSAID = (
    AttemptState.QUEUED.value,
    AttemptState.LAPSED.value,
    AttemptState.CANCELLED.value,
)


def owed_call(connection: sa.Connection, case_id: int) -> sa.RowMapping | None:
    """The attempt of this case that was dialled and has no result, the earliest of several."""
    query = sa.select(ATTEMPT).join(PLACED, PLACED.c.attempt_id == ATTEMPT.c.id)
    query = query.where(PLACED.c.case_id == case_id, _is_owed()).order_by(PLACED.c.dialled_at)
    return connection.execute(query.limit(1)).mappings().first()


def owed_by(connection: sa.Connection, rep: str) -> int | None:
    """The case of a call this rep made whose result nobody has said; cases that are over ask for
    none."""
    query: sa.Select[Any] = (
        sa.select(PLACED.c.case_id)
        .join(ATTEMPT, ATTEMPT.c.id == PLACED.c.attempt_id)
        .join(CASE, CASE.c.id == PLACED.c.case_id)
        .outerjoin(_SAID, _SAID.c.slot == PLACED.c.case_id)
        .where(PLACED.c.rep == rep, _is_owed(), _SAID.c.id.is_(None))
        .where(CASE.c.state != CaseState.CLOSED.value)
    )
    found: int | None = connection.execute(query.order_by(PLACED.c.dialled_at).limit(1)).scalar()
    return found


def _is_owed() -> sa.ColumnElement[bool]:
    dialled = PLACED.c.dialled_at.is_not(None)
    return sa.and_(dialled, ATTEMPT.c.state.in_(_UNSAID), ATTEMPT.c.disposition.is_(None))
