"""An account at Keap that was never connected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.oauth_world import Account, account


@pytest.fixture
def keap(tmp_path: Path, database_url: str) -> Iterator[Account]:
    with account(tmp_path, database_url) as made:
        yield made
