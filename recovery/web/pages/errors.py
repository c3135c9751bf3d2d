"""Pages that say what went wrong and what to do; nothing in them comes from the request."""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from recovery.errors import Busy, ConfigurationError, ProviderError, Refusal, StorageFull
from recovery.web.pages.guard import ForeignForm, NotAllowed, SentAway
from recovery.web.pages.visit import Guest, open_visit
from recovery.web.pages.words import words


class TooLarge(Exception):
    """A request's body is beyond every form of ours."""


@dataclass(frozen=True, slots=True)
class _Told:
    status: int
    title: str
    what_now: str


_NOT_FOUND = _Told(
    404,
    words("This page does not exist"),
    words("The address may be mistyped, or what was here is gone. Go on from the menu."),
)
_NOT_ALLOWED = _Told(
    403,
    words("This is not yours to open"),
    words("Your role does not include it. Ask your admin if you need it."),
)
_FOREIGN = _Told(
    403,
    words("This form has gone stale"),
    words("Go back, load the page again and send it once more. Nothing was changed."),
)
_INCOMPLETE = _Told(
    422,
    words("Something in the form is missing"),
    words("Go back and fill it in again. Nothing was changed."),
)
_REFUSED = _Told(409, words("That cannot be done"), "")
_BUSY = _Told(
    503,
    words("Not possible at this moment"),
    words("Try again in a few seconds. Nothing was lost."),
)
_UNREADY = _Told(
    503,
    words("Recovery is not ready"),
    words("Something must be set up or mended first: your admin sees what with `recovery doctor`."),
)
_OUTSIDE = _Told(
    503,
    words("Keap or Twilio does not answer"),
    words("Try again in a minute. If it lasts, tell your admin."),
)
_TOO_LARGE = _Told(
    413,
    words("This is too large"),
    words("Send at most 10 MB at once."),
)
_BROKEN = _Told(
    500,
    words("Something broke on our side"),
    words("Try once more. If it breaks again, give your admin the number below."),
)


def add_error_pages(app: FastAPI) -> None:
    """Hooks them in; webhooks answer for themselves before anything gets here."""
    handled: list[type[Exception]] = [
        SentAway,
        NotAllowed,
        ForeignForm,
        Refusal,
        TooLarge,
        RequestValidationError,
        HTTPException,
    ]
    for kind in handled:
        app.add_exception_handler(kind, _page)


async def told_calmly(request: Request, error: Exception, number: str) -> Response:
    """A page for what nobody expected; `number` stands in the log too."""
    told = _of(error)
    try:
        return await _respond(request, told, number=number if told is _BROKEN else "")
    except Exception:  # noqa: BLE001 (whatever broke the page may break this one)
        return PlainTextResponse(f"{told.title} ({number})", told.status)


async def _page(request: Request, error: Exception) -> Response:
    if isinstance(error, SentAway):
        if not _wants_page(request):
            return JSONResponse({"error": "sign in"}, 401)
        return RedirectResponse(error.path, 303)
    told = _of(error)
    headers = error.headers if isinstance(error, HTTPException) else None
    detail = error if isinstance(error, Refusal) else None
    return await _respond(request, told, refusal=detail, headers=headers)


def _of(error: Exception) -> _Told:
    match error:
        case Refusal():
            return _REFUSED
        case NotAllowed():
            return _NOT_ALLOWED
        case ForeignForm():
            return _FOREIGN
        case RequestValidationError():
            return _INCOMPLETE
        case HTTPException(status_code=status):
            return _Told(status, _NOT_FOUND.title, _NOT_FOUND.what_now)
        case Busy() | StorageFull():
            return _BUSY
        case ConfigurationError():
            return _UNREADY
        case ProviderError():
            return _OUTSIDE
        case TooLarge():
            return _TOO_LARGE
    return _BROKEN


async def _respond(
    request: Request,
    told: _Told,
    *,
    refusal: Refusal | None = None,
    number: str = "",
    headers: object = None,
) -> Response:
    visit = await _visit(request)
    what_now = visit.told(refusal) if refusal else visit.say(told.what_now)
    title = visit.say(told.title)
    if not _wants_page(request):
        return JSONResponse({"error": what_now, "number": number}, told.status)
    context = {"title": title, "what_now": what_now, "number": number, "shown": told.status}
    response = await run_in_threadpool(visit.render, "error.html", told.status, **context)
    if isinstance(headers, dict):
        response.headers.update(headers)
    return response


async def _visit(request: Request) -> Guest:
    known = getattr(request.state, "visit", None)
    if isinstance(known, Guest):
        return known
    try:
        return await run_in_threadpool(open_visit, request)
    except Exception:  # noqa: BLE001 (the database may be what is broken)
        return Guest(request, "x")


def _wants_page(request: Request) -> bool:
    accepts = request.headers.get("accept", "*/*")
    return "text/html" in accepts or "*/*" in accepts
