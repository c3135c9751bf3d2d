"""National numbering plans: which digits are a number somebody can have, and how it is dialled now.

Validity, type and region are those of `phonenumbers`; `match` asks its patterns directly because
its own parse costs more than everything else that a pull does with a contact.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc, PhoneNumberType, ValidationResult
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE


class PhoneProblem(StrEnum):
    """Why a text gives no number; the closed set that screens and reports know."""

    empty = "empty"
    no_number = "no_number"
    no_country = "no_country"
    too_short = "too_short"
    too_long = "too_long"
    not_valid = "not_valid"
    #: A real number that no person answers as theirs: premium, pager, voicemail, satellite.
    not_reachable = "not_reachable"


class Code(IntEnum):
    """Calling codes whose numbers have been rewritten over the years."""

    MEXICO = 52
    ARGENTINA = 54
    BRAZIL = 55
    CHILE = 56
    COLOMBIA = 57


#: The order in which `phonenumbers` tries them; the first that fits is the number's type.
_SPECIAL_TYPES = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)

#: Mexico dropped its dialling prefixes and the mobile 1 in August 2019 (IFT).
_MX_OLD_PREFIX = re.compile(r"(?:044|045|01)(?=\d{10}$)")
_MX_OLD_MOBILE = re.compile(r"1(?=\d{10}$)")
#: A Brazilian mobile got its ninth digit between 2012 and 2016 (Anatel, Resolução 553).
_BR_OLD_MOBILE = re.compile(r"([1-9][1-9])([6-9]\d{7})")
_BR_MOBILE = re.compile(r"([1-9][1-9])9([6-9]\d{7})")
#: Both of Argentina's mobile marks in one number: the 9 from abroad and the 15 at home.
_AR_9_AND_15 = re.compile(r"9(?=0?\d{2,4}15\d{6,8}$)")
#: Colombia's landlines got ten digits in 2021: 60 before the old area (CRC 5826).
_CO_OLD_LANDLINE = re.compile(r"(?:0[3579])?([124-8][2-9]\d{6})")
_CL_OLD_PREFIX = re.compile(r"0(?=\d{9}$)")

_PROBLEMS = {
    ValidationResult.TOO_SHORT: PhoneProblem.too_short,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: PhoneProblem.too_short,
    ValidationResult.TOO_LONG: PhoneProblem.too_long,
}


@dataclass(frozen=True, slots=True)
class PlanNumber:
    """Digits that are valid in a numbering plan; `type` is a `PhoneNumberType`."""

    calling_code: int
    national: str
    type: int
    region: str


@cache
def calling_code(region: str | None) -> int | None:
    """A country's calling code; None for an unknown country."""
    return phonenumbers.country_code_for_region(region) or None if region else None


def split_calling_code(digits: str) -> tuple[int, str] | None:
    """An international number's calling code and the rest; None when no country has it."""
    for length in (1, 2, 3):
        head = digits[:length]
        if head and head[0] != "0" and int(head) in COUNTRY_CODE_TO_REGION_CODE:
            return int(head), digits[length:]
    return None


def modern(code: int, national: str, *, from_abroad: bool) -> str:
    """The digits as they are dialled today; `from_abroad` when the calling code was written."""
    match code:
        case Code.MEXICO:
            national = _MX_OLD_PREFIX.sub("", national)
            return _MX_OLD_MOBILE.sub("", national) if from_abroad else national
        case Code.BRAZIL:
            old = _BR_OLD_MOBILE.fullmatch(national)
            return f"{old[1]}9{old[2]}" if old else national
        case Code.ARGENTINA:
            return _AR_9_AND_15.sub("", national) if len(national) == 13 else national
        case Code.CHILE:
            return _CL_OLD_PREFIX.sub("", national)
        case _:
            return national


def former_landlines(code: int, national: str) -> tuple[str, ...]:
    """Today's form of a landline whose plan has grown since; none where nothing changed."""
    old = _CO_OLD_LANDLINE.fullmatch(national) if code == Code.COLOMBIA else None
    return (f"60{old[1]}",) if old else ()


def key_digits(code: int, national: str) -> str:
    """What all spellings of one subscriber share: the modern digits without Argentina's 9."""
    if code == Code.ARGENTINA and len(national) == 11 and national[0] == "9":
        return national[1:]
    return national


