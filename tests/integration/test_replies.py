"""What else a person answers, and when our answer to it may leave."""

from datetime import datetime
from typing import Any

import pytest

from recovery.domain.template import as_seen
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.replies_world import answer, counts, reached, settle, texts
from tests.stopped_clock import nobody_waits


def test_a_call_at_a_time_is_queued_for_just_then(home: Home) -> None:
    contact = reached(home)
    answer(home, body="llámame mañana a las 5 de la tarde")
    settle(home, 1)
    (call,) = [a for a in home.attempts(contact).values() if a["channel"] == "call"]
    # 17:00 in Mexico City, on Tuesday
    assert call["due_at"].startswith("2026-11-24 23:00")
    assert home.case(contact)["state"] == "engaged"
    assert texts(home)[-1] != texts(home)[0]
    settle(home, 1)
    (task,) = home.shown(contact)["tasks"]
    assert task["due_time"].startswith("2026-11-24T23:00")


@pytest.mark.parametrize(
    ("given_name", "greeting"), [("Óscar", "Con gusto, Óscar. "), ("", "Con gusto. ")]
)
def test_our_answer_arrives_as_words_and_never_as_a_templates_syntax(
    home: Home, given_name: str, greeting: str
) -> None:
    contact = reached(home, given_name=given_name)
    answer(home, button="call")
    settle(home, 1)
    assert texts(home)[-1].startswith(greeting)
    assert home.case(contact)["state"] == "engaged"


def test_a_voice_note_is_for_a_person(home: Home) -> None:
    contact = reached(home)
    answer(home, voice=True)
    settle(home)
    assert home.case(contact)["state"] == "engaged"
    home.next_day(5)
    home.run("record", "route", "reach")
    assert list(home.attempts(contact)) == ["m1"]
    assert home.rows("SELECT media FROM reply") == [{"media": 1}]


def test_a_question_stands_still_for_a_person(home: Home) -> None:
    contact = reached(home)
    answer(home, body="¿Quién es usted?")
    settle(home)
    assert home.case(contact)["state"] == "engaged"
    assert len(home.messages()) == 1


def test_an_answer_at_night_leaves_at_once(home: Home) -> None:
    contact = reached(home)
    home.move(datetime(2026, 11, 24, 8, 0, tzinfo=home.now.tzinfo))  # 2:00 in Mexico City
    answer(home, body="ana.nueva@empresa.com")
    assert home.case(contact)["state"] == "confirming"
    assert len(home.messages()) == 2


def test_an_answer_that_comes_late_waits_for_the_morning(home: Home) -> None:
    contact = reached(home)
    home.move(datetime(2026, 11, 24, 5, 0, tzinfo=home.now.tzinfo))  # 23:00 in Mexico City
    home.says(MEXICAN, "ana.nueva@empresa.com")
    home.move(minutes=31)
    home.run("record")
    assert home.case(contact)["state"] == "confirming"
    assert len(home.messages()) == 1
    home.move(datetime(2026, 11, 24, 15, 1, tzinfo=home.now.tzinfo))
    home.run("record")
    assert len(home.messages()) == 2


@pytest.mark.parametrize(("number", "answered"), [(BRAZILIAN, True), ("+5521987654321", False)])
def test_a_late_answer_keeps_to_the_hours_of_the_state(
    home: Home, number: str, answered: bool
) -> None:
    reached(home, phones=(number,))
    home.move(datetime(2026, 11, 23, 20, 30, tzinfo=home.now.tzinfo))  # 17:30 in Brazil
    home.says(number, "ana.nova@empresa.com")
    home.move(minutes=31)  # In Rio de Janeiro nobody is written to after 18:00.
    home.run("record")
    assert len(home.messages()) == 1 + answered


def test_after_the_window_nothing_is_answered(home: Home) -> None:
    contact = reached(home)
    home.says(MEXICAN, "ana.nueva@empresa.com")
    home.move(hours=25)
    home.run("record", "record")
    assert home.case(contact)["state"] == "confirming"
    assert len(home.messages()) == 1


