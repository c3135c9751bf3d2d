"""Deletions that wait for somebody's consent: what goes, why, and who says so."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.batch import lines_of
from recovery.domain.deletion import Spared
from recovery.domain.email_status import EmailStatus
from recovery.errors import Refusal
from recovery.services.archive.approvals import check_share
from recovery.services.archive.batches import Batch, BatchSummary
from recovery.web.pages.fields import After
from recovery.web.pages.guard import Manager
from recovery.web.pages.status import is_open
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
Code = Annotated[str, Form(max_length=32)]
_PAGE = 100
#: Why somebody stays, in words (domain/deletion.py has the rules).
SPARED = {
    Spared.REOPENED: words("their case was opened again"),
    Spared.RECOVERED: words("won back meanwhile"),
    Spared.STATUS_HEALED: words("their address works again"),
    Spared.STATUS_UNKNOWN: words("Keap shows a status we do not know"),
    Spared.STATUS_KEPT: words("the policy keeps this status"),
    Spared.OTHER_ADDRESS_WORKS: words("another address of theirs works"),
    Spared.TWIN_IS_DELIVERABLE: words("another record of theirs works"),
    Spared.ANSWERED: words("they answered"),
    Spared.CAME_BACK: words("they came back"),
    Spared.CHANGED: words("changed in Keap since the copy"),
    Spared.PROTECTED: words("has a protected tag"),
    Spared.OPEN_ORDER: words("has an open order"),
    Spared.ACTIVE_SUBSCRIPTION: words("has a subscription"),
    Spared.OPEN_OPPORTUNITY: words("has an open opportunity"),
    Spared.OPEN_ATTEMPT: words("a message or call is under way"),
    Spared.MESSAGE_IN_DOUBT: words("a message is in doubt"),
    Spared.OPEN_CALL: words("a call is open"),
    Spared.NEVER_REACHED: words("nobody ever reached them"),
    Spared.REFUSED_BY_KEAP: words("Keap refused to delete them"),
    Spared.UNREADABLE: words("Keap's answer could not be read"),
    Spared.REJECTED: words("somebody said no to the list"),
    Spared.ARCHIVED_AGAIN: words("in a newer batch"),
}


@router.get("/approvals")
def approvals(visit: Manager) -> Response:
    """Batches that wait first, then those that are done."""
    batches = visit.site.recovery.archive.batches()
    waiting = [one for one in batches if is_open(one)]
    done = [one for one in batches if not is_open(one)]
    return visit.render("approvals.html", waiting=waiting, done=done[:30], who=visit.called)


@router.get("/approvals/{batch}")
def batch(visit: Manager, batch: str, after: After = 0) -> Response:
    """One batch with its people, a hundred at a time."""
    return _page(visit, _summary(visit, batch), after=after)


@router.post("/approvals/{batch}/approve")
def approve(visit: Manager, batch: str, code: Code = "") -> Response:
    """Consents to delete exactly this set, proven by the second factor anew."""
    summary = _summary(visit, batch)
    try:
        visit.site.recovery.approvals.approve(batch, as_=visit.user.email, code=code or None)
    except Refusal as error:
        return _page(visit, summary, sorry=visit.told(error), status=409)
    hours = visit.site.recovery.policy.approval.hours
    visit.tell("Approved, for %(hours)s hours: an archive run deletes these people.", hours=hours)
    return visit.go(f"/approvals/{batch}")


@router.post("/approvals/{batch}/reject")
def reject(visit: Manager, batch: str) -> Response:
    """Says no: all of them stay for another hold."""
    _summary(visit, batch)
    try:
        number = visit.site.recovery.approvals.reject(batch, as_=visit.user.email)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(f"/approvals/{batch}")
    visit.tell(
        "They all stay (%(number)s), and are looked at again after another hold.", number=number
    )
    return visit.go("/approvals")


def _summary(visit: Visit, batch: str) -> BatchSummary:
    found = next((b for b in visit.site.recovery.archive.batches() if b.batch.id == batch), None)
    if found is None:
        raise HTTPException(404)
    return found


def _page(
    visit: Visit, summary: BatchSummary, *, after: int = 0, sorry: str = "", status: int = 200
) -> Response:
    recovery = visit.site.recovery
    lines = lines_of(recovery.database, summary.batch.id, after=after, limit=_PAGE + 1)
    rule, language = recovery.policy.approval, visit.words.language
    return visit.render(
        "batch.html",
        status,
        one=summary,
        lines=lines[:_PAGE],
        following=lines[_PAGE - 1].line if len(lines) > _PAGE else None,
        after=after,
        statuses=[
            (EmailStatus(name).label(language), number)
            for name, number in sorted(summary.by_status.items())
        ],
        spared_words=SPARED,
        is_open=is_open(summary),
        own=rule.second_person and summary.batch.built_by == visit.user.email,
        too_many=_too_many(visit, summary.batch),
        asks_code=rule.second_factor,
        hours=rule.hours,
        sorry=sorry,
        language=language,
    )


def _too_many(visit: Visit, batch: Batch) -> str:
    """Why the policy lets nobody say yes to this many; empty where it does."""
    try:
        check_share(batch.contacts, batch.base, visit.site.recovery.policy.delete.max_share)
    except Refusal as error:
        return visit.told(error)
    return ""
