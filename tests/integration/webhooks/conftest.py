"""The receiver of one installation, and Twilio before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from webhook_world import Twilio, World

from recovery.adapters.db.engine import Database


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    return World(tmp_path, database)


@pytest.fixture
def twilio(world: World) -> Iterator[Twilio]:
    with world.client() as twilio:
        yield twilio
