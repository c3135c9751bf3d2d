"""What an answer of Keap means: three error shapes, HTML and silence become one verdict."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from recovery.adapters.keap.operations import Effect, Operation
from recovery.errors import (
    AuthorizationLost,
    Call,
    ContractBroken,
    InDoubt,
    PermanentFailure,
    ProviderError,
    QuotaExhausted,
    TemporaryFailure,
    Unsupported,
)

PROVIDER = "keap"


class Gone(PermanentFailure):
    """Keap has no such record."""


class Verdict(StrEnum):
    """What can be said of one exchange."""

    OK = "ok"
    NOT_SENT = "not_sent"
    BROKEN_OFF = "broken_off"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    THROTTLED = "throttled"
    DENIED = "denied"
    ABSENT = "absent"
    UNSUPPORTED = "unsupported"
    STRANGE = "strange"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange as seen from here; `headers` have lower-case names."""

    verdict: Verdict
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    code: str | None = None

    @property
    def is_day_spent(self) -> bool:
        """Keap says that no call is left today."""
        return self.headers.get("x-keap-product-quota-available", "").strip() == "0"

    @property
    def is_minute_spent(self) -> bool:
        """Keap says that no call is left in this minute."""
        return self.headers.get("x-keap-product-throttle-available", "").strip() == "0"


def verdict_of(status: int, code: str | None) -> Verdict:
    """The verdict on an HTTP status; the gateway's own codes count for more than the status."""
    if 200 <= status < 300:
        return Verdict.OK
    if status == 429 or code == "429":
        return Verdict.THROTTLED
    if status in {401, 403} or (code or "").startswith("oauth."):
        return Verdict.DENIED
    if status in {405, 501}:
        return Verdict.UNSUPPORTED
    if status == 404:
        return Verdict.ABSENT
    if status == 408 or status >= 500:
        return Verdict.FAILED
    return Verdict.REFUSED if status >= 400 else Verdict.STRANGE


_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,60}")


def code_of(body: Any) -> str | None:
    """The error code of any of Keap's shapes; never a message, which may quote the request."""
    if not isinstance(body, dict):
        return None
    fault = body.get("fault")
    detail = fault.get("detail") if isinstance(fault, dict) else None
    found = detail.get("errorcode") if isinstance(detail, dict) else body.get("code")
    return str(found) if _CODE.fullmatch(str(found)) and found is not None else None


def error_of(operation: Operation, answer: Answer) -> ProviderError:
    """The error a caller meets when nothing more can be tried."""
    call = Call(
        PROVIDER,
        operation.name,
        answer.status,
        answer.code,
        answer.headers.get("x-request-id"),
    )
    match answer.verdict:
        case Verdict.THROTTLED:
            return QuotaExhausted(call) if answer.is_day_spent else TemporaryFailure(call)
        case Verdict.DENIED:
            return AuthorizationLost(call, _denial(answer.status))
        case Verdict.NOT_SENT:
            return TemporaryFailure(call, "Keap cannot be reached; run again later.")
        case Verdict.REFUSED:
            return PermanentFailure(call)
        case Verdict.UNSUPPORTED:
            return Unsupported(call)
        case Verdict.ABSENT:
            return Unsupported(call) if operation.names_no_record else Gone(call)
        case Verdict.BROKEN_OFF | Verdict.FAILED | Verdict.UNREADABLE | Verdict.STRANGE:
            return _uncertain(operation, answer, call)
        case Verdict.OK:
            return ContractBroken(call)
    assert_never(answer.verdict)


def _uncertain(operation: Operation, answer: Answer, call: Call) -> ProviderError:
    if operation.effect is Effect.ONCE:
        return InDoubt(call)
    if answer.verdict in {Verdict.STRANGE, Verdict.UNREADABLE}:
        return ContractBroken(call, "Keap's answer is not JSON: check RECOVERY_KEAP__BASE_URL.")
    return TemporaryFailure(call)


def _denial(status: int | None) -> str:
    if status == 403:
        return (
            "Keap knows the key but does not allow this: use a service account key, or an "
            "administrator's token, in RECOVERY_KEAP__TOKEN, then run `recovery doctor`."
        )
    return (
        "Keap refuses the key: make a new service account key in Keap (or reconnect OAuth2), "
        "set RECOVERY_KEAP__TOKEN, then run `recovery doctor`."
    )
