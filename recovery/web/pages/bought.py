"""What a person bought, beside their card: the page does not wait for Keap, its script does."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.card import contacts_of
from recovery.web.pages.fields import CaseId
from recovery.web.pages.guard import Rep

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/queue/{case}/bought")
def bought(visit: Rep, case: CaseId) -> Response:
    """The piece of the card, once Keap has answered or was waited for."""
    contacts = contacts_of(visit.site.recovery.database, case)
    found = visit.site.recovery.reps.values.of(contacts)
    return visit.part("card_bought.html", bought=found, case_id=case)
