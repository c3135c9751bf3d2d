"""T2 for reps: a word on a call and a text survive a death anywhere, and count once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.chaos.judge import invariants_hold
from tests.chaos.processes import Warm
from tests.installation import MEXICAN, Home

REP = "rosa@firm.example"
TEXT = "Somos Casa Prado, le escribe Rosa."


@pytest.fixture
def called(home: Home) -> str:
    """Somebody whose first call is due."""
    contact = home.contact(tags=[])
    home.send()
    home.next_day(3)
    home.run("route", "reach")
    return contact


@pytest.fixture
def replied(home: Home) -> str:
    """Somebody who wrote to us and waits for a person's answer."""
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "¿quiénes son ustedes?")
    home.run("record")
    return contact


def killed(home: Home, warm: Warm, point: str, *steps: tuple[str, Any]) -> None:
    status = warm.run(home, steps, crash=f"{point}:kill")
    assert status == -9, (home.settings.home / "child.log").read_text()[-2000:]


def word_of(home: Home, contact: str, code: str) -> tuple[str, dict[str, Any]]:
    return "say", {"rep": REP, "case": int(home.case(contact)["id"]), "code": code}


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("P12", "no_answer"),
        ("P12", "do_not_contact"),
        ("P28", "refused"),
        ("P28", "do_not_contact"),
    ],
)
def test_a_word_that_was_kept_is_carried_out_once_whoever_dies_over_it(
    home: Home, warm: Warm, called: str, point: str, code: str
) -> None:
    assert warm.run(home, [word_of(home, called, code)]) == 0
    home.move(seconds=31)
    killed(home, warm, point, ("carry_out", None))
    home.run("record")
    assert home.fresh.reps.catch_up() == 0
    call = home.step(called, "c1")
    assert (call["state"], call["disposition"]) == ("done", code)
    told = home.rows("SELECT * FROM outcome WHERE kind = :kind", kind=f"call_{code}")
    assert len(told) == 1
    assert home.case(called)["stopped"] == (code != "no_answer")
    invariants_hold(home)


def test_a_word_whose_keeping_died_was_never_said_and_can_be_said(
    home: Home, warm: Warm, called: str
) -> None:
    wish = word_of(home, called, "do_not_contact")
    killed(home, warm, "P28", wish)
    assert home.rows("SELECT * FROM suppression") == []
    assert home.rows("SELECT * FROM disposition") == []
    assert warm.run(home, [wish]) == 0
    home.move(seconds=31)
    home.run("record")
    assert home.step(called, "c1")["disposition"] == "do_not_contact"


@pytest.mark.parametrize("point", ["P04", "P05", "P06", "P07", "P08"])
def test_a_text_of_a_rep_leaves_once_whoever_dies_over_it(
    home: Home, warm: Warm, replied: str, point: str
) -> None:
    wish = {"rep": REP, "case": int(home.case(replied)["id"]), "body": TEXT}
    killed(home, warm, point, ("write", wish))
    for wait in (
        timedelta(minutes=3),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=1),
    ):
        home.move(home.now + wait)
        home.run("record")
        home.fresh.reps.writing.send_due()
    assert sum(one["body"] == TEXT for one in home.messages(MEXICAN)) == (point != "P05")
    state = home.step(replied, "w1")["state"]
    assert state in (("absent",) if point == "P05" else ("accepted", "sent", "delivered", "read"))
    invariants_hold(home)
