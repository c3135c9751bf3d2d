"""The Calls resource: who is dialled, whether they answer, and the callbacks about it."""

from datetime import timedelta
from operator import attrgetter
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.directory import line_key, line_of
from recovery.sandbox.people import Carrier, PhoneTalk, draw, phone_talk
from recovery.sandbox.twilio.api import (
    Form,
    Json,
    RefusedError,
    form_of,
    not_found,
    origin,
    reply,
    rfc2822,
    value_of,
)
from recovery.sandbox.twilio.paging import page_2010
from recovery.sandbox.twilio.post import Fields
from recovery.sandbox.twilio.shapes import VERSION, call_json
from recovery.sandbox.twilio.state import Account, Call
from recovery.sandbox.twilio.webhooks import notify

FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_EVENTS: Final = frozenset({"initiated", "ringing", "answered", "completed"})
_LONGEST_TWIML: Final = 4000
_DEFAULT_RING_S: Final = 60


class Stage(NamedTuple):
    """The next status, so many seconds after the one before."""

    after: float
    status: str


async def create(account: Account, request: Request) -> Response:
    """POST Calls.json."""
    form = await form_of(request)
    account.origin = origin(request)
    call = _accept(account, form)
    line = line_key(call.to)
    account.calls_to[line] += 1
    person = account.directory.person(call.to)
    talk = phone_talk(person.persona, attempt=account.calls_to[line])
    _enter_ledger(account, call, line)
    answer = reply(call_json(account, call), status=201)
    _go_on(account, call, _stages(call, talk))
    return answer


async def list_all(account: Account, request: Request) -> Response:
    """GET Calls.json, newest first."""
    query = request.query_params
    wanted = {"to": query.get("To"), "sender": query.get("From"), "status": query.get("Status")}
    wanted["parent_sid"] = query.get("ParentCallSid")
    rows = [
        call
        for call in reversed(account.calls.values())
        if all(value in {None, getattr(call, name)} for name, value in wanted.items())
    ]

    def shape(row: Call) -> Json:
        return call_json(account, row)

    most = account.world.options.page_size
    return reply(
        page_2010(request, rows, key="calls", shape=shape, sid=attrgetter("sid"), most=most)
    )


async def fetch(account: Account, request: Request) -> Response:
    """GET Calls/{Sid}.json."""
    return reply(call_json(account, _found(account, request)))


async def update(account: Account, request: Request) -> Response:
    """POST Calls/{Sid}.json: Status=canceled before the answer, completed at any time."""
    call = _found(account, request)
    status = value_of(await form_of(request), "Status")
    ringing = call.status in {"queued", "initiated", "ringing"}
    if call.is_over or (status == "canceled" and not ringing):
        raise RefusedError(21220, "Call is not in-progress. Cannot redirect.")
    if status in {"canceled", "completed"}:
        _enter(account, call, "canceled" if ringing else "completed")
        account.world.ledger.append("call_ended", sid=call.sid, status=call.status)
        await _report(account, call, call.status)
    return reply(call_json(account, call))


def _accept(account: Account, form: Form) -> Call:
    to, sender = value_of(form, "To"), value_of(form, "From")
    if to is None:
        raise RefusedError(21201, "No 'To' number is specified")
    if sender is None:
        raise RefusedError(21213, "No 'From' number is specified")
    if not to.startswith("+") or not line_of(to).possible:
        message = f"The phone number you are attempting to call, {to[:-4]}XXXX, is not valid."
        raise RefusedError(21211, message)
    if sender != account.world.options.voice_from:
        message = (
            f"The source phone number provided, {sender}, is not yet verified for your account."
        )
        raise RefusedError(21210, message)
    _check_instructions(form)
    now = account.now
    return Call(
        sid=account.new_sid("CA"),
        sender=sender,
        to=to,
        status="queued",
        created_at=now,
        updated_at=now,
        status_callback=value_of(form, "StatusCallback"),
        events=_events(form),
        wishes={name: values[-1] for name, values in form.items()},
    )


