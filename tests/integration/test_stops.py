"""A stop, or word of a wrong number, binds at once and everywhere, whoever says it and however."""

from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db.invariants import broken_invariants
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.replies_world import answer, counts, reached, settle


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


def test_a_stop_before_keap_had_the_task_makes_no_task(home: Home) -> None:
    contact = reached(home)
    home.next_day(4)
    home.run("route", "reach")
    assert home.step(contact, "c1")["state"] == "queued"
    answer(home, body="STOP")
    settle(home)
    assert home.shown(contact)["tasks"] == []


def test_a_stop_from_an_office_ends_the_calls_to_everybody_behind_its_number(home: Home) -> None:
    people = [home.contact(phones=[MEXICAN], tags=[]) for _ in range(5)]
    home.run("pull")
    for _ in people:  # the office rings once a day
        home.run("route", "reach")
    home.run("record")
    assert {home.step(one, "c1")["state"] for one in people} == {"queued"}
    home.says(MEXICAN, "STOP")
    home.move(minutes=1)
    home.fresh.record.listen(counts())
    home.fresh.answering.understand()
    assert {home.step(one, "c1")["state"] for one in people} == {"cancelled"}
    assert broken_invariants(home.fresh.database) == []
    settle(home)
    assert [task["completed"] for one in people for task in home.shown(one)["tasks"]] == [True] * 5
    assert home.rows("SELECT 1 FROM attempt WHERE state = 'queued'") == []


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


def test_such_a_stop_reaches_the_addresses_that_somebody_changed_meanwhile(home: Home) -> None:
    contact = reached(home, email="ana@empresa.com")
    theirs = [
        {"email": "ana.bien@empresa.com", "field": "EMAIL1"},
        {"email": "casa@empresa.com", "field": "EMAIL2"},
    ]
    home.change(contact, fields={"email_addresses": theirs})
    answer(home, body="no me manden más mensajes ni correos")
    settle(home)
    shown = home.shown(contact)["contact"]["email_addresses"]
    assert [one["email_opt_status"] for one in shown] == ["ADMIN", "ADMIN"]


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
