"""In which time zones a person may be: their number's, narrowed by what else is known."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, timezone

from recovery.domain.country import subdivision
from recovery.domain.country_codes import iso2
from recovery.domain.numbering import split_calling_code
from recovery.domain.phone import Phone, PhoneKind, PhoneProblem, read_phones
from recovery.domain.zone_table import ALIASES, ALSO_IN, STATE_NAMES, STATES, TOWNS

_AREA = len("+5511")
_MEXICAN_AREA = len("+52614")
#: What `phonenumbers` calls our kinds: finding a number's type once more takes long.
_TYPES = {
    PhoneKind.mobile: PhoneNumberType.MOBILE,
    PhoneKind.landline: PhoneNumberType.FIXED_LINE,
    PhoneKind.either: PhoneNumberType.FIXED_LINE_OR_MOBILE,
}
#: Any year tells whether two zones keep the same time; rules change too seldom to look at more.
_SAMPLES = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=7 * n) for n in range(52))


@dataclass(frozen=True, slots=True)
class PhoneAnswer:
    """What a text gives: its first number, or the reason for none; `zone` only if just one."""

    e164: str | None
    key: str | None
    kind: PhoneKind | None
    zone: str | None
    reason: PhoneProblem | None


def describe_phone(text: str, country: str | None) -> PhoneAnswer:
    """The answer of `recovery phone`; its fields in their order are the JSON's."""
    reading = read_phones(text, region=country)
    if not reading.phones:
        return PhoneAnswer(None, None, None, None, reading.reason)
    phone = reading.phones[0]
    zones = number_zones(phone)
    only = zones[0] if len(zones) == 1 else None
    return PhoneAnswer(phone.e164, phone.key, phone.kind, only, None)


def zones_for(
    phone: Phone | None,
    *,
    country: str | None,
    region_code: str | None,
    locality: str | None,
    record_zone: str | None,
    default_zone: str | None,
) -> tuple[str, ...]:
    """All zones the person may be in, by IANA's present names; () where nothing tells.

    The address and the record only choose among the number's zones; they add none to it.
    """
    recorded = canonical(record_zone)
    zones = number_zones(phone) if phone else ()
    if not zones:
        fallback = recorded or canonical(default_zone)
        return (fallback,) if fallback else ()
    if len(zones) > 1 and phone and iso2(country) == phone.region:
        zones = _narrowed(zones, _address_zones(phone.region, region_code, locality))
    if len(zones) > 1 and recorded:
        zones = _narrowed(zones, (recorded,))
    return zones


def number_zones(phone: Phone) -> tuple[str, ...]:
    """The zones of a number's area, or of its country where the number tells no area."""
    found = _stored_zones(phone)
    added = ALSO_IN.get(phone.e164[:_AREA]) or ALSO_IN.get(phone.e164[:_MEXICAN_AREA])
    if added and found and not any(_same_clock(zone, added) for zone in found):
        return (added, *found)
    return found


@lru_cache(maxsize=4096)
def canonical(zone: str | None) -> str | None:
    """IANA's present name of a zone or of its alias; None for what is no place's zone."""
    name = (zone or "").strip()
    name = ALIASES.get(name, name)
    is_place = "/" in name and not name.startswith("Etc/")
    return name if is_place and name in _known() else None


@cache
def _known() -> frozenset[str]:
    """Reading the zone database takes ten milliseconds, so it is read once."""
    return frozenset(available_timezones())


@lru_cache(maxsize=65536)
def _stored_zones(phone: Phone) -> tuple[str, ...]:
    code, national = split_calling_code(phone.e164[1:]) or (0, "")
    number = PhoneNumber(code, int(national), italian_leading_zero=national[:1] == "0")
    kind = _TYPES.get(phone.kind, PhoneNumberType.UNKNOWN)
    if phonenumbers.is_number_type_geographical(kind, code):
        found = timezone.time_zones_for_geographical_number(number)
    else:
        found = timezone.time_zones_for_number(number)
    names = (canonical(name) for name in found)
    return tuple(dict.fromkeys(name for name in names if name))


def _address_zones(country: str, region_code: str | None, locality: str | None) -> tuple[str, ...]:
    town = TOWNS.get(country, {}).get(_folded(locality))
    if town:
        return (town,)
    written = _folded(subdivision(region_code, country=country))
    state = STATE_NAMES.get(country, {}).get(written, written)
    return STATES.get(country, {}).get(state, ())


def _narrowed(zones: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the zones that keep a known one's time; all of them where none does."""
    if len(known) == 1 and known[0] in zones:
        return known
    alike = (zone for zone in zones if any(_same_clock(zone, each) for each in known))
    return tuple(alike) or zones


@cache
def _same_clock(one: str, other: str) -> bool:
    return one == other or _clock(one) == _clock(other)


@cache
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    place = ZoneInfo(zone)
    return tuple(moment.astimezone(place).utcoffset() for moment in _SAMPLES)


def _folded(text: str | None) -> str:
    decomposed = unicodedata.normalize("NFKD", (text or "").strip())
    return "".join(each for each in decomposed if not unicodedata.combining(each)).upper()
