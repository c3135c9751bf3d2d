"""A run that takes longer than its lease lasts is known to live, and nobody begins beside it."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db import lease
from recovery.adapters.db.engine import Database
from recovery.adapters.db.lease import fence
from recovery.errors import Busy
from recovery.services.archive.service import ArchiveService
from recovery.services.pull.service import PullService
from recovery.services.reach.service import ReachService
from recovery.services.record.service import RecordService
from recovery.services.route.service import RouteService
from tests.installation import Home, policy_file
from tests.meanwhile import quicker
from tests.stopped_clock import a_minute_of_work, keepers_look_often, nobody_keeps

DELETABLE = "[delete]\nmax_share = 1.0\nnever_called = true\n"
#: A method of each stage in the middle of its work.
WITHIN = {
    "pull": (PullService, "_save_page"),
    "route": (RouteService, "work"),
    "reach": (ReachService, "work"),
    "record": (RecordService, "listen"),
    "archive": (ArchiveService, "_seal"),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    keepers_look_often(monkeypatch)


def a_minute(home: Home) -> None:
    a_minute_of_work(home.fresh.database, home.move, lambda: home.now)


def deaths(home: Home) -> list[str]:
    return [one.found for one in home.fresh.attention.concerns() if one.name.startswith("run ")]


@pytest.fixture
def ready(make_home: Any, tmp_path: Any) -> Callable[[str], Home]:
    """A home in which this stage has something to do."""

    def made(stage: str) -> Home:
        home: Home = make_home(policy=policy_file(tmp_path, DELETABLE))
        home.contact(phones=[] if stage == "archive" else ["+525512345678"])
        match stage:
            case "route" | "record":
                home.run("pull")
            case "reach":
                home.run("pull", "route")
            case "archive":
                home.send()
                home.next_day(15)
        return home

    return made


@pytest.mark.parametrize("stage", WITHIN)
def test_a_run_of_more_than_a_minute_lives_and_is_alone(
    ready: Callable[[str], Home], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    home, found = ready(stage), []

    def long() -> None:
        for _ in range(2):
            a_minute(home)
            found.append(deaths(home))
            found.append(getattr(home.another().stages, stage)().note)

    quicker(monkeypatch, *WITHIN[stage], long)
    report = home.run(stage)[stage]
    held = f"nothing to do: another run works on {stage}: it goes on by itself"
    assert found == [[], held] * 2
    assert not str(report.note).startswith("nothing to do")
    assert deaths(home) == []


@pytest.mark.parametrize("stage", ["pull", "route"])
def test_who_stood_still_and_was_overtaken_changes_nothing_more(
    ready: Callable[[str], Home], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    nobody_keeps(monkeypatch)
    home = ready(stage)

    def stand_still() -> None:
        home.move(seconds=61)
        assert getattr(home.another().stages, stage)().note is None

    quicker(monkeypatch, *WITHIN[stage], stand_still)
    report = getattr(home.fresh.stages, stage)()
    assert str(report.note).startswith("nothing to do"), report
    assert home.rows("SELECT finished_at FROM pull WHERE finished_at IS NULL") == []
    assert len(home.rows("SELECT id FROM pull")) == 1
    assert home.run(stage)[stage].note is None


def test_a_busy_database_neither_ends_the_work_nor_what_keeps_its_lease(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, begin = [], Database.begin

    def begins(self: Database) -> Any:
        asked.append(self)
        if len(asked) == 1:
            raise Busy
        return begin(self)

    with home.fresh.leases.hold("pull") as held:
        with monkeypatch.context() as busy:
            busy.setattr(Database, "begin", begins)
            a_minute(home)
        assert len(asked) > 1
        with home.fresh.database.begin() as connection:
            fence(connection, "pull", held.epoch)


def test_what_hangs_for_a_day_is_told_of_and_taken_over(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "_LONGEST", 0.0)
    home.contact()

    def hang() -> None:
        home.move(seconds=61)
        assert len(deaths(home)) == 1
        assert home.another().stages.pull().note is None

    quicker(monkeypatch, *WITHIN["pull"], hang)
    assert str(home.fresh.stages.pull().note).startswith("nothing to do")
