"""How many people may be written to now: the account's limit, a new sender's warming up, the day's
spread, and a first look at a few before many."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: A new sender writes to so many people a day, and to twice as many every three days …
FIRST_LEVEL = 50
RISES_AFTER = timedelta(days=3)
#: … while stops, blocks and wrong numbers stay below this share of the delivered.
BAD_SHARE = 0.02
#: Warm enough for every tier that Meta has below "unlimited".
WARM = 100_000
#: Meta's lowest tier: what counts where nobody says how many people a day may be written to.
CAREFUL_LIMIT = 250
#: The day's allowance leaves in as many hours as the shipped policy allows on a weekday.
HOURS_A_DAY = 10
#: A run of more than this begins with a few, whose fate is looked at first.
LARGE, CANARY = 100, 20
LOOK_AFTER = timedelta(minutes=30)
_CANARY_BAD_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Level:
    """People a day while a sender warms up, and since when."""

    people: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Reception:
    """How people took our messages of some days; `bad` are stops, blocks and wrong numbers."""

    delivered: int = 0
    bad: int = 0

    @property
    def is_good(self) -> bool:
        """Something arrived, and few minded."""
        return self.delivered > 0 and self.bad < BAD_SHARE * self.delivered


def risen(level: Level, reception: Reception, now: datetime) -> Level:
    """Twice the people once three days went well; else the level stays, and so does its date."""
    if level.people >= WARM or now - level.since < RISES_AFTER or not reception.is_good:
        return level
    return Level(min(WARM, 2 * level.people), now)


@dataclass(frozen=True, slots=True)
class Allowance:
    """People who may be written to in any 24 hours and in any hour; None without a limit."""

    a_day: int | None
    an_hour: int | None

    def left(self, day: int, hour: int) -> int | None:
        """How many more now, after so many in the last day and hour."""
        rooms = [
            max(0, most - used)
            for most, used in ((self.a_day, day), (self.an_hour, hour))
            if most is not None
        ]
        return min(rooms) if rooms else None


def allowance(*limits: int | None, spread: bool) -> Allowance:
    """The smallest limit; spread, no hour takes more than its part of the day."""
    stated = [limit for limit in limits if limit is not None]
    if not stated:
        return Allowance(None, None)
    a_day = min(stated)
    return Allowance(a_day, -(-a_day // HOURS_A_DAY) if spread else None)


def days_until(place: int, a_day: int) -> int:
    """In how many days somebody's turn comes who has `place` people before them, from tomorrow."""
    return 1 + place // max(1, a_day)


class CanaryWord(StrEnum):
    """What the few say about the many."""

    NOT_NEEDED = "not_needed"
    BEGIN = "begin"
    WAIT = "wait"
    GO = "go"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Canary:
    """The few that left first, and how they were taken."""

    begun_at: datetime
    sent: int
    reception: Reception
    #: A person looked at them and said go.
    is_cleared: bool = False

    @property
    def is_empty(self) -> bool:
        """None of them could be tried, and nobody said go."""
        return self.sent == 0 and not self.is_cleared

    @property
    def is_good(self) -> bool:
        """Half of them arrived, and few people minded."""
        minded = self.reception.bad > _CANARY_BAD_SHARE * self.sent
        return self.is_cleared or (2 * self.reception.delivered >= self.sent and not minded)


def canary_word(canary: Canary | None, *, due: int, now: datetime) -> CanaryWord:
    """A good canary counts for a day; a bad one keeps the rest back until a person says go.

    One of which nothing left says nothing: others are tried.
    """
    if canary is not None and now - canary.begun_at < LOOK_AFTER:
        return CanaryWord.WAIT
    if canary is not None and not canary.is_good:
        return CanaryWord.BAD
    if canary is None or canary.is_empty or now - canary.begun_at >= DAY:
        return CanaryWord.BEGIN if due > LARGE else CanaryWord.NOT_NEEDED
    return CanaryWord.GO
