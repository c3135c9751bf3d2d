"""The queue: lanes with counts, who is in them and in what order, and the next person."""

from datetime import UTC
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from babel import Locale
from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from recovery.adapters.db.queries.calls import live_call
from recovery.adapters.db.queries.queue_page import countries, find_people
from recovery.domain.email_status import EmailStatus
from recovery.domain.lane import Lane, Wants
from recovery.errors import Refusal
from recovery.services.reps.queue import Board
from recovery.services.reps.queue_store import Waiter
from recovery.services.users.user import Role
from recovery.web.pages import card_words
from recovery.web.pages.fields import RowId
from recovery.web.pages.guard import Manager, Rep
from recovery.web.pages.queue_view import ALL, MINE, NOBODY, Looking, View, sign_of
from recovery.web.pages.visit import Visit
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
CaseIds = Annotated[list[RowId] | None, Form()]
#: Lines of the narrow list beside a card.
_BESIDE = 25
_BACK = "back"


@router.get("/queue")
def queue(visit: Rep, view: Looking) -> Response:
    """One lane with its people."""
    return visit.render("queue.html", **frame_of(visit, view), **_choices(visit, view))


@router.get("/queue/lanes")
def lanes(visit: Rep, view: Looking, case: RowId | None = None) -> Response:
    """The counts and the list, for a page that is open."""
    return visit.part("queue_lanes.html", **frame_of(visit, view, case_id=case))


@router.post("/queue/next")
def next_person(visit: Rep, view: Looking, but: Annotated[RowId | None, Form()] = None) -> Response:
    """Takes the next person and opens their card."""
    try:
        return go_on(visit, view, but=but)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(_owed_or(visit, view.to("/queue")))


@router.post("/queue/claim")
def claim(visit: Rep, view: Looking, case: Annotated[RowId, Form()]) -> Response:
    """Takes this person; whoever is held by another is shown all the same."""
    try:
        visit.site.recovery.reps.queue.claim(visit.user.email, case)
    except Refusal as error:
        visit.sorry(error)
    return visit.go(view.to(f"/queue/{case}"))


@router.post("/queue/release")
def release(visit: Rep, view: Looking) -> Response:
    """Gives the person back."""
    try:
        visit.site.recovery.reps.queue.release(visit.user.email)
    except Refusal as error:
        visit.sorry(error)
        return visit.go(_owed_or(visit, view.to("/queue")))
    return visit.go(view.to("/queue"))


@router.post("/queue/find")
def find(visit: Rep, view: Looking, text: Annotated[str, Form(max_length=120)] = "") -> Response:
    """People by name, number, address or Keap id; sent as a form, so that none is in an address."""
    recovery = visit.site.recovery
    region = recovery.policy.default_region or None
    people = find_people(recovery.database, text, keys=recovery.keys, region=region)
    return visit.render(
        "queue_found.html",
        **frame_of(visit, view),
        people=people,
        text=text,
        EmailStatus=EmailStatus,
    )


