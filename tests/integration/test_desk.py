"""What reps do besides calling: notes, consents, agreed calls, texts on WhatsApp, one card."""

from datetime import timedelta

import pytest

from recovery.domain.lane import Lane
from recovery.errors import Refusal
from recovery.services.reps.card import Act, Caution
from recovery.services.reps.card_rows import Voice
from recovery.services.reps.desk import Agreed, Desk, EmailDoubt, Slot
from recovery.services.reps.dispositions import Word
from tests.installation import BRAZILIAN, MEXICAN, Home

REP, OTHER = "ana@firm.example", "luis@firm.example"
YES = "sí, mándemelo por WhatsApp"


def desk(home: Home) -> Desk:
    return home.fresh.reps.desk


def case_of(home: Home, contact: str) -> int:
    return int(home.case(contact)["id"])


@pytest.fixture
def called(home: Home) -> str:
    """Somebody without consent to WhatsApp whose first call is due."""
    contact = home.contact(tags=[])
    home.run("pull", "route", "reach")
    home.next_day(3)
    home.run("route", "reach")
    return contact


@pytest.fixture
def replied(home: Home) -> str:
    """Somebody who answered our message with something for a person."""
    contact = home.contact()
    home.send()
    home.move(minutes=3)
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    home.fresh.reps.queue.refresh()
    return contact


def test_a_reply_is_first_and_an_answer_in_free_text_leaves_once(home: Home, replied: str) -> None:
    reps, case = home.fresh.reps, case_of(home, replied)
    assert reps.queue.board().counts[Lane.REPLIES] == 1
    assert reps.queue.next(REP) == case
    card = reps.cards.card(case, rep_name="Ana")
    assert (card.next_act, card.window_until is not None) == (Act.ANSWER, True)
    reps.writing.write(REP, case, "Somos Casa Prado, le escribe Ana.")
    assert [reps.writing.send_due(), reps.writing.send_due()] == [1, 0]
    assert [m["body"] for m in home.messages(MEXICAN)][1:] == ["Somos Casa Prado, le escribe Ana."]
    last = reps.cards.card(case, rep_name="Ana").rows.thread[-1]
    assert (last.voice, last.by) == (Voice.REP, REP)
    assert reps.queue.board().counts[Lane.REPLIES] == 0


def test_free_text_never_leaves_outside_the_window(home: Home, replied: str) -> None:
    writing = home.fresh.reps.writing
    silent = home.contact(phones=[BRAZILIAN])
    home.run("pull")
    with pytest.raises(Refusal, match="approved question"):
        writing.write(REP, case_of(home, silent), "hola")
    writing.write(REP, case_of(home, replied), "hola")
    home.move(hours=25)
    assert writing.send_due() == 0
    assert home.step(replied, "w1")["state"] == "cancelled"
    assert len(home.messages(MEXICAN)) == 1


def test_on_the_phone_a_yes_in_their_words_lets_the_question_go(home: Home, called: str) -> None:
    reps, case = home.fresh.reps, case_of(home, called)
    with pytest.raises(Refusal, match="no consent"):
        reps.writing.ask(REP, case)
    assert reps.writing.choice(case, said_yes=True).question
    reps.writing.ask(REP, case, said_yes=YES)
    assert reps.writing.send_due() == 1
    consent = home.one("SELECT * FROM consent WHERE basis = 'rep'")
    assert (consent["channel"], consent["text"]) == ("whatsapp", YES)
    assert REP in consent["source"]
    (sent,) = home.messages(MEXICAN)
    assert sent["content_sid"]
    assert home.step(called, "c1")["state"] == "queued"


def test_a_stop_before_the_send_keeps_a_text_back(home: Home, replied: str) -> None:
    reps, case = home.fresh.reps, case_of(home, replied)
    reps.writing.write(REP, case, "hola")
    desk(home).do_not_contact(REP, case, words="no me escriban")
    assert reps.writing.send_due() == 0
    assert len(home.messages(MEXICAN)) == 1
    assert home.case(replied)["state"] == "hold"


