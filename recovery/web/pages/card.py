"""The card of one person: who, why now, what to say, and the one next act."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from recovery.errors import Refusal
from recovery.web.pages.card_view import context_of, facts_of, forms_of
from recovery.web.pages.fields import CaseId
from recovery.web.pages.guard import Rep
from recovery.web.pages.queue import frame_of
from recovery.web.pages.queue_view import Looking

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/queue/{case}")
def card(
    visit: Rep, case: CaseId, view: Looking, until: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The card; `until` is the next allowed moment that a refused call offered."""
    try:
        facts = facts_of(visit, case)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(view.to("/queue"))
    around = frame_of(visit, view, case_id=case)
    shown = around | context_of(visit, facts, view) | forms_of(visit, facts)
    records = [one.contact_id for one in facts.card.rows.records]
    shown["bought"] = visit.site.recovery.reps.values.of(records, patience=0)
    return visit.render("card.html", **shown, offered=_offered(until, visit.site.clock()))


@router.get("/queue/{case}/news")
def news(visit: Rep, case: CaseId, view: Looking) -> Response:
    """The pieces of the card that change by themselves."""
    facts = facts_of(visit, case)
    return visit.part("card_news.html", **context_of(visit, facts, view))


@router.post("/queue/{case}/beat", status_code=204)
def beat(visit: Rep, case: CaseId) -> Response:
    """A sign of life of who works on this card; 409 once it was handed on."""
    if not visit.site.recovery.reps.queue.beat(visit.user.email, case):
        raise Refusal("you were away, so this person was handed on: take them again")
    return Response(status_code=204)


def _offered(text: str, now: datetime) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and at > now else None
