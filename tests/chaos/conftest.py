"""Fixtures of the chaos suite."""

import os
from collections.abc import Iterator

import pytest

from tests.chaos.processes import Warm, warm_process


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process whose children may be killed."""
    with warm_process() as process:
        yield process


@pytest.fixture(scope="session")
def full() -> bool:
    """The full figures instead of those of the gate."""
    return bool(os.environ.get("FULL"))
