"""`/` and what every page's script asks for."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from recovery.web.pages.guard import Rep

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
def home(visit: Rep) -> Response:
    """The first page of whoever is signed in."""
    return visit.go(visit.site.places_of(visit.user)[0].path)


@router.post("/session/alive", status_code=204)
def alive(visit: Rep) -> Response:
    """Somebody moves the mouse or types on a page: their session does not end meanwhile."""
    del visit  # the guard has written it down
    return Response(status_code=204)
