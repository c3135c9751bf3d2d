"""A card as its template shows it: everything looked up that depends on who looks and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton

from recovery.adapters.db.queries.calls import CallState, call_state
from recovery.domain.case import CaseState
from recovery.domain.disposition import Choice
from recovery.domain.steps import AGREED
from recovery.errors import Refusal
from recovery.services.reps.card import Act, Card, Line
from recovery.services.reps.card_rows import Event, Voice
from recovery.services.reps.writing_store import Choice as Writable
from recovery.web.pages import card_words
from recovery.web.pages.media import played_as
from recovery.web.pages.queue_view import View
from recovery.web.pages.visit import Visit

#: States in which nothing is left to be done.
_OVER = frozenset({CaseState.CLOSED})
_JUST_NOW = timedelta(minutes=1)
_ENDS = {end.value: text for end, text in card_words.ENDS.items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """One card with what only this look knows."""

    card: Card
    call: CallState | None
    line: Line | None
    is_mine: bool
    holder: str
    can_place: bool

    @property
    def is_over(self) -> bool:
        """Nobody works this case any more."""
        return self.card.state in _OVER

    @property
    def may_act(self) -> bool:
        """The forms are shown: nobody else holds the person."""
        return not self.is_over and (self.is_mine or not self.holder)

    @property
    def is_calling(self) -> bool:
        """A call of ours is under way."""
        return self.call is not None and self.call.result is None

    @property
    def asks_result(self) -> bool:
        """The person was dialled, and nobody said yet what happened."""
        return self.card.next_act is Act.SAY_RESULT


def facts_of(visit: Visit, case_id: int) -> Facts:
    """Reads a card; Refusal for a case that is not known."""
    recovery = visit.site.recovery
    card = recovery.reps.cards.card(case_id, rep_name=visit.user.called)
    claim, attempt = card.rows.claim, card.rows.attempt_id
    holder = claim.rep if claim else ""
    return Facts(
        card=card,
        call=call_state(recovery.database, attempt) if attempt else None,
        line=next((one for one in card.lines if one.is_next), None) or next(iter(card.lines), None),
        is_mine=holder == visit.user.email,
        holder="" if holder == visit.user.email else holder,
        can_place=recovery.caller is not None and bool(visit.user.phone),
    )


def context_of(visit: Visit, facts: Facts, view: View) -> dict[str, Any]:
    """What card.html and its parts are made from."""
    card = facts.card
    said = next((one for one in card.rows.said if one.state == "pending"), None)
    choices = visit.site.recovery.reps.dispositions.choices
    return {
        "facts": facts,
        "card": card,
        "view": view,
        "words_of": card_words,
        "title": card.name or visit.say("Nameless"),
        "who": visit.called,
        "score": max((one.score or 0 for one in card.rows.records), default=0),
        "why": list(_why(visit, card)),
        "script": list(script_parts(card.script)),
        "there": _There(visit, facts.line),
        "choices": choices,
        "suggested": _suggested(facts, list(choices)),
        "said_now": said,
        "results_said": [one for one in card.rows.said if one.state == "applied"][:5],
        "right_codes": {one.code: one.label(visit.words.language) for one in choices},
        "language": visit.words.language,
        "notes": [one for one in card.rows.timeline if _text(one)][-1:],
        "text_of": _text,
        "played_as": played_as,
        "event": lambda one: event_words(visit, one),
        "tags": sorted({tag for record in card.rows.records for tag in record.tags}),
    }


def forms_of(visit: Visit, facts: Facts) -> dict[str, Any]:
    """What the acts' forms offer."""
    reps, case_id = visit.site.recovery.reps, facts.card.case_id
    return {
        "slots": reps.desk.slots(case_id) if facts.may_act else [],
        "writable": _writable(visit, facts),
        "agreeable": _writable(visit, facts, said_yes=True),
    }


def _writable(visit: Visit, facts: Facts, *, said_yes: bool = False) -> Writable | None:
    if not facts.may_act:
        return None
    try:
        writing = visit.site.recovery.reps.writing
        return writing.choice(facts.card.case_id, said_yes=said_yes)
    except Refusal:
        return None


