"""Free wins: another address of a person works already; a manager says yes or no."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.domain.contact import ContactId
from recovery.errors import Refusal
from recovery.services.record.wins import Decided
from recovery.web.pages.fields import After
from recovery.web.pages.guard import Manager
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
Chosen = Annotated[list[str] | None, Form()]
_PAGE = 100
_LEFT_OUT = {
    "decided_meanwhile": words(
        "decided by somebody else, run out, or not the address shown any more: %(number)s"
    ),
    "address_unknown": words("the address was not read from Keap yet: %(number)s"),
    "not_proposed": words("nothing is proposed any more: %(number)s"),
}


@router.get("/wins")
def wins(visit: Manager, after: After = 0) -> Response:
    """What waits, a hundred at a time, the oldest first."""
    service = visit.site.recovery.wins
    found = service.proposed(after=after, limit=_PAGE + 1)
    return visit.render(
        "wins.html",
        wins=found[:_PAGE],
        following=found[_PAGE - 1].case_id if len(found) > _PAGE else None,
        after=after,
        count=service.count(),
        language=visit.words.language,
    )


@router.post("/wins/approve")
def approve(visit: Manager, contact: Chosen = None) -> Response:
    """Yes: Keap gets the address."""
    return _decide(visit, contact, yes=True)


@router.post("/wins/reject")
def reject(visit: Manager, contact: Chosen = None) -> Response:
    """No: the case goes its normal way."""
    return _decide(visit, contact, yes=False)


def _decide(visit: Visit, contact: list[str] | None, *, yes: bool) -> Response:
    service = visit.site.recovery.wins
    decide = service.approve if yes else service.reject
    try:
        if not contact:
            raise Refusal("choose somebody first")
        shown = dict(map(_seen, contact))
        decided = decide(list(shown), as_=visit.user.email, shown=shown)
    except Refusal as error:
        visit.sorry(error)
    else:
        _tell(visit, decided, yes=yes)
    return visit.go("/wins")


def _seen(chosen: str) -> tuple[ContactId, str]:
    """A row that was ticked: whose it is, and the address that stood in it."""
    contact, _, address = chosen.partition(" ")
    return ContactId(contact), address


def _tell(visit: Visit, decided: Decided, *, yes: bool) -> None:
    number = len(decided.contacts)
    if number and yes:
        visit.tell(
            "Approved: %(number)s. Keap gets the addresses with the next run.", number=number
        )
    elif number:
        visit.tell("Rejected: %(number)s. Their cases go on.", number=number)
    for why, many in decided.skipped.items():
        if many:
            visit.tell(_LEFT_OUT[why], kind="sorry", number=many)
