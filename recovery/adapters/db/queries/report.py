"""What was won back and what waits: the figures of `recovery report` and of the manager's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ContactRow,
    OutboxRow,
    OutcomeRow,
    ReplyRow,
)
from recovery.adapters.db.tables_ops import PullRow
from recovery.domain.case import AttemptState, CaseEnd, CaseState, Channel
from recovery.domain.decision import Act
from recovery.domain.email_status import EmailStatus

_CONTACT = table(ContactRow)
_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_ATTEMPT = table(AttemptRow)
_REPLY = table(ReplyRow)
_OUTBOX = table(OutboxRow)
_OUTCOME = table(OutcomeRow)
_PULL = table(PullRow)

_MESSAGE = _ATTEMPT.c.channel == Channel.WHATSAPP.value
_CALL = _ATTEMPT.c.channel == Channel.CALL.value
_FIRST = _ATTEMPT.c.step.in_(("m1", "m2"))
#: States of a message that left, or may have.
_LEFT = (
    AttemptState.SENDING,
    AttemptState.IN_DOUBT,
    AttemptState.ACCEPTED,
    AttemptState.SENT,
    AttemptState.DELIVERED,
    AttemptState.READ,
    AttemptState.FAILED,
)
_ARRIVED = (AttemptState.DELIVERED, AttemptState.READ)


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """Cases by the status they were opened for; `contacts` are those in the status now.

    From `opened` on the figures count cases, each at most once a column.
    """

    status: EmailStatus
    contacts: int = 0
    opened: int = 0
    messaged: int = 0
    delivered: int = 0
    read: int = 0
    replied: int = 0
    called: int = 0
    recovered: int = 0
    #: Won back, until the new address bounced within 30 days; not among the recovered.
    withdrawn: int = 0
    healed: int = 0
    engaged: int = 0
    hold: int = 0
    unrecovered: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person may have to decide, with its reason; ids only."""

    what: str
    contact_id: str
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is due in the queue and on WhatsApp: by the end of the day and of seven days, UTC."""

    calls_open: int
    calls_late: int
    calls_today: int
    calls_week: int
    messages_today: int
    messages_week: int
    free_wins: int
    holds_ending_week: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    at: datetime
    last_pull_at: datetime | None
    funnel: tuple[FunnelRow, ...]
    doubts: tuple[Doubt, ...]
    #: Engaged cases in which nothing is due until a person of the team acts, oldest first.
    needs_person: tuple[Doubt, ...]
    lapsed_calls: int
    forecast: Forecast
    keap_writes_waiting: int


def report(database: Database, *, now: datetime, doubts: int = 200) -> Report:
    """Everything in one read transaction; `doubts` limits the list of those."""
    with database.read() as connection:
        return Report(
            at=now,
            last_pull_at=connection.execute(sa.select(sa.func.max(_PULL.c.finished_at))).scalar(),
            funnel=_funnel(connection),
            doubts=_doubts(connection, limit=doubts),
            needs_person=_needs_person(connection, limit=doubts),
            lapsed_calls=_count(
                connection, _ATTEMPT, _CALL, _ATTEMPT.c.state == AttemptState.LAPSED.value
            ),
            forecast=_forecast(connection, now),
            keap_writes_waiting=_count(connection, _OUTBOX, _OUTBOX.c.state == "pending"),
        )


def _count(connection: sa.Connection, where: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(where).where(*conditions)
    return int(connection.execute(query).scalar_one())


def _funnel(connection: sa.Connection) -> tuple[FunnelRow, ...]:
    columns = {
        "contacts": _by_status(connection),
        "opened": _cases(connection),
        "messaged": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state.in_(_LEFT)),
        "delivered": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state.in_(_ARRIVED)),
        "read": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state == AttemptState.READ.value),
        "called": _touched(connection, _CALL, _ATTEMPT.c.state == AttemptState.DONE.value),
        "replied": _replied(connection),
        "recovered": _ended(connection, CaseEnd.RECOVERED, CaseEnd.RELATIONSHIP),
        "withdrawn": _ended(connection, CaseEnd.WITHDRAWN),
        "healed": _ended(connection, CaseEnd.HEALED),
        "unrecovered": _ended(connection, CaseEnd.UNRECOVERED, CaseEnd.STOPPED),
        "deleted": _deleted(connection),
        "engaged": _cases(
            connection,
            _CASE.c.state.in_((CaseState.ENGAGED, CaseState.CONFIRMING, CaseState.CONSENTED)),
        ),
        "hold": _cases(connection, _CASE.c.state == CaseState.HOLD.value),
    }
    seen = {status for column in columns.values() for status in column}
    statuses = [s for s in map(EmailStatus, seen) if s.matters]
    rows = (
        FunnelRow(s, **{name: column.get(s.value, 0) for name, column in columns.items()})
        for s in sorted(statuses, key=lambda s: (s.number or 99, s))
    )
    return tuple(row for row in rows if row.contacts or row.opened)


def _grouped(connection: sa.Connection, query: sa.Select[Any]) -> dict[str, int]:
    return dict(connection.execute(query).tuples().all())


def _by_status(connection: sa.Connection) -> dict[str, int]:
    query = sa.select(_CONTACT.c.status, sa.func.count()).group_by(_CONTACT.c.status)
    return _grouped(connection, query)


def _cases(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> dict[str, int]:
    query = sa.select(_CASE.c.opened_status, sa.func.count()).where(*conditions)
    return _grouped(connection, query.group_by(_CASE.c.opened_status))


def _ended(connection: sa.Connection, *ends: CaseEnd) -> dict[str, int]:
    return _cases(connection, _CASE.c.end.in_([end.value for end in ends]))


def _touched(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> dict[str, int]:
    query = (
        sa.select(_CASE.c.opened_status, sa.func.count(sa.distinct(_ATTEMPT.c.case_id)))
        .join(_ATTEMPT, _ATTEMPT.c.case_id == _CASE.c.id)
        .where(*conditions)
    )
    return _grouped(connection, query.group_by(_CASE.c.opened_status))


def _replied(connection: sa.Connection) -> dict[str, int]:
    query = sa.select(_CASE.c.opened_status, sa.func.count(sa.distinct(_REPLY.c.case_id))).join(
        _REPLY, _REPLY.c.case_id == _CASE.c.id
    )
    return _grouped(connection, query.group_by(_CASE.c.opened_status))


def _deleted(connection: sa.Connection) -> dict[str, int]:
    """Cases whose people were deleted; one case may have had several contacts."""
    return _ended(connection, CaseEnd.DELETED)


def _doubts(connection: sa.Connection, *, limit: int) -> tuple[Doubt, ...]:
    messages = (
        sa.select(_ATTEMPT.c.contact_id, _ATTEMPT.c.sending_at, _ATTEMPT.c.state, _ATTEMPT.c.looks)
        .where(_ATTEMPT.c.state.in_((AttemptState.IN_DOUBT.value, AttemptState.SENDING.value)))
        .order_by(_ATTEMPT.c.sending_at)
        .limit(limit)
    )
    writes = (
        sa.select(_OUTBOX.c.contact_id, _OUTBOX.c.kind, _OUTBOX.c.created_at, _OUTBOX.c.error)
        .where(_OUTBOX.c.state.not_in(("pending", "done")))
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


def _needs_person(connection: sa.Connection, *, limit: int) -> tuple[Doubt, ...]:
    """With the last fact of the case, which is why, and since when."""
    queued = sa.exists().where(
        _ATTEMPT.c.case_id == _CASE.c.id, _ATTEMPT.c.state == AttemptState.QUEUED.value
    )
    told = _OUTCOME.alias("told")
    last = sa.select(sa.func.max(told.c.id)).where(told.c.case_id == _CASE.c.id)
    query = (
        sa.select(_CASE.c.contact_id, _OUTCOME.c.at, _OUTCOME.c.kind, _OUTCOME.c.detail)
        .select_from(_CASE)
        .join(_OUTCOME, _OUTCOME.c.id == last.correlate(_CASE).scalar_subquery())
        .where(_CASE.c.state == CaseState.ENGAGED.value, _CASE.c.callback_at.is_(None), ~queued)
        .order_by(_OUTCOME.c.at)
        .limit(limit)
    )
    return tuple(
        Doubt("case", row.contact_id, row.at, _words(row.kind, row.detail or {}))
        for row in connection.execute(query)
    )


def _words(kind: str, detail: dict[str, Any]) -> str:
    why = detail.get("reason") or detail.get("why")
    return kind.replace("_", " ") + (f": {why}" if why else "")


def _message_reason(row: Any) -> str:
    if row.state == AttemptState.SENDING.value:
        return "the process that sent it stopped in between: `recovery record` looks it up"
    return f"Twilio's answer was lost; looked for {row.looks} times, never sent twice"


def _forecast(connection: sa.Connection, now: datetime) -> Forecast:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    today, week = midnight + timedelta(days=1), midnight + timedelta(days=7)
    queued = (_CALL, _ATTEMPT.c.state == AttemptState.QUEUED.value)

    def calls(until: datetime) -> int:
        planned = _planned(connection, Act.CALL, until)
        return _count(connection, _ATTEMPT, *queued, _ATTEMPT.c.due_at < until) + planned

    return Forecast(
        calls_open=_count(connection, _ATTEMPT, *queued),
        calls_late=_count(connection, _ATTEMPT, *queued, _ATTEMPT.c.due_at < midnight),
        calls_today=calls(today),
        calls_week=calls(week),
        messages_today=_planned(connection, Act.MESSAGE, today),
        messages_week=_planned(connection, Act.MESSAGE, week),
        free_wins=_count(connection, _CASE, _CASE.c.state == CaseState.PROPOSED.value),
        holds_ending_week=_count(
            connection, _CASE, _CASE.c.state == CaseState.HOLD.value, _CASE.c.hold_until < week
        ),
    )


def _planned(connection: sa.Connection, act: Act, until: datetime) -> int:
    """Decided, and not in the queue or on its way yet."""
    conditions: Sequence[sa.ColumnElement[bool]] = (
        _CASE.c.state != CaseState.CLOSED.value,
        _CASE.c.next_act == act.value,
        _CASE.c.next_at < until,
    )
    return _count(connection, _CASE, *conditions)
