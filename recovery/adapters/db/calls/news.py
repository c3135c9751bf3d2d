"""What the provider says of placed calls, and the calls it must still be asked about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.in_order import hold_all
from recovery.adapters.db.placed import (
    FIRST_LOOK,
    PLACED,
    bound,
    by_token,
    change,
    is_taken,
    placed_of,
)
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import CallbackRow
from recovery.crashpoints import crashpoint
from recovery.domain.phone_call import Leg, LegStatus, Phase, leg_follows, leg_status
from recovery.services.calls.store import CallDoubt, CallNews, OpenCall
from recovery.services.calls.voice_form import read_news

_CALLBACK = table(CallbackRow)


class SqlCallNewsStore:
    """Implements `CallNewsStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def news(self, limit: int) -> list[CallNews]:
        query = sa.select(_CALLBACK).where(of_calls(), _CALLBACK.c.applied_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_CALLBACK.c.id).limit(limit)).mappings()
            return [_news(row) for row in rows]

    def apply(self, news: Sequence[CallNews], now: datetime) -> int:
        moved = 0
        with self._database.begin() as connection:
            theirs = PLACED.c.token.in_([one.token for one in news])
            query = sa.select(PLACED.c.case_id).where(theirs)
            hold_all(connection, connection.execute(query).scalars())
            for one in news:
                moved += _apply(connection, one, now)
            crashpoint("P12")
            done = [one.callback_id for one in news if one.callback_id is not None]
            if done:
                connection.execute(
                    _CALLBACK.update().where(_CALLBACK.c.id.in_(done)).values(applied_at=now)
                )
        return moved

    def orphans_into_doubt(self, before: datetime, now: datetime) -> int:
        query = sa.select(PLACED.c.token).where(
            PLACED.c.phase == Phase.SENDING.value, PLACED.c.sending_at < before
        )
        waits = sa.and_(PLACED.c.phase == Phase.INTENDED.value, PLACED.c.created_at < before)
        with self._database.begin() as connection:
            connection.execute(PLACED.delete().where(waits))
            tokens = connection.execute(query).scalars().all()
            for token in tokens:
                row = by_token(connection, token)
                if row is not None and row["phase"] == Phase.SENDING.value:
                    doubt = {"phase": Phase.IN_DOUBT.value, "looks": 0}
                    change(connection, row, now, due_at=row["sending_at"] + FIRST_LOOK, **doubt)
        return len(tokens)

    def doubts(self, now: datetime) -> list[CallDoubt]:
        query = sa.select(PLACED).where(
            PLACED.c.phase == Phase.IN_DOUBT.value, PLACED.c.due_at <= now
        )
        with self._database.read() as connection:
            return [
                CallDoubt(r["token"], r["rep_number"], r["caller_id"], r["sending_at"], r["looks"])
                for r in connection.execute(query.order_by(PLACED.c.id)).mappings()
            ]

    def bound(self, sids: Sequence[str]) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(sid for sid in sids if is_taken(connection, sid))

    def not_found(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None or row["phase"] != Phase.IN_DOUBT.value:
                return
            phase = Phase.IN_DOUBT if next_look else Phase.ABSENT
            values = {"phase": phase.value, "due_at": next_look, "looks": row["looks"] + 1}
            change(connection, row, now, **values)

    def under_way(self, now: datetime) -> list[OpenCall]:
        query = sa.select(PLACED).where(
            PLACED.c.phase == Phase.PLACED.value,
            PLACED.c.ended_at.is_(None),
            PLACED.c.due_at <= now,
        )
        with self._database.read() as connection:
            return [
                OpenCall(r["token"], r["sid"], placed_of(r), r["sending_at"], r["looks"])
                for r in connection.execute(query.order_by(PLACED.c.id)).mappings()
            ]

    def looked(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None or row["ended_at"] is not None:
                return
            values = {"due_at": next_look, "looks": row["looks"] + 1}
            change(connection, row, now, given_up=next_look is None, **values)


def of_calls() -> sa.ColumnElement[bool]:
    """Callbacks about calls, by the kind of their id; all others are about messages."""
    return _CALLBACK.c.sid.like("CA%")


def _news(row: sa.RowMapping) -> CallNews:
    return read_news(
        row["token"],
        row["sid"],
        row["status"],
        row["params"] or {},
        at=row["received_at"],
        callback_id=row["id"],
    )


def _apply(connection: sa.Connection, news: CallNews, now: datetime) -> int:
    row = by_token(connection, news.token)
    if row is None:
        return 0
    match news.leg:
        case Leg.REP:
            values = _of_rep(connection, row, news)
        case Leg.CONTACT:
            values = _of_contact(connection, row, news)
    if not values:
        return 0
    change(connection, row, now, **values)
    return 1


def _of_rep(connection: sa.Connection, row: sa.RowMapping, news: CallNews) -> Mapping[str, Any]:
    name = bound(connection, row, news.sid)
    if name is None:
        return {}
    return {**name, **_moved(row["rep_status"], news.status, "rep_status")}


def _of_contact(connection: sa.Connection, row: sa.RowMapping, news: CallNews) -> Mapping[str, Any]:
    """Nobody but us has the person dialled: news of a leg we did not order are not ours."""
    if row["dialled_at"] is None:
        return {}
    values: dict[str, Any] = {}
    if row["contact_sid"] is None:
        if is_taken(connection, news.sid):
            return {}
        values["contact_sid"] = news.sid
    elif row["contact_sid"] != news.sid:
        return {}
    moved = _moved(row["contact_status"], news.status, "contact_status")
    if moved and news.status and news.status.is_final:
        values["seconds"] = news.seconds
    if news.answered_by and row["answered_by"] is None:
        values["answered_by"] = news.answered_by
    return {**values, **moved}


def _moved(old: str | None, new: LegStatus | None, name: str) -> dict[str, Any]:
    before = leg_status(old) if old else None
    return {name: new.value} if new and leg_follows(new, before) else {}
