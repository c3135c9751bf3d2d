"""Signing in and out."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.errors import Refusal
from recovery.services.users.sessions import Stage
from recovery.web.pages.guard import Anyone, Halfway
from recovery.web.pages.visit import Visit

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form(max_length=1024)]


@router.get("/sign-in")
def sign_in_form(visit: Anyone, next: str = "", lang: str = "", chosen: str = "") -> Response:
    """The form; `lang` changes its language for this browser."""
    if lang:
        return visit.in_language(lang, "/sign-in")
    if isinstance(visit, Visit) and visit.session.stage is Stage.FULL:
        return visit.go("/")
    return visit.render("sign_in.html", next=_ours(next), email="", sorry="", chosen=bool(chosen))


@router.post("/sign-in")
def sign_in(visit: Anyone, email: Text, password: Text, next: Text = "") -> Response:
    """Lets in, or asks for the code, or says that one of both is wrong."""
    before = visit.secret if isinstance(visit, Visit) else None
    sessions = visit.site.recovery.sessions
    try:
        ticket = sessions.sign_in(
            email, password, address=visit.address, agent=visit.agent, before=before
        )
    except Refusal as error:
        told = visit.told(error)
        shown = {"next": _ours(next), "email": email, "sorry": told, "chosen": False}
        return visit.render("sign_in.html", 403, **shown)
    if ticket.stage is Stage.PASSWORD:
        return visit.let_in(ticket, _with_next("/sign-in/code", next))
    return visit.let_in(ticket, _ours(next) or "/")


@router.get("/sign-in/code")
def code_form(visit: Halfway, next: str = "") -> Response:
    """Asks for the second factor."""
    if visit.session.stage is Stage.FULL:
        return visit.go(_ours(next) or "/")
    return visit.render("code.html", next=_ours(next), sorry="")


@router.post("/sign-in/code")
def give_code(visit: Halfway, code: Text, next: Text = "") -> Response:
    """Lets in by a right code."""
    try:
        ticket = visit.site.recovery.sessions.give_code(visit.secret, code)
    except Refusal as error:
        return visit.render("code.html", 403, next=_ours(next), sorry=visit.told(error))
    return visit.let_in(ticket, _ours(next) or "/")


@router.post("/sign-out")
def sign_out(visit: Halfway) -> Response:
    """Ends this session."""
    visit.site.recovery.sessions.end(visit.secret)
    return visit.let_out("/sign-in")


def _ours(path: str) -> str:
    """Only a path of this site: anything else would send people elsewhere with our blessing."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\", "/sign-"))
    return path if is_path and path.isprintable() and "\\" not in path else ""


def _with_next(path: str, next: str) -> str:
    return f"{path}?next={quote(_ours(next), safe='')}" if _ours(next) else path