@router.post("/queue/assign")
def assign(
    visit: Manager,
    view: Looking,
    to: Annotated[str, Form(max_length=40)],
    case: CaseIds = None,
    whole: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Gives the chosen people, or the whole lane, to somebody; `back` to Keap's owners."""
    queue, team = visit.site.recovery.reps.queue, _team(visit)
    rep = next((one.email for one in team if sign_of(one.email) == to), None)
    try:
        if rep is None and to != _BACK:
            raise Refusal("choose to whom they go")
        if whole:
            lane, filters = view.lane_on(_board(visit, view)), view.filters(visit.user, team)
            number = queue.assign_lane(lane, filters, rep, by=visit.user.email)
        else:
            number = queue.assign(case or [], rep, by=visit.user.email)
    except Refusal as error:
        visit.sorry(error)
    else:
        visit.tell("Changed hands: %(number)s.", number=number)
    return visit.go(view.to("/queue"))


def go_on(visit: Visit, view: View, *, but: int | None = None) -> Response:
    """The card of the next person, claimed; the queue where nobody is left."""
    reps, rep = visit.site.recovery.reps, visit.user.email
    filters = view.filters(visit.user, _team(visit))
    found = reps.queue.next(rep, view.served, filters, but=but)
    if found is None and view.served:
        found, view = reps.queue.next(rep, None, filters, but=but), View(owner=view.owner)
    if found is None:
        return visit.go(view.to("/queue"))
    return visit.go(view.to(f"/queue/{found}"))


def frame_of(visit: Visit, view: View, *, case_id: int | None = None) -> dict[str, Any]:
    """What stands around: lanes, the list, the word that can still be undone, the call one owes."""
    recovery, email = visit.site.recovery, visit.user.email
    team = _team(visit)
    filters = view.filters(visit.user, team)
    board = recovery.reps.queue.board(filters)
    lane = view.lane_on(board)
    page = recovery.reps.queue.page(lane, filters, after=view.after or None)
    return {
        "view": view,
        "board": board,
        "lane": lane,
        "lanes": [(one, card_words.LANES[one], board.counts[one]) for one in Lane],
        "page": page,
        "beside": page.waiters[:_BESIDE],
        "case_id": case_id,
        "undoable": next(iter(recovery.reps.dispositions.pending(email)), None),
        "owed": recovery.reps.queue.owed(email),
        "on_call": live_call(recovery.database, email),
        "held": recovery.reps.queue.held(email),
        "team": {one.email: one.called for one in team},
        "disposition": recovery.reps.dispositions.choices.get,
        "empty": _empty(visit, board, lane),
        "line": lambda one: _line(visit, one),
        "own_now": visit.site.clock(),
        "language": visit.words.language,
        "words_of": card_words,
        "may_assign": visit.user.role.covers(Role.MANAGER),
    }


def _line(visit: Visit, one: Waiter) -> dict[str, Any]:
    """What a line of the list shows beside the name."""
    now, words_ = visit.site.clock(), visit.words
    zone = ZoneInfo(one.place.zones[0]) if one.place.zones else None
    opens = one.opens_at
    return {
        "status": EmailStatus(one.status).label(words_.language),
        "time": words_.time(now, zone) if zone else "",
        "city": one.place.name,
        "is_open": opens is not None and opens <= now,
        "opens": words_.ago(opens, now) if opens and opens > now else "",
        "waits": words_.ago(one.due_at, now) if one.wants is Wants.REPLY else "",
        "wrote": one.said is not None,
        "said": one.said or "",
    }


def _empty(visit: Visit, board: Board, lane: Lane) -> str:
    """What an empty lane says: when there will be somebody."""
    opening, words_ = board.opening, visit.words
    if lane is Lane.NOW and opening:
        at = words_.time(opening.at, ZoneInfo(opening.zone))
        day = words_.day(opening.at, ZoneInfo(opening.zone))
        soon = (opening.at - visit.site.clock().astimezone(UTC)).total_seconds() < 20 * 3600
        when = at if soon else f"{day}, {at}"
        return words_.say(
            "%(people)s people open at %(time)s %(place)s.",
            people=words_.number(opening.people),
            time=when,
            place=opening.place,
        )
    if lane is Lane.WAITING and board.forecast:
        day = words_.day(board.forecast, visit.site.zone_of(visit.user))
        return words_.say("The first ones may start on %(day)s.", day=day)
    return ""


def _board(visit: Visit, view: View) -> Board:
    queue = visit.site.recovery.reps.queue
    return queue.board(view.filters(visit.user, _team(visit)))


def _team(visit: Visit) -> list[Any]:
    return [one for one in visit.team if one.active]


def _choices(visit: Visit, view: View) -> dict[str, Any]:
    recovery, language = visit.site.recovery, visit.words.language
    names = Locale.parse(str(visit.words.locale)).territories
    everybody = {"": visit.say("All")}
    team = _team(visit)
    return {
        "statuses": everybody
        | {one.value: one.label(language) for one in recovery.policy.statuses},
        "languages": everybody | {k: visit.say(v) for k, v in card_words.LANGUAGES.items()},
        "countries": everybody
        | {code: names.get(code, code) for code in countries(recovery.database)},
        "attempts": everybody
        | {str(n): visit.say("Attempt %(number)s", number=n) for n in range(1, 7)},
        "owners": {
            MINE: visit.say(words("Mine and nobody's")),
            ALL: visit.say(words("Everybody's")),
            NOBODY: visit.say(words("Nobody's")),
            **{sign_of(one.email): one.called for one in team if one.email != visit.user.email},
        },
        "owner": view.owner_for(visit.user),
        "receivers": {_BACK: visit.say(words("Back to the owner in Keap"))}
        | {sign_of(one.email): one.called for one in team},
    }


def _owed_or(visit: Visit, path: str) -> str:
    """The card that must be finished first, if there is one."""
    owed = visit.site.recovery.reps.queue.owed(visit.user.email)
    return f"/queue/{owed}" if owed else path
