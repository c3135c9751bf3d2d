"""What is read from a contact's stored record."""

import pytest

from recovery.adapters.db.contact_data import deciding_email, numbers_in
from recovery.domain.phone import Phone, PhoneKind

SECOND, THIRD = ["b@example.com", "EMAIL2", "HARD"], ["c@example.com", "EMAIL3", None]


@pytest.mark.parametrize(
    ("data", "email"),
    [
        ({"emails": [THIRD, SECOND]}, "b@example.com"),
        ({"emails": [THIRD]}, "c@example.com"),
        ({"emails": []}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_first_address_that_keap_has_decides(data, email):
    assert deciding_email(data) == email


def test_numbers_come_in_keaps_order_and_as_the_rules_know_them():
    data = {
        "phones": [["+525512345678", "525512345678", "either", "MX", ["America/Mexico_City"], "k"]]
    }
    (number,) = numbers_in(data)
    assert number.phone == Phone("+525512345678", "525512345678", PhoneKind.either, "MX")
    assert (number.key, number.zones) == ("k", ["America/Mexico_City"])
    assert numbers_in({}) == numbers_in(None) == []
