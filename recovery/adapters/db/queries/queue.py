"""Reading the queue: lanes, counts and pages, each by one index however long the queue is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.holding import CLAIM
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ReplyRow
from recovery.adapters.db.tables.queue import QueueItemRow
from recovery.domain.lane import AGREED_HOUR_LASTS, Lane, Place, Wants
from recovery.services.reps.queue_store import Filters, Slice, Tally, Waiter

ITEM = table(QueueItemRow)
_REPLY = table(ReplyRow)
_DAY = timedelta(days=1)
#: Letters of a person's message that a line of the queue shows.
_HINT = 140


def in_lane(part: Slice) -> sa.ColumnElement[bool]:
    """The rows of one lane (`domain.lane.lane_of`), with the filters."""
    due = part.now >= ITEM.c.due_at
    is_open = ITEM.c.place.in_(sorted(part.open_places))
    fresh = ITEM.c.due_at >= part.now - AGREED_HOUR_LASTS
    call, callback = ITEM.c.wants == Wants.CALL.value, ITEM.c.wants == Wants.CALLBACK.value
    match part.lane:
        case Lane.CALLBACKS:
            found = sa.and_(callback, due, sa.or_(is_open, fresh))
        case Lane.REPLIES:
            found = sa.and_(ITEM.c.wants == Wants.REPLY.value, due)
        case Lane.NOW:
            found = sa.and_(call, due, is_open)
        case Lane.WAITING:
            found = ITEM.c.wants == Wants.INTAKE.value
        case Lane.LATER:
            closed = sa.and_(~is_open, sa.or_(call, sa.and_(callback, ~fresh)))
            found = sa.and_(ITEM.c.wants != Wants.INTAKE.value, sa.or_(~due, closed))
    return sa.and_(found, *filtered(part.filters))


def filtered(filters: Filters) -> list[sa.ColumnElement[bool]]:
    """What the filters leave."""
    wanted = {
        ITEM.c.status: filters.status,
        ITEM.c.language: filters.language,
        ITEM.c.country: filters.country,
        ITEM.c.attempt_no: filters.attempt,
    }
    found = [column == value for column, value in wanted.items() if value is not None]
    if filters.owners is not None:
        found.append(ITEM.c.owner.in_(filters.owners))
    return found


def order_of(lane: Lane) -> Any:
    """The column a lane is ordered by, ties by case."""
    return ITEM.c.due_at if lane is Lane.LATER else ITEM.c.rank


def tallies(connection: sa.Connection, filters: Filters, now: datetime) -> list[Tally]:
    """How many people want what, where; times are told as far as lanes differ by them."""
    ahead = sa.func.count(sa.case((ITEM.c.due_at > now, 1)))
    # One pass in the order of the index: sorting so many people would cost more than counting.
    query = (
        sa.select(ITEM.c.wants, ITEM.c.place, sa.func.count(), ahead)
        .where(*filtered(filters))
        .group_by(ITEM.c.wants, ITEM.c.place)
    )
    rows = connection.execute(query).all()
    late = _late_callbacks(connection, filters, now)
    found: list[Tally] = []
    for wants, place, people, future in rows:
        overdue = late.get(place, 0) if wants == Wants.CALLBACK.value else 0
        ages = ((now + _DAY, future), (now, people - future - overdue), (now - _DAY, overdue))
        earliest = _earliest(connection, filters, wants) if wants == Wants.INTAKE.value else now
        found += [Tally(Wants(wants), place, at, count, earliest) for at, count in ages if count]
    return found


def _late_callbacks(connection: sa.Connection, filters: Filters, now: datetime) -> dict[str, int]:
    """Agreed calls whose own hour has passed, by place."""
    query = (
        sa.select(ITEM.c.place, sa.func.count().label("people"))
        .where(ITEM.c.wants == Wants.CALLBACK.value, ITEM.c.due_at < now - AGREED_HOUR_LASTS)
        .where(*filtered(filters))
        .group_by(ITEM.c.place)
    )
    return {row.place: row.people for row in connection.execute(query)}


def _earliest(connection: sa.Connection, filters: Filters, wants: str) -> datetime:
    query = sa.select(sa.func.min(ITEM.c.due_at)).where(ITEM.c.wants == wants, *filtered(filters))
    found: datetime = connection.execute(query).scalar_one()
    return found


def page(
    connection: sa.Connection, part: Slice, after: tuple[float, int] | None, limit: int
) -> list[Waiter]:
    """People of one lane after this rank, or moment, and case."""
    order = order_of(part.lane)
    query = sa.select(ITEM).where(in_lane(part)).order_by(order, ITEM.c.case_id).limit(limit)
    if after is not None:
        place, case_id = after
        since = datetime.fromtimestamp(place, UTC) if part.lane is Lane.LATER else place
        later = sa.and_(order == since, ITEM.c.case_id > case_id)
        query = query.where(order >= since, sa.or_(order > since, later))
    rows = connection.execute(query).mappings().all()
    return _waiters(connection, rows, part.now)


def _waiters(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], now: datetime
) -> list[Waiter]:
    ids = [row["case_id"] for row in rows]
    names = _names(connection, ids)
    words = _last_words(connection, [r["case_id"] for r in rows if r["wants"] == Wants.REPLY.value])
    holders = _holders(connection, ids, now)
    return [
        Waiter(
            **{name: row[name] for name in _PLAIN},
            name=names.get(row["case_id"], ""),
            wants=Wants(row["wants"]),
            place=Place.of(row["place"]),
            held_by=holders.get(row["case_id"], ""),
            said=words.get(row["case_id"]),
        )
        for row in rows
    ]


_PLAIN = (
    "case_id",
    "contact_id",
    "due_at",
    "rank",
    "owner",
    "status",
    "language",
    "country",
    "attempt_no",
    "attempt_id",
)


def _names(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    query = (
        sa.select(ITEM.c.case_id, CONTACT.c.data)
        .join(CONTACT, CONTACT.c.id == ITEM.c.contact_id)
        .where(ITEM.c.case_id.in_(ids))
    )
    return {case_id: full_name(data) for case_id, data in connection.execute(query)}


def full_name(data: dict[str, Any] | None) -> str:
    """Given and family name, as far as there are any."""
    parts = ((data or {}).get(key) or "" for key in ("given_name", "family_name"))
    return " ".join(part.strip() for part in parts if part.strip())


def _last_words(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    query = sa.select(_REPLY.c.case_id, _REPLY.c.body).where(_REPLY.c.case_id.in_(ids))
    found = connection.execute(query.order_by(_REPLY.c.received_at, _REPLY.c.id))
    return {case_id: " ".join(body.split())[:_HINT] for case_id, body in found}


def _holders(connection: sa.Connection, ids: Sequence[int], now: datetime) -> dict[int, str]:
    query = sa.select(CLAIM.c.case_id, CLAIM.c.rep).where(
        CLAIM.c.case_id.in_(ids), CLAIM.c.until > now
    )
    return {row.case_id: row.rep for row in connection.execute(query)}
