"""Where a simulated contact lives, and what is written in the phone fields."""

import re
from typing import Any, Final

from recovery.sandbox.phrases import Language

#: ISO country → language and the zone most people there live in.
_COUNTRIES: Final[dict[str, tuple[Language, str]]] = {
    "MEX": (Language.es, "America/Mexico_City"),
    "BRA": (Language.pt, "America/Sao_Paulo"),
    "PRT": (Language.pt, "Europe/Lisbon"),
    "COL": (Language.es, "America/Bogota"),
    "ARG": (Language.es, "America/Argentina/Buenos_Aires"),
    "ESP": (Language.es, "Europe/Madrid"),
    "CHL": (Language.es, "America/Santiago"),
    "PER": (Language.es, "America/Lima"),
    "ECU": (Language.es, "America/Guayaquil"),
    "URY": (Language.es, "America/Montevideo"),
    "VEN": (Language.es, "America/Caracas"),
    "GTM": (Language.es, "America/Guatemala"),
    "CRI": (Language.es, "America/Costa_Rica"),
    "PAN": (Language.es, "America/Panama"),
    "DOM": (Language.es, "America/Santo_Domingo"),
    "USA": (Language.en, "America/New_York"),
    "GBR": (Language.en, "Europe/London"),
}
_DEFAULT_COUNTRY: Final = "MEX"
_CALLING_CODES: Final = {
    "52": "MEX", "55": "BRA", "351": "PRT", "57": "COL", "54": "ARG", "34": "ESP", "56": "CHL",
    "51": "PER", "593": "ECU", "598": "URY", "58": "VEN", "502": "GTM", "506": "CRI",
    "507": "PAN", "1": "USA", "44": "GBR",
}  # fmt: skip
_NUMBER: Final = re.compile(r"\d[\d ().+\-\u00a0]{5,}\d")
_NOT_DIGIT: Final = re.compile(r"\D")


def home(contact: dict[str, Any]) -> tuple[Language, str]:
    """The language somebody writes in and the zone they live in."""
    language, zone = _COUNTRIES[_country(contact) or _DEFAULT_COUNTRY]
    locale = str(contact.get("preferred_locale") or "").lower()[:2]
    if language is Language.en and locale in {"es", "pt"}:
        return Language(locale), zone
    return language, zone


def home_code(contact: dict[str, Any]) -> str | None:
    """The calling code of the contact's country; None where the record names none."""
    country = _country(contact)
    if country is None:
        return None
    return next(code for code, name in _CALLING_CODES.items() if name == country)


def _country(contact: dict[str, Any]) -> str | None:
    for address in contact.get("addresses") or ():
        if (country := str(address.get("country_code") or "").upper()) in _COUNTRIES:
            return country
    for phone in contact.get("phone_numbers") or ():
        number = str(phone.get("number_e164") or phone.get("number") or "")
        if number.startswith("+") and (code := _calling_country(number[1:])):
            return code
    return None


def _calling_country(digits: str) -> str | None:
    return next(
        (_CALLING_CODES[digits[:n]] for n in (3, 2, 1) if digits[:n] in _CALLING_CODES), None
    )


def numbers_in(text: str) -> list[str]:
    """The digits of each number written in a phone field; extensions and words left out."""
    runs = _NUMBER.findall(text.lower().split("ext")[0])
    return [digits for run in runs if len(digits := _NOT_DIGIT.sub("", run)) >= 7]
