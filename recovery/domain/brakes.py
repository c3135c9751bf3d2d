"""Brakes: when sending slows, when it stands still, and what lets it go on.

Two kinds. A busy line (time-outs, resets, 5xx, 429) opens and tries again by itself after a minute.
What a person must mend latches: a refused credential, a suspended account, low quality, a template
that WhatsApp paused, codes nobody can explain. Codes about one person never count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: After so long an open line is tried with one message.
HALF_OPENS_AFTER = timedelta(minutes=1)
#: The line opens after so many troubles one after the other …
_IN_A_ROW = 8
#: … or when of so many answers within a minute such a share was trouble. A fifth, as in a bad
#: hour of a provider, must not reach it by chance.
_OF_ANSWERS, _SHARE_OF_TROUBLE = 20, 0.6
#: Unexplained codes latch above this share of at least so many messages (the issue's figures).
_UNKNOWN_SHARE, _UNKNOWN_OF = 0.05, 50
#: What the provider's limit of messages needs to free up (Twilio 63018).
FREES_AFTER = timedelta(hours=1)
#: Meta's words for a sender that people complain about.
_POOR = frozenset({"LOW", "RED"})
_FAIR = frozenset({"MEDIUM", "YELLOW"})


class Blame(StrEnum):
    """Whose fault a provider's code is."""

    NOBODY = "nobody"
    PERSON = "person"
    ACCOUNT = "account"
    TEMPLATE = "template"
    LIMIT = "limit"
    #: Codes nobody knows, and those that say our own request was wrong.
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a code means for everybody else; it counts once it came `after` times in a day, and a
    limit is believed to free up `frees_after` later."""

    blame: Blame
    after: int = 1
    frees_after: timedelta = FREES_AFTER


class BrakeName(StrEnum):
    """What may stand still; a template's brake has the template's name behind a colon."""

    LINE = "line"
    LIMIT = "limit"
    CREDENTIAL = "credential"
    ACCOUNT = "account"
    QUALITY = "quality"
    CODES = "codes"
    TEMPLATE = "template"
    CANARY = "canary"
    WAVE = "wave"


@dataclass(frozen=True, slots=True)
class Brake:
    """A brake as it stands; `mended_at` hides what was told before it."""

    name: str
    since: datetime | None = None
    until: datetime | None = None
    code: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    mended_at: datetime | None = None

    def is_on(self, now: datetime) -> bool:
        """It holds something back at this moment."""
        return self.since is not None and (self.until is None or self.until > now)

    @property
    def is_latched(self) -> bool:
        """Nothing but a mend lets it go."""
        return self.since is not None and self.until is None

    @property
    def template(self) -> tuple[str, str] | None:
        """Name and language of the template that alone stands still."""
        kind, _, key = self.name.partition(":")
        name, _, language = key.rpartition("/")
        return (name, language) if kind == BrakeName.TEMPLATE else None

    @property
    def is_question(self) -> bool:
        """Nothing broke: a person is asked whether to go on."""
        return self.name in (BrakeName.CANARY, BrakeName.WAVE)

    @property
    def stops_sending(self) -> bool:
        """It holds every message back, not a single template or what a person is asked about."""
        return self.template is None and not self.is_question

    @property
    def stops_answers(self) -> bool:
        """Not even an answer to somebody who wrote to us can leave: a poor rating, a limit or
        codes of our own messages do not keep it back."""
        return self.name in (BrakeName.CREDENTIAL, BrakeName.ACCOUNT)


def template_brake(name: str, language: str) -> str:
    """The name of one template's brake."""
    return f"{BrakeName.TEMPLATE}:{name}/{language}"


