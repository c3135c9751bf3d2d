"""Fixtures of all tests that work on a whole installation."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.engine import Database
from tests.databases import KINDS, Template, quick_engines, template
from tests.installation import Home, installed


def pytest_collection_finish() -> None:
    """What was loaded stays: nobody needs to look through all of it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _quick_engines() -> Iterator[None]:
    with quick_engines():
        yield


@pytest.fixture(scope="session", params=KINDS)
def migrated(request: pytest.FixtureRequest) -> Iterator[Template]:
    """A database made by the migrations, to be copied: whoever asks for it runs on both kinds."""
    with template(request.param) as made:
        yield made


@pytest.fixture
def database_url(tmp_path: Path, migrated: Template) -> Iterator[str]:
    """A migrated database of this test's own."""
    with migrated.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened."""
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def empty_database_url(tmp_path: Path, migrated: Template) -> Iterator[str]:
    """A database of this test's own, without any table."""
    with migrated.empty(tmp_path) as url:
        yield url


@pytest.fixture
def home(tmp_path: Path, migrated: Template) -> Iterator[Home]:
    """An installation beside an empty sandbox, with all templates approved."""
    with installed(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def make_home(tmp_path: Path, migrated: Template) -> Iterator[Callable[..., Home]]:
    """The same with other settings, or with another sandbox (`contacts=…`)."""
    with ExitStack() as stack:

        def make(**more: Any) -> Home:
            folder = tmp_path / f"home{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(installed(folder, migrated, **more))

        yield make
