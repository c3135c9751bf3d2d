"""The Calls resource: orders by the API, and what it tells of calls."""

import contextlib
from datetime import timedelta
from operator import attrgetter
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.directory import line_key, line_of
from recovery.sandbox.faults import Fault
from recovery.sandbox.twilio.api import (
    Form,
    Json,
    RefusedError,
    form_of,
    not_found,
    origin,
    reply,
    value_of,
)
from recovery.sandbox.twilio.instructions import Following, hang_up
from recovery.sandbox.twilio.legs import EVENTS, Stage, go_on, stages
from recovery.sandbox.twilio.paging import page_2010
from recovery.sandbox.twilio.phones import rings
from recovery.sandbox.twilio.shapes import call_json
from recovery.sandbox.twilio.state import Account, Call

_LONGEST_TWIML: Final = 4000
_MOST_LATE = timedelta(minutes=90)
_LIST_LAG = timedelta(minutes=20)


async def create(account: Account, request: Request) -> Response:
    """POST Calls.json."""
    form = await form_of(request)
    account.origin = origin(request)
    number = account.world.requests
    if account.world.faults.happens(Fault.LATE_CREATE, number):
        return _create_late(account, form, number)
    call = _begin(account, form)
    return reply(call_json(account, call), status=201)


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
    if account.world.faults.is_set(Fault.LIST_LAG):
        rows = [row for row in rows if _is_listed(account, row)]

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
        await hang_up(account, call)
    return reply(call_json(account, call))


def _begin(account: Account, form: Form) -> Call:
    call = _accept(account, form)
    phone = rings(account, call)
    _enter_ledger(account, call)

    async def answered_or_not() -> None:
        if call.status == "in-progress":
            await Following(account, call, phone).begin()

    first, *rest = stages(call, phone)
    waits = _place_in_line(account)
    go_on(account, call, (Stage(first.after + waits, first.status), *rest), then=answered_or_not)
    return call


def _place_in_line(account: Account) -> float:
    """Seconds in Twilio's own queue: calls begin one after the other, hours later if need be."""
    per_second = account.world.options.voice_per_second
    begins = max(account.now, account.line_free_at or account.now)
    account.line_free_at = begins + timedelta(seconds=1 / per_second)
    return (begins - account.now).total_seconds()


def _create_late(account: Account, form: Form, number: int) -> Response:
    """Answers with an error, and places the call when somebody may have stopped looking."""

    async def place_now() -> None:
        with contextlib.suppress(RefusedError):
            _begin(account, form)

    share = account.world.random("late call", number).random()
    account.world.clock.schedule(account.now + share * _MOST_LATE, place_now)
    raise RefusedError(20500, "An internal server error has occurred", status=500)


def _is_listed(account: Account, call: Call) -> bool:
    """With lists that lag, some calls appear only after a while."""
    lags = account.world.faults.happens(Fault.LIST_LAG, call.sid)
    return not lags or account.now - call.created_at > _LIST_LAG


def _accept(account: Account, form: Form) -> Call:
    to, sender = value_of(form, "To"), value_of(form, "From")
    if to is None:
        raise RefusedError(21201, "No 'To' number is specified")
    if sender is None:
        raise RefusedError(21213, "No 'From' number is specified")
    if not to.startswith("+") or not line_of(to).possible:
        message = f"The phone number you are attempting to call, {to[:-4]}XXXX, is not valid."
        raise RefusedError(21211, message)
    if sender not in account.world.options.voice_numbers:
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
    return frozenset(named & EVENTS) or frozenset({"completed"})


def _enter_ledger(account: Account, call: Call) -> None:
    account.calls[call.sid] = call
    account.world.ledger.append(
        "call",
        sid=call.sid,
        parent=None,
        **{"from": call.sender, "to": call.to},
        line=line_key(call.to),
        url=call.wishes.get("Url"),
        callback=call.status_callback,
    )


def _found(account: Account, request: Request) -> Call:
    call = account.calls.get(request.path_params["sid"])
    if call is None:
        raise not_found(request)
    return call
