from datetime import UTC, datetime

import pytest

from recovery.adapters.keap.contacts import page_of, with_primary
from recovery.adapters.keap.schemas import (
    Unreadable,
    contact_of,
    contacts_of,
    iso,
    moment_of,
    status_row_of,
    user_of,
)
from recovery.domain.contact import EmailField
from recovery.domain.email_status import EmailStatus
from recovery.errors import ContractBroken

NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)


def an_email(status="HARD_BOUNCE", field="EMAIL1", email="ana@example.com"):
    return {"email": email, "field": field, "email_opt_status": status}


@pytest.mark.parametrize("text", ["HARD_BOUNCE", "HardBounce", "Hard Bounce", "hard bounce"])
def test_all_spellings_of_a_status_are_one_status(text):
    assert contact_of({"id": "1", "email_addresses": [an_email(text)]}).status is (
        EmailStatus.HARD_BOUNCE
    )


def test_an_unknown_status_is_kept_as_it_came():
    primary = contact_of({"id": "1", "email_addresses": [an_email("QUARANTINED")]}).primary
    assert (primary.status, primary.raw_status) == (EmailStatus.UNKNOWN, "QUARANTINED")


@pytest.mark.parametrize("status", [None, ""])
def test_a_status_that_was_not_told_is_none_and_not_unknown(status):
    assert contact_of({"id": "1", "email_addresses": [an_email(status)]}).status is None


def test_numbers_where_text_is_documented_and_missing_fields_are_read():
    raw = {"id": 7, "given_name": None, "owner_id": 3, "tag_ids": [91, "92"], "score_value": "4.5"}
    contact = contact_of(raw)
    assert (contact.id, contact.given_name, contact.owner_id) == ("7", "", "3")
    assert (contact.tag_ids, contact.score) == (frozenset({"91", "92"}), 4.5)
    assert contact.status is EmailStatus.NO_EMAIL


def test_wrong_types_never_fail_a_contact():
    raw = {
        "id": "1",
        "given_name": ["a"],
        "phone_numbers": {"number": "1"},
        "addresses": "Calle 1",
        "company": "ACME",
        "custom_fields": [{"id": "4", "content": ["x", "y"]}, {"id": "5", "content": None}, 3],
        "tag_ids": "91",
        "score_value": {},
        "create_time": 17,
    }
    contact = contact_of(raw)
    assert (contact.given_name, contact.phones, contact.country) == ("", (), None)
    assert (contact.custom_fields, contact.created_at) == ({"4": "x, y"}, None)


@pytest.mark.parametrize(
    "raw", [None, 3, "x", [], {}, {"id": None}, {"id": ""}, {"id": "1", "email_addresses": "a@b"}]
)
def test_an_unreadable_record_is_counted_and_the_others_are_read(raw):
    contacts, broken = contacts_of([{"id": "1"}, raw, {"id": "2"}])
    assert ([contact.id for contact in contacts], broken) == (["1", "2"], 1)


def test_an_address_without_a_field_takes_the_first_free_place():
    emails = [an_email(field=None), an_email(field="EMAIL1", email="b@example.com")]
    contact = contact_of({"id": "1", "email_addresses": emails})
    assert contact.primary.email == "b@example.com"
    assert {address.field for address in contact.emails} == {EmailField.EMAIL1, EmailField.EMAIL2}


def test_the_address_that_names_a_country_wins_and_billing_comes_first():
    addresses = [
        {"field": "OTHER", "country_code": "COL"},
        {"field": "BILLING"},
        {"field": "SHIPPING", "country_code": "MEX", "locality": "Puebla"},
    ]
    contact = contact_of({"id": "1", "addresses": addresses})
    assert (contact.country, contact.locality) == ("MEX", "Puebla")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T12:00:00.250Z",
        "2026-11-23T12:00:00.250+0000",
        "2026-11-23T12:00:00.250+00:00",
        "2026-11-23T09:00:00.250-03:00",
        "2026-11-23T12:00:00.250",
    ],
)
def test_every_spelling_of_a_moment_is_one_moment(text):
    assert moment_of(text) == NOON
    assert moment_of(text).utcoffset().total_seconds() == 0


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01T00:00:00Z", None, 5, {}])
def test_a_moment_nobody_can_read_is_none(text):
    assert moment_of(text) is None


def test_filters_get_milliseconds_and_z():
    assert iso(NOON) == "2026-11-23T12:00:00.250Z"


def test_a_status_row_needs_an_address():
    row = status_row_of({"email": "a@b.co", "status": None, "last_sent_time": "x"})
    assert (row.status, row.last_sent_at) == (EmailStatus.UNKNOWN, None)
    with pytest.raises(Unreadable):
        status_row_of({"status": "BOUNCE"})


def test_only_active_users_are_active():
    raw = {"id": 4, "given_name": "Eva", "family_name": None, "status": "INVITED"}
    assert (user_of(raw).name, user_of(raw).is_active) == ("Eva", False)


def test_the_new_address_comes_first_once_and_the_other_places_stay():
    addresses = [
        an_email(email="dead@example.com"),
        an_email(field="EMAIL2", email="New@example.com"),
        an_email(field="EMAIL3", email="third@example.com"),
    ]
    assert with_primary(addresses, "new@example.com", reason="asked by WhatsApp") == [
        {"email": "new@example.com", "field": "EMAIL1", "opt_in_reason": "asked by WhatsApp"},
        {"email": "third@example.com", "field": "EMAIL3"},
    ]


def test_ids_are_numbers_when_they_look_like_numbers():
    page = page_of([{"id": "9"}, {"id": "10"}], after="8", is_last=False)
    assert (page.last_id, len(page.contacts)) == ("10", 2)


@pytest.mark.parametrize("ids", [["5"], ["3", "5"], ["9", "8", "7"], ["-6", "ana", "9" * 40]])
def test_a_page_that_leads_no_further_or_has_no_order_at_all_breaks_the_contract(ids):
    with pytest.raises(ContractBroken):
        page_of([{"id": one} for one in ids], after="5", is_last=False)


@pytest.mark.parametrize(
    ("ids", "kept", "last"),
    [
        (["6", "7", "9", "8", "10"], ["6", "7", "9", "8", "10"], "10"),
        (["6", "999", "7", "8"], ["6", "999", "7", "8"], "8"),
        (["6", "7", "7", "8"], ["6", "7", "8"], "8"),
        (["6", "2", "7", "8"], ["6", "7", "8"], "8"),
    ],
)
def test_a_contact_out_of_its_place_is_kept_and_hides_nobody_behind_it(ids, kept, last):
    page = page_of([{"id": one} for one in ids], after="5", is_last=False)
    assert ([contact.id for contact in page.contacts], page.last_id) == (kept, last)


@pytest.mark.parametrize("bad", ["-1", "0", "007", "ana", "9" * 40, "١٢", "1.5", "", None, -4, 1.5])
def test_a_contact_without_a_proper_id_is_dropped_and_counted(bad):
    page = page_of([{"id": "6"}, {"id": bad}, {"id": 7}], after="5", is_last=False)
    assert ([contact.id for contact in page.contacts], page.broken) == (["6", "7"], 1)
    assert page.last_id == "7"
