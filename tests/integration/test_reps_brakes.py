"""What brakes keep back from reps: the account's own state everything, messages' fate questions."""

from collections.abc import Callable, Iterator

import pytest

from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.domain.brakes import Brake, BrakeName
from recovery.errors import Refusal
from recovery.services.calls.store import CallRefused, Hindrance
from tests.calls_world import MEXICAN_LINE, REP, Office, calling_office
from tests.installation import BRAZILIAN, MEXICAN, Home

YES = "sí, mándeme un WhatsApp"


@pytest.fixture
def office(make_home: Callable[..., Home]) -> Iterator[Office]:
    home = make_home(voice_also=frozenset({MEXICAN_LINE}))
    with calling_office(home) as made:
        made.rep()
        yield made


def brake(home: Home, name: BrakeName) -> None:
    SqlBrakeStore(home.fresh.database).put_on([Brake(name, since=home.now)])


@pytest.mark.parametrize("name", [BrakeName.ACCOUNT, BrakeName.CREDENTIAL])
def test_an_account_that_is_refused_rings_nobody_and_the_rep_reads_why(
    office: Office, name: BrakeName
) -> None:
    case = office.due_call()
    brake(office.home, name)
    with pytest.raises(CallRefused) as refused:
        office.call(case)
    assert (refused.value.why, bool(refused.value.words)) == (Hindrance.CARRIER, True)
    assert office.rang() == []


@pytest.mark.parametrize("name", [BrakeName.QUALITY, BrakeName.LIMIT])
def test_a_poor_rating_of_messages_stops_no_call(office: Office, name: BrakeName) -> None:
    case = office.due_call()
    brake(office.home, name)
    office.call(case)
    office.pass_time()
    assert MEXICAN in office.rang()


def a_talk(home: Home) -> tuple[int, int]:
    """Somebody who wrote to us, and somebody on the phone who may be asked."""
    home.contact()
    home.contact(phones=[BRAZILIAN], tags=[])
    home.send()
    home.says(MEXICAN, "¿quién es?")
    home.run("record")
    home.next_day(3)
    home.says(MEXICAN, "sigo esperando")
    home.run("record", "route", "reach")
    query = "SELECT case_id FROM attempt WHERE number = :n ORDER BY id LIMIT 1"
    wrote, called = (home.one(query, n=one)["case_id"] for one in (MEXICAN, BRAZILIAN))
    return wrote, called


def test_answers_leave_under_a_poor_rating_and_questions_wait(home: Home) -> None:
    wrote, called = a_talk(home)
    writing = home.fresh.reps.writing
    brake(home, BrakeName.QUALITY)
    with pytest.raises(Refusal, match="rat"):
        writing.ask(REP, called, said_yes=YES)
    home.fresh.brakes.go(by="boss@firm.example")
    writing.ask(REP, called, said_yes=YES)
    brake(home, BrakeName.QUALITY)
    before = len(home.messages())
    writing.write(REP, wrote, "Somos Casa Prado")
    assert writing.send_due() == 1
    assert home.messages()[before]["body"] == "Somos Casa Prado"
    home.fresh.brakes.go(by="boss@firm.example")
    assert writing.send_due() == 1


def test_a_question_uses_up_one_of_the_days_people_and_an_answer_none(home: Home) -> None:
    wrote, called = a_talk(home)
    assert home.fresh.pacing.standing().day == 0
    writing = home.fresh.reps.writing
    writing.write(REP, wrote, "Somos Casa Prado")
    writing.ask(REP, called, said_yes=YES)
    assert writing.send_due() == 2
    assert home.fresh.pacing.standing().day == 1


def test_not_even_answers_leave_an_account_that_is_refused(home: Home) -> None:
    wrote, _ = a_talk(home)
    writing = home.fresh.reps.writing
    writing.write(REP, wrote, "Somos Casa Prado")
    brake(home, BrakeName.ACCOUNT)
    before = len(home.messages())
    assert writing.send_due() == 0
    with pytest.raises(Refusal):
        writing.write(REP, wrote, "¿Sigue ahí?")
    assert len(home.messages()) == before
