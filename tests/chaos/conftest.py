"""Fixtures of the chaos suite."""

import os
from collections.abc import Iterator

import pytest

from tests.chaos.processes import Warm, warm_process
from tests.databases import KINDS, SQLITE, Template, template

FULL = bool(os.environ.get("FULL"))


@pytest.fixture(scope="session", params=KINDS if FULL else [SQLITE])
def migrated(request: pytest.FixtureRequest) -> Iterator[Template]:
    """As elsewhere, but PostgreSQL only where there is time for the full figures."""
    with template(request.param) as made:
        yield made


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """A process whose children may be killed."""
    with warm_process() as process:
        yield process


@pytest.fixture(scope="session")
def full() -> bool:
    """The full figures instead of those of the gate."""
    return FULL
