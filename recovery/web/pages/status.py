"""What needs a person."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from recovery.web.pages.guard import Manager

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/status")
def status(visit: Manager) -> Response:
    """Checks."""
    return visit.render("status.html")
