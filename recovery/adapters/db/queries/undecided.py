"""What a person may have to decide: doubts about sends and writes, and cases that stand still."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, OutboxRow, OutcomeRow
from recovery.domain.case import AttemptState, CaseState

_CASE = table(CaseRow)
_ATTEMPT = table(AttemptRow)
_OUTBOX = table(OutboxRow)
_OUTCOME = table(OutcomeRow)
_MESSAGES = _ATTEMPT.c.state.in_((AttemptState.IN_DOUBT.value, AttemptState.SENDING.value))
#: Given up, or begun and not known to have arrived.
_WRITES = _OUTBOX.c.state.in_(("begun", "failed"))
_QUEUED = sa.exists().where(
    _ATTEMPT.c.case_id == _CASE.c.id, _ATTEMPT.c.state == AttemptState.QUEUED.value
)
_STANDS_STILL = sa.and_(
    _CASE.c.state == CaseState.ENGAGED.value, _CASE.c.callback_at.is_(None), ~_QUEUED
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person may have to decide, with its reason; ids only."""

    what: str
    contact_id: str
    since: datetime
    reason: str


def doubts(connection: sa.Connection, *, limit: int) -> tuple[Doubt, ...]:
    """Messages and writes of which nobody can tell whether they arrived, or that were refused."""
    messages = (
        sa.select(_ATTEMPT.c.contact_id, _ATTEMPT.c.sending_at, _ATTEMPT.c.state, _ATTEMPT.c.looks)
        .where(_MESSAGES)
        .order_by(_ATTEMPT.c.sending_at)
        .limit(limit)
    )
    writes = (
        sa.select(_OUTBOX.c.contact_id, _OUTBOX.c.kind, _OUTBOX.c.created_at, _OUTBOX.c.error)
        .where(_WRITES)
        .order_by(_OUTBOX.c.id)
        .limit(limit)
    )
    found = [
        Doubt("message", row.contact_id, row.sending_at, _message_reason(row))
        for row in connection.execute(messages)
    ]
    found += [
        Doubt(f"Keap {row.kind}", row.contact_id, row.created_at, row.error or "Keap did not say")
        for row in connection.execute(writes)
    ]
    return tuple(found[:limit])


def count_doubts(connection: sa.Connection) -> int:
    """All of them."""
    return _count(connection, _ATTEMPT, _MESSAGES) + _count(connection, _OUTBOX, _WRITES)


def needs_person(connection: sa.Connection, *, limit: int) -> tuple[Doubt, ...]:
    """Engaged cases in which nothing is due, with the last fact of each: why, and since when."""
    told = _OUTCOME.alias("told")
    last = sa.select(sa.func.max(told.c.id)).where(told.c.case_id == _CASE.c.id)
    query = (
        sa.select(_CASE.c.contact_id, _OUTCOME.c.at, _OUTCOME.c.kind, _OUTCOME.c.detail)
        .select_from(_CASE)
        .join(_OUTCOME, _OUTCOME.c.id == last.correlate(_CASE).scalar_subquery())
        .where(_STANDS_STILL)
        .order_by(_OUTCOME.c.at)
        .limit(limit)
    )
    return tuple(
        Doubt("case", row.contact_id, row.at, _words(row.kind, row.detail or {}))
        for row in connection.execute(query)
    )


def count_needs_person(connection: sa.Connection) -> int:
    """All of them."""
    return _count(connection, _CASE, _STANDS_STILL)


def _count(connection: sa.Connection, where: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(where).where(condition)
    return int(connection.execute(query).scalar_one())


def _words(kind: str, detail: dict[str, Any]) -> str:
    why = detail.get("reason") or detail.get("why")
    return kind.replace("_", " ") + (f": {why}" if why else "")


def _message_reason(row: Any) -> str:
    if row.state == AttemptState.SENDING.value:
        return "the process that sent it stopped in between: `recovery record` looks it up"
    return f"Twilio's answer was lost; looked for {row.looks} times, never sent twice"
