"""A leg of a call: its statuses one after the other, and the callbacks about them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, NamedTuple

from recovery.sandbox.people import Carrier
from recovery.sandbox.twilio.api import rfc2822
from recovery.sandbox.twilio.post import Fields
from recovery.sandbox.twilio.shapes import VERSION
from recovery.sandbox.twilio.state import Account, Call, Ringing
from recovery.sandbox.twilio.webhooks import notify

FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
EVENTS: Final = frozenset({"initiated", "ringing", "answered", "completed"})
_DEFAULT_RING_S: Final = 60

#: What happens on a leg next.
Then = Callable[[], Awaitable[None]]


class Stage(NamedTuple):
    """The next status, so many seconds after the one before."""

    after: float
    status: str


def stages(call: Call, ringing: Ringing) -> tuple[Stage, ...]:
    """The statuses until somebody picks up or nobody does."""
    begun = (Stage(1, "initiated"), Stage(2, "ringing"))
    longest = int(call.wishes.get("Timeout", _DEFAULT_RING_S))
    match ringing.carrier:
        case Carrier.failed:
            return (begun[0], Stage(2, "failed"))
        case Carrier.busy:
            return (*begun, Stage(2, "busy"))
        case Carrier.answered | Carrier.voicemail if ringing.after <= longest:
            return (*begun, Stage(ringing.after, "in-progress"))
        case _:
            return (*begun, Stage(longest, "no-answer"))


def go_on(account: Account, call: Call, coming: tuple[Stage, ...], *, then: Then) -> None:
    """Lives the stages; `then` is called after the last, whichever it was."""
    stage, rest = coming[0], coming[1:]

    async def reach() -> None:
        if call.is_over:
            return
        await enter(account, call, stage.status)
        if rest:
            go_on(account, call, rest, then=then)
        else:
            await then()

    later(account, stage.after, reach)


def later(account: Account, seconds: float, event: Then) -> None:
    """Has something happen after so many seconds; in real time sooner, but not in an instant."""
    clock, options = account.world.clock, account.world.options
    if not clock.is_virtual:
        seconds *= max(1.0, options.speed / options.voice_speed)
    clock.schedule(account.now + timedelta(seconds=seconds), event)


async def enter(account: Account, call: Call, status: str) -> None:
    """The leg has this status from now on, and whoever wants to know is told."""
    call.status = "queued" if status == "initiated" else status
    call.updated_at = account.now
    if status == "in-progress":
        call.started_at = account.now
    if status in FINAL:
        call.ended_at = account.now
        call.started_at = call.started_at or account.now
        call.duration = int((call.ended_at - call.started_at).total_seconds())
        account.world.ledger.append(
            "call_ended", sid=call.sid, status=status, seconds=call.duration
        )
    await _report(account, call, status)


async def _report(account: Account, call: Call, status: str) -> None:
    event = "answered" if status == "in-progress" else "completed" if status in FINAL else status
    if not call.status_callback or event not in call.events:
        return
    fields = status_fields(account, call, status)
    call.callbacks += 1
    await notify(account, call.status_callback, fields, named={"sid": call.sid, "status": status})


def fields_of(account: Account, call: Call, status: str) -> Fields:
    """What every request about a call says of it."""
    fields = [
        ("Called", call.to),
        ("To", call.to),
        ("CallSid", call.sid),
        ("AccountSid", account.sid),
        ("CallStatus", status),
        ("From", call.sender),
        ("Caller", call.sender),
        ("Direction", "outbound-dial" if call.parent_sid else "outbound-api"),
        ("ApiVersion", VERSION),
    ]
    return fields + ([("ParentCallSid", call.parent_sid)] if call.parent_sid else [])


def status_fields(account: Account, call: Call, status: str) -> Fields:
    """The form of a status callback."""
    fields = [
        *fields_of(account, call, status),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(call.callbacks)),
        ("Timestamp", rfc2822(account.now) or ""),
    ]
    if status in FINAL:
        minutes = -(-(call.duration or 0) // 60)
        fields += [("CallDuration", str(call.duration or 0)), ("Duration", str(minutes))]
    if call.answered_by:
        fields.append(("AnsweredBy", call.answered_by))
    return fields
