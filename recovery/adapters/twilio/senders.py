"""Which of our numbers writes to whom: one number, or one by country, from a setting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import phonenumbers

from recovery.errors import ConfigurationError

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_COUNTRY = re.compile(r"[A-Z]{2}|\*")
_EXAMPLE = "give one number (+14155238886) or one by country (BR=+5511…,MX=+5255…,*=+1415…)"
_ANY = "*"


@dataclass(frozen=True, slots=True)
class Senders:
    """Our numbers in E.164 by ISO country; `*` serves the countries not named."""

    by_country: Mapping[str, str]

    def for_number(self, e164: str) -> str | None:
        """The sender for this person's country; None where none is set for it."""
        return self.by_country.get(_country(e164), self.by_country.get(_ANY))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Each of our numbers once."""
        return tuple(dict.fromkeys(self.by_country.values()))


def parse_senders(text: str | None, *, variable: str = "RECOVERY_TWILIO__WHATSAPP_FROM") -> Senders:
    """Reads the setting; no text is no sender; ConfigurationError names the variable."""
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    found: dict[str, str] = {}
    for part in parts:
        country, number = _entry(part, variable)
        if country in found:
            raise ConfigurationError(f"{variable}: {country} is named twice; {_EXAMPLE}")
        found[country] = number
    return Senders(found)


def _entry(part: str, variable: str) -> tuple[str, str]:
    country, separator, number = part.partition("=")
    if not separator:
        country, number = _ANY, part
    country = country.strip().upper()
    number = re.sub(r"[\s().-]", "", number.strip().removeprefix("whatsapp:"))
    if not _COUNTRY.fullmatch(country) or not _NUMBER.fullmatch(number):
        raise ConfigurationError(f"{variable}: cannot read {part!r}; {_EXAMPLE}")
    return country, number


def _country(e164: str) -> str:
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ""
    # A Mexican +521… or an 8-digit Brazilian mobile is no valid number, its country is plain.
    return (
        phonenumbers.region_code_for_number(parsed)
        or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
        or ""
    )
