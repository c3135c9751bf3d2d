"""A call that was made waits for its result, whatever else happens to the person meanwhile."""

from collections.abc import Callable, Iterator

import pytest

from recovery.errors import Refusal
from recovery.services.reps.dispositions import Word
from tests.calls_world import MEXICAN_LINE, REP, Office, calling_office
from tests.installation import MEXICAN, Home


@pytest.fixture
def office(make_home: Callable[..., Home]) -> Iterator[Office]:
    home = make_home(voice_also=frozenset({MEXICAN_LINE}))
    with calling_office(home) as made:
        made.rep()
        yield made


@pytest.fixture
def case(office: Office) -> int:
    """A person who was dialled; the rep has not said what happened."""
    case = office.due_call()
    office.call(case)
    office.pass_time()
    assert office.rang().count(MEXICAN) == 1
    return case


def owes(office: Office) -> int | None:
    return office.home.fresh.reps.queue.owed(REP)


def call_of(office: Office, case: int) -> dict[str, str]:
    query = "SELECT id, state, disposition FROM attempt WHERE case_id = :id AND step = 'c1'"
    return office.home.one(query, id=case)


def say(office: Office, case: int, code: str) -> None:
    call = call_of(office, case)
    word = Word(code, attempt_id=int(call["id"]))
    office.home.fresh.reps.dispositions.say(REP, case, word)
    office.home.move(seconds=31)
    office.home.fresh.reps.catch_up()


def test_a_call_that_was_made_does_not_lapse(office: Office, case: int) -> None:
    office.home.next_day(14)
    office.home.run("route", "reach")
    assert call_of(office, case)["state"] == "queued"
    assert owes(office) == case


@pytest.mark.parametrize("wrote", ["STOP", "quiero hablar con alguien"])
def test_what_the_person_writes_meanwhile_takes_no_result_away(
    office: Office, case: int, wrote: str
) -> None:
    office.home.says(MEXICAN, wrote)
    office.home.run("record", "route")
    assert call_of(office, case)["state"] == "cancelled"
    assert owes(office) == case
    card = office.home.fresh.reps.cards.card(case, rep_name="Rosa")
    assert (card.rows.attempt_id, card.next_act) == (call_of(office, case)["id"], "say_result")
    say(office, case, "spoke")
    assert call_of(office, case)["disposition"] == "spoke"
    assert owes(office) is None


def test_an_address_given_on_the_call_outlasts_the_word_that_they_spoke(
    office: Office, case: int
) -> None:
    desk = office.home.fresh.reps.desk
    desk.new_email(REP, case, "ana.nueva@example.com")
    say(office, case, "spoke")
    row = office.home.one("SELECT state FROM recovery_case WHERE id = :id", id=case)
    assert row["state"] == "consented"
    assert call_of(office, case)["disposition"] == "spoke"


def test_the_same_address_given_twice_is_written_once(office: Office, case: int) -> None:
    desk = office.home.fresh.reps.desk
    desk.new_email(REP, case, "ana.nueva@example.com")
    word = Word("new_email", email="ana.nueva@example.com")
    office.home.fresh.reps.dispositions.say(REP, case, word)
    office.home.move(seconds=31)
    office.home.fresh.reps.catch_up()
    rows = office.home.rows("SELECT id FROM outbox WHERE kind = 'new_email'")
    assert (len(rows), call_of(office, case)["disposition"]) == (1, "new_email")


def test_nobody_closes_a_case_whose_call_has_no_result(office: Office, case: int) -> None:
    with pytest.raises(Refusal, match="what happened"):
        office.home.fresh.reps.desk.close(REP, case, reason="done")
    say(office, case, "no_answer")
    office.home.fresh.reps.desk.close(REP, case, reason="done")
