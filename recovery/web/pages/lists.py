"""Starting recovery of people by hand: whoever the policy opens on request only."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import HTMLResponse, Response

from recovery.domain.email_status import EmailStatus
from recovery.errors import Refusal
from recovery.services.reps.lists import MOST, PAGE, ListFilter
from recovery.web.pages import card_words
from recovery.web.pages.guard import Manager

router = APIRouter(default_response_class=HTMLResponse)
Part = Annotated[str, Query(max_length=40)]
Chosen = Annotated[list[str] | None, Form()]
Pasted = Annotated[str, Form(max_length=100_000)]
_ID = re.compile(r"\b\d{1,18}\b")


@router.get("/lists")
def lists(
    visit: Manager, status: Part = "", language: Part = "", country: Part = "", after: Part = ""
) -> Response:
    """People whom somebody may ask for, a hundred at a time."""
    service, spoken = visit.site.recovery.reps.lists, visit.words.language
    known = service.statuses()
    wanted = ListFilter(
        next((one for one in known if one == status), None), country or None, language or None
    )
    people = service.startable(wanted, after=after)
    everybody = {"": visit.say("All")}
    return visit.render(
        "lists.html",
        people=people,
        following=people[-1].contact_id if len(people) == PAGE else None,
        after=after,
        chosen={"status": status, "language": language, "country": country},
        statuses=everybody | {one.value: one.label(spoken) for one in known},
        languages=everybody | {k: visit.say(v) for k, v in card_words.LANGUAGES.items()},
        label=lambda name: EmailStatus(name).label(spoken),
        most=MOST,
    )


@router.post("/lists")
def start(visit: Manager, contact: Chosen = None, ids: Pasted = "") -> Response:
    """Opens cases for the chosen people, or for those whose Keap ids were pasted."""
    wanted = [one for one in contact or [] if _ID.fullmatch(one)] or _ID.findall(ids)
    try:
        started = visit.site.recovery.reps.lists.start(wanted, by=visit.user.email)
    except Refusal as error:
        visit.sorry(error)
    else:
        visit.tell(
            "Asked for: %(asked)s, opened: %(opened)s. Whoever is left out has a case already,"
            " wants no contact, or the policy allows none.",
            asked=started.asked,
            opened=started.opened,
        )
    return visit.go("/lists")
