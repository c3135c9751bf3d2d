"""Tells the demo's story as it happens: a line a day, and what became of people by name."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import Console

from recovery.adapters.db.queries.diary import Happening
from recovery.cli.demo.life import Day
from recovery.cli.demo.manager import Farewell
from recovery.domain.email_status import EmailStatus

#: People told of by name a day, at most one of each kind.
_NAMED = 3
_MARGIN = " " * 12
#: What an outcome is called in a day's line, in this order.
_COUNTED = (
    ("delivered", "delivered"),
    ("failed", "not delivered"),
    ("replied", "answered"),
    ("closed_recovered", "recovered"),
    ("opted_out", "said stop"),
    ("call_lapsed", "calls lapsed"),
    ("hold", "into the hold"),
    ("closed_healed", "healed by themselves"),
)
#: What a person did, as one tells it; the first that fits is told.
_TOLD = {
    "closed_recovered": ("✓", "green", "is back: Keap shows {status} for the new address"),
    "closed_healed": ("✓", "green", "can be reached again: Keap healed the address by itself"),
    "opted_out": ("✗", "red", "asked us to stop: never again, on any channel"),
    "call_refused": ("✗", "red", "said no on the phone: no more calls, the hold begins"),
    "wrong_person": ("✗", "red", "is somebody else's number now: it is never used again"),
    "call_callback": ("☎", "yellow", "asked to be called again, and will be, as agreed"),
    "asked_for_call": ("☎", "yellow", "wrote: call me. The call is in the queue"),
    "not_confirmed": ("…", "yellow", "gave an address and never confirmed it: for a person now"),
    "call_lapsed": ("…", "yellow", "waited for a call that nobody had time for: it lapsed"),
    "status_changed": ("→", "cyan", "has another status in Keap now: {status}"),
}


class Storyteller:
    """Writes to one console: colours on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told: set[str] = set()

    def title(self, text: str) -> None:
        """A heading."""
        self._console.print()
        self._console.print(text, style="bold", highlight=False)

    def say(self, text: str, style: str = "") -> None:
        """One plain line."""
        self._console.print(text, style=style, highlight=False, soft_wrap=True)

    def day(self, day: Day) -> None:
        """A day on which nothing happened is passed over in silence."""
        facts = list(_facts(day))
        named = list(self._named(day.happened))
        if not facts and not named and not day.farewell:
            return
        date = f"{day.date:%a} {day.date.day:2} {day.date:%b}"
        head = f"[bold]{date}[/bold]  "
        self._console.print(head + " · ".join(facts or ["quiet"]), highlight=False, soft_wrap=True)
        for line in (*named, *_farewell(day.farewell)):
            self._console.print(f"{_MARGIN}{line}", highlight=False, soft_wrap=True)

    def _named(self, happened: Iterable[Happening]) -> Iterator[str]:
        """One person of each kind, first those of a kind not told of before."""
        chosen: dict[str, Happening] = {}
        for one in sorted(happened, key=lambda one: (one.kind, one.contact_id)):
            if one.kind in _TOLD and one.name:
                chosen.setdefault(one.kind, one)
        fresh = sorted(chosen, key=lambda kind: (kind in self._told, list(_TOLD).index(kind)))
        for kind in fresh[:_NAMED]:
            self._told.add(kind)
            yield _told(chosen[kind])


def _told(one: Happening) -> str:
    sign, colour, words = _TOLD[one.kind]
    status = EmailStatus(one.detail.get("status") or one.status).label()
    return f"[{colour}]{sign} {one.name}[/{colour}] {words.format(status=status)}"


def _facts(day: Day) -> Iterator[str]:
    kinds = Counter(one.kind for one in day.happened)
    kinds["hold"] = kinds["unrecovered"] + kinds["stopped"]
    if opened := kinds["opened"]:
        yield f"{_many(opened, 'case')} opened"
    if first := day.sent.get("m1"):
        yield f"{first} WhatsApp sent"
    if last := day.sent.get("m2"):
        yield f"{_many(last, 'last WhatsApp')} sent"
    calls = {kind: n for kind, n in kinds.items() if _is_dialled(kind)}
    if calls:
        spoke = sum(n for kind, n in calls.items() if kind not in _UNANSWERED)
        yield f"{_many(sum(calls.values()), 'call')} made, {spoke} picked up"
    for kind, words in _COUNTED:
        if kinds[kind]:
            yield f"{kinds[kind]} {words}"


_UNANSWERED = frozenset({"call_no_answer", "call_busy", "call_voicemail", "call_failed"})


def _is_dialled(kind: str) -> bool:
    return kind.startswith("call_") and kind != "call_lapsed"


def _farewell(farewell: Farewell | None) -> Iterator[str]:
    if farewell is None:
        return
    batch = farewell.batch
    yield (
        f"[magenta]■[/magenta] archived and verified: {_many(batch.batch.contacts, 'contact')}; "
        f"{farewell.approver} approved exactly this list: {farewell.deleted} deleted"
    )
    for reason, number in sorted(farewell.spared.items()):
        yield f"  {number} spared: {reason.replace('_', ' ')}"


def _many(number: int, what: str) -> str:
    plural = "" if number == 1 or what.endswith("WhatsApp") else "s"
    return f"{number:,} {what}{plural}"
