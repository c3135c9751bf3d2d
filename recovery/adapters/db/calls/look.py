"""The last look before a phone rings, as the database sees it, inside the caller's transaction."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.holding import CLAIM
from recovery.adapters.db.people import load_items
from recovery.adapters.db.placed import LIVE, PLACED
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import UserRow
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.domain.call_check import WhyNot
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.phone_call import LegStatus, Phase
from recovery.services.calls.store import (
    CallCase,
    CallRefused,
    Cleared,
    Hindrance,
    Look,
    Rep,
)
from recovery.services.route.service import RouteItem

_USER = table(UserRow)
_SAID = table(DispositionRow)
FINAL = tuple(status.value for status in LegStatus if status.is_final)
#: A rep's phone that has not rung by then will not.
_RINGS_WITHIN = timedelta(minutes=2)
#: Longer than any local day.
_LATELY = timedelta(days=2)


def active_case(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    """The case, kept from stops and from other reps until the transaction ends."""
    query = sa.select(CASE).where(CASE.c.id == case_id, CASE.c.state != CaseState.CLOSED.value)
    row = connection.execute(query.with_for_update()).mappings().first()
    if row is None:
        raise CallRefused(WhyNot.NOT_ACTIVE)
    return row


def queued_call(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    """The case's call in the queue; CallRefused where there is none."""
    query = sa.select(ATTEMPT).where(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.channel == Channel.CALL.value,
        ATTEMPT.c.state == AttemptState.QUEUED.value,
    )
    row = connection.execute(query.order_by(ATTEMPT.c.due_at).limit(1)).mappings().first()
    if row is None:
        raise CallRefused(WhyNot.NOT_QUEUED)
    return row


def call_of(attempt_id: int) -> sa.Select[Any]:
    """Asks for the call of an order."""
    return sa.select(ATTEMPT).where(ATTEMPT.c.id == attempt_id)


def refuse_busy(connection: sa.Connection, rep: str, attempt_id: int, now: datetime) -> None:
    """A rep has one phone: two calls at once, from two tabs, would ring it twice."""
    connection.execute(sa.select(_USER.c.email).where(_USER.c.email == rep).with_for_update())
    may_ring = PLACED.c.sending_at > now - _RINGS_WITHIN
    query = sa.select(PLACED.c.id).where(
        PLACED.c.rep == rep,
        PLACED.c.attempt_id != attempt_id,
        PLACED.c.phase.in_(LIVE),
        PLACED.c.ended_at.is_(None),
        sa.or_(PLACED.c.rep_status.is_(None), PLACED.c.rep_status.not_in(FINAL)),
        sa.or_(PLACED.c.phase == Phase.PLACED.value, may_ring),
    )
    if connection.execute(query.limit(1)).first():
        raise CallRefused(Hindrance.REP_BUSY)


def last_look(connection: sa.Connection, row: sa.RowMapping, look: Look, now: datetime) -> Cleared:
    """The look at an order that is about to leave; CallRefused for what changed since its wish."""
    case = active_case(connection, row["case_id"])
    if case["version"] != row["case_version"]:
        raise CallRefused(Hindrance.CASE_CHANGED)
    refuse_busy(connection, row["rep"], row["attempt_id"], now)
    call = connection.execute(call_of(row["attempt_id"])).mappings().one()
    return look(looked_at(connection, case, call, row["rep"], now, row=row), now)


def looked_at(
    connection: sa.Connection,
    case: sa.RowMapping,
    call: sa.RowMapping,
    rep: str,
    now: datetime,
    number: str | None = None,
    *,
    row: sa.RowMapping | None = None,
) -> CallCase:
    """All that the rules ask for; `row` is the order that goes on, None for a new wish."""
    must_hold(connection)
    if _is_disposed(connection, case["id"]):
        raise CallRefused(WhyNot.NOT_QUEUED)
    (item,) = load_items(connection, [case])
    attempt = next(one for one in item.attempts if one.step == call["step"])
    key = row["number_key"] if row else _key_of(item, number) if number else call["number_key"]
    return CallCase(
        item,
        attempt,
        _rep(connection, rep),
        key,
        _dialled(connection, key, call["id"], now),
        _holder(connection, case["id"], now),
    )


def _is_disposed(connection: sa.Connection, case_id: int) -> bool:
    """A rep said what happened; while it can still be undone the call is in the queue."""
    query = sa.select(_SAID.c.id).where(_SAID.c.slot == case_id)
    return connection.execute(query).first() is not None


def _key_of(item: RouteItem, number: str) -> str:
    found = (one.key for one in item.person.numbers if one.phone.e164 == number)
    return next(found, "")


def _rep(connection: sa.Connection, email: str) -> Rep:
    row = connection.execute(sa.select(_USER).where(_USER.c.email == email)).mappings().first()
    if row is None:
        return Rep(email, None, "en", is_active=False)
    return Rep(email, row["phone"], row["language"], is_active=row["active"])


def _dialled(
    connection: sa.Connection, number_key: str, attempt_id: int, now: datetime
) -> list[datetime]:
    """When this number was dialled lately for other calls, by us or by hand."""
    ours = sa.select(PLACED.c.attempt_id, PLACED.c.dialled_at).where(
        PLACED.c.number_key == number_key,
        PLACED.c.attempt_id != attempt_id,
        PLACED.c.dialled_at > now - _LATELY,
    )
    moments = {row.attempt_id: row.dialled_at for row in connection.execute(ours)}
    by_hand = sa.select(ATTEMPT.c.id, ATTEMPT.c.ended_at).where(
        ATTEMPT.c.number_key == number_key,
        ATTEMPT.c.id != attempt_id,
        ATTEMPT.c.channel == Channel.CALL.value,
        ATTEMPT.c.state == AttemptState.DONE.value,
        ATTEMPT.c.ended_at > now - _LATELY,
    )
    for row in connection.execute(by_hand):
        moments.setdefault(row.id, row.ended_at)
    return list(moments.values())


def _holder(connection: sa.Connection, case_id: int, now: datetime) -> str | None:
    query = sa.select(CLAIM.c.rep).where(CLAIM.c.case_id == case_id, CLAIM.c.until > now)
    found: str | None = connection.execute(query).scalar()
    return found
