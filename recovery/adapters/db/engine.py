"""The database's engine: SQLite as careful as it can be, PostgreSQL as it is."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from recovery.adapters.db.turns import Turns
from recovery.errors import Busy, ConfigurationError, RecoveryError, StorageFull

#: Seconds a writer waits for another; below Twilio's 15 s for a webhook's answer.
BUSY_SECONDS = 10
#: What PostgreSQL is told, in seconds: others wait for a lock no longer than on SQLite, and whoever
#: stands still in the middle of a transaction (a stopped process, a machine that is gone) keeps no
#: lock longer than a lease lasts. While a batch of statements is half sent only the whole
#: transaction's limit helps, which came with PostgreSQL 17; no transaction of ours takes minutes.
_SESSION = {"lock_timeout": BUSY_SECONDS, "idle_in_transaction_session_timeout": 60}
_SINCE_17 = {"transaction_timeout": 600}
#: A role or a database may be set not to wait for the disk: a message whose row a power cut takes
#: back would leave a second time. What is stricter than `on` stays.
_SYNCED = """set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"""
#: A peer that is gone is noticed after a minute on either side; a server that is, when we connect.
_ALIVE = {"idle": 30, "interval": 10, "count": 3}
_DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"})
#: SQLite's and PostgreSQL's words for: others held what we need until our patience ended.
_LOCKED = ("database is locked", "lock timeout", "deadlock detected", "could not serialize")
#: What `json` refuses stays refused: a moment or an object in a document is a slip of ours.
_AS_JSON = (
    orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
)
#: PostgreSQL's words, and the driver's, for: your session has ended.
_ENDED = ("terminating connection due to", "server closed the connection unexpectedly")
_FULL = ("disk is full", "disk full", "no space left", "disk i/o error", "readonly database")


class Database:
    """Short transactions on one engine; HTTP never happens inside one."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine()
        self._turns = Turns() if self.is_sqlite else None
        self._guard: Callable[[sa.Connection], None] = lambda _: None

    def _engine(self) -> sa.Engine:
        options: dict[str, Any] = {
            "json_serializer": _dumps,
            "json_deserializer": orjson.loads,
            # An error is logged and shown; whom a statement was about is not (I10).
            "hide_parameters": True,
        }
        if not self.is_sqlite:
            url = self.url
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            alive = {f"keepalives_{name}": value for name, value in _ALIVE.items()}
            engine = sa.create_engine(
                url, pool_pre_ping=True, pool_size=10, connect_args=alive, **options
            )
            sa.event.listen(engine, "connect", _on_our_terms)
            return engine
        if self.url.database:
            _make_folder(Path(self.url.database).parent)
            _must_be_writable(Path(self.url.database))
        engine = sa.create_engine(
            self.url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **options
        )
        sa.event.listen(engine, "connect", _careful)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction; raises StorageFull when the disk is, Busy when others never let us."""
        with _explained(), self.turn(), self.engine.begin() as connection:
            self._guard(connection)
            yield connection

    def guarded(self, guard: Callable[[sa.Connection], None]) -> "Database":
        """The same database, where each transaction begins with `guard`, which may end it."""
        other = copy(self)
        other._guard = guard
        return other

    @contextmanager
    def turn(self, patience: float = BUSY_SECONDS) -> Iterator[None]:
        """Our turn to write among this process's threads; `database is locked` after `patience`
        seconds. PostgreSQL needs none."""
        if not self._turns:
            yield
            return
        try:
            self._turns.take(patience)
        except TimeoutError as error:
            locked = sqlite3.OperationalError("database is locked")
            raise OperationalError("BEGIN IMMEDIATE", None, locked) from error
        try:
            yield
        finally:
            self._turns.hand_on()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading only, which never takes the write lock; errors as of `begin`:
        SQLite writes beside its file even to read."""
        with _explained(), self.engine.connect() as connection:
            yield connection.execution_options(read_only=True)

    def dispose(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


def _url(text: str) -> sa.URL:
    """ConfigurationError for what is no address of SQLite or PostgreSQL; never shows a password."""
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        url = None
    if url is None or url.drivername not in _DRIVERS:
        raise ConfigurationError(
            "RECOVERY_DATABASE_URL: must be postgresql+psycopg://user:password@host/name; "
            "without it SQLite in RECOVERY_HOME is used"
        )
    return url


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"RECOVERY_HOME: cannot make {folder} ({error.strerror}); choose a writable folder"
        ) from None


def _must_be_writable(file: Path) -> None:
    """SQLite writes beside its file even to read, and calls it "unable to open database file"."""
    beside = (file.with_name(file.name + end) for end in ("", "-wal", "-shm"))
    for one in (file.parent, *beside):
        # A folder that may not be entered does not even tell what is in it.
        use = os.W_OK | os.X_OK if one == file.parent else os.W_OK
        if one.exists() and not os.access(one, use):
            raise ConfigurationError(
                f"RECOVERY_HOME: {one} cannot be written: give it to the user who runs recovery "
                "(`chown`), or choose a writable folder"
            )


def _dumps(value: Any) -> str:
    try:
        return orjson.dumps(value, option=_AS_JSON).decode()
    except orjson.JSONEncodeError:  # a number longer than 64 bits; else `json` raises as well
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _on_our_terms(connection: Any, _record: Any) -> None:
    limits = {**_SESSION, **(_SINCE_17 if connection.info.server_version >= 170_000 else {})}
    settings = {
        **{name: f"{seconds:g}s" for name, seconds in limits.items()},
        **{f"tcp_keepalives_{name}": str(value) for name, value in _ALIVE.items()},
    }
    told = ", ".join([*["set_config(%s, %s, false)"] * len(settings), _SYNCED])
    connection.execute(f"SELECT {told}", [text for pair in settings.items() for text in pair])
    connection.commit()


def _careful(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: we say BEGIN IMMEDIATE (see below).
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "cache_size=-32000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    # While another connection makes the same change, SQLite refuses at once: its busy time-out
    # does not hold for the journal's mode.
    ends_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > ends_at:
                raise
            time.sleep(0.01)


def _begin_immediate(connection: sa.Connection) -> None:
    # A deferred transaction that turns writer half-way fails at once when another writes.
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def _explained() -> Iterator[None]:
    """What people can mend is told as that; all else is raised as it is."""
    try:
        yield
    except DBAPIError as error:
        told = _told(str(error.orig).lower())
        if told is None:
            raise
        raise told from error


def _told(text: str) -> RecoveryError | None:
    if any(sign in text for sign in _FULL):
        return StorageFull(
            "the database cannot write (disk full or read-only): free some space, then run again; "
            "nothing was lost"
        )
    if any(sign in text for sign in _ENDED):
        return Busy(
            "this process stood still, or the database was restarted, and what was not finished is "
            "undone: run again; nothing was lost"
        )
    if any(sign in text for sign in _LOCKED):
        return Busy(
            "the database was held by other work for too long: run again in a few seconds; "
            "nothing was lost"
        )
    return None
