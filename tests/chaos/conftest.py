"""Fixtures of the chaos suite."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.chaos.processes import Warm, warm_process
from tests.databases import KINDS, SQLITE, Template

FULL = bool(os.environ.get("FULL"))


@pytest.fixture(scope="session", params=KINDS if FULL else [SQLITE])
def migrated(request: pytest.FixtureRequest, templates: Callable[[str], Template]) -> Template:
    """As elsewhere, but PostgreSQL only where there is time for the full figures."""
    return templates(request.param)


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process whose children may be killed."""
    with warm_process() as process:
        yield process


@pytest.fixture(scope="session")
def full() -> bool:
    """The full figures instead of those of the gate."""
    return FULL
