"""A scripted provider, and the end of every client that a test has opened."""

from collections.abc import Iterator

import pytest
from twilio_script import Script, running_script
from twilio_world import OPEN


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def script() -> Iterator[Script]:
    with running_script() as one:
        yield one
