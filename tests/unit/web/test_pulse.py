"""One look a second for all open pages; who missed too much is told so."""

import pytest

from recovery.adapters.db.queries import queue_page
from recovery.adapters.db.queries.queue_page import Changes, Mark
from recovery.web import pulse as module
from recovery.web.pulse import Pulse


class _World:
    """A database that counts looks, in time that is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.looks = 0
        self.changed: frozenset[int] = frozenset()

    def look(self, _database: object, before: Mark) -> tuple[Mark, Changes]:
        self.looks += 1
        cases, self.changed = self.changed, frozenset()
        return before, Changes(cases, lanes=bool(cases))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> _World:
    made = _World()
    monkeypatch.setattr(module, "mark", lambda _database: Mark())
    monkeypatch.setattr(module, "look", made.look)
    return made


@pytest.fixture
def pulse(world: _World) -> Pulse:
    return Pulse(None, monotonic=lambda: world.now)  # type: ignore[arg-type]


def test_however_many_ask_the_database_is_looked_at_once_a_second(world, pulse):
    pulse.since(None)
    world.now += 5
    for _ in range(50):
        pulse.since(1)
    assert world.looks == 1


def test_each_page_hears_every_change_once(world, pulse):
    heard = pulse.since(None).number
    world.now, world.changed = world.now + 2, frozenset({7})
    first = pulse.since(heard)
    world.now, world.changed = world.now + 2, frozenset({9})
    assert first.cases == (7,)
    assert pulse.since(first.number).cases == (9,)
    assert pulse.since(heard).cases == (7, 9)
    assert pulse.since(pulse.since(None).number).cases == ()


def test_who_was_away_for_too_long_is_told_to_load_everything(world, pulse):
    heard = pulse.since(None).number
    for case in range(module._KEPT + 2):
        world.now, world.changed = world.now + 2, frozenset({case})
        pulse.since(None)
    assert pulse.since(heard).missed
    assert pulse.since(10**9).missed


def test_names_are_found_whatever_their_case_and_accents():
    assert queue_page.plain("ÁNA  Núñez") == "ana  nunez"
