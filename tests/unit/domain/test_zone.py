"""Zones: the number's, narrowed by what else is known, widened by nothing."""

from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType, timezone

from recovery.domain.phone import PhoneKind, PhoneProblem, phone_from_e164
from recovery.domain.zone import PhoneAnswer, canonical, describe_phone, number_zones, zones_for
from recovery.domain.zone_table import ALIASES, ALSO_IN, STATES, TOWNS

E164 = phonenumbers.PhoneNumberFormat.E164


def _zones(e164, *, country=None, state=None, town=None, record=None, default=None):
    return zones_for(
        phone_from_e164(e164) if e164 else None,
        country=country,
        region_code=state,
        locality=town,
        record_zone=record,
        default_zone=default,
    )


@pytest.mark.parametrize(
    ("e164", "known", "zones"),
    [
        ("+525512345678", {}, ["America/Mexico_City"]),
        ("+526641234567", {}, ["America/Tijuana"]),
        ("+5592987654321", {}, ["America/Manaus"]),
        ("+5565981234567", {}, ["America/Manaus"]),
        ("+5568981234567", {}, ["America/Rio_Branco"]),
        ("+5491123456789", {}, ["America/Argentina/Buenos_Aires"]),
        ("+573001234567", {}, ["America/Bogota"]),
        ("+51987654321", {}, ["America/Lima"]),
        ("+16465551234", {}, ["America/New_York"]),
        ("+17875551234", {}, ["America/Puerto_Rico"]),
        # the number's own zones, of which the address keeps those that fit
        ("+558001234567", {"country": "BR", "state": "AM"}, ["America/Manaus"]),
        ("+558001234567", {"country": "BRA", "state": "BR-AM"}, ["America/Manaus"]),
        ("+558001234567", {"country": "BR", "state": "Amazonas"}, ["America/Manaus"]),
        ("+528001234567", {"country": "MX", "state": "Baja California"}, ["America/Tijuana"]),
        ("+528001234567", {"country": "MX", "state": "MX-BCN"}, ["America/Tijuana"]),
        ("+528001234567", {"country": "MX", "town": "Cancún"}, ["America/Cancun"]),
        ("+34612345678", {}, ["Atlantic/Canary", "Europe/Madrid"]),
        ("+34612345678", {"country": "ESP", "state": "ES-CN"}, ["Atlantic/Canary"]),
        ("+34612345678", {"country": "ES", "state": "MD"}, ["Europe/Madrid"]),
        ("+593991234567", {"country": "EC", "state": "W"}, ["Pacific/Galapagos"]),
        (
            "+12085551234",
            {"country": "US", "state": "ID"},
            ["America/Boise", "America/Los_Angeles"],
        ),
        # an address somewhere else says nothing about a number's zones
        ("+34612345678", {"country": "MX", "state": "CN"}, ["Atlantic/Canary", "Europe/Madrid"]),
        ("+5511987654321", {"country": "BR", "state": "AM"}, ["America/Sao_Paulo"]),
        # the record's zone counts only if it is one of the number's
        ("+34612345678", {"record": "Atlantic/Canary"}, ["Atlantic/Canary"]),
        ("+34612345678", {"record": "America/New_York"}, ["Atlantic/Canary", "Europe/Madrid"]),
        ("+525512345678", {"record": "America/New_York"}, ["America/Mexico_City"]),
        ("+525512345678", {"default": "America/Tijuana"}, ["America/Mexico_City"]),
        # without a number
        (None, {"record": "America/Bogota", "default": "America/Lima"}, ["America/Bogota"]),
        (None, {"record": "US/Eastern"}, ["America/New_York"]),
        (None, {"record": "Etc/Unknown", "default": "America/Lima"}, ["America/Lima"]),
        (None, {"record": "nowhere", "country": "MX"}, []),
    ],
)
def test_the_numbers_zones_are_narrowed_by_what_is_known(e164, known, zones):
    assert list(_zones(e164, **known)) == zones


@pytest.mark.parametrize(
    ("e164", "state", "wrong", "right"),
    [
        ("+5581987654321", "PE", "America/Noronha", "America/Recife"),
        ("+526141234567", "CHH", "America/Mazatlan", "America/Chihuahua"),
    ],
)
def test_where_the_stored_zone_is_an_hour_off_both_count_until_the_address_tells(
    e164, state, wrong, right
):
    assert set(_zones(e164)) == {wrong, right}
    country = phone_from_e164(e164).region
    assert _zones(e164, country=country, state=state) == (right,)


def test_every_zone_of_the_tables_exists():
    named = {*ALIASES.values(), *ALSO_IN.values()}
    named |= {zone for states in STATES.values() for zones in states.values() for zone in zones}
    named |= {zone for towns in TOWNS.values() for zone in towns.values()}
    assert named <= available_timezones()


def test_an_alias_keeps_the_time_of_its_zone():
    assert canonical("America/Buenos_Aires") == "America/Argentina/Buenos_Aires"
    assert canonical("Etc/Unknown") is None
    assert canonical("UTC") is None
    assert all(canonical(alias) == zone for alias, zone in ALIASES.items())


@pytest.mark.parametrize(
    ("text", "country", "answer"),
    [
        (
            "044 55 1234 5678",
            "MX",
            PhoneAnswer(
                "+525512345678", "+525512345678", PhoneKind.either, "America/Mexico_City", None
            ),
        ),
        (
            "612 34 56 78",
            "ES",
            PhoneAnswer("+34612345678", "+34612345678", PhoneKind.mobile, None, None),
        ),
        ("55 1234 5678", None, PhoneAnswer(None, None, None, None, PhoneProblem.no_country)),
    ],
)
def test_a_phone_is_described_for_a_person_or_a_machine(text, country, answer):
    assert describe_phone(text, country) == answer


@given(
    e164=st.sampled_from(
        ["+34612345678", "+558001234567", "+5581987654321", "+528001234567", "+12085551234"]
    ),
    state=st.sampled_from([None, "", "AM", "SP", "CN", "MD", "BCN", "CHH", "ID", "TX", "??"]),
    town=st.sampled_from([None, "Manaus", "Tijuana", "El Paso", "Springfield"]),
    record=st.sampled_from([None, "Europe/Madrid", "America/Manaus", "US/Pacific", "Etc/UTC", "x"]),
)
def test_nothing_known_ever_adds_a_zone_to_the_numbers(e164, state, town, record):
    phone = phone_from_e164(e164)
    found = _zones(e164, country=phone.region, state=state, town=town, record=record)
    assert found
    assert set(found) <= set(number_zones(phone))
    assert all(ZoneInfo(zone) for zone in found)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_numbers_zones_are_those_of_the_library(region):
    for kind in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE):
        example = phonenumbers.example_number_for_type(region, kind)
        phone = phone_from_e164(phonenumbers.format_number(example, E164)) if example else None
        if phone:
            names = timezone.time_zones_for_number(phonenumbers.parse(phone.e164, None))
            assert set(number_zones(phone)) == {canonical(name) for name in names} - {None}
