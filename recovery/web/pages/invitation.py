"""The page behind a one-time link: choose a password, the first or another one."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.domain.password import LEAST
from recovery.errors import Refusal
from recovery.web.pages.guard import Anyone

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form(max_length=1024)]


@router.get("/invitation/{token}")
def invitation(visit: Anyone, token: str) -> Response:
    """The form, or what to do about a dead link."""
    try:
        user = visit.site.recovery.users.invited(token)
    except Refusal as error:
        return visit.render("dead_link.html", 404, sorry=visit.told(error))
    return visit.render("invitation.html", token=token, invited=user, sorry="", least=LEAST)


@router.post("/invitation/{token}")
def accept(visit: Anyone, token: str, password: Text, again: Text) -> Response:
    """Stores the password; then they sign in with it."""
    users = visit.site.recovery.users
    try:
        user = users.invited(token)
    except Refusal as error:
        return visit.render("dead_link.html", 404, sorry=visit.told(error))
    try:
        if password != again:
            raise Refusal("the two passwords differ: type it twice alike")
        users.accept(token, password)
    except Refusal as error:
        return visit.render(
            "invitation.html", 422, token=token, invited=user, sorry=visit.told(error), least=LEAST
        )
    return visit.go("/sign-in?chosen=1")
