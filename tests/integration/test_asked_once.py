"""Nobody gets the same question twice: from two windows, or from a rep and from the cadence."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.reach import store as reach
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.reps import writing as reps
from recovery.adapters.db.reps.writing import SqlWritingStore
from recovery.errors import Refusal
from recovery.services.reps.dispositions import Word
from recovery.services.reps.writing import Writing
from tests.installation import MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile, quicker

REP, OTHER = "ana@firm.example", "luis@firm.example"
YES = "sí, mándemelo por WhatsApp"
Patch = pytest.MonkeyPatch


@pytest.fixture
def due(home: Home) -> int:
    """The case of somebody whose first message is decided on."""
    contact = home.contact()
    home.run("pull", "route")
    return int(home.case(contact)["id"])


@pytest.fixture
def on_the_phone(home: Home) -> int:
    """The case of somebody without consent to WhatsApp whom a rep has just spoken to."""
    contact = home.contact(tags=[])
    home.run("pull", "route", "reach")
    home.next_day(3)
    home.run("route", "reach")
    case, reps = int(home.case(contact)["id"]), home.fresh.reps
    reps.dispositions.say(REP, case, Word("spoke"))
    home.move(minutes=1)
    reps.dispositions.apply_due()
    return case


@pytest.fixture
def wrote(home: Home) -> int:
    """The case of somebody who answered with something for a person."""
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    return int(home.case(contact)["id"])


def refused(does: Callable[[], object]) -> Callable[[], None]:
    """It is refused, and says so in words."""

    def do() -> None:
        with pytest.raises(Refusal, match=r"message today|have this question"):
            does()

    return do


def cadence(home: Home) -> list[dict[str, Any]]:
    """What their phone has once the cadence had its turn."""
    home.move(minutes=3)
    home.run("record", "route", "reach")
    return home.messages(MEXICAN)


def test_a_question_sent_from_two_windows_leaves_once(
    home: Home, due: int, monkeypatch: Patch
) -> None:
    writing, other = home.fresh.reps.writing, home.another().reps.writing
    quicker(monkeypatch, SqlWritingStore, "intend", lambda: other.ask(REP, due))
    refused(lambda: writing.ask(REP, due))()
    writing.send_due()
    assert len(home.messages(MEXICAN)) == 1


@ON_POSTGRESQL
def test_two_presses_at_one_moment_are_one_question(
    home: Home, due: int, monkeypatch: Patch
) -> None:
    writing, other = home.fresh.reps.writing, home.another().reps.writing
    second = meanwhile(monkeypatch, reps, "_is_silent", refused(lambda: other.ask(REP, due)))
    writing.ask(REP, due)
    second.join()
    writing.send_due()
    assert len(home.messages(MEXICAN)) == 1


def test_what_is_asked_on_the_phone_is_asked_once_until_they_write(
    home: Home, on_the_phone: int
) -> None:
    called, writing = on_the_phone, home.fresh.reps.writing
    writing.ask(REP, called, said_yes=YES)
    refused(lambda: writing.ask(REP, called, said_yes=YES))()
    writing.send_due()
    refused(lambda: writing.ask(REP, called, said_yes=YES))()
    home.move(minutes=1)
    home.says(MEXICAN, "no me llegó nada, ¿me lo manda otra vez?")
    home.run("record")
    writing.ask(REP, called, said_yes=YES)
    writing.send_due()
    assert len(home.messages(MEXICAN)) == 2


def test_the_cadence_does_not_repeat_what_a_rep_asked(home: Home, due: int) -> None:
    writing = home.fresh.reps.writing
    writing.ask(REP, due)
    writing.send_due()
    assert len(cadence(home)) == 1
    case = home.one("SELECT next_act, rule FROM recovery_case")
    assert case == {"next_act": "wait", "rule": "whatsapp.answer"}
    home.next_day()
    assert len(cadence(home)) == 1


def test_a_question_that_waits_for_its_turn_goes_before_the_cadence(home: Home, due: int) -> None:
    writing = home.fresh.reps.writing
    writing.ask(REP, due)
    home.run("route", "reach")
    assert home.messages(MEXICAN) == []
    writing.send_due()
    assert len(cadence(home)) == 1


def test_a_rep_s_question_that_could_not_leave_leaves_the_cadence_its_turn(
    home: Home, due: int
) -> None:
    writing = home.fresh.reps.writing
    writing.ask(REP, due)
    home.run("route")
    home.move(hours=14)
    assert writing.send_due() == 0
    home.run("route")
    assert home.one("SELECT next_step FROM recovery_case") == {"next_step": "m1"}
    home.next_day()
    assert [one["step"] for one in home.rows("SELECT step FROM attempt")] == ["w1"]
    assert len(cadence(home)) == 1


def test_a_case_that_is_decided_while_the_question_leaves_goes_on_without_an_answer(
    home: Home, due: int, monkeypatch: Patch
) -> None:
    writing = home.fresh.reps.writing
    quicker(monkeypatch, SqlWritingStore, "settle", home.another().stages.route)
    writing.ask(REP, due)
    writing.send_due()
    home.run("route")
    case = home.one("SELECT rule, next_at FROM recovery_case")
    assert (case["rule"], case["next_at"] is not None) == ("whatsapp.answer", True)


@ON_POSTGRESQL
def test_a_rep_who_asks_while_the_message_is_begun_is_refused(
    home: Home, due: int, monkeypatch: Patch
) -> None:
    writing = home.another().reps.writing
    other = meanwhile(monkeypatch, reach, "_why_not", refused(lambda: writing.ask(REP, due)))
    home.run("reach")
    other.join()
    writing.send_due()
    assert len(home.messages(MEXICAN)) == 1


def test_a_message_that_was_meant_before_a_rep_asked_does_not_leave(
    home: Home, due: int, monkeypatch: Patch
) -> None:
    writing = home.another().reps.writing
    quicker(monkeypatch, SqlReachStore, "begin_sending", lambda: writing.ask(REP, due))
    home.run("reach")
    writing.send_due()
    assert len(cadence(home)) == 1


def test_who_opted_out_is_asked_once_by_rep_and_cadence_together(home: Home) -> None:
    contact = home.contact("MANUAL")
    home.run("pull")
    home.move(minutes=1)
    home.says(MEXICAN, "hola, ¿siguen abiertos?")
    home.run("record", "route")
    case, writing = int(home.case(contact)["id"]), home.fresh.reps.writing
    writing.ask(REP, case)
    writing.send_due()
    for _ in range(2):
        home.next_day()
        with pytest.raises(Refusal, match="asked once"):
            writing.ask(REP, case)
        cadence(home)
    assert len(home.messages(MEXICAN)) == 1


def test_the_same_words_typed_twice_in_a_moment_leave_once(
    home: Home, wrote: int, monkeypatch: Patch
) -> None:
    writing, other = home.fresh.reps.writing, home.another().reps.writing
    quicker(
        monkeypatch, SqlWritingStore, "intend", lambda: other.write(REP, wrote, "Somos Casa Prado")
    )
    with pytest.raises(Refusal, match="very words"):
        writing.write(REP, wrote, "Somos Casa Prado")
    assert writing.send_due() == 1
    repeats(writing, wrote)


def repeats(writing: Writing, case: int) -> None:
    """Just after they left, the same words are refused, and others are not."""
    with pytest.raises(Refusal, match="very words"):
        writing.write(REP, case, "Somos Casa Prado")
    writing.write(REP, case, "¿En qué le ayudo?")


def test_the_same_words_may_be_said_again_later(home: Home, wrote: int) -> None:
    writing = home.fresh.reps.writing
    writing.write(REP, wrote, "¿Sigue ahí?")
    home.move(minutes=2)
    with pytest.raises(Refusal, match="very words"):
        writing.write(REP, wrote, "¿Sigue ahí?")
    writing.send_due()
    home.move(minutes=2)
    writing.write(REP, wrote, "¿Sigue ahí?")
    assert writing.send_due() == 1
