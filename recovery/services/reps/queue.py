"""The queue: who waits for a rep, in which lane and order, and who holds whom.

A person held by one rep is offered to no other until the claim is given back or has run out.
Reads take no lock; claims are one short transaction each.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from recovery.domain.country import Countries
from recovery.domain.hours import NoAllowedHour
from recovery.domain.lane import (
    CLAIM_LASTS,
    PASSED_ON_AFTER,
    SKIPPED_FOR,
    Lane,
    Opening,
    Place,
    SkipReason,
    Wants,
    lane_of,
    next_opening,
)
from recovery.domain.policy import Policy
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.reps.queue_store import Claim, Filters, QueueStore, Slice, Tally, Waiter

#: People on one page of a lane.
PAGE = 50
#: The lanes a rep is served from when they name none, in this order.
SERVED = (Lane.CALLBACKS, Lane.REPLIES, Lane.NOW)
#: People a transaction: it keeps callbacks from being stored for as long as it lasts.
_AT_ONCE = 50
#: Where people are whom no clock keeps from being worked: a reply, a result that is owed.
ANYWHERE = Place(()).key


@dataclass(frozen=True, slots=True)
class LanePage:
    """People of one lane in their order; `after` is the cursor of the next page, if any."""

    lane: Lane
    waiters: tuple[Waiter, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """All lanes with their counts.

    `opening` says, where nobody is callable now, when the next ones are and where; `forecast` is
    when the first of those who wait for a free rep may start.
    """

    counts: Mapping[Lane, int]
    opening: Opening | None
    forecast: datetime | None


class Queue:
    """What the queue's page, its keys and the team's manager need."""

    def __init__(
        self, store: QueueStore, *, policy: Policy, countries: Countries, clock: Clock
    ) -> None:
        self._store = store
        self._policy = policy
        self._countries = countries
        self._clock = clock

    def board(self, filters: Filters | None = None) -> Board:
        """Lanes with counts, and the next opening where nobody can be called now."""
        now = self._clock()
        counts: dict[Lane, int] = dict.fromkeys(Lane, 0)
        closed: dict[str, int] = {}
        forecasts: list[datetime] = []
        for tally in self._store.tallies(filters or Filters(), now):
            lane = self._lane(tally, now)
            counts[lane] += tally.people
            if lane is Lane.WAITING:
                forecasts.append(tally.earliest)
            if lane is Lane.LATER and tally.due_at <= now:
                closed[tally.place] = closed.get(tally.place, 0) + tally.people
        opening = None
        if not any(counts[lane] for lane in SERVED):
            opening = next_opening(closed, now, self._countries, self._policy.hours)
        return Board(counts, opening, min(forecasts, default=None))

    def page(
        self, lane: Lane, filters: Filters | None = None, *, after: str | None = None
    ) -> LanePage:
        """One page of a lane; `after` is the cursor that the page before it gave."""
        now = self._clock()
        part = self._slice(lane, filters or Filters(), now)
        found = self._store.page(part, _read_cursor(after), PAGE + 1)
        shown = tuple(self._with_opening(one, now) for one in found[:PAGE])
        more = len(found) > PAGE
        return LanePage(lane, shown, _cursor(lane, shown[-1]) if more else None)

    def next(
        self,
        rep: str,
        lane: Lane | None = None,
        filters: Filters | None = None,
        *,
        but: int | None = None,
    ) -> int | None:
        """The next person for this rep, claimed: a case id, None where nobody is left.

        Without a lane the first of `SERVED` that has somebody; without filters the rep's own people
        and nobody's. `but` is the case they just left. Refusal while they owe a call's result.
        """
        self._must_owe_nothing(rep)
        now = self._clock()
        wanted = filters or Filters.of_rep(rep)
        parts = [self._slice(one, wanted, now) for one in ([lane] if lane else SERVED)]
        return self._store.take(rep, parts, now + CLAIM_LASTS, but=but)

    def claim(self, rep: str, case_id: int) -> Claim:
        """Opens one person's card for working; Refusal where somebody else holds them, or the rep
        owes the result of another call."""
        self._must_owe_nothing(rep, but=case_id)
        now = self._clock()
        until = now + CLAIM_LASTS
        holder = self._store.claim(rep, case_id, now, until)
        if holder != rep:
            raise Refusal("somebody else is working with this person: take the next one")
        return Claim(case_id, rep, until)

    def beat(self, rep: str, case_id: int) -> bool:
        """A sign of life of the rep on this card; False once the claim was lost."""
        now = self._clock()
        return self._store.beat(rep, case_id, now, now + CLAIM_LASTS)

    def held(self, rep: str) -> Claim | None:
        """Whom the rep holds now."""
        return self._store.claim_of(rep, self._clock())

    def owed(self, rep: str) -> int | None:
        """The case of a call the rep made and has not said the result of."""
        return self._store.owes(rep)

    def release(self, rep: str) -> None:
        """Gives the person back; Refusal while a call's result is owed."""
        self._must_owe_nothing(rep)
        self._store.release(rep)

    def skip(
        self,
        rep: str,
        case_id: int,
        reason: SkipReason,
        *,
        words: str = "",
        until: datetime | None = None,
    ) -> None:
        """Passes somebody over, for two hours unless told otherwise; the reason is kept."""
        self._must_owe_nothing(rep)
        if reason is SkipReason.OTHER and not words.strip():
            raise Refusal("say why: the next rep reads it")
        now = self._clock()
        if until is not None and until <= now:
            raise Refusal("this moment has passed: choose a later one")
        why = {"why": reason.value, "words": words.strip()[:255]}
        self._store.skip(rep, case_id, now, until or now + SKIPPED_FOR, why)

    def assign(self, case_ids: Sequence[int], rep: str | None, *, by: str) -> int:
        """A manager gives people to a rep, None: back to Keap's owner; counts who changed hands."""
        return self._store.assign(case_ids, rep, self._clock(), by=by)

    def assign_lane(
        self, lane: Lane, filters: Filters, rep: str | None, *, by: str, limit: int = 1000
    ) -> int:
        """As `assign`, for everybody of a lane that the filters leave, the first `limit`."""
        part = self._slice(lane, filters, self._clock())
        return self.assign(self._store.ids(part, limit), rep, by=by)

    def refresh(self, *, sets: int = sys.maxsize) -> int:
        """Follows what changed, some dozens of people a transaction and so many of those at most;
        the web app does it as things happen, `record` at its end."""
        now, done = self._clock(), 0
        for _ in range(sets):
            if not (made := self._store.refresh(now, _AT_ONCE)):
                break
            done += made
        return done + self._store.pass_on(now - PASSED_ON_AFTER)

    def follow(self, case_ids: Sequence[int]) -> None:
        """Shows these people as they are now, however many others changed before them."""
        self._store.remake(case_ids, self._clock())

    def _must_owe_nothing(self, rep: str, *, but: int | None = None) -> None:
        owed = self._store.owes(rep)
        if owed is not None and owed != but:
            raise Refusal("say first what happened on your last call")

    def _slice(self, lane: Lane, filters: Filters, now: datetime) -> Slice:
        places = frozenset(key for key in self._store.places() if self._is_open(key, now))
        return Slice(lane, now, places | {ANYWHERE}, filters)

    def _is_open(self, key: str, now: datetime) -> bool:
        if key == ANYWHERE:
            return True
        timetable = Place.of(key).timetable(self._countries, self._policy.hours)
        return timetable is not None and timetable.allows(now)

    def _lane(self, tally: Tally, now: datetime) -> Lane:
        return lane_of(tally.wants, tally.due_at, now, is_open=self._is_open(tally.place, now))

    def _with_opening(self, waiter: Waiter, now: datetime) -> Waiter:
        at = max(waiter.due_at, now)
        timetable = waiter.place.timetable(self._countries, self._policy.hours)
        if waiter.wants in (Wants.CALL, Wants.CALLBACK) and timetable is not None:
            try:
                at = timetable.next(at)
            except NoAllowedHour:
                return waiter
        return replace(waiter, opens_at=at)


def _cursor(lane: Lane, last: Waiter) -> str:
    order = last.due_at.timestamp() if lane is Lane.LATER else last.rank
    return f"{order!r}~{last.case_id}"


def _read_cursor(text: str | None) -> tuple[float, int] | None:
    if not text:
        return None
    order, _, case_id = text.partition("~")
    try:
        return float(order), int(case_id)
    except ValueError:
        raise Refusal("this page is not known any more: begin with the first one") from None
