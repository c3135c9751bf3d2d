"""The second factor: a picture for an authenticator app, and a code that proves it was scanned."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.errors import Refusal
from recovery.web.pages.guard import Rep
from recovery.web.pages.visit import Visit

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form(max_length=1024)]


@router.get("/account/factor")
def factor(visit: Rep) -> Response:
    """Offers a secret; nothing is in force until a code of it was given."""
    _, _, offer = visit.site.recovery.users.offer_factor(visit.user.email)
    return _page(visit, offer)


@router.post("/account/factor")
def confirm(visit: Rep, offer: Text, code: Text, password: Text = "") -> Response:
    """Puts it in force; who has one already says their password first."""
    recovery, email = visit.site.recovery, visit.user.email
    try:
        recovery.users.offered(email, offer)
    except Refusal as error:
        visit.sorry(error)
        return visit.go("/account/factor")
    try:
        if visit.user.totp is not None:
            recovery.sessions.is_right(visit.user, password, address=visit.address)
        user = recovery.users.confirm_factor(email, offer, code)
        ticket = recovery.sessions.start_again(user, agent=visit.agent)
    except Refusal as error:
        return _page(visit, offer, status=422, sorry=visit.told(error))
    return visit.let_in(ticket, "/account")


def _page(visit: Visit, offer: str, *, status: int = 200, sorry: str = "") -> Response:
    secret, uri = visit.site.recovery.users.offered(visit.user.email, offer)
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    side, path = picture(uri)
    return visit.render(
        "factor.html", status, offer=offer, secret=spaced, side=side, path=path, sorry=sorry
    )


def picture(text: str) -> tuple[int, str]:
    """A QR code as the side of its square and one SVG path, which no style rule is needed for."""
    rows = list(segno.make(text, error="m").matrix_iter(border=2))
    squares = (
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return len(rows), "".join(squares)
