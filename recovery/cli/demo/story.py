"""Tells the demo's story as it happens: a line a day, and what became of people by name."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape

from recovery.adapters.db.queries.diary import Happening
from recovery.cli.demo.life import Day
from recovery.cli.demo.manager import Farewell
from recovery.domain.email_status import EmailStatus

#: People told of by name a day, at most one of each kind.
_NAMED = 3
_MARGIN = " " * 12
#: What an outcome is called in a day's line, one and many, in this order.
_COUNTED = (
    ("delivered", "delivered", "delivered"),
    ("failed", "not delivered", "not delivered"),
    ("replied", "answer", "answers"),
    ("closed_recovered", "recovered", "recovered"),
    ("stopped", "said no", "said no"),
    ("call_lapsed", "call lapsed", "calls lapsed"),
    ("no_route", "without a usable number", "without a usable number"),
    ("tried", "tried in vain", "tried in vain"),
    ("closed_unrecovered", "closed", "closed"),
    ("closed_healed", "healed by itself", "healed by themselves"),
)
#: What a person did, as one tells it; the first that fits is told.
_TOLD = {
    "closed_recovered": ("✓", "green", "{how}: recovered, Keap shows {status}"),
    "closed_healed": ("✓", "green", "can be reached again: Keap healed the address by itself"),
    "opted_out": ("✗", "red", "asked us to stop: never again, on any channel"),
    "call_refused": ("✗", "red", "said no on the phone: no more calls, the hold begins"),
    "wrong_person": ("✗", "red", "has another number by now: a stranger answered, it is dropped"),
    "asked_for_call": ("☎", "yellow", "answered “call me”: the call is in the queue"),
    "call_callback": ("☎", "yellow", "asked to be called again, and will be, as agreed"),
    "not_confirmed": ("…", "yellow", "gave an address, never confirmed it: for a person now"),
    "call_lapsed": ("…", "yellow", "waited five working days for a call: it lapsed"),
    "status_changed": ("→", "cyan", "has another status in Keap now: {status}"),
}


class Storyteller:
    """Writes to one console: colours on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[str] = set()
        self._gave: dict[str, str] = {}
        self._has_begun = False

    def title(self, text: str) -> None:
        """A heading."""
        self._console.print()
        self._console.print(text, style="bold", highlight=False)

    def say(self, text: str, style: str = "") -> None:
        """One plain line."""
        self._console.print(text, style=style, highlight=False, soft_wrap=True)

    def day(self, day: Day) -> None:
        """A day on which nothing happened is passed over in silence."""
        facts = list(_facts(day, is_first=not self._has_begun))
        self._has_begun = True
        self._remember(day.happened)
        named = list(self._named(day.happened))
        archive = list(_farewell(day.farewell)) if day.farewell else []
        if not (facts or named or archive):
            return
        date = f"{day.date:%a} {day.date.day:2} {day.date:%b}"
        first, *more = textwrap.wrap(" · ".join(facts), self._console.width - len(_MARGIN)) or [""]
        self._print(f"[bold]{date}[/bold]  {first}")
        for line in (*more, *named, *archive):
            self._print(f"{_MARGIN}{line}")

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)

    def _named(self, happened: Iterable[Happening]) -> Iterator[str]:
        """One person of each kind, first those of a kind not told of before."""
        everything = sorted(happened, key=lambda one: (one.kind, one.contact_id))
        chosen: dict[str, Happening] = {}
        for one in everything:
            if one.kind in _TOLD and one.name and not _is_told_better(one):
                chosen.setdefault(one.kind, one)
        fresh = sorted(chosen, key=lambda kind: (kind in self._told, list(_TOLD).index(kind)))
        for kind in fresh[:_NAMED]:
            self._told.add(kind)
            yield self._tell(chosen[kind])

    def _remember(self, happened: Iterable[Happening]) -> None:
        """Keap shows an address a day after it was given: then it is told how."""
        for one in happened:
            if one.kind in ("new_email", "consented"):
                gave = "a new address" if one.kind == "new_email" else "consent"
                by = "by WhatsApp" if one.actor == "contact" else "on the phone"
                self._gave[one.contact_id] = f"gave {gave} {by}"

    def _tell(self, one: Happening) -> str:
        sign, colour, words = _TOLD[one.kind]
        status = EmailStatus(one.detail.get("status") or one.status).label()
        told = words.format(status=status, how=self._gave.get(one.contact_id, "is back"))
        was = "" if one.kind == "status_changed" else f" ({EmailStatus(one.status).label()})"
        return f"[{colour}]{sign} {escape(one.name)}[/{colour}]{was} {told}"


def _is_told_better(one: Happening) -> bool:
    """A status that became good ends a case, and the end is told."""
    return one.kind == "status_changed" and EmailStatus(one.detail["status"]).is_deliverable


def _facts(day: Day, *, is_first: bool) -> Iterator[str]:
    if is_first:
        yield f"{_many(day.counts['pull.pulled'], 'contact')} pulled"
    kinds = Counter(one.kind for one in day.happened if _counts(one))
    kinds["no_route"] = sum(_has_no_route(one) for one in day.happened)
    kinds["tried"] = kinds["unrecovered"] - kinds["no_route"]
    withdrawn = sum(one.withdraws for one in day.happened)
    if opened := kinds["opened"] - withdrawn:
        yield f"{_many(opened, 'case')} opened"
    if withdrawn:
        plural = "y" if withdrawn == 1 else "ies"
        yield f"{withdrawn} recover{plural} withdrawn, the new address bounced"
    if first := day.sent.get("m1"):
        yield f"{first} WhatsApp sent"
    if last := day.sent.get("m2"):
        yield f"{_many(last, 'last WhatsApp')} sent"
    calls = {kind: n for kind, n in kinds.items() if _is_dialled(kind)}
    if calls:
        spoke = sum(n for kind, n in calls.items() if kind not in _UNANSWERED)
        yield f"{_many(sum(calls.values()), 'call')} made, {spoke} picked up"
    for kind, one, many in _COUNTED:
        if kinds[kind]:
            yield f"{kinds[kind]} {one if kinds[kind] == 1 else many}"
    if archived := day.counts["archive.archived"]:
        yield f"{archived} archived"


def _counts(one: Happening) -> bool:
    """Deliveries are counted of messages that open a conversation, not of answers in it."""
    return one.kind not in ("delivered", "failed") or one.step in ("m1", "m2")


def _has_no_route(one: Happening) -> bool:
    return one.kind == "unrecovered" and str(one.detail.get("rule", "")).startswith("no_route")


_UNANSWERED = frozenset({"call_no_answer", "call_busy", "call_voicemail", "call_failed"})


def _is_dialled(kind: str) -> bool:
    return kind.startswith("call_") and kind != "call_lapsed"


def _farewell(farewell: Farewell) -> Iterator[str]:
    of = farewell.batch.batch.contacts
    name = farewell.approver.partition("@")[0].capitalize()
    yield (
        f"[magenta]■[/magenta] {name} approved exactly this list of {of} with her second factor: "
        f"{farewell.deleted} deleted"
    )
    for reason, number in sorted(farewell.spared.items()):
        yield f"  {number} spared at the last look: {reason.replace('_', ' ')}"


def _many(number: int, what: str) -> str:
    plural = "" if number == 1 or what.endswith("WhatsApp") else "s"
    return f"{number:,} {what}{plural}"
