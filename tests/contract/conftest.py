"""The simulated vendors, served."""

from collections.abc import Iterator

import pytest

from tests.contract.keap_world import Keap
from tests.contract.twilio_world import Firm, Sandbox, firm, sandbox
from tests.sandbox_server import running


@pytest.fixture
def world() -> Iterator[Sandbox]:
    with sandbox() as one:
        yield one


@pytest.fixture
def office(world: Sandbox) -> Iterator[Firm]:
    with firm(world.options) as one:
        yield one
        assert one.forged == 0


@pytest.fixture(scope="module")
def shared() -> Iterator[Keap]:
    """For tests that change nothing that another test looks at."""
    with running(contacts=400) as sandbox:
        yield Keap(sandbox)


@pytest.fixture
def keap() -> Iterator[Keap]:
    with running(contacts=200) as sandbox:
        yield Keap(sandbox)