def test_an_answer_is_not_given_to_who_was_silenced_meanwhile(home: Home) -> None:
    reached(home)
    home.says(MEXICAN, "ana.nueva@empresa.com")
    home.move(minutes=1)
    service = home.fresh.record
    service.listen(counts())
    home.fresh.answering.understand()
    with home.fresh.database.begin() as connection:
        from recovery.adapters.db.suppress import suppress

        key = home.one("SELECT number_key FROM reply")["number_key"]
        suppress(connection, [key], reason="by hand", source="test", at=home.now)
    home.run("record")
    assert len(home.messages()) == 1


def test_a_reply_is_recorded_once_by_webhook_and_by_listing(home: Home) -> None:
    contact = reached(home)
    answer(home, body="¿Quién es usted?")
    settle(home)
    replied = home.rows("SELECT id FROM outcome WHERE kind = 'replied'")
    assert len(replied) == len(home.rows("SELECT id FROM reply")) == 1
    assert home.case(contact)["state"] == "engaged"


def test_a_fresh_consent_of_an_opt_out_is_asked_of_keap(home: Home) -> None:
    contact = home.contact("MANUAL", tags=[])
    home.run("pull")
    home.move(minutes=5)
    home.says(MEXICAN, "Hola, una pregunta")  # an inbound message newer than the refusal
    home.move(minutes=5)
    home.run("record")
    reopen(home, contact)
    home.run("route", "reach")
    assert len(home.messages()) == 1
    home.move(minutes=5)
    home.run("record")
    answer(home, button="yes")
    settle(home)
    case = home.case(contact)
    assert (case["state"], case["end"]) == ("closed", "recovered")
    assert home.shown(contact)["contact"]["email_addresses"][0]["email_opt_status"] in (
        "SINGLE_OPT_IN",
        "UNENGAGED_MARKETABLE",
    )


def reopen(home: Home, contact: str) -> None:
    """A rep gives an engaged case back to the cadence."""
    from recovery.adapters.db import cases

    with home.fresh.database.begin() as connection:
        case = cases.open_case_of(connection, contact)
        assert case is not None
        cases.touch(connection, case["id"], home.now, state="open")


def test_a_poisoned_text_keeps_no_other_reply_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = reached(home)
    fine = reached(home, phones=[BRAZILIAN])
    home.says(MEXICAN, "ana.nueva@empresa.com")
    home.says(BRAZILIAN, "meu novo e-mail é ana.souza@empresa.com.br")
    from recovery.services.record import replies

    whole = as_seen

    def seen(template: Any, values: Any) -> str:
        if template.language == "es":
            raise KeyError("given_name")
        return whole(template, values)

    monkeypatch.setattr(replies, "as_seen", seen)
    home.move(minutes=1)
    home.run("record")
    assert home.case(fine)["state"] == "confirming"
    assert home.case(poisoned)["state"] == "engaged"


def late_thanks(home: Home) -> str:
    """Somebody who confirmed their new address at night; `record` heard of it 40 minutes later."""
    contact = reached(home)
    home.move(datetime(2026, 11, 24, 4, 30, tzinfo=home.now.tzinfo))  # 22:30 in Mexico City
    answer(home, body="ana.nueva@empresa.com")
    home.says(MEXICAN, button="yes")
    home.move(minutes=40)
    home.run("record")
    settle(home)
    assert len(home.messages()) == 2
    return contact


def test_our_thanks_leave_in_the_morning_though_the_case_is_closed_by_then(home: Home) -> None:
    contact = late_thanks(home)
    assert home.case(contact)["end"] == "recovered"
    home.run("pull")  # Keap delivers to them again: their record is not kept whole
    home.move(datetime(2026, 11, 24, 15, 1, tzinfo=home.now.tzinfo))
    home.run("record", "record")
    assert [m["content_name"] or "text" for m in home.messages()][2:] == ["text"]
    assert len(home.messages()) == 3


def test_our_thanks_do_not_leave_once_the_window_is_over(home: Home) -> None:
    late_thanks(home)
    home.move(datetime(2026, 11, 25, 15, 1, tzinfo=home.now.tzinfo))
    home.run("record")
    assert len(home.messages()) == 2


def test_a_stop_is_heard_and_the_run_tells_of_it_while_keap_is_away(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_waits(monkeypatch)
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "BAJA")
    home.move(minutes=5)
    home.faults(*["server_error"] * 200, match="/crm/")
    report = home.fresh.stages.record()
    assert report.broken
    assert report.counts["replies_stop"] == 1
    assert home.case(contact)["stopped"] == 1
