"""What needs a person stands in one list, and is told once a day for as long as it lasts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.adapters.db.gate import SqlPromiseStore
from recovery.adapters.keap.client import KeapClient
from recovery.domain.brakes import Brake, BrakeName
from recovery.errors import Call, PermanentFailure
from recovery.services.attention import Kind
from recovery.services.promises import Finding
from tests.installation import MEXICAN, Home, policy_file
from tests.stopped_clock import nobody_keeps

#: One contact of one is everybody, and nobody could call them.
DELETABLE = "[delete]\nmax_share = 1.0\nnever_called = true\n"


def latch(home: Home) -> None:
    broken = Finding("I4", "nothing is started after a stop", 1, ("7",))
    SqlPromiseStore(home.fresh.database).latch([broken], home.now)


def kinds(home: Home) -> list[Kind]:
    return [one.kind for one in home.fresh.attention.concerns()]


def news(home: Home) -> list[Kind]:
    fresh = home.fresh.attention.news()
    home.fresh.attention.told(fresh)
    return [one.kind for one in fresh]


def test_where_all_is_well_nobody_is_called(home: Home) -> None:
    home.contact()
    home.send()
    home.run("record", "archive")
    assert kinds(home) == []


def test_a_broken_promise_comes_first_with_its_mend(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    home = make_home(policy=policy_file(tmp_path, DELETABLE))
    home.contact(phones=[])
    home.send()
    home.next_day(15)
    home.run("pull", "route", "archive")
    latch(home)
    first, second = home.fresh.attention.concerns()
    assert (first.kind, second.kind) == (Kind.PROMISE, Kind.APPROVAL)
    assert "I4" in first.found
    assert "doctor --invariants" in first.mend
    assert "1 contact(s)" in second.found
    assert "archive approve" in second.mend


def test_a_latched_brake_is_in_it(home: Home) -> None:
    brake = Brake(BrakeName.CREDENTIAL, since=home.now)
    SqlBrakeStore(home.fresh.database).put_on([brake])
    (one,) = home.fresh.attention.concerns()
    assert (one.kind, one.is_broken) == (Kind.BRAKE, True)
    assert "RECOVERY_TWILIO" in one.mend


def test_free_wins_and_given_up_writes_are_in_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact(email="ana.vieja@example.com")
    home.contact("CONFIRMED", email="ana@empresa.com", tags=[])
    home.contact(phones=[])
    home.run("pull", "route")

    def refused(*_: object, **__: object) -> str:
        raise PermanentFailure(Call("Keap", "add note", 400))

    monkeypatch.setattr(KeapClient, "add_note", refused)
    home.run("record")
    assert kinds(home) == [Kind.WRITES, Kind.WINS]


def test_a_run_whose_process_died_is_in_it_until_another_has_gone_on(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_keeps(monkeypatch)
    lease = home.another().leases.hold("reach")
    lease.__enter__()
    assert kinds(home) == []
    home.move(seconds=61)
    assert kinds(home) == [Kind.RUN]
    home.run("reach")
    assert kinds(home) == []


def test_two_nights_without_a_pull_are_worth_a_word(home: Home) -> None:
    home.run("pull")
    home.move(home.now + timedelta(hours=47))
    assert kinds(home) == []
    home.move(home.now + timedelta(hours=2))
    assert kinds(home) == [Kind.RUN]


def test_it_is_told_once_a_day_while_it_lasts_and_anew_when_it_comes_back(home: Home) -> None:
    latch(home)
    assert news(home) == [Kind.PROMISE]
    home.move(hours=23)
    assert news(home) == []
    home.move(hours=2)
    assert news(home) == [Kind.PROMISE]
    home.fresh.promises.examine()
    assert news(home) == []
    latch(home)
    assert news(home) == [Kind.PROMISE]


def test_nothing_in_it_names_a_person(home: Home) -> None:
    home.contact(phones=[MEXICAN], email="carmen@example.com")
    home.contact("CONFIRMED", email="carmen@empresa.com", tags=[])
    home.run("pull", "route")
    told = repr(home.fresh.attention.concerns())
    assert "carmen" not in told
    assert MEXICAN[1:] not in told
