"""Consent that is known before its case, and own consent, which is newer than the opting out: what
may be older proves nothing."""

from pathlib import Path

import pytest

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ConsentRow
from tests.installation import BRAZILIAN, MEXICAN, Home, policy_file

OLD_TAG = "Cliente"


def names_tag_and_field(home: Home, tmp_path: Path) -> None:
    """The firm tells only now where its consents are."""
    text = f'[consent]\ntags = ["WhatsApp opt-in", "{OLD_TAG}"]\nfield = "Permiso WhatsApp"\n'
    home.settings = home.settings.model_copy(update={"policy": policy_file(tmp_path, text)})
    home.restart()


def the_next_day(home: Home) -> None:
    home.next_day()
    home.run("pull", "route", "reach")


def test_a_tag_that_the_rule_names_only_now_is_no_news(home: Home, tmp_path: Path) -> None:
    home.contact("MANUAL", tags=[OLD_TAG])
    fault = home.contact("HARD_BOUNCE", phones=["+525587654321"], tags=[OLD_TAG])
    home.run("pull")
    names_tag_and_field(home, tmp_path)
    the_next_day(home)
    assert home.messages(MEXICAN) == []
    assert home.step(fault)["template"] == "new_email_first"


def test_a_field_counts_when_it_is_filled_in_after_the_rule_looked(
    home: Home, tmp_path: Path
) -> None:
    model = {"label": "Permiso WhatsApp", "field_type": "TEXT"}
    field = home.keap("POST", "/contacts/model/customFields", json=model)["id"]
    says_yes = {"custom_fields": [{"id": field, "content": "sí"}]}
    home.contact("MANUAL", tags=[], **says_yes)
    later = home.contact("MANUAL", phones=["+525587654321"], tags=[])
    home.run("pull")
    names_tag_and_field(home, tmp_path)
    home.next_day()
    home.fresh.pull.run(full=True)
    home.change(later, fields=says_yes)
    the_next_day(home)
    assert home.messages(MEXICAN) == []
    assert home.step(later)["template"] == "fresh_consent_once"


def test_a_tag_that_appears_after_the_rule_named_it_is(home: Home, tmp_path: Path) -> None:
    contact = home.contact("MANUAL", tags=[])
    home.run("pull")
    names_tag_and_field(home, tmp_path)
    home.change(contact, tags=[OLD_TAG])
    the_next_day(home)
    assert home.step(contact)["template"] == "fresh_consent_once"


def test_a_tag_from_before_on_another_record_is_not_newer_than_their_refusal(home: Home) -> None:
    home.contact("MANUAL", tags=[])
    other = home.contact("CONFIRMED", tags=["WhatsApp opt-in"])
    home.run("pull")
    home.change(other, status="HARD_BOUNCE")
    the_next_day(home)
    assert home.case(other)["contact_id"] == other
    assert home.messages() == []


def test_who_opted_out_is_asked_once_ever_whatever_their_number(home: Home) -> None:
    contact = home.contact("MANUAL", tags=[])
    home.run("pull", "route")
    home.change(contact, tags=["WhatsApp opt-in"])
    the_next_day(home)
    assert len(home.messages(MEXICAN)) == 1
    other = [{"field": "PHONE1", "number": BRAZILIAN, "type": "Mobile"}]
    home.change(contact, fields={"phone_numbers": other}, status="SINGLE_OPT_IN")
    the_next_day(home)
    home.change(contact, status="MANUAL")
    home.next_day()
    home.run("pull")
    home.move(minutes=5)
    with home.fresh.database.begin() as connection:
        # They agreed once more since.
        connection.execute(table(ConsentRow).update().values(at=home.now))
    for _ in range(2):
        home.run("route", "reach")
    assert home.case(contact)["round"] == 2
    assert home.messages(BRAZILIAN) == []


@pytest.mark.parametrize(
    ("words", "texts"), [("Hola, ¿tienen cita?", 1), ("STOP", 0), ("número equivocado", 0)]
)
def test_who_wrote_to_us_before_their_address_failed_agreed_to_whatsapp(
    home: Home, words: str, texts: int
) -> None:
    contact = home.contact("CONFIRMED", tags=[])
    home.run("pull")
    home.move(minutes=5)
    home.says(MEXICAN, words)
    home.run("record")
    home.next_day()
    home.change(contact, status="HARD_BOUNCE")
    the_next_day(home)
    assert len(home.messages(MEXICAN)) == texts


def test_nobody_can_tell_who_wrote_from_an_offices_number(home: Home) -> None:
    for _ in range(5):
        home.contact("CONFIRMED", tags=[])
    home.run("pull")
    home.move(minutes=5)
    home.says(MEXICAN, "Hola, ¿tienen cita?")
    home.run("record")
    assert home.rows("SELECT * FROM consent") == []