def _suggested(facts: Facts, choices: list[Choice]) -> str:
    """The disposition that the carrier's result speaks for."""
    result = facts.call.result if facts.call else None
    meant = result.suggests if result else None
    return next((one.code for one in choices if meant and one.means is meant), "")


def _why(visit: Visit, card: Card) -> Iterator[str]:
    """Why this person and why now, from what is known, in the rep's language."""
    words, rows = visit.words, card.rows
    zone, now = visit.site.zone_of(visit.user), visit.site.clock()
    most = max(card.calls[1], card.calls[0] + 1)
    status = card.status.label(words.language)
    yield words.say(
        "%(status)s since %(day)s", status=status, day=words.day(card.status_since, zone)
    )
    heard = [one for one in rows.thread if one.voice is Voice.CONTACT]
    if heard:
        since = now - heard[-1].at
        ago = words.ago(heard[-1].at, now) if since >= _JUST_NOW else words.say("just now")
        yield words.say("wrote %(ago)s", ago=ago)
    else:
        read = next((one for one in reversed(rows.thread) if one.state == "read"), None)
        if read:
            yield words.say("read our WhatsApp, no answer")
    spoke = next((one for one in reversed(rows.timeline) if one.kind == "call_spoke"), None)
    if spoke and card.next_act is Act.DECIDE:
        who, ago = visit.called(spoke.actor), words.ago(spoke.at, now)
        yield words.say("spoke with %(who)s %(ago)s", who=who, ago=ago)
    if (rows.call_step or "").startswith(AGREED) and rows.call_due_at:
        yield words.say("asked to be called at %(time)s", time=words.time(rows.call_due_at, zone))
    elif rows.call_due_at and rows.call_due_at <= now:
        yield words.say("call %(number)s of %(of)s is due", number=card.calls[0] + 1, of=most)
    if rows.call_due_at and rows.call_due_at > now:
        yield words.say("call due %(ago)s", ago=words.ago(rows.call_due_at, now))


def script_parts(script: str) -> Iterator[tuple[str, str]]:
    """Parts of a call script, each with its head: a line of capitals."""
    for part in script.split("\n\n"):
        head, _, rest = part.strip().partition("\n")
        if head.isupper() and rest:
            yield head.capitalize(), rest
        elif part.strip():
            yield "", part.strip()


def event_words(visit: Visit, one: Event) -> str:
    """One line of the timeline."""
    known = card_words.EVENTS.get(one.kind) or _ENDS.get(one.kind)
    if known:
        return visit.say(known)
    if one.kind.startswith("closed_"):
        end = card_words.ENDS.get(one.kind.removeprefix("closed_"))  # type: ignore[call-overload]
        return visit.say("Closed: %(end)s", end=visit.say(end) if end else "–")
    if one.kind.startswith("carrier_"):
        result = card_words.RESULTS.get(one.kind.removeprefix("carrier_"))  # type: ignore[call-overload]
        return visit.say("Call: %(result)s", result=visit.say(result) if result else "–")
    return one.kind.replace("_", " ").capitalize()


def _text(one: Event) -> str:
    """What a person wrote with it."""
    detail = one.detail
    found = detail.get("note") or detail.get("words") or detail.get("text") or ""
    return str(found)


class _There:
    """Moments as the clock on the person's wall shows them."""

    def __init__(self, visit: Visit, line: Line | None) -> None:
        own = visit.site.zone_of(visit.user)
        self.zone = ZoneInfo(line.zone) if line and line.zone else own
        self._locale: Locale = visit.words.locale
        self._visit = visit

    @property
    def city(self) -> str:
        """Where it is, as its zone is called."""
        return self.zone.key.rpartition("/")[2].replace("_", " ")

    def time(self, at: datetime) -> str:
        """`14:05`."""
        return self._visit.words.time(at, self.zone)

    def day(self, at: datetime) -> str:
        """`Tue 24 Nov`."""
        local = at.astimezone(self.zone)
        return str(format_skeleton("MMMEd", local, locale=self._locale))

    def moment(self, at: datetime) -> str:
        """The time alone where it is today."""
        today = self._visit.site.clock().astimezone(self.zone).date()
        when = self.time(at)
        return when if at.astimezone(self.zone).date() == today else f"{self.day(at)}, {when}"
