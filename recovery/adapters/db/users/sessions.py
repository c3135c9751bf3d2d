"""Sessions and limits of signing in, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.accounts import LoginLimitRow, SessionRow
from recovery.adapters.db.tables.ops import UserRow
from recovery.adapters.db.users.store import user_of
from recovery.services.users.login_limits import Bucket
from recovery.services.users.sessions import Flash, Session, Stage
from recovery.services.users.user import User

_SESSION = table(SessionRow)
_LIMIT = table(LoginLimitRow)
_USER = table(UserRow)


class SqlSessionStore:
    """Implements `SessionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, session: Session, *, instead_of: str | None, proved: User | None) -> bool:
        values = {
            "token_sha256": session.token_sha256,
            "id": session.id,
            "email": session.email,
            "stage": session.stage.value,
            "created_at": session.created_at,
            "seen_at": session.seen_at,
            "ends_at": session.ends_at,
            "agent": session.agent,
        }
        # Who changes what the user is known by waits, and ends this session as well.
        mine = sa.select(_USER).where(_USER.c.email == session.email).with_for_update(read=True)
        with self._database.begin() as connection:
            row = connection.execute(mine).mappings().first()
            ended = 0
            if instead_of:
                before = _delete(_SESSION.c.token_sha256 == instead_of)
                ended = connection.execute(before).rowcount
            is_so = ended > 0 if proved is None else row and user_of(row).is_proved_as(proved)
            if is_so:
                connection.execute(_SESSION.insert().values(**values))
        return bool(is_so)

    def find(self, token_sha256: str) -> tuple[Session, User] | None:
        # The session's `email` is the user's, so the columns of both fit one row.
        query = (
            sa.select(*(c for c in _SESSION.c if c.name != "email"), *_USER.c)
            .join(_USER, _USER.c.email == _SESSION.c.email)
            .where(_SESSION.c.token_sha256 == token_sha256, _USER.c.active)
        )
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return (_session(row), user_of(row)) if row else None

    def touch(self, token_sha256: str, at: datetime) -> None:
        mine = _SESSION.c.token_sha256 == token_sha256
        self._run(_SESSION.update().where(mine).values(seen_at=at))

    def end(self, token_sha256: str) -> None:
        self._run(_delete(_SESSION.c.token_sha256 == token_sha256))

    def end_of(self, email: str, *, id: str | None = None) -> int:
        which = sa.true() if id is None else _SESSION.c.id == id
        return self._run(_delete(sa.and_(_SESSION.c.email == email, which)))

    def of(self, email: str, *, now: datetime) -> list[Session]:
        query = (
            sa.select(_SESSION)
            .where(_SESSION.c.email == email, _SESSION.c.ends_at > now)
            .order_by(_SESSION.c.seen_at.desc())
        )
        with self._database.read() as connection:
            return [_session(row) for row in connection.execute(query).mappings()]

    def tidy(self, *, before: datetime) -> None:
        self._run(_delete(_SESSION.c.ends_at <= before))

    def put_flash(self, token_sha256: str, flash: Flash) -> None:
        mine = _SESSION.c.token_sha256 == token_sha256
        entry = {"words": flash.words, "values": flash.values, "kind": flash.kind}
        with self._database.begin() as connection:
            now = connection.execute(sa.select(_SESSION.c.flash).where(mine)).scalar() or []
            connection.execute(_SESSION.update().where(mine).values(flash=[*now, entry][-5:]))

    def take_flashes(self, token_sha256: str) -> list[Flash]:
        mine = sa.and_(_SESSION.c.token_sha256 == token_sha256, _SESSION.c.flash.is_not(None))
        query = sa.select(_SESSION.c.flash).where(mine)
        with self._database.read() as connection:
            waiting = connection.execute(query).scalar()
        if not waiting:
            return []
        with self._database.begin() as connection:
            found = connection.execute(query).scalar() or []
            connection.execute(_SESSION.update().where(mine).values(flash=None))
        return [Flash(one["words"], one["values"], one["kind"]) for one in found]

    def _run(self, statement: Any) -> int:
        with self._database.begin() as connection:
            return connection.execute(statement).rowcount


class SqlLimitStore:
    """Implements `LimitStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, buckets: Sequence[Bucket], *, now: datetime) -> bool:
        with self._database.begin() as connection:
            levels = _levels(connection, buckets, now)
            if any(levels[bucket.key] < 1 for bucket in buckets):
                return False
            _store(connection, {key: level - 1 for key, level in levels.items()}, now)
        return True

    def give_back(self, buckets: Sequence[Bucket], *, now: datetime) -> None:
        with self._database.begin() as connection:
            levels = _levels(connection, buckets, now)
            sizes = {bucket.key: bucket.size for bucket in buckets}
            full = {key: min(level + 1, sizes[key]) for key, level in levels.items()}
            _store(connection, full, now)

    def forget(self, *, before: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(_LIMIT.delete().where(_LIMIT.c.at < before))


def _levels(
    connection: sa.Connection, buckets: Sequence[Bucket], now: datetime
) -> dict[str, float]:
    keys = sorted(bucket.key for bucket in buckets)
    query = sa.select(_LIMIT).where(_LIMIT.c.key.in_(keys)).order_by(_LIMIT.c.key)
    rows = {row["key"]: row for row in connection.execute(query.with_for_update()).mappings()}
    return {
        bucket.key: bucket.filled(rows[bucket.key]["tokens"], since=rows[bucket.key]["at"], now=now)
        if bucket.key in rows
        else bucket.size
        for bucket in buckets
    }


def _store(connection: sa.Connection, levels: dict[str, float], now: datetime) -> None:
    rows = [{"key": key, "tokens": level, "at": now} for key, level in sorted(levels.items())]
    upsert(connection, LoginLimitRow, rows)


def _delete(where: sa.ColumnElement[bool]) -> sa.Delete:
    return _SESSION.delete().where(where)


def _session(row: Any) -> Session:
    return Session(
        token_sha256=row["token_sha256"],
        id=row["id"],
        email=row["email"],
        stage=Stage(row["stage"]),
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        agent=row["agent"],
    )