def alternate(number: PlanNumber) -> str | None:
    """The E.164 under which WhatsApp may know the same subscriber; never another person's."""
    code, national = number.calling_code, number.national
    match code:
        case Code.MEXICO:
            return f"+521{national}" if len(national) == 10 else None
        case Code.BRAZIL:
            mobile = _BR_MOBILE.fullmatch(national)
            return f"+55{mobile[1]}{mobile[2]}" if mobile else None
        case Code.ARGENTINA if number.type == PhoneNumberType.MOBILE:
            return f"+54{national[1:]}"
        case Code.ARGENTINA if number.type == PhoneNumberType.FIXED_LINE:
            return f"+549{national}"
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Pattern:
    lengths: frozenset[int]
    regex: re.Pattern[str]

    def fits(self, national: str) -> bool:
        if self.lengths and len(national) not in self.lengths:
            return False
        return self.regex.fullmatch(national) is not None


@dataclass(frozen=True, slots=True)
class _Plan:
    region: str
    general: _Pattern
    special: tuple[tuple[int, _Pattern], ...]
    fixed: _Pattern | None
    mobile: _Pattern | None
    leading: re.Pattern[str] | None

    def type_of(self, national: str) -> int:
        if not self.general.fits(national):
            return PhoneNumberType.UNKNOWN
        for kind, pattern in self.special:
            if pattern.fits(national):
                return kind
        is_mobile = self.mobile is not None and self.mobile.fits(national)
        if self.fixed is not None and self.fixed.fits(national):
            both = PhoneNumberType.FIXED_LINE_OR_MOBILE
            return both if is_mobile else PhoneNumberType.FIXED_LINE
        return PhoneNumberType.MOBILE if is_mobile else PhoneNumberType.UNKNOWN

    def has(self, national: str) -> bool:
        if self.leading is not None:
            return self.leading.match(national) is not None
        return self.type_of(national) != PhoneNumberType.UNKNOWN


def match(code: int, national: str) -> PlanNumber | None:
    """The number these significant digits are, without stripping anything; None if invalid."""
    plans = _plans(code)
    if len(plans) == 1:
        plan = plans[0]
    else:
        found = next((each for each in plans if each.has(national)), None)
        if found is None:
            return None
        plan = found
    kind = plan.type_of(national)
    if kind == PhoneNumberType.UNKNOWN:
        return None
    return PlanNumber(code, national, kind, plan.region)


def read(code: int, national: str) -> PlanNumber | PhoneProblem:
    """The number these digits are, or are behind a trunk prefix; a 0 may be one or may not."""
    found = match(code, national) if national[:1] != "0" else None
    return found or parse(code, national)


def parse(code: int, national: str) -> PlanNumber | PhoneProblem:
    """What `match` finds, through `phonenumbers`' own parser, which also strips trunk prefixes."""
    try:
        number = phonenumbers.parse(f"+{code}{national}", None)
    except phonenumbers.NumberParseException as error:
        too_long = error.error_type == phonenumbers.NumberParseException.TOO_LONG
        return PhoneProblem.too_long if too_long else PhoneProblem.too_short
    digits = phonenumbers.national_significant_number(number)
    now = modern(code, digits, from_abroad=False)
    if now != digits:
        number = phonenumbers.parse(f"+{code}{now}", None)
    if not phonenumbers.is_valid_number(number):
        reason = phonenumbers.is_possible_number_with_reason(number)
        return _PROBLEMS.get(reason, PhoneProblem.not_valid)
    region = phonenumbers.region_code_for_number(number) or ""
    return PlanNumber(code, now, phonenumbers.number_type(number), region)


@cache
def _plans(code: int) -> tuple[_Plan, ...]:
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    metadata = ((each, PhoneMetadata.metadata_for_region(each, None)) for each in regions)
    return tuple(_plan(region, found) for region, found in metadata if found is not None)


def _plan(region: str, metadata: PhoneMetadata) -> _Plan:
    general = _pattern(metadata.general_desc)
    if general is None:  # no metadata has this; a plan that fits nothing is the safe reading
        general = _Pattern(frozenset(), re.compile(r"(?!)"))
    kinds = ((kind, _pattern(getattr(metadata, name))) for name, kind in _SPECIAL_TYPES)
    fixed = _pattern(metadata.fixed_line)
    same = metadata.same_mobile_and_fixed_line_pattern
    return _Plan(
        region=region,
        general=general,
        special=tuple((kind, pattern) for kind, pattern in kinds if pattern is not None),
        fixed=fixed,
        mobile=fixed if same else _pattern(metadata.mobile),
        leading=re.compile(metadata.leading_digits) if metadata.leading_digits else None,
    )


def _pattern(desc: PhoneNumberDesc | None) -> _Pattern | None:
    if desc is None or not desc.national_number_pattern:
        return None
    lengths = frozenset(desc.possible_length or ())
    return _Pattern(lengths, re.compile(desc.national_number_pattern))
