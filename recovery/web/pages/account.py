"""My account: what people decide about themselves."""

from functools import lru_cache
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.domain.password import LEAST
from recovery.errors import Refusal
from recovery.services.users.user import Profile, Theme
from recovery.web.pages.guard import Rep
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import LANGUAGES, words

router = APIRouter(default_response_class=HTMLResponse)
Short = Annotated[str, Form(max_length=120)]
Secret = Annotated[str, Form(max_length=1024)]
THEMES = {
    Theme.SYSTEM: words("As my device"),
    Theme.LIGHT: words("Light"),
    Theme.DARK: words("Dark"),
}


@router.get("/account")
def account(visit: Rep) -> Response:
    """The forms with what is stored."""
    recovery = visit.site.recovery
    return visit.render(
        "account.html",
        themes=THEMES,
        zones=_zones(),
        sessions=recovery.sessions.of(visit.user.email),
        now=recovery.wall(),
        least=LEAST,
    )


@router.post("/account")
def change(
    visit: Rep,
    language: Short,
    theme: Annotated[Theme, Form()],
    name: Short = "",
    zone: Short = "",
    phone: Short = "",
) -> Response:
    """Stores name, language, theme, zone and phone."""
    users, policy = visit.site.recovery.users, visit.site.recovery.policy
    profile = Profile(name, _language(visit, language), theme, _zone(zone), phone.strip() or None)
    try:
        users.change(visit.user.email, profile, region=policy.default_region or None)
    except Refusal as error:
        visit.sorry(error)
    else:
        visit.tell("Saved.")
    return visit.go("/account")


@router.post("/account/password")
def change_password(visit: Rep, present: Secret, password: Secret, again: Secret) -> Response:
    """Another password; every other session ends, this one goes on under a new token."""
    recovery, email = visit.site.recovery, visit.user.email
    try:
        recovery.sessions.is_right(visit.user, present, address=visit.address)
        if password != again:
            raise Refusal("the two passwords differ: type it twice alike")
        user = recovery.users.choose_password(email, password)
        ticket = recovery.sessions.start_again(user, agent=visit.agent)
    except Refusal as error:
        visit.sorry(error)
        return visit.go("/account")
    return visit.let_in(ticket, "/account")


@router.post("/account/sessions")
def end_session(visit: Rep, id: Short) -> Response:
    """Signs another browser out."""
    if visit.site.recovery.sessions.end_of(visit.user.email, id=id):
        visit.tell("Signed out there.")
    return visit.go("/account")


def _language(visit: Visit, language: str) -> str:
    return language if language in LANGUAGES else visit.user.language


def _zone(zone: str) -> str | None:
    return zone if zone in available_timezones() else None


@lru_cache(1)
def _zones() -> list[str]:
    """Those with a place in their name, as people know them."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")
    return sorted(name for name in available_timezones() if name.startswith(areas))
