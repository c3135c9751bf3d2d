"""What a rep does on a card besides calling: each is one small form."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, JSONResponse, Response

from recovery.domain.lane import SkipReason
from recovery.errors import (
    BrakeOn,
    ConfigurationError,
    PromiseBroken,
    ProviderError,
    RecoveryError,
    Refusal,
)
from recovery.services.reps.desk import Agreed
from recovery.web.pages import card_words
from recovery.web.pages.fields import CaseId
from recovery.web.pages.guard import Rep
from recovery.web.pages.queue import go_on
from recovery.web.pages.queue_view import Looking, View
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
Text = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Form(max_length=320)]
#: What an act may meet that a rep is told on the card.
OUTSIDE = (Refusal, BrakeOn, PromiseBroken, ConfigurationError, ProviderError)


@router.post("/queue/{case}/note")
def note(visit: Rep, case: CaseId, view: Looking, text: Text = "") -> Response:
    """Keeps a note."""
    desk = visit.site.recovery.reps.desk
    return act(visit, case, view, lambda: desk.note(visit.user.email, case, text), words("Noted."))


@router.post("/queue/{case}/email/look")
def look_at_email(visit: Rep, case: CaseId, email: Short = "") -> Response:
    """Help while an address is typed."""
    look = visit.site.recovery.reps.desk.look_at_email(case, email)
    doubt = visit.say(card_words.DOUBTS[look.doubt]) if look.doubt else ""
    meant = look.suggestion if look.suggestion != look.email else None
    said = visit.say("Did they mean %(email)s?", email=meant) if meant else ""
    return JSONResponse({"email": look.email, "doubt": doubt, "meant": meant, "said": said})


@router.post("/queue/{case}/email")
def new_email(
    visit: Rep, case: CaseId, view: Looking, email: Short = "", words_said: Text = ""
) -> Response:
    """The address that the person gave and heard read back."""
    desk = visit.site.recovery.reps.desk
    told = words("The address is kept; Keap gets it with the next run.")
    do = lambda: desk.new_email(visit.user.email, case, email, words=words_said)  # noqa: E731
    return act(visit, case, view, do, told)


@router.post("/queue/{case}/consent")
def consent(
    visit: Rep,
    case: CaseId,
    view: Looking,
    agreed: Annotated[Agreed, Form()],
    words_said: Text = "",
) -> Response:
    """What the person allowed, in their words."""
    desk = visit.site.recovery.reps.desk
    do = lambda: desk.consent(visit.user.email, case, agreed, words=words_said)  # noqa: E731
    return act(visit, case, view, do, words("The consent is kept with its words."))


@router.post("/queue/{case}/callback")
def callback(
    visit: Rep,
    case: CaseId,
    view: Looking,
    at: Short = "",
    local: Short = "",
    zone: Short = "",
    mine: Short = "",
) -> Response:
    """An agreed call at a moment of the person's own clock."""

    def do() -> None:
        moment = moment_of(at, local, zone)
        if moment is None:
            raise Refusal("choose when to call again")
        desk.callback(visit.user.email, case, moment, mine=bool(mine))

    desk = visit.site.recovery.reps.desk
    return act(visit, case, view, do, words("The call is agreed."), leaves=True)


@router.post("/queue/{case}/skip")
def skip(
    visit: Rep,
    case: CaseId,
    view: Looking,
    reason: Annotated[SkipReason, Form()],
    words_said: Text = "",
    until: Short = "",
) -> Response:
    """Passes the person over and goes on to the next."""
    queue = visit.site.recovery.reps.queue

    def do() -> None:
        moment = moment_of(until, "", "")
        queue.skip(visit.user.email, case, reason, words=words_said, until=moment)

    return act(visit, case, view, do, words("Skipped."), leaves=True)


