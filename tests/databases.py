"""Migrated databases for tests, on SQLite and on PostgreSQL: each a copy of one template."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import migrate
from tests import postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"
#: Both, or the one that RECOVERY_TEST_DATABASE names while somebody works on a test.
KINDS = tuple(filter(None, [os.environ.get("RECOVERY_TEST_DATABASE")])) or (SQLITE, POSTGRESQL)
ENGINE_AS_SHIPPED = Database._engine


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
        with postgres.server(place) as url, postgres.template(url) as made:
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
