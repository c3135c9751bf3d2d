"""What was won back and what waits: the figures of `recovery report` and of the manager's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries import undecided
from recovery.adapters.db.queries.undecided import Doubt
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import PullRow
from recovery.adapters.db.tables.people import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ContactRow,
    OutboxRow,
    OutcomeRow,
    ReplyRow,
)
from recovery.domain.case import MAY_HAVE_COME, AttemptState, CaseEnd, CaseState, Channel
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
_LEFT = (*sorted(MAY_HAVE_COME), AttemptState.FAILED)
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
    #: Without e-mail, but in touch by phone or WhatsApp, where the policy does not count that.
    relationship: int = 0
    healed: int = 0
    engaged: int = 0
    hold: int = 0
    unrecovered: int = 0
    deleted: int = 0


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
    #: How many there are of both; the lists hold the first ones.
    doubts_all: int
    needs_person_all: int
    lapsed_calls: int
    forecast: Forecast
    keap_writes_waiting: int


def report(
    database: Database, *, now: datetime, relationship_counts: bool = False, doubts: int = 200
) -> Report:
    """Everything in one read transaction; `doubts` limits both lists, whose counts are whole."""
    with database.read() as connection:
        return Report(
            at=now,
            last_pull_at=connection.execute(sa.select(sa.func.max(_PULL.c.finished_at))).scalar(),
            funnel=_funnel(connection, relationship_counts=relationship_counts),
            doubts=undecided.doubts(connection, limit=doubts),
            doubts_all=undecided.count_doubts(connection),
            needs_person=undecided.needs_person(connection, limit=doubts),
            needs_person_all=undecided.count_needs_person(connection),
            lapsed_calls=_count(
                connection, _ATTEMPT, _CALL, _ATTEMPT.c.state == AttemptState.LAPSED.value
            ),
            forecast=_forecast(connection, now),
            keap_writes_waiting=_count(connection, _OUTBOX, _OUTBOX.c.state == "pending"),
        )


def _count(connection: sa.Connection, where: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
    query = sa.select(sa.func.count()).select_from(where).where(*conditions)
    return int(connection.execute(query).scalar_one())


def _funnel(connection: sa.Connection, *, relationship_counts: bool) -> tuple[FunnelRow, ...]:
    beside = () if relationship_counts else (CaseEnd.RELATIONSHIP,)
    counted = (CaseEnd.RELATIONSHIP,) if relationship_counts else ()
    columns = {
        "contacts": _by_status(connection),
        "opened": _cases(connection),
        "messaged": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state.in_(_LEFT)),
        "delivered": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state.in_(_ARRIVED)),
        "read": _touched(connection, _MESSAGE, _FIRST, _ATTEMPT.c.state == AttemptState.READ.value),
        "called": _touched(connection, _CALL, _ATTEMPT.c.state == AttemptState.DONE.value),
        "replied": _replied(connection),
        "recovered": _ended(connection, CaseEnd.RECOVERED, *counted),
        "relationship": _ended(connection, *beside),
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
