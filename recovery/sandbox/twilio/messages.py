"""The Messages resource."""

import contextlib
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.faults import Fault
from recovery.sandbox.twilio import delivery
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
from recovery.sandbox.twilio.paging import page_2010
from recovery.sandbox.twilio.sending import accept
from recovery.sandbox.twilio.shapes import message_json
from recovery.sandbox.twilio.state import Account, Message
from recovery.sandbox.twilio.webhooks import learn

_IN_PROGRESS = frozenset({"accepted", "scheduled", "queued", "sending"})
_MOST_LATE = timedelta(minutes=90)
_LIST_LAG = timedelta(minutes=20)


async def create(account: Account, request: Request) -> Response:
    """POST Messages.json."""
    form = await form_of(request)
    account.origin = origin(request)
    number = account.world.requests
    if account.world.faults.happens(Fault.LATE_CREATE, number):
        return _create_late(account, form, number)
    message = _send(account, form)
    answer = reply(message_json(account, message), status=201)
    if account.world.faults.happens(Fault.CALLBACK_EARLY, number):
        await _report_early(account, message)
    return answer


async def list_all(account: Account, request: Request) -> Response:
    """GET Messages.json: newest first by DateSent, those not yet sent before all others."""
    query = request.query_params
    rows = _addressed(account, query.get("To"), query.get("From"))
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if value := query.get(name):
            rows = [row for row in rows if _sent_within(row, name, value)]
    if account.world.faults.is_set(Fault.LIST_LAG):
        rows = [row for row in rows if _is_listed(account, row)]
    newest = datetime.max.replace(tzinfo=UTC)
    rows = sorted(rows, key=lambda row: row.sent_at or newest, reverse=True)

    def shape(row: Message) -> Json:
        return message_json(account, row)

    most = account.world.options.page_size
    return reply(
        page_2010(request, rows, key="messages", shape=shape, sid=attrgetter("sid"), most=most)
    )


async def fetch(account: Account, request: Request) -> Response:
    """GET Messages/{Sid}.json."""
    return reply(message_json(account, message_of(account, request)))


async def update(account: Account, request: Request) -> Response:
    """POST Messages/{Sid}.json: an empty Body redacts, Status=canceled cancels."""
    message = message_of(account, request)
    form = await form_of(request)
    if form.get("Body") == [""]:
        _check_done(message, "redact")
        message.body = ""
        account.world.ledger.append("message_redacted", sid=message.sid)
    if value_of(form, "Status") == "canceled":
        _cancel(account, message)
    message.updated_at = account.now
    return reply(message_json(account, message))


async def delete(account: Account, request: Request) -> Response:
    """DELETE Messages/{Sid}.json."""
    message = message_of(account, request)
    _check_done(message, "delete")
    account.drop(message)
    account.world.ledger.append("message_deleted", sid=message.sid)
    return Response(status_code=204)


def _send(account: Account, form: Form) -> Message:
    message = accept(account, form)
    learn(account, message.status_callback)
    delivery.begin(account, message)
    return message


def _create_late(account: Account, form: Form, number: int) -> Response:
    """Answers with an error, and creates the message when somebody may have stopped looking."""

    async def create_now() -> None:
        with contextlib.suppress(RefusedError):
            _send(account, form)

    share = account.world.random("late create", number).random()
    account.world.clock.schedule(account.now + share * _MOST_LATE, create_now)
    raise RefusedError(20500, "An internal server error has occurred", status=500)


async def _report_early(account: Account, message: Message) -> None:
    """The first callback before the answer to the create."""
    waiting = message.status
    message.status = "sent"
    await delivery.report(account, message)
    if message.status == "sent" and message.sent_at is None:
        message.status = waiting


def _addressed(account: Account, to: str | None, sender: str | None) -> list[Message]:
    if to is None and sender is None:
        return list(account.messages.values())
    rows = account.by_address.get(to or sender or "", [])
    return [
        row
        for row in rows
        if (to is None or row.to == to) and (sender is None or row.sender == sender)
    ]


def _sent_within(message: Message, name: str, value: str) -> bool:
    if message.sent_at is None:
        return False
    try:
        limit = datetime.fromisoformat(value)
    except ValueError:
        raise RefusedError(20001, f"Parameter '{name}' is not a valid date") from None
    limit = limit if limit.tzinfo else limit.replace(tzinfo=UTC)
    if name == "DateSent<":
        return message.sent_at <= limit
    if name == "DateSent>":
        return message.sent_at >= limit
    return message.sent_at.astimezone(UTC).date() == _day(limit)


def _day(limit: datetime) -> date:
    return limit.astimezone(UTC).date()


def _is_listed(account: Account, message: Message) -> bool:
    """With lists that lag, some messages appear only after a while."""
    lags = account.world.faults.happens(Fault.LIST_LAG, message.sid)
    return not lags or account.now - message.created_at > _LIST_LAG


def message_of(account: Account, request: Request) -> Message:
    """The one that the path names."""
    message = account.messages.get(request.path_params["sid"])
    if message is None:
        raise not_found(request)
    return message


def _check_done(message: Message, verb: str) -> None:
    if message.status in _IN_PROGRESS:
        raise RefusedError(20009, f"Cannot {verb} a message that is in progress", status=409)


def _cancel(account: Account, message: Message) -> None:
    if message.status not in _IN_PROGRESS:
        raise RefusedError(30409, "Message is not in a cancelable state", status=409)
    message.status = "canceled"
    account.world.ledger.append("message_canceled", sid=message.sid)
