"""What all of Twilio's operations share: authentication, forms, errors and dates."""

import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.twilio.state import Account

Json = dict[str, Any]
Form = dict[str, list[str]]
Handler = Callable[[Account, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

NOT_FOUND: Final = 20404


class RefusedError(Exception):
    """Twilio's answer to a request it will not carry out."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def endpoint(account: Account, handler: Handler) -> Endpoint:
    """The handler behind authentication, refusals answered in Twilio's error shape."""

    async def answer(request: Request) -> Response:
        try:
            _authenticate(account, request)
            return await handler(account, request)
        except RefusedError as refusal:
            return error(refusal)

    return answer


def error(refusal: RefusedError) -> Response:
    """`{"code", "message", "more_info", "status"}`."""
    body = {
        "code": refusal.code,
        "message": refusal.message,
        "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
        "status": refusal.status,
    }
    response = reply(body, status=refusal.status)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def reply(body: Json, *, status: int = 200) -> Response:
    """JSON as Twilio writes it."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), status_code=status, media_type="application/json")


def not_found(request: Request) -> RefusedError:
    """20404, for a SID that is not there."""
    message = f"The requested resource {request.url.path} was not found"
    return RefusedError(NOT_FOUND, message, status=404)


async def form_of(request: Request) -> Form:
    """The fields of a form body; fields can repeat."""
    fields: Form = {}
    for name, value in parse_qsl((await request.body()).decode(), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def value_of(form: Form, name: str) -> str | None:
    """The field's last value; None where it is missing or empty."""
    return form[name][-1] or None if name in form else None


def rfc2822(at: datetime | None) -> str | None:
    """The dates of the 2010 API."""
    return _rfc2822(at.replace(microsecond=0)) if at else None


@lru_cache(maxsize=4096)
def _rfc2822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC))


def iso(at: datetime) -> str:
    """The dates of the newer APIs."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def origin(request: Request) -> str:
    """Where the client reached this sandbox, for absolute URLs."""
    return f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}"


def _authenticate(account: Account, request: Request) -> None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(secret, validate=True) if kind.lower() == "basic" else b""
    except ValueError:
        given = b""
    if not hmac.compare_digest(given, f"{account.sid}:{account.token}".encode()):
        raise RefusedError(20003, "Authenticate", status=401)
    if request.path_params.get("account", account.sid) != account.sid:
        raise not_found(request)


def unguarded(account: Account, handler: Handler) -> Endpoint:
    """The handler without authentication: control endpoints."""

    async def answer(request: Request) -> Response:
        return await handler(account, request)

    return answer
