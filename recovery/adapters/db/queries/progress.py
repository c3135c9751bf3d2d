"""How far a running stage is, in one cheap look."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveItemRow, PullRow
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, OutboxRow
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.decision import Act

_PULL = table(PullRow)
_CASE = table(CaseRow)
_ATTEMPT = table(AttemptRow)
_OUTBOX = table(OutboxRow)
_ITEM = table(ArchiveItemRow)
_NOT_CLOSED = _CASE.c.state != CaseState.CLOSED.value


def pull(database: Database) -> str:
    """The stage of the pull at work and what it met so far."""
    query = sa.select(_PULL.c.stage, _PULL.c.counts).where(_PULL.c.finished_at.is_(None))
    with database.read() as connection:
        row = connection.execute(query.order_by(_PULL.c.id.desc())).first()
    if row is None:
        return ""
    counts = ", ".join(f"{number:,} {name}" for name, number in (row.counts or {}).items())
    return f"{row.stage} {counts}".strip()


def route(database: Database, now: datetime) -> str:
    """Cases still to be decided."""
    query = sa.select(sa.func.count()).where(_NOT_CLOSED, _CASE.c.route_at <= now)
    return f"{_count(database, query):,} cases left"


def reach(database: Database, now: datetime) -> str:
    """Messages still to leave, and those in flight."""
    due = sa.select(sa.func.count()).where(
        _CASE.c.state == CaseState.OPEN.value,
        _CASE.c.next_act == Act.MESSAGE.value,
        _CASE.c.next_at <= now,
    )
    flying = sa.select(sa.func.count()).where(
        _ATTEMPT.c.channel == Channel.WHATSAPP.value,
        _ATTEMPT.c.state == AttemptState.SENDING.value,
    )
    return f"{_count(database, due):,} messages left, {_count(database, flying):,} in flight"


def record(database: Database) -> str:
    """What Keap still has to be told."""
    query = sa.select(sa.func.count()).where(_OUTBOX.c.state == "pending")
    return f"{_count(database, query):,} writes to Keap left"


def archive(database: Database) -> str:
    """Records read into batches so far."""
    query = sa.select(sa.func.count()).select_from(_ITEM)
    return f"{_count(database, query):,} records archived in all"


def _count(database: Database, query: sa.Select[tuple[int]]) -> int:
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())
