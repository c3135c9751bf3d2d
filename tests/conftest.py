"""Fixtures of all tests that work on a whole installation."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.engine import Database
from recovery.adapters.db.schema import migrate
from tests.installation import Home, installed


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


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Iterator[Home]:
    """An installation beside an empty sandbox, with all templates approved."""
    with installed(tmp_path, migrated) as made:
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
