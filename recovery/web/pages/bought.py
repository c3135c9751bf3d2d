"""What a person bought, beside their card: the page does not wait for Keap, its script does."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.card import contacts_of
from recovery.services.reps.value import PATIENCE, Bought
from recovery.web.pages.fields import CaseId
from recovery.web.pages.guard import Rep
from recovery.web.pages.visit import Visit

router = APIRouter(default_response_class=HTMLResponse)
#: Records of one person that are asked about.
_MOST = 3
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@router.get("/queue/{case}/bought")
def bought(visit: Rep, case: CaseId) -> Response:
    """The piece of the card, once Keap has answered or was waited for."""
    contacts = contacts_of(visit.site.recovery.database, case)
    found = bought_by(visit, contacts, patience=PATIENCE)
    return visit.part("card_bought.html", bought=found, case_id=case)


def bought_by(visit: Visit, contacts: list[str], *, patience: float = 0) -> Bought | None:
    """Over all records of the person; None while Keap has not said it of each."""
    values = visit.site.recovery.reps.values
    found = [values.of(one, patience=patience) for one in contacts[:_MOST]]
    known = [one for one in found if one]
    if len(known) < len(found) or not known:
        return None
    latest = max(known, key=lambda one: one.latest_at or _LONG_AGO)
    return Bought(sum(one.orders for one in known), latest.latest_at, latest.latest)
