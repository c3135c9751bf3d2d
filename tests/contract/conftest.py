"""The simulated vendors, served."""

from collections.abc import Iterator

import pytest

from tests.contract.twilio_world import Firm, Sandbox, firm, sandbox


@pytest.fixture
def world() -> Iterator[Sandbox]:
    with sandbox() as one:
        yield one


@pytest.fixture
def office(world: Sandbox) -> Iterator[Firm]:
    with firm(world.options) as one:
        yield one
        assert one.forged == 0
