"""Lines of files from outside: what each names, and what is said of one that names nothing."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from recovery.domain.case import Channel
from recovery.domain.imported import WrongLine, agreed, digests, listed
from recovery.domain.phone import phone_from_e164

TODAY = date(2026, 11, 23)
HASH = hashlib.sha256(b"+525512345678").hexdigest()


def a_listed(region=None, **fields):
    return listed({"source": "REPEP", **fields}, region=region)


def an_agreed(**fields):
    found = {"source": "form", "date": "2026-03-04", **fields}
    return agreed(found, region=None, today=TODAY)


def test_a_line_names_a_number_with_its_country_or_its_hash():
    one = a_listed(number="55 1234 5678", country="mx", expires="2027-01-31")
    assert [phone.e164 for phone in one.phones] == ["+525512345678"]
    assert (one.country, one.channel, one.expires_on) == ("MX", "all", date(2027, 1, 31))
    for column in ("number", "hash"):
        hashed = a_listed(**{column: HASH.upper()}, channel="Call")
        assert (hashed.digest, hashed.phones, hashed.channel) == (HASH, (), "call")


def test_a_foreign_number_does_not_say_whose_list_it_stands_on():
    assert a_listed(number="+573001234567").country is None
    assert a_listed(number="+573001234567", country="MX").country == "MX"
    assert a_listed(number="5512345678", region="MX").country is None


def test_a_number_has_a_hash_for_each_way_a_list_may_write_it():
    phone = phone_from_e164("+525512345678")
    forms = ("+525512345678", "525512345678", "+5215512345678", "5215512345678")
    assert phone
    assert digests(phone) == {hashlib.sha256(form.encode()).hexdigest() for form in forms}


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "no number"),
        ({"number": "99"}, "write it as"),
        ({"number": "5587654321"}, "--country"),
        ({"number": "call me"}, "cannot be read"),
        ({"number": HASH[:40]}, "SHA-256"),
        ({"hash": HASH[:32]}, "SHA-256"),
        ({"number": HASH, "country": "Atlantis"}, "two letters"),
        ({"number": HASH, "channel": "fax"}, "channel"),
        ({"number": HASH, "expires": "31/01/2027"}, "2027-01-31"),
        ({"number": HASH, "source": " "}, "source"),
    ],
)
def test_a_line_that_names_nobody_says_what_to_write_and_not_what_stood_there(fields, word):
    with pytest.raises(WrongLine, match=word) as refused:
        a_listed(**fields)
    number = fields.get("number", "")
    assert not number or number not in str(refused.value)


def test_an_agreement_has_a_person_a_day_a_source_and_words():
    one = an_agreed(number="+525512345678", text=" Sí,\n quiero ")
    assert (one.channel, one.text) == (Channel.WHATSAPP, "Sí, quiero")
    assert one.at == datetime(2026, 3, 4, tzinfo=UTC)
    assert an_agreed(contact="17", number="12").contact_id == "17"
    assert an_agreed(email=" Ana@Example.com").email == "ana@example.com"


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "nobody is named"),
        ({"contact": "7", "date": ""}, "no date"),
        ({"contact": "7", "date": "last year"}, "2027-01-31"),
        ({"contact": "7", "date": "2026-11-24"}, "ahead"),
        ({"contact": "7", "source": ""}, "no source"),
        ({"contact": "7", "channel": "all"}, "one channel"),
        ({"email": "ana@"}, "cannot be read"),
    ],
)
def test_what_proves_no_agreement_is_refused_with_its_reason(fields, word):
    with pytest.raises(WrongLine, match=word):
        an_agreed(**fields)
