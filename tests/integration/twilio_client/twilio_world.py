"""Our Twilio client before the scripted provider, and what that one answers when all is well."""

from datetime import UTC, datetime
from typing import Any

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.wire import Limits
from recovery.settings import TwilioSettings

ACCOUNT = "AC" + "0" * 31 + "1"
SID = "SM" + "a" * 32
CONTENT = "HX" + "b" * 32
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CREATED = {"sid": SID, "status": "queued", "error_code": None}
#: What a test has opened; it is closed after it.
OPEN: list[TwilioMessenger] = []


def messenger(url: str, *, pauses: list[float] | None = None, **settings: Any) -> TwilioMessenger:
    """A client that waits less than a second, and remembers how long it wanted to pause."""
    given = {"account_sid": ACCOUNT, "auth_token": "secret", "whatsapp_from": "+14155238886"}
    one = TwilioMessenger(
        TwilioSettings(base_url=url, **{**given, **settings}),
        public_url="https://recovery.example",
        clock=lambda: NOW,
        sleep=(pauses if pauses is not None else []).append,
        limits=Limits(connect=1, read=0.4, total=0.8),
    )
    OPEN.append(one)
    return one
