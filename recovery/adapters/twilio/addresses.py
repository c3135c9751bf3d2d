"""Twilio's channel addresses and dates, and the plain forms we keep."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_PREFIX = "whatsapp:"


def whatsapp(number: str) -> str:
    """The channel address of a number in E.164."""
    return number if number.startswith(_PREFIX) else _PREFIX + number


def plain(address: object) -> str:
    """The number without the channel; empty for nothing."""
    return str(address or "").removeprefix(_PREFIX)


def is_whatsapp(address: object) -> bool:
    """Whether an address is of the WhatsApp channel."""
    return str(address or "").startswith(_PREFIX)


def moment(text: object) -> datetime | None:
    """A date of Twilio's, RFC 2822 or ISO 8601, in UTC; None where there is none to read."""
    if not isinstance(text, str) or not text:
        return None
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