@router.post("/queue/{case}/stop")
def stop(visit: Rep, case: CaseId, view: Looking, words_said: Text = "") -> Response:
    """The person wants nothing from us any more."""
    desk = visit.site.recovery.reps.desk
    do = lambda: desk.do_not_contact(visit.user.email, case, words=words_said)  # noqa: E731
    return act(visit, case, view, do, words("Nobody contacts them any more."), leaves=True)


@router.post("/queue/{case}/answered")
def answered(visit: Rep, case: CaseId, view: Looking) -> Response:
    """What they wrote needs no answer."""
    desk = visit.site.recovery.reps.desk
    do = lambda: desk.answered(visit.user.email, case)  # noqa: E731
    return act(visit, case, view, do, words("Dealt with."), leaves=True)


@router.post("/queue/{case}/close")
def close(
    visit: Rep, case: CaseId, view: Looking, words_said: Text = "", in_touch: Short = ""
) -> Response:
    """Ends the case for good, or because the relationship goes on without e-mail."""
    desk, stays = visit.site.recovery.reps.desk, bool(in_touch)
    do = lambda: desk.close(visit.user.email, case, reason=words_said, in_touch=stays)  # noqa: E731
    return act(visit, case, view, do, words("The case is closed."), leaves=True)


@router.post("/queue/{case}/resume")
def resume(visit: Rep, case: CaseId, view: Looking) -> Response:
    """Gives the case back to its calls."""
    desk = visit.site.recovery.reps.desk
    do = lambda: desk.resume(visit.user.email, case)  # noqa: E731
    return act(visit, case, view, do, words("Back to its calls."), leaves=True)


@router.post("/queue/{case}/whatsapp")
def whatsapp(visit: Rep, case: CaseId, view: Looking, body: Text = "") -> Response:
    """Free text, inside the window."""
    writing = visit.site.recovery.reps.writing
    do = lambda: writing.write(visit.user.email, case, body)  # noqa: E731
    return act(visit, case, view, do, words("It leaves in a moment."))


@router.post("/queue/{case}/ask")
def ask(visit: Rep, case: CaseId, view: Looking, words_said: Text = "") -> Response:
    """The approved question; with the person's yes in their words where they gave it by phone."""
    writing = visit.site.recovery.reps.writing
    do = lambda: writing.ask(visit.user.email, case, said_yes=words_said or None)  # noqa: E731
    return act(visit, case, view, do, words("The question leaves in a moment."))


def act(
    visit: Visit,
    case: int,
    view: View,
    do: Callable[[], object],
    told: str,
    *,
    leaves: bool = False,
) -> Response:
    """Does it and says so; with `leaves` the next person follows, unless the rep still writes."""
    try:
        do()
    except OUTSIDE as error:
        tell_why(visit, error)
        return visit.go(view.to(f"/queue/{case}"))
    visit.tell(told)
    if not leaves or stays(visit):
        return visit.go(view.to(f"/queue/{case}"))
    try:
        return go_on(visit, view, but=case)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(view.to(f"/queue/{case}"))


def tell_why(visit: Visit, error: RecoveryError) -> None:
    """Says on the next page why it was not done; a rep can do nothing about settings."""
    match error:
        case Refusal():
            visit.sorry(error)
        case BrakeOn() | PromiseBroken():
            visit.tell("Sending stands still now: a manager sees why under Status.", kind="sorry")
        case ConfigurationError():
            visit.tell("Calls and messages are switched off here: tell your admin.", kind="sorry")
        case _:
            visit.tell("Twilio does not answer: look at the card again in a minute.", kind="sorry")


def stays(visit: Visit) -> bool:
    """Something is still being written on this card, so the next person does not come yet."""
    return visit.request.headers.get("x-stay") == "1"


def moment_of(at: str, local: str, zone: str) -> datetime | None:
    """A moment in UTC from a quick choice, or from the clock of a zone; None for none."""
    try:
        if local:
            return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
        found = datetime.fromisoformat(at) if at else None
    except (ValueError, OSError, KeyError):
        raise Refusal("this is no date and time: choose them again") from None
    return found if found and found.tzinfo else None
