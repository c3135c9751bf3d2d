"""Calling from a card, and the word on the call: one key each, and half a minute to undo."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.calls import live_call
from recovery.domain.disposition import Flag
from recovery.errors import ProviderError, Refusal
from recovery.services.calls.store import CallRefused
from recovery.services.reps.dispositions import Word
from recovery.web.pages import card_words
from recovery.web.pages.acts import OUTSIDE, Short, Text, act, moment_of, stays, tell_why
from recovery.web.pages.fields import CaseId, RowId
from recovery.web.pages.guard import Rep
from recovery.web.pages.queue import go_on
from recovery.web.pages.queue_view import Looking, View
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
#: Both are translated already.
_BOTH = "%(why)s %(more)s"


@router.post("/queue/{case}/call")
def call(
    visit: Rep, case: CaseId, view: Looking, number: Short = "", despite_doubt: Short = ""
) -> Response:
    """Rings the rep's phone; a refusal offers the next allowed moment."""
    recovery, here = visit.site.recovery, view.to(f"/queue/{case}")
    try:
        recovery.reps.queue.claim(visit.user.email, case)
        recovery.calling.call(
            visit.user.email,
            case_id=case,
            number=number or None,
            despite_doubt=bool(despite_doubt),
        )
    except CallRefused as refused:
        return visit.go(_told(visit, refused, here))
    except OUTSIDE as error:
        tell_why(visit, error)
    return visit.go(here)


@router.post("/queue/{case}/hang-up")
def hang_up(visit: Rep, case: CaseId, view: Looking, token: Short = "") -> Response:
    """Ends the rep's own call."""
    calling = visit.site.recovery.calling
    do = lambda: calling.hang_up(visit.user.email, token)  # noqa: E731
    return act(visit, case, view, do, words("The call is ended."))


@router.post("/queue/{case}/say")
def say(
    visit: Rep,
    case: CaseId,
    view: Looking,
    code: Short,
    attempt: Annotated[RowId | None, Form()] = None,
    corrects: Annotated[RowId | None, Form()] = None,
    email: Short = "",
    at: Short = "",
    local: Short = "",
    zone: Short = "",
    words_said: Text = "",
    note: Text = "",
    reason: Text = "",
    mine: Short = "",
    number: Short = "",
) -> Response:
    """What happened on the call; the next person follows. `corrects` puts an earlier word right."""
    dispositions, rep = visit.site.recovery.reps.dispositions, visit.user.email
    try:
        word = Word(
            code=code,
            attempt_id=attempt,
            email=email or None,
            at=moment_of(at, local, zone),
            words=words_said,
            note=note,
            mine=bool(mine),
            number=number or None,
        )
        if corrects:
            role = visit.user.role
            dispositions.correct(rep, corrects, word, reason=reason, role=role)
        else:
            dispositions.say(rep, case, word)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(view.to(f"/queue/{case}"))
    if corrects:
        return visit.go(view.to(f"/queue/{case}"))
    _hang_up_on_nobody(visit, case, code)
    return _after(visit, view, case)


@router.post("/queue/undo")
def undo(visit: Rep, view: Looking, said: Annotated[RowId, Form()]) -> Response:
    """Takes the last word back and opens its card again."""
    reps, rep = visit.site.recovery.reps, visit.user.email
    case = next((one.case_id for one in reps.dispositions.pending(rep) if one.id == said), None)
    try:
        reps.dispositions.undo(rep, said)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(view.to(f"/queue/{case}" if case else "/queue"))
    visit.tell("Undone.")
    return visit.go(_reopened(visit, view, case))


def _hang_up_on_nobody(visit: Visit, case: int, code: str) -> None:
    """Whoever hears a machine presses one key: it ends the call as well."""
    recovery, rep = visit.site.recovery, visit.user.email
    choice = recovery.reps.dispositions.choices.get(code)
    call = live_call(recovery.database, rep)
    if choice and Flag.UNREACHABLE in choice.flags and call and call.case_id == case:
        with suppress(ProviderError, Refusal):
            recovery.calling.hang_up(rep, call.token)


def _reopened(visit: Visit, view: View, case: int | None) -> str:
    if case is None:
        return view.to("/queue")
    try:
        visit.site.recovery.reps.queue.claim(visit.user.email, case)
    except Refusal as error:
        visit.sorry(error)
    return view.to(f"/queue/{case}")


def _after(visit: Visit, view: View, case: int) -> Response:
    if stays(visit):
        return visit.go(view.to(f"/queue/{case}"))
    try:
        return go_on(visit, view, but=case)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(view.to(f"/queue/{case}"))


def _told(visit: Visit, refused: CallRefused, here: str) -> str:
    """Says why no phone rings; answers the address of the card, with the slot that is offered."""
    why = visit.say(card_words.HINDRANCES[refused.why])
    more = visit.say(refused.detail) if refused.detail else ""
    visit.tell(_BOTH, kind="sorry", why=why, more=more)
    if refused.until is None:
        return here
    mark = "&" if "?" in here else "?"
    return f"{here}{mark}until={refused.until:%Y-%m-%dT%H:%M:%SZ}"
