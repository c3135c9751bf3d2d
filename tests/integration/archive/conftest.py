"""A home with cases out of their hold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.adapters.db.engine import Database
from tests.archive_world import World


@pytest.fixture
def world(tmp_path: Path, database: Database) -> Iterator[World]:
    world = World(tmp_path, database)
    yield world
    world.close()
