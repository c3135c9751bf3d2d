"""An address that is a typo of a known domain is put right by one tap."""

import pytest

from tests.installation import MEXICAN, Home


def asked(home: Home, email: str = "ana.vieja@gmial.com") -> str:
    """Whose phone shows the question about the likely address."""
    contact = home.contact("INVALID", email=email)
    home.send()
    home.move(minutes=2)
    home.run("record")
    (question,) = home.messages()
    assert "an•••@gmail.com" in question["body"]
    return contact


def says(home: Home, body: str = "", **more: str) -> None:
    home.says(MEXICAN, body, **more)
    for _ in range(3):
        home.move(minutes=5)
        home.run("record", "route", "reach")


@pytest.mark.parametrize("told", [{"button": "yes"}, {"body": "sí, es ese"}], ids=["tap", "words"])
def test_a_yes_brings_keap_the_address_with_its_reason_tag_and_note(home: Home, told) -> None:
    contact = asked(home)
    says(home, **told)
    assert home.case(contact)["end"] == "recovered"
    shown = home.shown(contact)
    first = shown["contact"]["email_addresses"][0]
    assert (first["email"], first["email_opt_status"]) == ("ana.vieja@gmail.com", "SINGLE_OPT_IN")
    (note,) = shown["notes"]
    assert "ana.vieja@gmail.com" in note["text"]
    assert "Correo anterior: ana.vieja@gmial.com" in note["text"]
    assert home.fresh.policy.tags.recovered in home.tags(contact)


@pytest.mark.parametrize("told", [{"button": "upd"}, {"body": "no"}], ids=["tap", "words"])
def test_another_is_asked_for(home: Home, told) -> None:
    contact = asked(home)
    says(home, **told)
    assert home.case(contact)["end"] is None
    assert "correo" in home.messages(MEXICAN)[-1]["body"]
    says(home, "ana.nueva@empresa.com")
    says(home, button="yes")
    assert home.case(contact)["end"] == "recovered"


def test_a_yes_to_what_was_not_shown_takes_nothing(home: Home) -> None:
    """Somebody wrote another address with a typo into Keap meanwhile."""
    contact = asked(home)
    other = [{"email": "pedro@hotmial.com", "field": "EMAIL1"}]
    home.change(contact, fields={"email_addresses": other})
    home.run("pull")
    says(home, button="yes")
    emails = [one["email"] for one in home.shown(contact)["contact"]["email_addresses"]]
    assert emails == ["pedro@hotmial.com"]
