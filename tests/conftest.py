"""Fixtures of all tests that work on a whole installation."""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.engine import Database
from tests.databases import KINDS, Template, quick_engines, template
from tests.installation import Home, installed
from tests.passwords import quick_passwords
from tests.web_server import quick_servers

_LONGEST = {"e2e", "test_kills.py", "test_overlap.py"}


def pytest_collection_finish() -> None:
    """What was loaded stays: nobody needs to look through all of it for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, and has its time also on a busy machine."""
    items.sort(key=lambda item: _LONGEST.isdisjoint(item.path.parts))
    for item in items:
        if {"e2e", "flows"} & set(item.path.parts):
            item.add_marker(pytest.mark.timeout(400))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist load` one process runs all that starts Prefect, one server at a time: it serves
    all tests of flows, and has the time to start in beside two processes of other tests."""
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class FlowsTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = str(Path(nodeid.partition("::")[0]).parent)
            return "Prefect" if folder.endswith(("e2e", "flows")) else nodeid

    return FlowsTogether(config, log)


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with quick_engines(), quick_servers(), quick_passwords():
        yield


@pytest.fixture(scope="session")
def templates() -> Iterator[Callable[[str], Template]]:
    """A migrated database of each kind, made when first asked for."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(template(kind)))


@pytest.fixture(scope="session", params=KINDS)
def migrated(request: pytest.FixtureRequest, templates: Callable[[str], Template]) -> Template:
    """What tests copy: whoever asks for it runs on both kinds."""
    return templates(request.param)


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