@dataclass(frozen=True, slots=True)
class Line:
    """How the last sends ended; open while `open_until` is set, then tried by one process."""

    in_a_row: int = 0
    answers: int = 0
    troubles: int = 0
    counted_since: datetime | None = None
    open_until: datetime | None = None

    @property
    def is_fresh(self) -> bool:
        """Nothing is remembered: whoever finds it so need not write it down again."""
        return self == Line()

    def room(self, now: datetime) -> "Room":
        """What may leave now."""
        if self.open_until is None:
            return Room.FREE
        return Room.HELD if self.open_until > now else Room.TRIAL

    def claimed(self, now: datetime) -> "Line":
        """One process tries; the others wait another minute, also should it die meanwhile."""
        return replace(self, open_until=now + HALF_OPENS_AFTER)

    def heard(self, troubles: Sequence[bool], now: datetime, *, trial: "Trial") -> "Line":
        """The line after these answers; late ones of before it opened change nothing."""
        if trial is Trial.YES:
            return self.claimed(now) if any(troubles) else Line()
        if self.open_until is not None:
            return self
        counted = self._counting(now)
        for trouble in troubles:
            counted = counted._one(is_trouble=trouble)
            if counted._is_too_much:
                return Line(counted_since=now, open_until=now + HALF_OPENS_AFTER)
        return counted if counted.troubles else Line()

    def _counting(self, now: datetime) -> "Line":
        since = self.counted_since
        if since is not None and timedelta(0) <= now - since < HALF_OPENS_AFTER:
            return self
        return Line(in_a_row=self.in_a_row, counted_since=now)

    def _one(self, *, is_trouble: bool) -> "Line":
        return replace(
            self,
            in_a_row=self.in_a_row + 1 if is_trouble else 0,
            answers=self.answers + 1,
            troubles=self.troubles + is_trouble,
        )

    @property
    def _is_too_much(self) -> bool:
        share = self.troubles >= _SHARE_OF_TROUBLE * self.answers
        return self.in_a_row >= _IN_A_ROW or (self.answers >= _OF_ANSWERS and share)


class Room(StrEnum):
    """What may leave: as much as the pace allows, one message as a trial, or nothing."""

    FREE = "free"
    TRIAL = "trial"
    HELD = "held"


class Trial(StrEnum):
    """Was this the one message that tries an open line?"""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Told:
    """Messages of the last day that failed with one code, by template."""

    code: str
    template: str | None
    language: str | None
    number: int
    last_at: datetime


def tripped(
    told: Iterable[Told],
    fault: Callable[[str], Fault],
    standing: Mapping[str, Brake],
    now: datetime,
) -> list[Brake]:
    """The brakes that these codes put on, those that are on already left out.

    A template's code counts for that template, any other over all templates.
    """
    found: dict[str, Brake] = {}
    for one in _added_up(told, fault):
        brake = _brake_of(one, fault(one.code), now)
        if brake is None or brake.name in found:
            continue
        known = standing.get(brake.name, Brake(brake.name))
        is_news = known.mended_at is None or one.last_at > known.mended_at
        if is_news and not known.is_on(now) and brake.is_on(now):
            found[brake.name] = brake
    return list(found.values())


def _added_up(told: Iterable[Told], fault: Callable[[str], Fault]) -> list[Told]:
    apart: list[Told] = []
    by_code: dict[str, Told] = {}
    for one in told:
        if fault(one.code).blame is Blame.TEMPLATE:
            apart.append(one)
            continue
        before = by_code.get(one.code, one)
        number = one.number if before is one else before.number + one.number
        last_at = max(before.last_at, one.last_at)
        by_code[one.code] = replace(one, number=number, last_at=last_at)
    return [*apart, *by_code.values()]


def _brake_of(told: Told, fault: Fault, now: datetime) -> Brake | None:
    if told.number < fault.after:
        return None
    match fault.blame:
        case Blame.ACCOUNT:
            return Brake(BrakeName.ACCOUNT, since=now, code=told.code)
        case Blame.LIMIT:
            until = told.last_at + fault.frees_after
            return Brake(BrakeName.LIMIT, since=now, until=until, code=told.code)
        case Blame.TEMPLATE if told.template and told.language:
            name = template_brake(told.template, told.language)
            return Brake(name, since=now, code=told.code)
        case _:
            return None


def is_unexplained(unexplained: int, *, of: int) -> bool:
    """Too many messages failed for a reason nobody knows."""
    return of >= _UNKNOWN_OF and unexplained > _UNKNOWN_SHARE * of


def is_poor(quality: str, status: str) -> bool:
    """Meta calls the sender's quality low, or the sender is not online (an empty status is none
    told)."""
    works = not status or status.upper().startswith("ONLINE")
    return quality.upper() in _POOR or not works


def is_fair(quality: str) -> bool:
    """Neither high nor low: no reason to stop, none to write to more people."""
    return quality.upper() in _FAIR
