"""What the provider said of our messages, applied in sets.

Whoever applies holds the database against callbacks that want to be stored, so a set is read at
once, decided in memory, and written by as many statements as there are kinds of change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.calls.news import of_calls
from recovery.adapters.db.cases import ATTEMPT, CASE, OUTCOME
from recovery.adapters.db.engine import Database
from recovery.adapters.db.in_order import hold_all
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.suppress import (
    OPTED_OUT,
    Dropped,
    drop_numbers,
    follow_code,
    says_no,
    wait_for_beginners,
)
from recovery.adapters.db.tables.people import CallbackRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, CaseState
from recovery.domain.delivery import follows, state_of
from recovery.services.ports import CodeAction
from recovery.services.record.news import News

#: When a message is asked about that was only just heard of.
_FIRST_LOOK = timedelta(minutes=30)
#: What news may change; the rest of an attempt is ours alone.
_CHANGES = (
    "state",
    "sid",
    "code",
    "accepted_at",
    "delivered_at",
    "read_at",
    "ended_at",
    "due_at",
)
_COLUMNS = ("id", "token", "case_id", "contact_id", "number_key", *_CHANGES)
_CALLBACK = table(CallbackRow)
#: What is read of a callback; all that the provider sent with it stays where it is.
_NEWS = tuple(_CALLBACK.c[n] for n in ("id", "token", "sid", "status", "code", "received_at"))
#: Codes that say only something of the number, by what that is.
_OF_NUMBER = {CodeAction.NEXT: "no_whatsapp", CodeAction.BAD_NUMBER: "wrong"}


class SqlNewsStore:
    """Implements `NewsStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def callbacks(self, limit: int) -> list[News]:
        query = sa.select(*_NEWS).where(~of_calls(), _CALLBACK.c.applied_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_CALLBACK.c.id).limit(limit)).mappings()
            return [
                News(
                    sid=row["sid"],
                    status=row["status"],
                    code=row["code"] or None,
                    at=row["received_at"],
                    token=row["token"],
                    callback_id=row["id"],
                )
                for row in rows
            ]

    def apply(self, news: Sequence[News], actions: Mapping[str, CodeAction], now: datetime) -> int:
        with self._database.begin() as connection:
            moved = apply(connection, news, actions, now)
            crashpoint("P12")
            done = [one.callback_id for one in news if one.callback_id is not None]
            for some in chunks(done):
                connection.execute(
                    _CALLBACK.update().where(_CALLBACK.c.id.in_(some)).values(applied_at=now)
                )
        return moved


@dataclass(slots=True)
class _Message:
    """An attempt as the news move it."""

    id: int
    case_id: int
    contact_id: str
    number_key: str
    values: dict[str, Any]
    was_absent: bool
    moves: list[tuple[AttemptState, str | None]] = field(default_factory=list)

    @classmethod
    def of(cls, row: sa.RowMapping) -> "_Message":
        return cls(
            row["id"],
            row["case_id"],
            row["contact_id"],
            row["number_key"],
            {name: row[name] for name in _CHANGES},
            row["state"] == AttemptState.ABSENT.value,
        )

    @property
    def has_failed(self) -> bool:
        return any(state is AttemptState.FAILED for state, _ in self.moves)


def apply(
    connection: sa.Connection,
    news: Sequence[News],
    actions: Mapping[str, CodeAction],
    now: datetime,
) -> int:
    """Moves messages forward, never back, with what follows; counts the moves."""
    messages = _Messages(connection, news)
    moved = [one for one in news if messages.move(one, now)]
    changed = messages.changed()
    if changed:
        _save(connection, changed)
        _append(connection, changed, now)
        failed = [message for message in changed if message.has_failed]
        if any(says_no(code := m.values["code"], actions.get(code or "")) for m in failed):
            wait_for_beginners(connection)
        hold_all(connection, {message.case_id for message in changed})
        _follow_codes(connection, failed, actions, now)
        _take_calls_back(connection, [m for m in changed if m.was_absent], now)
        decide_anew(connection, {message.case_id for message in changed}, now)
    return len(moved)


def decide_anew(connection: sa.Connection, case_ids: Iterable[int], now: datetime) -> None:
    """News may change the decision, also one that is being made of what was known before."""
    case_ids = set(case_ids)
    hold_all(connection, case_ids)
    for some in chunks(sorted(case_ids)):
        connection.execute(
            CASE.update()
            .where(CASE.c.id.in_(some), CASE.c.state != CaseState.CLOSED.value)
            .values(route_at=now, version=CASE.c.version + 1)
        )


class _Messages:
    """The messages that some news are about, found by token and else by the provider's id."""

    def __init__(self, connection: sa.Connection, news: Sequence[News]) -> None:
        self._connection = connection
        self._by_id: dict[int, _Message] = {}
        self._by_token = self._found("token", {one.token for one in news if one.token})
        unknown = {one.sid for one in news if one.token not in self._by_token}
        self._by_sid = self._found("sid", unknown)
        self._owners = self._owners_of(news)

    def _found(self, column: str, values: set[Any]) -> dict[str, _Message]:
        found: dict[str, _Message] = {}
        for some in chunks(sorted(values)):
            query = sa.select(*[ATTEMPT.c[name] for name in _COLUMNS])
            query = query.where(ATTEMPT.c[column].in_(some)).order_by(ATTEMPT.c.id)
            rows = self._connection.execute(query.with_for_update()).mappings()
            for row in rows:
                message = self._by_id.setdefault(row["id"], _Message.of(row))
                found[row[column]] = message
        return found

    def _owners_of(self, news: Sequence[News]) -> dict[str, int]:
        """Which message has an id already, for news of messages that have none yet."""
        unbound = {
            one.sid
            for one in news
            if (message := self._by_token.get(one.token or "")) and message.values["sid"] is None
        }
        owners: dict[str, int] = {}
        for some in chunks(sorted(unbound)):
            query = sa.select(ATTEMPT.c.sid, ATTEMPT.c.id).where(ATTEMPT.c.sid.in_(some))
            owners |= {row.sid: row.id for row in self._connection.execute(query)}
        return owners

    def move(self, news: News, now: datetime) -> bool:
        """Did this message move? Foreign, late and repeated news move none."""
        message = self._by_token.get(news.token or "") or self._by_sid.get(news.sid)
        state = state_of(news.status)
        if message is None or state is None:
            return False
        if message.values["sid"] not in (None, news.sid):
            return False
        if not follows(state, AttemptState(message.values["state"])):
            return False
        # An id that another message has proves nothing of this one.
        if self._owners.setdefault(news.sid, message.id) != message.id:
            return False
        message.values |= _moved(state, message.values, news, now)
        message.moves.append((state, news.code))
        return True

    def changed(self) -> list[_Message]:
        return [message for message in self._by_id.values() if message.moves]


def _moved(
    state: AttemptState, before: Mapping[str, Any], news: News, now: datetime
) -> dict[str, Any]:
    values: dict[str, Any] = {"state": state.value, "sid": news.sid}
    if news.code:
        values["code"] = news.code
    if before["accepted_at"] is None:
        values["accepted_at"] = news.at
    match state:
        case AttemptState.FAILED:
            values |= {"ended_at": now, "due_at": None}
        case AttemptState.DELIVERED:
            values |= {"due_at": None, "ended_at": None, "delivered_at": news.at}
        case AttemptState.READ:
            values |= {"due_at": None, "ended_at": None, "read_at": news.at}
        case _ if before["due_at"] is None:
            values["due_at"] = now + _FIRST_LOOK
    return values


def _save(connection: sa.Connection, changed: Sequence[_Message]) -> None:
    connection.execute(
        ATTEMPT.update()
        .where(ATTEMPT.c.id == sa.bindparam("of_attempt"))
        .values(**{name: sa.bindparam(f"new_{name}") for name in _CHANGES}),
        [
            {"of_attempt": m.id} | {f"new_{name}": value for name, value in m.values.items()}
            for m in changed
        ],
    )


def _append(connection: sa.Connection, changed: Sequence[_Message], now: datetime) -> None:
    """Each end is an outcome, and so is the first sign of a message that was given up."""
    ends = (AttemptState.DELIVERED, AttemptState.READ, AttemptState.FAILED)
    rows = [
        {
            "case_id": message.case_id,
            "contact_id": message.contact_id,
            "attempt_id": message.id,
            "at": now,
            "kind": state.value,
            "actor": "engine",
            "detail": {"code": code} if code else None,
        }
        for message in changed
        for number, (state, code) in enumerate(message.moves)
        if state in ends or (message.was_absent and number == 0)
    ]
    if rows:
        connection.execute(OUTCOME.insert(), rows)


def _follow_codes(
    connection: sa.Connection,
    failed: Sequence[_Message],
    actions: Mapping[str, CodeAction],
    now: datetime,
) -> None:
    dropped: list[Dropped] = []
    for message in failed:
        code = message.values["code"] or ""
        action = actions.get(code)
        why = _OF_NUMBER.get(action) if action and code not in OPTED_OUT else None
        if why:
            dropped.append(Dropped(message.case_id, message.number_key, why))
        elif says_no(code, action):
            case = cases.held_case(connection, message.case_id)
            follow_code(connection, case, message.number_key, code, action, now)
    drop_numbers(connection, dropped, now)


def _take_calls_back(connection: sa.Connection, found: Sequence[_Message], now: datetime) -> None:
    """The message left after all: the call that took its place is not wanted any more."""
    for message in found:
        if not message.has_failed:
            cases.end_attempts(connection, message.case_id, now)
            keap_writes.end_keap_task(connection, cases.case_of(connection, message.case_id), now)
