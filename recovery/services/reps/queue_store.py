"""What the queue reads and writes: who waits for what and where, and who holds whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from recovery.domain.lane import Lane, Place, Wants


@dataclass(frozen=True, slots=True)
class Filters:
    """Who is wanted; None is everybody. `owners` are e-mails, "" stands for nobody's people."""

    status: str | None = None
    language: str | None = None
    country: str | None = None
    owners: tuple[str, ...] | None = None
    attempt: int | None = None

    @classmethod
    def of_rep(cls, rep: str) -> "Filters":
        """A rep's own people and those that are nobody's."""
        return cls(owners=(rep, ""))


@dataclass(frozen=True, slots=True)
class Slice:
    """One lane at one moment, as the database is asked for it."""

    lane: Lane
    now: datetime
    open_places: frozenset[str]
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Tally:
    """People who want the same at the same place; `due_at` tells a just due one from an old one."""

    wants: Wants
    place: str
    due_at: datetime
    people: int
    earliest: datetime


@dataclass(frozen=True, slots=True)
class Waiter:
    """One line of a lane; `held_by` is the rep who holds the person now, "" nobody.

    `opens_at` is when they may be called: now or earlier where they may be at once. `said` are the
    last words of who waits for an answer, None where they wrote nothing.
    """

    case_id: int
    contact_id: str
    name: str
    wants: Wants
    due_at: datetime
    rank: float
    place: Place
    owner: str
    status: str
    language: str
    country: str
    attempt_no: int
    attempt_id: int | None
    held_by: str
    said: str | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A person held by a rep until a moment that each sign of life moves on."""

    case_id: int
    rep: str
    until: datetime


class QueueStore(Protocol):
    """Where the queue and its claims are kept; each method is one transaction."""

    def places(self) -> list[str]:
        """Keys of all places that somebody of the queue is in."""

    def tallies(self, filters: Filters, now: datetime) -> list[Tally]:
        """How many people want what, where."""

    def page(self, part: Slice, after: tuple[float, int] | None, limit: int) -> list[Waiter]:
        """People of a lane in its order, after this rank and case."""

    def take(
        self, rep: str, parts: Sequence[Slice], until: datetime, *, but: int | None
    ) -> int | None:
        """Gives the rep the first person nobody holds, in place of whom they held before."""

    def claim(self, rep: str, case_id: int, now: datetime, until: datetime) -> str:
        """Holds this person for the rep; answers who holds them now."""

    def beat(self, rep: str, case_id: int, now: datetime, until: datetime) -> bool:
        """Moves the end of a claim; False where the rep does not hold the person any more."""

    def release(self, rep: str) -> None:
        """The rep holds nobody."""

    def claim_of(self, rep: str, now: datetime) -> Claim | None:
        """Whom the rep holds."""

    def owes(self, rep: str) -> int | None:
        """The case of a call the rep made and has not said the result of."""

    def skip(
        self, rep: str, case_id: int, now: datetime, until: datetime, why: Mapping[str, str]
    ) -> None:
        """Puts a person off until then, remembers why, and lets go of them."""

    def assign(self, case_ids: Sequence[int], rep: str | None, now: datetime, *, by: str) -> int:
        """Gives people to a rep, or back to Keap's owner; counts those that changed hands.

        Refusal for a rep who does not work here any more.
        """

    def ids(self, part: Slice, limit: int) -> list[int]:
        """Cases of a lane in its order."""

    def refresh(self, now: datetime, limit: int) -> int:
        """Makes anew the items of cases that changed; counts them."""

    def remake(self, case_ids: Sequence[int], now: datetime) -> None:
        """Makes the items of these cases anew."""

    def pass_on(self, before: datetime) -> int:
        """What has been due since before then is anybody's; counts the people."""
