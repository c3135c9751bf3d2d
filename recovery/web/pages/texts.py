"""The message templates: WhatsApp's word on each, and how a person would see it."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from starlette.responses import HTMLResponse, Response

from recovery.domain.contact import ContactId
from recovery.domain.template import Kind
from recovery.errors import ConfigurationError, ProviderError, Refusal
from recovery.services.ports import ApprovalStatus
from recovery.web.pages.card_words import LANGUAGES
from recovery.web.pages.guard import Manager
from recovery.web.pages.words import words

router = APIRouter(default_response_class=HTMLResponse)
Whom = Annotated[str, Query(max_length=18, pattern=r"^\d*$")]

#: WhatsApp's word as people read it, with the badge that it gets.
_WORDS = {
    ApprovalStatus.APPROVED: (words("approved"), "good"),
    ApprovalStatus.RECEIVED: (words("in review"), "info"),
    ApprovalStatus.PENDING: (words("in review"), "info"),
    ApprovalStatus.REJECTED: (words("rejected"), "bad"),
    ApprovalStatus.PAUSED: (words("paused"), "warn"),
    ApprovalStatus.DISABLED: (words("closed for good"), "bad"),
    ApprovalStatus.UNSUBMITTED: (words("not submitted"), "warn"),
    ApprovalStatus.UNKNOWN: (words("unknown"), "warn"),
}


#: For a text nobody asked about.
_NEVER = (words("never asked"), "plain")
#: What to do, as the service writes it, for the catalogues (a test holds it to the service's).
TO_DO = (
    words("recovery templates push"),
    words("WhatsApp made it MARKETING: it reaches no number of the United States"),
    words("change the text (WhatsApp Manager may say more), then push"),
    words("write category: MARKETING, then push"),
    words("mend variables, samples and line breaks, or reword it, then push"),
    words("take out whatever sells, then push"),
    words("take out what reads as a threat or asks for private data, then push"),
    words("say plainly who writes and where they know you from, then push"),
    words("wait: WhatsApp answers within minutes to two days"),
    words(
        "people minded it: name a stand-in (policy, [templates] instead), or reword it and push;"
        " WhatsApp may open it again by itself"
    ),
    words("it is closed for good: reword it and push, it gets a new name"),
    words("look in Twilio's console: this word of WhatsApp's is new to us"),
)


@router.get("/templates")
def texts(visit: Manager) -> Response:
    """Every text that leaves the window, as WhatsApp stood when it was asked last."""
    recovery = visit.site.recovery
    inside: dict[str, list[str]] = {}
    for one in recovery.templates.of_kind(Kind.SESSION):
        inside.setdefault(one.name, []).append(one.language)
    return visit.render(
        "texts.html",
        states=recovery.template_service.remembered(),
        asked_at=recovery.template_service.asked_at(),
        inside=inside,
        languages=LANGUAGES,
        words_of=_WORDS,
        never=_NEVER,
    )


@router.post("/templates")
def ask(visit: Manager) -> Response:
    """Reads WhatsApp's word on all of them now."""
    try:
        visit.site.recovery.template_service.status()
    except (ConfigurationError, ProviderError):
        visit.tell("WhatsApp cannot be asked: `recovery doctor` tells why.", kind="sorry")
    else:
        visit.tell("This is what WhatsApp says now.")
    return visit.go("/templates")


@router.get("/templates/{name}/{language}")
def preview(visit: Manager, name: str, language: str, contact: Whom = "") -> Response:
    """The bubble, with the samples or for the contact with this Keap id."""
    previews, whom, sorry = visit.site.recovery.previews, contact, ""
    template = visit.site.recovery.templates.by_key.get((name, language))
    if template is None or template.kind not in (Kind.WHATSAPP, Kind.SESSION):
        raise HTTPException(404)
    try:
        shown = previews.of(name, language=language, contact=ContactId(whom) if whom else None)
    except Refusal as error:
        sorry, whom = visit.told(error), ""
        shown = previews.of(name, language=language)
    return visit.render(
        "text.html", shown=shown, contact=contact, whom=whom, sorry=sorry, languages=LANGUAGES
    )
