"""How a placed call stands, for the rep's screen, and the calls that a person must decide on."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.db.engine import Database
from recovery.adapters.db.placed import PLACED, newest, placed_of
from recovery.domain.case import AttemptState
from recovery.domain.phone_call import CarrierResult, Progress


@dataclass(frozen=True, slots=True)
class CallState:
    """The newest order of a queued call. `result` is the carrier's word, None while it goes on;
    `code` says why nothing rang (the carrier's error code, or our reason's name)."""

    token: str
    attempt_id: int
    case_id: int
    rep: str
    progress: Progress
    result: CarrierResult | None
    may_be_repeated: bool
    seconds: int | None
    code: str | None
    dialled_at: datetime | None
    ended_at: datetime | None


def call_state(database: Database, attempt_id: int) -> CallState | None:
    """How the call of an attempt stands; None where none was placed."""
    with database.read() as connection:
        row = newest(connection, attempt_id)
    return _state(row) if row else None


def live_call(database: Database, rep: str) -> CallState | None:
    """The rep's call that is not over, the latest if there are several; None without one."""
    query = sa.select(PLACED).where(PLACED.c.rep == rep, PLACED.c.ended_at.is_(None))
    with database.read() as connection:
        row = connection.execute(query.order_by(PLACED.c.id.desc()).limit(1)).mappings().first()
    return _state(row) if row else None


def doubtful_calls(database: Database, *, limit: int = 200) -> list[CallState]:
    """Calls of which nobody can tell whether a phone rang, newest first, until the call is
    disposed or placed again: a person decides."""
    query = sa.select(PLACED).where(is_doubtful())
    with database.read() as connection:
        rows = connection.execute(query.order_by(PLACED.c.id.desc()).limit(limit)).mappings()
        return [_state(row) for row in rows]


def is_doubtful() -> sa.ColumnElement[bool]:
    """Of placed calls: a person must decide on it."""
    later = PLACED.alias()
    again = sa.select(later.c.id).where(
        later.c.attempt_id == PLACED.c.attempt_id, later.c.nth > PLACED.c.nth
    )
    queued = sa.select(ATTEMPT.c.id).where(ATTEMPT.c.state == AttemptState.QUEUED.value)
    unknown = PLACED.c.result == CarrierResult.UNKNOWN.value
    return sa.and_(unknown, ~again.exists(), PLACED.c.attempt_id.in_(queued))


def _state(row: sa.RowMapping) -> CallState:
    placed = placed_of(row)
    return CallState(
        token=row["token"],
        attempt_id=row["attempt_id"],
        case_id=row["case_id"],
        rep=row["rep"],
        progress=placed.progress,
        result=placed.result,
        may_be_repeated=placed.may_be_repeated,
        seconds=row["seconds"],
        code=row["code"],
        dialled_at=row["dialled_at"],
        ended_at=row["ended_at"],
    )
