"""The queue's claims, skips and owners in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.audit import audit
from recovery.adapters.db.calls.owed import owed_by
from recovery.adapters.db.cases import CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import CLAIM, DESK, hold, set_desk
from recovery.adapters.db.queries import queue as queries
from recovery.adapters.db.queries.queue import ITEM, in_lane, order_of
from recovery.adapters.db.reps import queue_items
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.calls import PlacedCallRow
from recovery.adapters.db.tables.ops import UserRow
from recovery.adapters.db.tables.queue import QueuePlaceRow
from recovery.adapters.db.users.owners import move_tasks
from recovery.domain.country import Countries
from recovery.domain.lane import PASSED_ON_AFTER, Wants
from recovery.errors import Refusal
from recovery.services.reps.queue_store import Claim, Filters, Slice, Tally, Waiter

_PLACE = table(QueuePlaceRow)
_PLACED = table(PlacedCallRow)
_USER = table(UserRow)


class SqlQueueStore:
    """Implements `QueueStore`."""

    def __init__(self, database: Database, countries: Countries) -> None:
        self._database = database
        self._countries = countries

    def places(self) -> list[str]:
        with self._database.read() as connection:
            return list(connection.execute(sa.select(_PLACE.c.key)).scalars())

    def tallies(self, filters: Filters, now: datetime) -> list[Tally]:
        with self._database.read() as connection:
            return queries.tallies(connection, filters, now)

    def page(self, part: Slice, after: tuple[float, int] | None, limit: int) -> list[Waiter]:
        with self._database.read() as connection:
            return queries.page(connection, part, after, limit)

    def ids(self, part: Slice, limit: int) -> list[int]:
        query = sa.select(ITEM.c.case_id).where(in_lane(part))
        query = query.order_by(order_of(part.lane), ITEM.c.case_id).limit(limit)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def take(
        self, rep: str, parts: Sequence[Slice], until: datetime, *, but: int | None
    ) -> int | None:
        with self._database.begin() as connection:
            connection.execute(CLAIM.delete().where(CLAIM.c.rep == rep))
            for part in parts:
                query = _free(rep, part, but)
                case_id: int | None = connection.execute(query).scalar()
                if case_id is not None and hold(connection, rep, case_id, part.now, until) == rep:
                    return case_id
        return None

    def claim(self, rep: str, case_id: int, now: datetime, until: datetime) -> str:
        with self._database.begin() as connection:
            connection.execute(sa.select(CASE.c.id).where(CASE.c.id == case_id).with_for_update())
            return hold(connection, rep, case_id, now, until)

    def beat(self, rep: str, case_id: int, now: datetime, until: datetime) -> bool:
        mine = sa.and_(CLAIM.c.case_id == case_id, CLAIM.c.rep == rep, CLAIM.c.until > now)
        with self._database.begin() as connection:
            moved = connection.execute(CLAIM.update().where(mine).values(until=until))
        return moved.rowcount == 1

    def release(self, rep: str) -> None:
        with self._database.begin() as connection:
            connection.execute(CLAIM.delete().where(CLAIM.c.rep == rep))

    def claim_of(self, rep: str, now: datetime) -> Claim | None:
        query = sa.select(CLAIM).where(CLAIM.c.rep == rep, CLAIM.c.until > now)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return Claim(row["case_id"], row["rep"], row["until"]) if row else None

    def owes(self, rep: str) -> int | None:
        with self._database.read() as connection:
            return owed_by(connection, rep)

    def skip(
        self, rep: str, case_id: int, now: datetime, until: datetime, why: Mapping[str, str]
    ) -> None:
        with self._database.begin() as connection:
            case = _case(connection, case_id)
            set_desk(connection, case_id, not_before=until)
            cases.record(connection, case, "skipped", now, actor=rep, **dict[str, Any](why))
            queue_items.make(connection, [case_id], now, self._countries)
            # After the item, as by whoever takes the person once this rep was silent for long.
            connection.execute(CLAIM.delete().where(CLAIM.c.case_id == case_id, CLAIM.c.rep == rep))

    def assign(self, case_ids: Sequence[int], rep: str | None, now: datetime, *, by: str) -> int:
        moved: list[int] = []
        with self._database.begin() as connection:
            if rep is not None:
                _must_work_here(connection, rep)
            for some in chunks(sorted(set(case_ids)), 300):
                known = _open_cases(connection, some)
                others = _not_theirs(connection, known, rep)
                for case_id in others:
                    set_desk(connection, case_id, rep=rep, callback_rep=None, last_rep=None)
                move_tasks(connection, others, now)
                moved += others
            detail = {"cases": len(moved)}
            audit(connection, "queue.assigned", at=now, actor=by, about=rep or "", detail=detail)
            # Last, as by reps, who hold a person while they wait for their turn to do it.
            for some in chunks(moved, 300):
                queue_items.make(connection, some, now, self._countries)
            for some in chunks(moved, 300):
                connection.execute(CLAIM.delete().where(CLAIM.c.case_id.in_(some)))
        return len(moved)

    def refresh(self, now: datetime, limit: int) -> int:
        if not queue_items.is_stale(self._database):
            return 0
        with self._database.begin() as connection:
            return queue_items.refresh(connection, now, limit, self._countries)

    def remake(self, case_ids: Sequence[int], now: datetime) -> None:
        with self._database.begin() as connection:
            queue_items.make(connection, sorted(set(case_ids)), now, self._countries)

    def pass_on(self, before: datetime) -> int:
        late = sa.and_(
            ITEM.c.wants.in_((Wants.CALLBACK.value, Wants.REPLY.value)),
            ITEM.c.owner != "",
            ITEM.c.due_at <= before,
        )
        with self._database.read() as connection:
            if connection.execute(sa.select(ITEM.c.case_id).where(late).limit(1)).first() is None:
                return 0
        with self._database.begin() as connection:
            queue_items.alone(connection)
            return connection.execute(ITEM.update().where(late).values(owner="")).rowcount


def _free(rep: str, part: Slice, but: int | None) -> sa.Select[Any]:
    """The first of a lane whom nobody else holds, nor has just called."""
    held = sa.select(CLAIM.c.case_id).where(
        CLAIM.c.case_id == ITEM.c.case_id, CLAIM.c.until > part.now, CLAIM.c.rep != rep
    )
    dialled = sa.select(_PLACED.c.id).where(
        _PLACED.c.attempt_id == ITEM.c.attempt_id,
        _PLACED.c.rep != rep,
        _PLACED.c.dialled_at > part.now - PASSED_ON_AFTER,
    )
    query = sa.select(ITEM.c.case_id).where(in_lane(part), ~held.exists(), ~dialled.exists())
    if but is not None:
        query = query.where(ITEM.c.case_id != but)
    query = query.order_by(order_of(part.lane), ITEM.c.case_id).limit(1)
    # Whoever looks at the same moment takes the next one instead of waiting for this.
    return query.with_for_update(skip_locked=True, of=ITEM)


def _case(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    row = connection.execute(sa.select(CASE).where(CASE.c.id == case_id)).mappings().first()
    if row is None:
        raise Refusal("this case is not known any more: load the queue again")
    return row


def _must_work_here(connection: sa.Connection, rep: str) -> None:
    query = sa.select(_USER.c.email).where(_USER.c.email == rep, _USER.c.active.is_(sa.true()))
    if connection.execute(query).first() is None:
        raise Refusal(f"{rep} is nobody who works here: choose an active user")


def _open_cases(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    query = sa.select(CASE.c.id).where(CASE.c.id.in_(ids), CASE.c.state != "closed")
    return list(connection.execute(query).scalars())


def _not_theirs(connection: sa.Connection, ids: Sequence[int], rep: str | None) -> list[int]:
    query = sa.select(DESK.c.case_id, DESK.c.rep).where(DESK.c.case_id.in_(ids))
    given = {row.case_id: row.rep for row in connection.execute(query)}
    return [one for one in ids if given.get(one) != rep]
