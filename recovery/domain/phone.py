"""Phones as people type them: the E.164 to send to, the person's one key, or a reason for none.

The country comes from the text, else from the caller, and is never guessed: a Mexican number read
as a North American one is a stranger's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from recovery.domain import numbering
from recovery.domain.country_codes import iso2
from recovery.domain.numbering import PhoneProblem, PlanNumber
from recovery.domain.phone_text import Piece, joined, pieces_in

__all__ = [
    "Phone",
    "PhoneKind",
    "PhoneProblem",
    "PhoneReading",
    "dial_forms",
    "phone_from_e164",
    "read_closely",
    "read_phones",
]


class PhoneKind(StrEnum):
    """What a numbering plan tells: many countries do not set mobiles and landlines apart."""

    mobile = "mobile"
    landline = "landline"
    either = "either"
    other = "other"


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number: `e164` to send to, `key` one for all spellings of a subscriber."""

    e164: str
    key: str
    kind: PhoneKind
    #: ISO 3166 alpha-2 of the number, which need not be the contact's country.
    region: str


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """The numbers of a text in their order; `reason` is set where there is none."""

    phones: tuple[Phone, ...]
    reason: PhoneProblem | None


_KINDS = {
    PhoneNumberType.MOBILE: PhoneKind.mobile,
    PhoneNumberType.FIXED_LINE: PhoneKind.landline,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: PhoneKind.either,
}
_NO_PERSON = frozenset(
    {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.PAGER, PhoneNumberType.VOICEMAIL}
)
_NO_REGION = "001"

#: What needs no closer look: digits with spaces, hyphens, brackets, perhaps a plus.
_CLEAN = re.compile(r"(\+?)[ (]*([1-9][\d ()-]*)", re.A)
#: One number's digits and nothing that says more.
_BARE = re.compile(r"[\d ().-]+", re.A)
#: A trunk zero in brackets, and what may be a date.
_UNCLEAN = re.compile(r"\( *0|\d-\d{1,2}-\d")
_SIGNS = str.maketrans("", "", " ()-")
#: Two numbers of seven digits are the shortest pair that one run of digits may hide.
_SHORTEST_PAIR = 14
_LONGEST_RUN = 45
_A_NUMBER = 7


def read_phones(
    text: str | None, *, region: str | None, stated_e164: str | None = None
) -> PhoneReading:
    """The numbers of a text; `region` is the country, ISO-2 or ISO-3, where the text names none.

    `stated_e164`, Keap's own reading, adds no digit: where it is the same subscriber it tells
    that an Argentine number is a mobile, and where it is the text's very digits, that the text
    begins with a calling code.
    """
    if not text:
        return PhoneReading((), PhoneProblem.empty)
    quick = _read_quickly(text, region)
    reading = PhoneReading((quick,), None) if quick else read_closely(text, region=region)
    if not stated_e164:
        return reading
    return (
        _confirmed(reading, stated_e164) if reading.phones else _agreed(text, stated_e164, reading)
    )


def read_closely(text: str, *, region: str | None) -> PhoneReading:
    """What `read_phones` does with all but clean texts; the same result for those, only slower."""
    if not text.strip():
        return PhoneReading((), PhoneProblem.empty)
    country = iso2(region)
    readings = [_read_piece(piece, country) for piece in pieces_in(text)]
    phones = _distinct(phone for reading in readings for phone in reading.phones)
    if phones:
        return PhoneReading(phones, None)
    whole = joined(text) if len(readings) > 1 else None
    once_more = _read_whole(whole, country) if whole else None
    if isinstance(once_more, Phone):
        return PhoneReading((once_more,), None)
    return PhoneReading((), _clearest(readings))


