"""A new address is Keap's only once the person has confirmed it; in doubt a person looks."""

from datetime import datetime, timedelta

import pytest

from recovery.bootstrap.inbound import InboundParts
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.replies_world import answer, reached, settle, texts


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


def test_the_dead_address_said_again_is_for_a_person(home: Home) -> None:
    contact = reached(home, email="ana.vieja@example.com")
    answer(home, body="mi correo es Ana.Vieja@example.com")
    assert home.case(contact)["state"] == "engaged"
    assert len(home.messages()) == 1


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
