"""What stands still, in words for people: the reason, and the mend where one is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from recovery.domain.brakes import HALF_OPENS_AFTER, Brake, BrakeName


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held back and why, with the mend; `is_latched` where it waits for a person."""

    name: str
    since: datetime
    reason: str
    mend: str
    is_latched: bool
    until: datetime | None = None

    def __str__(self) -> str:
        return f"{self.reason}: {self.mend}" if self.mend else self.reason


def hold_of(brake: Brake, explain: Callable[[str], str], now: datetime) -> Hold:
    """A brake that is on; `explain` tells a provider's code in words."""
    reason, mend = _words(brake, explain)
    return Hold(brake.name, brake.since or now, reason, mend, brake.is_latched, brake.until)


def line_hold(until: datetime, now: datetime) -> Hold:
    """An open line, with when it is tried again."""
    reason = "Twilio does not answer as it should (time-outs, 5xx or 429)"
    if until > now:
        reason += f"; one message tries again from {until:%H:%M:%S} UTC"
    return Hold(BrakeName.LINE, until - HALF_OPENS_AFTER, reason, "", is_latched=False, until=until)


_GO = "run `recovery policy go`"


def _words(brake: Brake, explain: Callable[[str], str]) -> tuple[str, str]:
    """The reason, and the mend where a person is needed."""
    said = explain(brake.code) if brake.code else ""
    if brake.template:
        name, language = brake.template
        reason = f"template {name} ({language}) stands still, code {brake.code}"
        return reason, f"{said} It goes on once approved again, or {_GO}"
    match brake.name:
        case BrakeName.CREDENTIAL:
            return (
                "Twilio refused the credentials (authorization lost) while sending",
                "check RECOVERY_TWILIO__ACCOUNT_SID and RECOVERY_TWILIO__AUTH_TOKEN; it goes on"
                " once they work",
            )
        case BrakeName.QUALITY:
            told = ", ".join(f"{number} {words}" for number, words in sorted(brake.detail.items()))
            return (
                f"WhatsApp rates our sender poorly ({told})",
                "send to better lists and less; it goes on by itself once Meta rates it better",
            )
        case BrakeName.CODES:
            share = f"{sum(brake.detail['codes'].values())} of {brake.detail['of']} messages"
            most = f"most with code {brake.code}" if brake.code else "most without a code"
            return (
                f"{share} failed for reasons nobody can explain, {most}",
                f"{explain(brake.code or '')} Then {_GO}",
            )
        case BrakeName.CANARY:
            return (
                f"of the first {brake.detail['sent']} messages {brake.detail['delivered']} arrived"
                f" and {brake.detail['bad']} met a stop, a block or a wrong number",
                f"look at them (`recovery report`), then {_GO}",
            )
        case BrakeName.WAVE:
            where = f" at {brake.detail['domain']}" if brake.detail.get("domain") else ""
            return (
                f"{brake.detail['bounces']} new hard bounces this week{where}, where"
                f" {brake.detail['usual']:g} were usual: no case is opened",
                f"check SPF and DKIM first, then {_GO}",
            )
        case BrakeName.LIMIT:
            return f"the account's limit of messages is reached, code {brake.code}", ""
        case _:
            return f"sending stands still, code {brake.code}", f"{said} Then {_GO}"