def spaced(e164: str) -> str:
    """A number as people read it aloud: `+55 92 98765-0002`."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def phone_from_e164(e164: str) -> Phone | None:
    """A number as Twilio writes it, with or without `whatsapp:` and the plus; None if invalid."""
    digits = e164.strip().removeprefix("whatsapp:").strip().removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    quick = _read_quickly(f"+{digits}", None)
    if quick:
        return quick
    found = _read_whole(Piece((digits,), plus=True), None)
    return found if isinstance(found, Phone) else None


def dial_forms(phone: Phone) -> tuple[str, ...]:
    """The E.164 to send to first, then the older form that WhatsApp may still know them by."""
    code, national = _parted(phone.e164)
    number = numbering.match(code, national)
    second = numbering.alternate(number) if number else None
    return (phone.e164, second) if second else (phone.e164,)


def _read_quickly(text: str, region: str | None) -> Phone | None:
    clean = _CLEAN.fullmatch(text)
    if clean is None or _UNCLEAN.search(text):
        return None
    digits = clean[2].translate(_SIGNS)
    if clean[1]:
        parted = numbering.split_calling_code(digits)
        if parted is None:
            return None
        code, national = parted
    else:
        code = _code_of(region) or 0
        national = digits
    if not code or national[:1] == "0":
        return None
    number = numbering.match(code, numbering.modern(code, national, from_abroad=bool(clean[1])))
    found = _phone(number) if number else None
    return found if isinstance(found, Phone) else None


@lru_cache(maxsize=4096)
def _code_of(region: str | None) -> int | None:
    return numbering.calling_code(iso2(region))


def _read_piece(piece: Piece, country: str | None) -> PhoneReading:
    whole = _read_whole(piece, country)
    if isinstance(whole, Phone):
        return PhoneReading((whole,), None)
    pair = _read_pair(piece, country)
    return PhoneReading(pair, None) if pair else PhoneReading((), whole)


def _read_pair(piece: Piece, country: str | None) -> tuple[Phone, ...]:
    """Two or three numbers with nothing but spaces between; none where two cuts would do."""
    if not _SHORTEST_PAIR <= len(piece.digits) <= _LONGEST_RUN:
        return ()
    found = set()
    for left, right in piece.splits():
        first = _read_whole(left, country)
        if isinstance(first, Phone) and len(right.digits) >= _A_NUMBER:
            rest = _read_piece(right, country).phones
            if rest:
                found.add((first, *rest))
    return found.pop() if len(found) == 1 else ()


def _read_whole(piece: Piece, country: str | None) -> Phone | PhoneProblem:
    digits = piece.digits
    international = _international(piece, country)
    if international is not None:
        parted = numbering.split_calling_code(international)
        if parted is None:
            return PhoneProblem.not_valid
        return _first_valid(parted[0], [(parted[1], True)])
    code = _code_of(country)
    if code is None:
        return PhoneProblem.no_country if len(digits) >= _A_NUMBER else PhoneProblem.too_short
    candidates = [(digits, False)]
    if digits.startswith(str(code)):
        candidates.append((digits.removeprefix(str(code)), True))
    return _first_valid(code, candidates)


def _international(piece: Piece, country: str | None) -> str | None:
    """The digits behind a plus, 00, or North America's 011; None for a national number."""
    digits = piece.digits
    if piece.plus:
        return digits.removeprefix("00")
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("011") and _code_of(country) == 1:
        return digits[3:]
    return None


def _first_valid(code: int, candidates: list[tuple[str, bool]]) -> Phone | PhoneProblem:
    problems = []
    for national, from_abroad in candidates:
        now = numbering.modern(code, national, from_abroad=from_abroad)
        for digits in (now, *numbering.former_landlines(code, now)):
            number = numbering.read(code, digits)
            if isinstance(number, PlanNumber):
                return _phone(number)
            problems.append(number)
    return problems[0]


def _phone(number: PlanNumber) -> Phone | PhoneProblem:
    if number.type in _NO_PERSON or number.region in ("", _NO_REGION):
        return PhoneProblem.not_reachable
    code, national = number.calling_code, number.national
    e164 = f"+{code}{national}"
    shared = numbering.key_digits(code, national)
    key = e164 if shared is national else f"+{code}{shared}"
    return Phone(e164, key, _KINDS.get(number.type, PhoneKind.other), number.region)


def _parted(e164: str) -> tuple[int, str]:
    return numbering.split_calling_code(e164.removeprefix("+")) or (0, "")


def _confirmed(reading: PhoneReading, stated_e164: str) -> PhoneReading:
    if any(phone.e164 == stated_e164 for phone in reading.phones):
        return reading
    stated = phone_from_e164(stated_e164)
    if stated is None or stated.kind is not PhoneKind.mobile:
        return reading
    agreed = (stated if phone.key == stated.key else phone for phone in reading.phones)
    return PhoneReading(tuple(agreed), reading.reason)


def _agreed(text: str, stated_e164: str, reading: PhoneReading) -> PhoneReading:
    """A bare international number: digit for digit what Keap made of it."""
    stated = phone_from_e164(stated_e164)
    said = "".join(sign for sign in text if sign.isdecimal() and sign.isascii())
    is_bare = _BARE.fullmatch(text.strip()) is not None
    if stated is None or not is_bare or said != stated_e164.strip().removeprefix("+"):
        return reading
    return PhoneReading((stated,), None)


def _distinct(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    """One phone a person: of Argentina's two forms the mobile, which says more."""
    by_key: dict[str, Phone] = {}
    for phone in phones:
        known = by_key.get(phone.key)
        if known is None or phone.kind is PhoneKind.mobile:
            by_key[phone.key] = phone
    return tuple(by_key.values())


def _clearest(readings: list[PhoneReading]) -> PhoneProblem:
    """The reason of the first piece that is more than a scrap of digits."""
    reasons = [reading.reason for reading in readings if reading.reason]
    telling = (reason for reason in reasons if reason is not PhoneProblem.too_short)
    return next(telling, reasons[0] if reasons else PhoneProblem.no_number)
