"""Seeded contacts: the same for the same seed, spread as in life, and quickly made."""

import time
from collections import Counter, defaultdict
from datetime import UTC, datetime

import phonenumbers
import pytest

from recovery.sandbox import dialling
from recovery.sandbox.homes import home
from recovery.sandbox.keap.account import DELIVERABLE, STATUSES
from recovery.sandbox.places import PLACES
from recovery.sandbox.seeds import NO_EMAIL, seeds

DAY = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def many():
    return list(seeds(1, contacts=2000, day=DAY))


def first_status(seed):
    return next(iter(seed.addresses.values()), (NO_EMAIL,))[0]


def tail(number):
    """The last seven digits, which survive most ways of writing; garbage has fewer."""
    digits = "".join(letter for letter in number if letter.isdigit())
    return digits[-7:] if len(digits) >= 7 else number + str(id(number))


def test_the_same_seed_gives_the_same_contacts_and_another_gives_others():
    once, again = (list(seeds(7, contacts=300, day=DAY)) for _ in range(2))
    assert once == again
    assert once != list(seeds(8, contacts=300, day=DAY))


def test_a_larger_base_begins_with_the_smaller_one(many):
    assert list(seeds(1, contacts=250, day=DAY)) == many[:250]


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_contacts_hold_every_status_and_some_without_email(seed):
    found = {first_status(row) for row in seeds(seed, contacts=200, day=DAY)}
    assert found >= {*STATUSES, NO_EMAIL}


def test_about_half_can_be_written_to(many):
    share = sum(first_status(row) in DELIVERABLE for row in many) / len(many)
    assert 0.49 < share < 0.55


def test_ids_are_text_that_grows_as_numbers(many):
    ids = [row.contact["id"] for row in many]
    assert all(isinstance(number, str) for number in ids)
    assert sorted(set(ids), key=int) == ids


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.code)
def test_numbers_are_valid_where_they_belong(place):
    for index in range(0, 20_000, 97):
        for make in (dialling.mobile, dialling.landline):
            parsed = phonenumbers.parse(f"+{place.calling}{make(place, index)}")
            assert phonenumbers.is_valid_number(parsed), (make.__name__, index)
            assert phonenumbers.region_code_for_number(parsed) == place.code


def test_numbers_of_the_united_states_are_fictional():
    america = next(place for place in PLACES if place.code == "US")
    assert all(dialling.mobile(america, index)[3:8] == "55501" for index in range(7000))


def test_people_are_entered_twice_and_an_office_is_shared_by_more_than_four(many):
    by_email, by_number = defaultdict(set), Counter()
    for row in many:
        for email in row.contact["email_addresses"]:
            by_email[email["email"].lower()].add(row.contact["id"])
        by_number.update({tail(phone["number"]) for phone in row.contact["phone_numbers"]})
    assert sum(len(ids) > 1 for ids in by_email.values()) > 10
    assert any(count > 4 for count in by_number.values())
    assert sum(count == 2 for count in by_number.values()) > 10


def test_phones_are_as_dirty_as_in_life(many):
    numbers = [p["number"] for row in many for p in row.contact["phone_numbers"]]
    for piece in ("044", "+52 1 ", " 15 ", " / ", " ext 12", "no tiene", "(whatsapp)"):
        assert any(piece in number for number in numbers), piece
    assert any(not row.contact["phone_numbers"] for row in many)
    assert all(len(number) <= 40 for number in numbers)


def test_free_wins_consent_and_protection_are_there(many):
    dead = [row for row in many if first_status(row) == "HARD_BOUNCE"]
    assert any(s in DELIVERABLE for row in dead for s, *_ in list(row.addresses.values())[1:])
    opted_in = sum("101" in row.tags for row in many)
    assert 0.4 < opted_in / len(many) < 0.6
    assert 0 < sum("103" in row.tags for row in many) < 0.06 * len(many)


def test_times_never_lie_in_the_future(many):
    today = "2026-11-23T00:00:00.000Z"
    for row in many:
        assert row.contact["create_time"] <= row.contact["update_time"] <= today
        assert all(at <= today for _, *times in row.addresses.values() for at in times)


def test_ten_thousand_take_less_than_two_seconds():
    started = time.process_time()
    assert sum(1 for _ in seeds(1, contacts=10_000, day=DAY)) == 10_000
    assert time.process_time() - started < 2


def test_a_purchase_is_called_in_the_language_its_buyer_speaks(many):
    titles = {"es": "Pedido en línea", "pt": "Pedido on-line", "en": "Online order"}
    told = {
        (home(seed.contact)[0], order["title"])
        for seed in many
        for order in seed.records.get("orders", ())
    }
    assert told == set(titles.items())
