"""A home that this user may not write to is told as that, not as a damaged database."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from recovery.adapters.db.engine import Database
from recovery.errors import ConfigurationError, StorageFull

_NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp())
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


@contextmanager
def somebody() -> Iterator[None]:
    """Not the administrator, who may write everywhere."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("closed", ["", "recovery.db", "recovery.db-wal", "recovery.db-shm"])
def test_what_cannot_be_written_is_named_with_the_mend(folder: Path, closed: str) -> None:
    folder.chmod(0o777)
    for name in ("recovery.db", "recovery.db-wal", "recovery.db-shm"):
        (folder / name).touch()
        (folder / name).chmod(0o444 if name == closed else 0o666)
    folder.chmod(0o777 if closed else 0o555)
    with somebody(), pytest.raises(ConfigurationError) as refused:
        Database(f"sqlite:///{folder}/recovery.db")
    assert str(folder / closed) in str(refused.value)
    assert "cannot be written: give it to the user who runs recovery" in str(refused.value)


def test_a_home_that_cannot_be_entered_is_named_too(folder: Path) -> None:
    folder.chmod(0o666)
    with somebody(), pytest.raises(ConfigurationError, match="cannot be written") as refused:
        Database(f"sqlite:///{folder}/recovery.db")
    assert str(folder) in str(refused.value)


def test_a_home_of_ones_own_is_used(folder: Path) -> None:
    with Database(f"sqlite:///{folder}/recovery.db").begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_full_disk_is_told_by_who_only_reads_too(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/recovery.db")
    no_room = OperationalError("PRAGMA", None, sqlite3.OperationalError("disk I/O error"))
    with pytest.raises(StorageFull, match="free some space"), database.read():
        raise no_room
