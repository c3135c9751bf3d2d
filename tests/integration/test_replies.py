"""What a person answers, end to end: our answer, the case, and Keap's state."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from recovery.adapters.db.invariants import broken_invariants
from recovery.bootstrap.inbound import InboundParts
from recovery.domain.template import as_seen
from tests.installation import BRAZILIAN, MEXICAN, Home


def reached(home: Home, status: str = "HARD_BOUNCE", **more: Any) -> str:
    """Somebody who has our first message on the phone."""
    contact = home.contact(status, **more)
    home.send()
    home.move(minutes=2)
    home.run("record")
    return contact


def answer(home: Home, phone: str = MEXICAN, body: str = "", **more: Any) -> None:
    """They write, and a minute later `record` runs."""
    home.says(phone, body, **more)
    home.move(minutes=1)
    home.run("record")


def settle(home: Home, times: int = 3) -> None:
    for _ in range(times):
        home.move(minutes=5)
        home.run("record", "route", "reach")


def texts(home: Home, phone: str = MEXICAN) -> list[str]:
    return [m["body"] for m in home.messages(phone)]


def test_a_new_address_is_confirmed_and_then_keaps(home: Home) -> None:
    contact = reached(home, tags=["WhatsApp opt-in", "Cliente"], email="ana.vieja@example.com")
    answer(home, body="Hola! mi correo nuevo es ana.nueva@empresa.com")
    assert home.case(contact)["state"] == "confirming"
    assert "ana.nueva@empresa.com" in texts(home)[-1]
    answer(home, button="yes")
    settle(home)
    case = home.case(contact)
    assert (case["state"], case["end"]) == ("closed", "recovered")
    shown = home.shown(contact)
    first = shown["contact"]["email_addresses"][0]
    assert (first["email"], first["email_opt_status"]) == ("ana.nueva@empresa.com", "SINGLE_OPT_IN")
    (known,) = [
        row for row in home.sandbox.ledger("keap.email_known") if row["email"] == first["email"]
    ]
    assert "confirmed by the person" in known["reason"]
    assert len(shown["notes"]) == 1
    # Keap has the old address nowhere else now.
    note = shown["notes"][0]["text"]
    assert "Correo nuevo, confirmado por la persona: ana.nueva@empresa.com." in note
    assert "Correo anterior: ana.vieja@example.com." in note
    assert {home.fresh.policy.tags.recovered, "Cliente"} <= home.tags(contact)


def test_a_stop_silences_every_channel_here_at_once_and_in_keap_by_the_next_record(
    home: Home,
) -> None:
    contact = reached(home)
    home.next_day(4)
    home.run("record", "route", "reach", "record")
    assert home.step(contact, "c1")["state"] == "queued"
    (task,) = home.shown(contact)["tasks"]
    assert not task["completed"]
    home.says(MEXICAN, "ya no me escriban, baja por favor")
    home.move(minutes=1)
    home.fresh.record.listen(counts())
    home.fresh.answering.understand()
    assert home.step(contact, "c1")["state"] == "cancelled"
    assert home.case(contact)["stopped"]
    home.run("record")
    assert home.shown(contact)["tasks"][0]["completed"] is True
    settle(home)
    assert home.case(contact)["state"] == "hold"
    assert len(home.messages()) == 1
    assert home.fresh.policy.tags.stopped in home.tags(contact)


def counts() -> Any:
    from recovery.services.record.service import RecordCounts

    return RecordCounts()


def test_a_stop_before_keap_had_the_task_makes_no_task(home: Home) -> None:
    contact = reached(home)
    home.next_day(4)
    home.run("route", "reach")
    assert home.step(contact, "c1")["state"] == "queued"
    answer(home, body="STOP")
    settle(home)
    assert home.shown(contact)["tasks"] == []


@pytest.mark.parametrize(
    ("stored", "writes"),
    [
        ("+525512345678", "+5215512345678"),
        ("+5491123456789", "+5491123456789"),
        ("+5511987654321", "+551187654321"),
    ],
)
def test_a_stop_counts_for_every_spelling_of_the_number(
    home: Home, stored: str, writes: str
) -> None:
    home.next_day()
    contact = reached(home, phones=[stored])
    answer(home, writes, "STOP")
    assert home.case(contact)["stopped"]
    twin = home.contact(phones=[stored])
    home.next_day()
    home.send()
    settle(home)
    assert len(home.messages(stored)) == 1
    assert home.case(twin)["state"] in ("hold", "open")
    assert home.rows("SELECT * FROM attempt WHERE channel = 'call'") == []


def email_of(home: Home, contact: str) -> Any:
    return home.shown(contact)["contact"]["email_addresses"][0]["email_opt_status"]


def test_a_stop_leaves_their_e_mail_as_it_is(home: Home) -> None:
    contact = reached(home, email="ana@empresa.com")
    answer(home, body="ya no me escriban por favor")
    settle(home)
    assert home.case(contact)["stopped"]
    assert email_of(home, contact) == "HARD_BOUNCE"


def test_a_stop_that_names_e_mail_as_well_opts_every_address_out(home: Home) -> None:
    contact = reached(home, email="ana@empresa.com")
    answer(home, body="no me manden más mensajes ni correos")
    settle(home)
    assert home.case(contact)["stopped"]
    assert email_of(home, contact) == "ADMIN"
    assert len(home.rows("SELECT id FROM outcome WHERE kind = 'email_opted_out'")) == 1
    assert "tampoco quiere correos" in home.shown(contact)["notes"][0]["text"]


def writes_unseen(home: Home, sender: str, body: str, **more: str) -> None:
    """A signed webhook as Twilio posts it, from a number or from WhatsApp's own id."""
    sids = home.rows("SELECT id FROM reply")
    sid = f"SM{len(sids):032x}"
    twilio = home.fresh.settings.twilio
    fields = {
        "MessageSid": sid,
        "AccountSid": twilio.account_sid,
        "From": f"whatsapp:{sender}",
        "To": "whatsapp:+15005550006",
        "Body": body,
        **more,
    }
    home.fresh.inbox.keep([home.fresh.inbox.accept_inbound(fields)])
    home.fresh.answering.understand()


