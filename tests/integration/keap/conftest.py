"""A client of a Keap that answers what a test tells it to."""

from collections.abc import Iterator

import pytest

from recovery.adapters.keap import KeapClient
from tests.keap_double import KeapDouble, a_client


@pytest.fixture
def keap() -> Iterator[KeapDouble]:
    double = KeapDouble()
    yield double
    double.close()


@pytest.fixture
def slept() -> list[float]:
    """For how long it wanted to wait."""
    return []


@pytest.fixture
def client(keap: KeapDouble, slept: list[float]) -> KeapClient:
    return a_client(keap.url, slept)
