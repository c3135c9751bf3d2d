"""How our WhatsApp senders stand with Meta: quality, and people a day."""

import re
from collections.abc import Mapping
from typing import Any

from recovery.adapters.twilio.addresses import plain
from recovery.adapters.twilio.api import TwilioApi
from recovery.services.ports import SenderHealth

_LIMIT = re.compile(r"(\d[\d,.]*)\s*([KM]?)", re.IGNORECASE)
_TIMES = {"": 1, "K": 1_000, "M": 1_000_000}


def senders(api: TwilioApi) -> tuple[SenderHealth, ...]:
    """The account's WhatsApp senders; Unsupported where Twilio offers no such list."""
    items = api.pages(
        "messaging",
        "/v2/Channels/Senders",
        operation="list senders",
        key="senders",
        params={"Channel": "whatsapp", "PageSize": 100},
    )
    return tuple(sender_health(item) for item in items)


def sender_health(item: Mapping[str, Any]) -> SenderHealth:
    """One sender; `limit_told` tells a limit of None that is stated from one nobody states."""
    properties = item.get("properties")
    said = properties if isinstance(properties, dict) else {}
    return SenderHealth(
        sender=plain(item.get("sender_id")),
        quality=str(said.get("quality_rating") or "").upper(),
        daily_limit=daily_limit(said.get("messaging_limit")),
        status=str(item.get("status") or ""),
        limit_told=bool(said.get("messaging_limit")),
    )


def daily_limit(text: object) -> int | None:
    """People in 24 hours from Meta's words: "10K Customers/24hr" is 10000, "Unlimited" None."""
    found = _LIMIT.search(str(text or ""))
    if found is None:
        return None
    digits, unit = found[1].rstrip(".,"), found[2].upper()
    amount = float(digits.replace(",", "")) if unit else int(re.sub(r"[.,]", "", digits))
    return int(amount * _TIMES[unit])
