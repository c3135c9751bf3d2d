"""The team: who works here, added, invited, given a role, locked out."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.errors import Refusal
from recovery.services.users.service import INVITED_FOR
from recovery.services.users.user import Role
from recovery.web.pages.guard import Admin
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import LANGUAGES, words

router = APIRouter(default_response_class=HTMLResponse)
Email = Annotated[str, Form(max_length=320)]
Short = Annotated[str, Form(max_length=120)]
ROLES = {
    Role.REP: words("Sales rep"),
    Role.MANAGER: words("Manager"),
    Role.ADMIN: words("Admin"),
}


@router.get("/team")
def team(visit: Admin) -> Response:
    """Everybody, without any secret."""
    return _page(visit)


@router.post("/team/invite")
def invite(
    visit: Admin, email: Email, role: Annotated[Role, Form()], language: Short = ""
) -> Response:
    """A new user; the link to hand over is shown once."""
    users = visit.site.recovery.users
    spoken = language if language in LANGUAGES else visit.user.language
    try:
        token = users.invite(email, role, language=spoken, by=visit.user.email)
    except Refusal as error:
        return _page(visit, sorry=visit.told(error), email=email, status=422)
    return _page(visit, link=_link(visit, token), email=email)


@router.post("/team/link")
def link(visit: Admin, email: Email) -> Response:
    """Another link, for who lost it or forgot the password."""
    try:
        token = visit.site.recovery.users.renew_link(email, by=visit.user.email)
    except Refusal as error:
        return _page(visit, sorry=visit.told(error), status=422)
    return _page(visit, link=_link(visit, token), email=email)


@router.post("/team/role")
def role(visit: Admin, email: Email, role: Annotated[Role, Form()]) -> Response:
    """Another role; their sessions end."""
    users, by = visit.site.recovery.users, visit.user.email
    return _do(visit, lambda: users.set_role(email, role, by=by), words("Their role was changed."))


@router.post("/team/lock")
def lock(visit: Admin, email: Email) -> Response:
    """Locks out; their sessions end, their approvals count no more."""
    users, by = visit.site.recovery.users, visit.user.email
    return _do(visit, lambda: users.deactivate(email, by=by), words("They are locked out."))


@router.post("/team/unlock")
def unlock(visit: Admin, email: Email) -> Response:
    """Lets in again."""
    users, by = visit.site.recovery.users, visit.user.email
    return _do(visit, lambda: users.activate(email, by=by), words("They may sign in again."))


@router.post("/team/sessions")
def end_sessions(visit: Admin, email: Email) -> Response:
    """Signs them out everywhere."""
    recovery = visit.site.recovery

    def end() -> None:
        recovery.sessions.end_of(recovery.users.get(email).email)

    return _do(visit, end, words("They are signed out everywhere."))


@router.post("/team/factor")
def drop_factor(visit: Admin, email: Email) -> Response:
    """For a lost phone: the factor is gone, and set up anew at the next sign-in."""
    users, by = visit.site.recovery.users, visit.user.email
    told = words("Their second factor is gone: they set up another when they sign in.")
    return _do(visit, lambda: users.drop_factor(email, by=by), told)


@router.post("/team/keap")
def match_keap(visit: Admin) -> Response:
    """Finds each one's user in Keap by the e-mail address."""
    recovery = visit.site.recovery
    found = {one.email: one.id for one in recovery.crm.users() if one.is_active and one.email}
    changed = recovery.users.match_keap(found)
    visit.tell("Matched anew with Keap: %(number)s.", number=changed)
    return visit.go("/team")


def _do(visit: Visit, act: Callable[[], None], told: str) -> Response:
    try:
        act()
    except Refusal as error:
        visit.sorry(error)
    else:
        visit.tell(told)
    return visit.go("/team")


def _page(
    visit: Visit, *, sorry: str = "", link: str = "", email: str = "", status: int = 200
) -> Response:
    return visit.render(
        "team.html",
        status,
        team=visit.site.recovery.users.list(),
        roles=ROLES,
        link=link,
        email=email,
        sorry=sorry,
        days=INVITED_FOR.days,
        now=visit.site.recovery.wall(),
    )


def _link(visit: Visit, token: str) -> str:
    """Under the address by which the admin came, which is one that people can reach."""
    scheme = "https" if visit.site.is_secure(visit.request) else "http"
    return f"{scheme}://{visit.request.headers.get('host', 'localhost')}/invitation/{token}"
