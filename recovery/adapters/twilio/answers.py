"""What an answer of Twilio's means, in one table; DESIGN §6 I1 hangs on it."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any, cast

from twilio.http.response import Response  # type: ignore[import-untyped]

from recovery.services.ports import SendResult

#: A wait the provider names is believed up to this many seconds; else our own backoff rules.
LONGEST_WAIT = 60.0

_SID = {
    "message": re.compile(r"(SM|MM)[0-9a-fA-F]{32}"),
    "content": re.compile(r"HX[0-9a-fA-F]{32}"),
    "call": re.compile(r"CA[0-9a-fA-F]{32}"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer taken apart; `payload` is empty where it held no JSON object."""

    status: int
    payload: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> str | None:
        """Twilio's error code in either shape of its errors, v2010's and RFC 9457's."""
        code = self.payload.get("code")
        is_code = isinstance(code, int | str) and not isinstance(code, bool) and code != ""
        return str(code) if is_code else None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait where the provider names a believable number of them."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return seconds if math.isfinite(seconds) and 0 < seconds <= LONGEST_WAIT else None

    @property
    def request_id(self) -> str | None:
        """What Twilio's support asks for."""
        return self.headers.get("twilio-request-id") or self.headers.get("t-request-id")

    def sid(self, kind: str) -> str | None:
        """The id of what was created, if it looks like one of this kind."""
        sid = self.payload.get("sid")
        return sid if isinstance(sid, str) and _SID[kind].fullmatch(sid) else None


def is_sid(text: str, kind: str) -> bool:
    """Whether this is an id as Twilio gives them to messages, contents or calls."""
    return _SID[kind].fullmatch(text) is not None


def reading(response: Response) -> Reading:
    """Takes an answer apart without ever failing; HTML and half JSON leave no payload."""
    headers = cast("dict[str, str]", response.headers or {})
    kind = headers.get("content-type", "application/json")
    try:
        found = json.loads(response.text) if "json" in kind.lower() else None
    except (ValueError, RecursionError):
        found = None
    return Reading(response.status_code, found if isinstance(found, dict) else {}, headers)


def classify(answer: Reading, *, kind: str) -> SendResult:
    """How a single POST ended; whatever is not plainly one of three is in doubt.

    429 is never processed (Twilio 20429); a 500 may be (20500: "not idempotent"). A refusal counts
    only with Twilio's code: without one it is some proxy's page.
    """
    match answer.status:
        case 429 | 401 | 403:
            return SendResult.NOT_SENT
        case 408:
            return SendResult.IN_DOUBT
        case status if 400 <= status < 500 and answer.code:
            return SendResult.REJECTED
        case status if 200 <= status < 300 and answer.sid(kind):
            return SendResult.ACCEPTED
        case _:
            return SendResult.IN_DOUBT
