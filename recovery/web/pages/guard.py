"""Who may ask for which page, as dependencies: `Rep`, `Manager`, `Admin`, and two before them.

Every page route has one of them (a test reads the route table). A guard also refuses each request
that changes something and does not bring the form's token, or comes from another site's page.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from recovery.services.users.sessions import Stage
from recovery.services.users.user import Role
from recovery.web.pages.visit import Guest, Visit, open_visit

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SET_UP = frozenset({"/account/factor", "/sign-out", "/session/alive"})
FIELD, HEADER = "csrf", "x-csrf-token"


class SentAway(Exception):
    """This page is not for them now: another one is."""

    def __init__(self, path: str) -> None:
        self.path = path


class NotAllowed(Exception):
    """Their role does not cover this page."""


class ForeignForm(Exception):
    """A request that changes something, and does not come from a form of ours."""


async def anyone(request: Request) -> Guest:
    """Signed in or not."""
    visit = await run_in_threadpool(open_visit, request)
    request.state.visit = visit
    await _check_text(request)
    await _check_form(visit)
    return visit


async def halfway(request: Request) -> Visit:
    """Gave a password at least."""
    visit = await anyone(request)
    if not isinstance(visit, Visit):
        raise SentAway(_sign_in(request))
    return visit


def require(role: Role) -> Callable[[Request], Awaitable[Visit]]:
    """Signed in, with at least this role; who may approve has a second factor first."""

    async def guard(request: Request) -> Visit:
        visit = await halfway(request)
        if visit.session.stage is not Stage.FULL:
            raise SentAway("/sign-in/code")
        if _lacks_factor(visit) and request.url.path not in _SET_UP:
            raise SentAway("/account/factor")
        if not visit.user.role.covers(role):
            raise NotAllowed
        if not request.headers.get("x-background"):
            await run_in_threadpool(visit.site.recovery.sessions.seen, visit.session)
        return visit

    guard.role = role  # type: ignore[attr-defined]  # the test of the route table reads it
    return guard


Anyone = Annotated[Guest, Depends(anyone)]
Halfway = Annotated[Visit, Depends(halfway)]
Rep = Annotated[Visit, Depends(require(Role.REP))]
Manager = Annotated[Visit, Depends(require(Role.MANAGER))]
Admin = Annotated[Visit, Depends(require(Role.ADMIN))]


def _lacks_factor(visit: Visit) -> bool:
    asked = visit.site.recovery.policy.approval.second_factor
    return asked and visit.user.role.may_approve and visit.user.totp is None


def _sign_in(request: Request) -> str:
    if request.method != "GET" or request.url.path == "/":
        return "/sign-in"
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(asked, safe='')}"


async def _check_text(request: Request) -> None:
    """No text holds NUL: PostgreSQL can store none, and no keyboard writes it."""
    said: list[tuple[str, object]] = [*request.path_params.items()]
    said += request.query_params.multi_items()
    if request.method not in _READS:
        said += (await request.form()).multi_items()
    if any(isinstance(one, str) and "\0" in one for _, one in said):
        raise RequestValidationError([])


async def _check_form(visit: Guest) -> None:
    request = visit.request
    if request.method in _READS:
        return
    _check_origin(visit)
    given = request.headers.get(HEADER)
    if given is None:
        value = (await request.form()).get(FIELD)
        given = value if isinstance(value, str) else ""
    if not hmac.compare_digest(given.encode("utf-8", "replace"), visit.csrf.encode()):
        raise ForeignForm


def _check_origin(visit: Guest) -> None:
    headers = visit.request.headers
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    origin = headers.get("origin")
    if origin is None:
        return
    hosts = {
        headers.get("host", ""),
        urlsplit(visit.site.recovery.settings.public_url or "").netloc,
    }
    if urlsplit(origin).netloc not in hosts - {""}:
        raise ForeignForm
