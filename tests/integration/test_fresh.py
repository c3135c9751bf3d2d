"""Before a message leaves, Keap is asked again about whoever it showed too long ago."""

from typing import Any

import pytest

from recovery.adapters.keap.client import KeapClient
from tests.installation import BRAZILIAN, MEXICAN, Home


def decided(home: Home, *, people: int = 1, **more: Any) -> list[str]:
    """People with a message that is due now, decided on eleven minutes ago."""
    contacts = [home.contact(phones=[f"+5255{10_000_000 + n}"], **more) for n in range(people)]
    home.run("pull", "route")
    assert {home.case(one)["next_act"] for one in contacts} == {"message"}
    home.move(minutes=11)
    return contacts


def tag(home: Home, contact: str, *names: str) -> None:
    home.change(contact, tags=list(names))


def untag(home: Home, contact: str) -> None:
    """A person takes all tags off in Keap."""
    home.sandbox.world.contacts[contact]["tag_ids"] = []


def test_nobody_whom_keap_does_not_have_any_more_is_written_to(home: Home) -> None:
    (contact,) = decided(home)
    home.keap("DELETE", f"/contacts/{contact}")
    report = home.run("reach")["reach"]
    assert home.messages() == []
    assert report.skipped == {"contact_gone": 1}
    assert (home.case(contact)["state"], home.case(contact)["end"]) == ("closed", "gone")


def test_a_consent_that_was_taken_away_after_the_pull_counts(home: Home) -> None:
    (contact,) = decided(home)
    untag(home, contact)
    report = home.run("reach")["reach"]
    assert home.messages() == []
    assert report.skipped == {"contact_changed": 1}
    case = home.case(contact)
    assert case["next_act"] == "call"
    assert "no consent to WhatsApp" in case["reason"]


def test_a_healed_address_closes_the_case_instead_of_a_message(home: Home) -> None:
    (contact,) = decided(home)
    home.change(contact, status="CONFIRMED")
    report = home.run("reach")["reach"]
    assert home.messages() == []
    assert report.skipped == {"contact_healed": 1}


def test_another_address_in_keap_is_asked_for_its_own_status(home: Home) -> None:
    (contact,) = decided(home)
    body = {"email_addresses": [{"email": "new@example.com", "field": "EMAIL1"}]}
    home.keap("PATCH", f"/contacts/{contact}?update_mask=email_addresses", json=body)
    home.change(contact, status="CONFIRMED")
    report = home.run("reach")["reach"]
    assert home.messages() == []
    assert report.skipped == {"contact_healed": 1}


def test_a_refusal_on_another_record_of_the_person_counts(home: Home) -> None:
    one, other = home.contact(), home.contact()
    home.run("pull", "route")
    assert home.case(one)["id"] == home.case(other)["id"]
    home.move(minutes=11)
    home.change(other, status="SPAM")
    home.run("reach")
    assert home.messages() == []
    assert home.case(one)["next_act"] == "call"


def test_whoever_did_not_change_is_written_to_as_decided(home: Home) -> None:
    contacts = decided(home, people=7, score_value="12.5")
    untag(home, contacts[2])
    home.keap("DELETE", f"/contacts/{contacts[4]}")
    report = home.run("reach")["reach"]
    assert report.counts["whatsapp_sent"] == 5
    assert report.skipped == {"contact_changed": 1, "contact_gone": 1}


def test_looking_again_costs_a_call_for_hundreds_and_not_one_a_person(
    make_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home: Home = make_home()
    decided(home, people=45)
    asked: list[int] = []
    whole = KeapClient.contacts_by_id

    def counted(self: KeapClient, ids: Any) -> Any:
        asked.append(len(ids))
        return whole(self, ids)

    monkeypatch.setattr(KeapClient, "contacts_by_id", counted)
    monkeypatch.setattr("recovery.services.reach.service.GROUP", 10)
    home.restart()
    before = home.fresh.crm.usage().used
    home.run("reach")
    assert len(home.messages()) == 45
    assert asked == [45]
    # The names of the tags, the contacts, and their statuses.
    assert home.fresh.crm.usage().used - before == 3


def test_a_run_straight_after_a_pull_looks_at_nobody_again(home: Home) -> None:
    home.contact()
    home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    before = home.fresh.crm.usage().used
    home.run("reach")
    assert len(home.messages()) == 2
    assert home.fresh.crm.usage().used == before


def test_whom_keap_does_not_tell_of_is_not_asked_about_again_and_again(
    make_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home: Home = make_home()
    decided(home, people=25)
    asked: list[int] = []

    def silent(_: KeapClient, emails: Any) -> dict[str, Any]:
        asked.append(len(emails))
        return {}

    monkeypatch.setattr(KeapClient, "statuses_of", silent)
    monkeypatch.setattr("recovery.services.reach.service.GROUP", 10)
    home.restart()
    report = home.run("reach")["reach"]
    assert (home.messages(), report.skipped) == ([], {"status_not_fresh": 25})
    assert asked == [25]


def test_a_new_number_in_keap_is_written_to_instead_of_the_old(home: Home) -> None:
    (contact,) = decided(home)
    home.sandbox.world.contacts[contact]["phone_numbers"] = [
        {"field": "PHONE1", "number": MEXICAN, "type": "Mobile"}
    ]
    home.run("reach", "reach")
    assert [m["to"] for m in home.messages()] == [f"whatsapp:{MEXICAN}"]