def test_a_stop_that_no_webhook_brought_keeps_a_text_back_too(home: Home, replied: str) -> None:
    home.fresh.reps.writing.write(REP, case_of(home, replied), "hola")
    home.says(MEXICAN, "STOP")
    home.move(minutes=2)
    home.run("record")
    assert home.step(replied, "w1")["state"] == "cancelled"
    assert len(home.messages(MEXICAN)) == 1


def test_a_rep_whose_process_died_while_sending_writes_to_nobody_twice(
    home: Home, replied: str
) -> None:
    reps, case = home.fresh.reps, case_of(home, replied)
    home.faults("execute_then_500", match="POST .*Messages")
    reps.writing.write(REP, case, "Hola, soy Ana")
    reps.writing.send_due()
    home.restart()
    for minutes in (3, 10, 60):
        home.move(minutes=minutes)
        home.run("record")
    assert home.fresh.reps.writing.send_due() == 0
    assert sum(m["body"] == "Hola, soy Ana" for m in home.messages(MEXICAN)) == 1
    assert home.step(replied, "w1")["state"] != "in_doubt"


def test_whoever_is_in_touch_without_anything_agreed_is_decided_about(
    home: Home, called: str
) -> None:
    reps, case = home.fresh.reps, case_of(home, called)
    reps.queue.refresh()
    reps.queue.claim(REP, case)
    reps.dispositions.say(REP, case, Word("spoke"))
    home.move(minutes=1)
    reps.catch_up()
    assert reps.cards.card(case, rep_name="Ana").next_act is Act.WAIT
    home.move(hours=49)
    assert reps.cards.card(case, rep_name="Ana").next_act is Act.DECIDE
    assert reps.queue.board().counts[Lane.REPLIES] == 1
    desk(home).resume(REP, case)
    assert reps.cards.card(case, rep_name="Ana").next_act is Act.WAIT


def test_who_was_answered_is_decided_about_when_nothing_came_for_two_days(
    home: Home, replied: str
) -> None:
    reps, case = home.fresh.reps, case_of(home, replied)
    reps.queue.claim(REP, case)
    reps.writing.write(REP, case, "Somos Casa Prado, le escribe Ana.")
    reps.writing.send_due()
    assert reps.cards.card(case, rep_name="Ana").next_act is Act.WAIT
    home.move(hours=49)
    assert reps.cards.card(case, rep_name="Ana").next_act is Act.DECIDE


def test_an_address_is_helped_with_while_it_is_typed(home: Home, called: str) -> None:
    home.contact(email="bruno@example.com", phones=[BRAZILIAN])
    home.run("pull")
    case, at = case_of(home, called), desk(home)
    assert at.look_at_email(case, "ana@gmial.com").suggestion == "ana@gmail.com"
    doubts = [at.look_at_email(case, text).doubt for text in ("ana@", "info@firm.example")]
    assert doubts == [EmailDoubt.INCOMPLETE, EmailDoubt.ROLE]
    assert at.look_at_email(case, "BRUNO@example.com ").doubt is EmailDoubt.TAKEN
    assert at.look_at_email(case, "nueva@example.com").doubt is None


def test_an_address_from_the_desk_recovers_the_person(home: Home, called: str) -> None:
    desk(home).new_email(REP, case_of(home, called), "Ana.Nueva@example.com")
    home.run("record")
    assert home.case(called)["end"] == "recovered"
    assert "consent_given" in {row["kind"] for row in home.rows("SELECT kind FROM outcome")}


def test_consents_are_kept_by_channel_with_words_and_rep(home: Home, called: str) -> None:
    case = case_of(home, called)
    with pytest.raises(Refusal, match="proof"):
        desk(home).consent(REP, case, Agreed.CALL, words=" ")
    desk(home).consent(REP, case, Agreed.CALL, words="llámeme cuando quiera")
    kept = home.one("SELECT * FROM consent")
    assert (kept["channel"], kept["text"]) == ("call", "llámeme cuando quiera")
    home.run("route", "reach")


