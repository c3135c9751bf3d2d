"""Deletions that wait for somebody's consent: what goes, and who says so."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from recovery.web.pages.guard import Manager

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/approvals")
def approvals(visit: Manager) -> Response:
    """Batches."""
    return visit.render("approvals.html", batches=visit.site.recovery.archive.batches())
