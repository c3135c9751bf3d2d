"""The queue a rep works: in which lane a person stands, in what order, and where they are.

All of it is pure: a lane follows from what waits for a rep, the moment and the hours of a place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from recovery.domain.country import Countries, subdivision
from recovery.domain.hours import NoAllowedHour
from recovery.domain.policy import HoursRule
from recovery.domain.timetable import Timetable

#: A call or an answer that somebody asked for is theirs who knows them, then anybody's.
PASSED_ON_AFTER = timedelta(minutes=30)
#: A call at the person's own time may be made at any hour, unless it came later than this.
AGREED_HOUR_LASTS = timedelta(minutes=30)
#: A claim without a sign of life lasts so long: the rep went away, the person is handed on.
CLAIM_LASTS = timedelta(minutes=5)
#: A person looked at and skipped is not offered again for so long, unless the rep says otherwise.
SKIPPED_FOR = timedelta(hours=2)


class Lane(StrEnum):
    """Where the queue shows a person, in the order of the screen."""

    CALLBACKS = "callbacks"
    REPLIES = "replies"
    NOW = "now"
    LATER = "later"
    WAITING = "waiting"


class Wants(StrEnum):
    """What a person waits for."""

    CALLBACK = "callback"
    REPLY = "reply"
    CALL = "call"
    #: Nobody is free for them yet (the policy's intake).
    INTAKE = "intake"


class SkipReason(StrEnum):
    """Why a rep passed somebody over."""

    WRONG_MOMENT = "wrong_moment"
    NEEDS_PREPARATION = "needs_preparation"
    KNOWN_PERSON = "known_person"
    LANGUAGE = "language"
    DATA_LOOKS_WRONG = "data_looks_wrong"
    OTHER = "other"


def lane_of(wants: Wants, due_at: datetime, now: datetime, *, is_open: bool) -> Lane:
    """The lane of somebody at this moment; `is_open` where their number may be called now."""
    if wants is Wants.INTAKE:
        return Lane.WAITING
    if due_at > now:
        return Lane.LATER
    match wants:
        case Wants.CALLBACK:
            agreed = now - due_at <= AGREED_HOUR_LASTS
            return Lane.CALLBACKS if is_open or agreed else Lane.LATER
        case Wants.REPLY:
            return Lane.REPLIES
        case Wants.CALL:
            return Lane.NOW if is_open else Lane.LATER


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells how promising a call is; `calls` and `unanswered` count what was tried."""

    score: float = 0.0
    calls: int = 0
    has_read: bool = False
    has_replied: bool = False
    asked_by_a_person: bool = False


def promise(signs: Signs) -> float:
    """How promising a call is, more being better; never falls as interest or value grows, and
    never rises with calls nobody answered."""
    interest = 200.0 * signs.has_replied + 60.0 * signs.has_read + 40.0 * signs.asked_by_a_person
    worth = 100.0 * max(0.0, signs.score) / (100.0 + max(0.0, signs.score))
    return interest + worth - 25.0 * signs.calls


def urgency(wants: Wants, due_at: datetime, signs: Signs) -> float:
    """The order inside a lane, higher first: by promise for calls of the cadence, by who has
    waited longest for what people asked for."""
    if wants is Wants.CALL:
        return promise(signs)
    return -due_at.timestamp()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number is, as far as its hours go: zones in all of which the hour must be allowed."""

    zones: tuple[str, ...]
    country: str | None = None
    region: str | None = None

    @property
    def key(self) -> str:
        """The place in one short text, by which people of one place are counted together."""
        return "|".join((",".join(self.zones), self.country or "", self.region or ""))

    @classmethod
    def of(cls, key: str) -> "Place":
        """The place behind a key."""
        zones, country, region = key.split("|")
        return cls(tuple(z for z in zones.split(",") if z), country or None, region or None)

    def timetable(self, countries: Countries, hours: HoursRule) -> Timetable | None:
        """When people of this place may be reached; None where the zone is not known."""
        if not self.zones:
            return None
        rules = countries.get(self.country)
        return Timetable(self.zones, self.country, self.region, rules, hours)

    @property
    def name(self) -> str:
        """The city that its first zone is called by: `Manaus` of `America/Manaus`."""
        return self.zones[0].rpartition("/")[2].replace("_", " ") if self.zones else ""


def place_of(
    e164: str,
    zones: tuple[str, ...],
    country: str | None,
    *,
    home: Mapping[str, Any],
    countries: Countries,
) -> Place:
    """The place of a number; `home` is the `country` and `region_code` of its owner's record."""
    rules = countries.get(country)
    stated = home.get("region_code") if country == home.get("country") else None
    region = rules.region_of(e164, region_code=stated) if rules else None
    return Place(zones, country, region or subdivision(stated, country=country))


@dataclass(frozen=True, slots=True)
class Opening:
    """When people may be called next, how many at that moment, and where most of them are."""

    at: datetime
    people: int
    place: str
    zone: str


def next_opening(
    waiting: Mapping[str, int], now: datetime, countries: Countries, hours: HoursRule
) -> Opening | None:
    """`waiting` counts by place key who is due; None where nobody is, or no hour is allowed."""
    opens: dict[datetime, dict[str, int]] = {}
    for key, people in waiting.items():
        timetable = Place.of(key).timetable(countries, hours)
        if timetable is None or people <= 0:
            continue
        try:
            opens.setdefault(timetable.next(now), {})[key] = people
        except NoAllowedHour:
            continue
    if not opens:
        return None
    at = min(opens)
    most = max(opens[at], key=lambda key: (opens[at][key], key))
    place = Place.of(most)
    return Opening(at, sum(opens[at].values()), place.name, place.zones[0])