HIDDEN = "MX.4566546130240823"


def test_who_hides_their_number_is_known_by_what_they_answer_and_then_by_their_id(
    home: Home,
) -> None:
    contact = reached(home)
    ours = home.step(contact)["sid"]
    writes_unseen(home, HIDDEN, "¿Quién es?", OriginalRepliedMessageSid=ours)
    assert home.case(contact)["state"] == "engaged"
    writes_unseen(home, HIDDEN, "ya no me escriban")
    assert home.case(contact)["stopped"]


def test_an_id_that_once_came_with_a_number_stands_for_it(home: Home) -> None:
    contact = reached(home)
    writes_unseen(home, MEXICAN, "hola?", ExternalUserId=f"whatsapp:{HIDDEN}")
    writes_unseen(home, HIDDEN, "STOP")
    assert home.case(contact)["stopped"]
    keys = {row["number_key"] for row in home.rows("SELECT number_key FROM reply")}
    assert len(keys) == 1


def test_an_id_nobody_knows_stops_nobody(home: Home) -> None:
    contact = reached(home)
    writes_unseen(home, HIDDEN, "STOP")
    assert not home.case(contact)["stopped"]


def test_the_dead_address_said_again_is_for_a_person(home: Home) -> None:
    contact = reached(home, email="ana.vieja@example.com")
    answer(home, body="mi correo es Ana.Vieja@example.com")
    assert home.case(contact)["state"] == "engaged"
    assert len(home.messages()) == 1


def test_a_stop_from_a_stranger_binds_who_gets_this_number_later(home: Home) -> None:
    home.says(MEXICAN, "STOP")
    home.move(minutes=1)
    home.run("record")
    home.contact()
    home.send()
    assert home.messages() == []
    assert home.rows("SELECT * FROM attempt") == []


def test_a_stop_to_a_case_that_is_over_binds_the_whole_person(home: Home) -> None:
    contact = reached(home, phones=[MEXICAN, BRAZILIAN])
    home.change(contact, status="CONFIRMED")
    home.next_day()
    home.run("pull")
    assert home.case(contact)["end"] == "healed"
    answer(home, body="STOP")
    home.change(contact, status="HARD_BOUNCE")
    home.next_day()
    home.send()
    assert len(home.messages()) == 1
    assert home.rows("SELECT * FROM attempt WHERE channel = 'call'") == []


def test_a_wrong_person_drops_the_number(home: Home) -> None:
    contact = reached(home)
    answer(home, body="Número equivocado, no soy Ana")
    settle(home)
    assert home.rows("SELECT why FROM dropped_number") == [{"why": "wrong"}]
    assert home.case(contact)["state"] == "hold"
    home.next_day(10)
    home.run("route", "reach")
    assert len(home.messages()) == 1


def test_a_message_in_doubt_that_a_stranger_answered_is_looked_for_all_the_same(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("execute_then_reset", match="POST .*Messages")
    home.run("reach")
    answer(home, body="Número equivocado, no soy Ana")
    assert home.step(contact)["state"] == "in_doubt"
    settle(home)
    assert home.step(contact)["sid"] == home.messages()[0]["sid"]
    assert broken_invariants(home.fresh.database) == []


def test_a_stop_is_no_older_than_the_message_it_answers_though_the_clock_was_set_back(
    home: Home,
) -> None:
    reached(home)
    home.now -= timedelta(minutes=20)
    home.says(MEXICAN, "STOP")
    home.run("record")
    assert home.rows("SELECT id FROM suppression") != []
    assert broken_invariants(home.fresh.database) == []


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


def test_an_address_of_somebody_else_is_for_a_person(home: Home) -> None:
    contact = reached(home)
    home.contact("CONFIRMED", email="beto@empresa.com", phones=[BRAZILIAN])
    home.next_day(7)
    home.run("pull")
    answer(home, body="mi correo es beto@empresa.com")
    assert home.case(contact)["state"] == "engaged"
    assert len(home.messages(MEXICAN)) == 1


def test_an_address_whose_domain_takes_no_mail_is_for_a_person(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows = staticmethod(lambda domain: domain != "nowhere.example")
    monkeypatch.setattr(InboundParts, "_takes_mail", knows)
    contact = reached(home)
    answer(home, body="mi correo es ana@nowhere.example")
    assert home.case(contact)["state"] == "engaged"
    assert len(home.messages()) == 1


def test_who_never_confirms_is_for_a_person(home: Home) -> None:
    contact = reached(home)
    answer(home, body="ana.nueva@empresa.com")
    home.move(home.now + timedelta(hours=49))
    home.run("record")
    assert home.case(contact)["state"] == "engaged"


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


def test_a_question_about_an_address_does_not_outlive_its_case(home: Home) -> None:
    contact = reached(home)
    home.move(datetime(2026, 11, 24, 4, 30, tzinfo=home.now.tzinfo))
    home.says(MEXICAN, "ana.nueva@empresa.com")
    home.move(minutes=40)
    home.run("record")
    home.change(contact, status="CONFIRMED")
    home.run("pull")
    assert home.case(contact)["end"] == "healed"
    home.move(datetime(2026, 11, 24, 15, 1, tzinfo=home.now.tzinfo))
    home.run("record")
    assert len(home.messages()) == 1
