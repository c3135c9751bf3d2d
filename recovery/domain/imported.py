"""Lines of files from outside: whom not to contact, and who agreed to be contacted.

A line that cannot be read says why and what to write instead, and never what stood in it: files of
numbers are personal data, and what is printed lands in logs.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from recovery.domain.case import Channel
from recovery.domain.country_codes import iso2
from recovery.domain.email_address import is_valid, normalise
from recovery.domain.numbering import PhoneProblem
from recovery.domain.phone import Phone, dial_forms, read_phones

#: What `channel` says where a line closes every channel.
ALL = "all"
#: A country's block list counts as looked at for so long after its copy was imported.
LATELY = timedelta(days=31)
#: Whose source, and whose words, nobody reads to the end.
LONGEST_SOURCE, LONGEST_TEXT = 100, 500

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_A_HASH = re.compile(r"[0-9a-fA-F]{32,}")
_EXAMPLE_DATE = "2027-01-31"

Fields = Mapping[str, str]


class WrongLine(Exception):
    """A line that cannot be used; the words name the mend, never what stood there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody not to be contacted: their numbers, or the hash of one."""

    phones: tuple[Phone, ...]
    digest: str | None
    #: Whose list the line is of, as the file says; a foreign number in it says nothing of that.
    country: str | None
    channel: str
    source: str
    #: The last day on which it counts.
    expires_on: date | None

    def is_over(self, today: date) -> bool:
        """It counted only until a day that has passed."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody's agreement to a channel, by the id of their contact, a number or an address."""

    contact_id: str | None
    phones: tuple[Phone, ...]
    email: str | None
    channel: Channel
    at: datetime
    source: str
    text: str


def read_lately(block_lists: Mapping[str, datetime], now: datetime) -> frozenset[str]:
    """Countries of whose block list a copy was imported lately; the last import by country."""
    return frozenset(country for country, at in block_lists.items() if now - at <= LATELY)


def listed(fields: Fields, *, region: str | None) -> Listed:
    """A line of a do-not-contact file; `region` is whose numbers are written without a country."""
    country = _country(fields)
    text = fields.get("number", "") or fields.get("hash", "")
    digest = _digest(text)
    phones = () if digest else _phones(text, country or region)
    return Listed(
        phones=phones,
        digest=digest,
        country=country,
        channel=_channel(fields, default=ALL),
        source=_required(fields, "source", LONGEST_SOURCE),
        expires_on=_day(fields, "expires"),
    )


def agreed(fields: Fields, *, region: str | None, today: date) -> Agreed:
    """A line of a file of agreements; without a day, a source and a person it proves nothing."""
    channel = _channel(fields, default=Channel.WHATSAPP.value)
    if channel == ALL:
        raise WrongLine("an agreement is to one channel: write whatsapp or call")
    day = _day(fields, "date")
    if day is None:
        raise WrongLine(f"there is no date: write when they agreed, as {_EXAMPLE_DATE}")
    if day > today:
        raise WrongLine("the date lies ahead: write the day on which they agreed")
    contact_id, number, email = (fields.get(name, "") for name in ("contact", "number", "email"))
    if not (contact_id or number or email):
        raise WrongLine("nobody is named: fill in contact (the id in Keap), number or email")
    if not contact_id and email and not is_valid(normalise(email)):
        raise WrongLine("the e-mail address cannot be read: write one such as ana@example.com")
    return Agreed(
        contact_id=contact_id or None,
        phones=_phones(number, _country(fields) or region) if number and not contact_id else (),
        email=normalise(email) if email and not contact_id else None,
        channel=Channel(channel),
        at=datetime.combine(day, datetime.min.time(), UTC),
        source=_required(fields, "source", LONGEST_SOURCE),
        text=_short(fields.get("text", ""), LONGEST_TEXT),
    )


def digests(phone: Phone) -> frozenset[str]:
    """Every hash by which a list may name this number: E.164 with and without the plus, in the
    modern and in the older form of its country."""
    forms = dial_forms(phone)
    return frozenset(_sha256(text) for form in forms for text in (form, form.removeprefix("+")))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(text: str) -> str | None:
    if _SHA256.fullmatch(text):
        return text.lower()
    if _A_HASH.fullmatch(text) and not text.isdigit():
        raise WrongLine("this hash is no SHA-256 in 64 hex digits, which is what we can compare")
    return None


def _phones(text: str, country: str | None) -> tuple[Phone, ...]:
    if not text:
        raise WrongLine("there is no number: write one such as +525512345678, or its SHA-256")
    reading = read_phones(text, region=country)
    if reading.phones:
        return reading.phones
    if reading.reason is PhoneProblem.no_country:
        raise WrongLine("the number has no country: fill in the column, or give --country")
    why = reading.reason.value.replace("_", " ") if reading.reason else "unreadable"
    raise WrongLine(f"the number cannot be read ({why}): write it as +525512345678, with its code")


def _country(fields: Fields) -> str | None:
    text = fields.get("country", "")
    if not text:
        return None
    code = iso2(text)
    if code is None:
        raise WrongLine("the country is not known: write two letters such as MX")
    return code


def _channel(fields: Fields, *, default: str) -> str:
    text = fields.get("channel", "").lower() or default
    if text != ALL and text not in set(Channel):
        raise WrongLine(f"the channel is not known: write one of {', '.join(Channel)}, {ALL}")
    return text


def _day(fields: Fields, name: str) -> date | None:
    text = fields.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise WrongLine(f"{name} is no date: write it as {_EXAMPLE_DATE}") from None


def _required(fields: Fields, name: str, limit: int) -> str:
    text = _short(fields.get(name, ""), limit)
    if not text:
        raise WrongLine(f"there is no {name}: fill in the column, or give --{name}")
    return text


def _short(text: str, limit: int) -> str:
    return " ".join(text.split())[:limit]