def test_quick_choices_for_an_agreed_call_are_all_allowed_hours(home: Home, called: str) -> None:
    case = case_of(home, called)
    slots = desk(home).slots(case)
    assert [slot.slot for slot in slots][:2] == [Slot.IN_AN_HOUR, Slot.TODAY_LATER]
    assert [slot.at for slot in slots] == sorted({slot.at for slot in slots})
    desk(home).callback(REP, case, slots[-1].at)
    assert home.case(called)["state"] == "engaged"
    home.move(slots[-1].at + timedelta(seconds=1))
    assert home.fresh.reps.queue.page(Lane.CALLBACKS).waiters[0].case_id == case
    with pytest.raises(Refusal, match="has passed"):
        desk(home).callback(REP, case, home.now)


def test_the_desk_is_closed_to_who_does_not_hold_the_person(home: Home, called: str) -> None:
    home.fresh.reps.queue.refresh()
    case = home.fresh.reps.queue.claim(REP, case_of(home, called)).case_id
    for act in (
        lambda: desk(home).note(OTHER, case, "hola"),
        lambda: desk(home).do_not_contact(OTHER, case),
        lambda: home.fresh.reps.writing.ask(OTHER, case, said_yes=YES),
    ):
        with pytest.raises(Refusal, match="somebody else"):
            act()
    desk(home).note(REP, case, "le interesa, tiene prisa")
    card = home.fresh.reps.cards.card(case, rep_name="Ana")
    (note,) = [event for event in card.rows.timeline if event.actor == REP]
    assert note.detail["note"] == "le interesa, tiene prisa"


def test_two_records_of_one_person_are_one_card(home: Home) -> None:
    first = home.contact(tags=[], given_name="Ana", family_name="Souza")
    second = home.contact(tags=[], phones=[MEXICAN, BRAZILIAN], given_name="Ana")
    home.run("pull", "route", "reach")
    assert case_of(home, first) == case_of(home, second)
    card = home.fresh.reps.cards.card(case_of(home, first), rep_name="Luis")
    assert {record.contact_id for record in card.rows.records} == {first, second}
    assert [line.e164 for line in card.lines] == [MEXICAN, BRAZILIAN]
    assert (card.calls, card.next_act) == ((0, 3), Act.WAIT)
    assert "Luis" in card.script
    assert card.why
    assert Caution.REFUSED_EMAIL not in card.cautions


def test_a_dialled_call_owes_its_result_before_anything_else(home: Home, called: str) -> None:
    reps, case = home.fresh.reps, case_of(home, called)
    reps.queue.refresh()
    reps.queue.claim(REP, case)
    dial(home, case)
    assert reps.cards.card(case, rep_name="A").next_act is Act.SAY_RESULT
    with pytest.raises(Refusal, match="say first"):
        reps.queue.next(REP)
    assert reps.queue.next(OTHER) is None
    reps.dispositions.say(REP, case, Word("no_answer"))
    assert reps.queue.next(REP) is None


def dial(home: Home, case: int) -> None:
    """A call was placed for the rep, and the person dialled."""
    from recovery.adapters.db.sql import table
    from recovery.adapters.db.tables.calls import PlacedCallRow

    attempt = home.one("SELECT id, contact_id, number_key FROM attempt WHERE case_id = :i", i=case)
    row = {
        "attempt_id": attempt["id"],
        "nth": 1,
        "case_id": case,
        "contact_id": attempt["contact_id"],
        "number_key": attempt["number_key"],
        "token": "t",
        "rep": REP,
        "rep_number": "+525500000000",
        "language": "es",
        "caller_id": "+525511111111",
        "phase": "placed",
        "case_version": 1,
        "created_at": home.now,
        "dialled_at": home.now,
        "given_up": False,
        "looks": 0,
    }
    with home.fresh.database.begin() as connection:
        connection.execute(table(PlacedCallRow).insert().values(**row))