def _check_instructions(form: Form) -> None:
    url, twiml = value_of(form, "Url"), value_of(form, "Twiml")
    if url is None and twiml is None and value_of(form, "ApplicationSid") is None:
        raise RefusedError(21205, "Url parameter is required.")
    if url is not None and urlsplit(url).scheme not in {"http", "https"}:
        raise RefusedError(21205, f"Url is not a valid URL: {url}")
    if twiml is not None and len(twiml) > _LONGEST_TWIML:
        raise RefusedError(21658, "Parameter 'Twiml' is too long")
    callback = value_of(form, "StatusCallback")
    if callback is not None and urlsplit(callback).scheme not in {"http", "https"}:
        raise RefusedError(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")


def _events(form: Form) -> frozenset[str]:
    named = {event for value in form.get("StatusCallbackEvent", ()) for event in value.split()}
    return frozenset(named & _EVENTS) or frozenset({"completed"})


def _stages(call: Call, talk: PhoneTalk) -> tuple[Stage, ...]:
    begun = (Stage(1, "initiated"), Stage(2, "ringing"))
    rings = int(call.wishes.get("Timeout", _DEFAULT_RING_S))
    pickup = 3 + draw(call.sid, "picks up") * 12
    match talk.carrier:
        case Carrier.failed:
            return (begun[0], Stage(2, "failed"))
        case Carrier.busy:
            return (*begun, Stage(2, "busy"))
        case Carrier.answered if pickup <= rings:
            return (*begun, Stage(pickup, "in-progress"), Stage(talk.seconds, "completed"))
        case Carrier.voicemail if rings >= 25:
            call.answered_by = "machine_start"
            return (*begun, Stage(25, "in-progress"), Stage(talk.seconds, "completed"))
        case _:
            return (*begun, Stage(rings, "no-answer"))


def _go_on(account: Account, call: Call, stages: tuple[Stage, ...]) -> None:
    if not stages:
        return
    stage, rest = stages[0], stages[1:]

    async def reach() -> None:
        if call.is_over:
            return
        _enter(account, call, stage.status)
        _go_on(account, call, rest)
        await _report(account, call, stage.status)

    account.world.clock.schedule(account.now + timedelta(seconds=stage.after), reach)


def _enter(account: Account, call: Call, status: str) -> None:
    call.status = "queued" if status == "initiated" else status
    call.updated_at = account.now
    if status == "in-progress":
        call.started_at = account.now
        if "MachineDetection" not in call.wishes:
            call.answered_by = None
        elif call.answered_by is None:
            call.answered_by = "human"
    if status in FINAL:
        call.ended_at = account.now
        call.started_at = call.started_at or account.now
        call.duration = int((call.ended_at - call.started_at).total_seconds())


async def _report(account: Account, call: Call, status: str) -> None:
    event = "answered" if status == "in-progress" else "completed" if status in FINAL else status
    if not call.status_callback or event not in call.events:
        return
    fields = callback_fields(account, call, status)
    call.callbacks += 1
    await notify(account, call.status_callback, fields, named={"sid": call.sid, "status": status})


def callback_fields(account: Account, call: Call, status: str) -> Fields:
    """The form of a call's status callback."""
    fields = [
        ("Called", call.to),
        ("To", call.to),
        ("CallSid", call.sid),
        ("AccountSid", account.sid),
        ("CallStatus", status),
        ("From", call.sender),
        ("Caller", call.sender),
        ("Direction", "outbound-api"),
        ("ApiVersion", VERSION),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(call.callbacks)),
        ("Timestamp", rfc2822(account.now) or ""),
    ]
    if status in FINAL:
        fields += [("CallDuration", str(call.duration or 0)), ("Duration", _minutes(call))]
    if call.answered_by:
        fields.append(("AnsweredBy", call.answered_by))
    return fields


def _minutes(call: Call) -> str:
    return str(-(-(call.duration or 0) // 60))


def _enter_ledger(account: Account, call: Call, line: str) -> None:
    account.calls[call.sid] = call
    account.world.ledger.append(
        "call",
        sid=call.sid,
        **{"from": call.sender, "to": call.to},
        line=line,
        url=call.wishes.get("Url"),
        callback=call.status_callback,
    )


def _found(account: Account, request: Request) -> Call:
    call = account.calls.get(request.path_params["sid"])
    if call is None:
        raise not_found(request)
    return call
