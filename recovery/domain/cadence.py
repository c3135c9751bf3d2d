"""The ordered steps of a case: which has ended, which is next, and on which day it falls."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from recovery.domain.calendar import PartOfDay
from recovery.domain.case import (
    FIRST_MESSAGE,
    LAST_MESSAGE,
    Attempt,
    AttemptState,
    Case,
    call_step,
)
from recovery.domain.policy import Policy, StatusRule
from recovery.domain.timetable import Timetable, part_after

_UNDER_WAY = frozenset({AttemptState.SENDING, AttemptState.IN_DOUBT})
_OVER = frozenset(
    {
        AttemptState.FAILED,
        AttemptState.REJECTED,
        AttemptState.ABSENT,
        AttemptState.DONE,
        AttemptState.LAPSED,
        AttemptState.CANCELLED,
    }
)
#: The last message follows this call, or the last one where the policy has fewer.
_CALLS_BEFORE_LAST = 2


@dataclass(frozen=True)
class Progress:
    """What of a case's cadence is done; times in UTC, days local to the person.

    A person may have numbers far apart: what was done has the day and hour of `place_of` its own.
    """

    case: Case
    attempts: tuple[Attempt, ...]
    policy: Policy
    rule: StatusRule
    now: datetime
    #: Where the number of an attempt is; None for one they have no more.
    place_of: Callable[[Attempt], Timetable | None] = lambda _: None

    def attempt(self, step: str) -> Attempt | None:
        """The attempt of this step, if it was begun."""
        return next((a for a in self.attempts if a.step == step and a.was_begun), None)

    def ends_at(self, attempt: Attempt) -> datetime | None:
        """When the step ends or ended: at once, or as an unanswered message; None: not known."""
        if attempt.state in _OVER:
            return attempt.ended_at or attempt.created_at
        if attempt.is_call or attempt.state in _UNDER_WAY:
            return None
        return attempt.created_at + self.answer_time

    @property
    def answer_time(self) -> timedelta:
        """How long a message may be answered before the next step."""
        return timedelta(hours=self.policy.answer_hours)

    def has_ended(self, attempt: Attempt) -> bool:
        """The step is over and the next may come."""
        ends_at = self.ends_at(attempt)
        return ends_at is not None and ends_at <= self.now

    @cached_property
    def first(self) -> Attempt | None:
        """The first message, if one was begun; the same question, where a rep was quicker."""
        asked = (a for a in self.attempts if a.is_of_a_rep and a.may_be_with_them)
        return self.attempt(FIRST_MESSAGE) or next(asked, None)

    @cached_property
    def last(self) -> Attempt | None:
        """The second and last message, if one was begun."""
        return self.attempt(LAST_MESSAGE)

    @cached_property
    def calls(self) -> tuple[Attempt, ...]:
        """The cadence's calls that were put in the queue, in order."""
        found = (self.attempt(call_step(n)) for n in range(1, self.rule.calls + 1))
        return tuple(attempt for attempt in found if attempt)

    @cached_property
    def open_call(self) -> Attempt | None:
        """The one call of the case that waits in the queue, agreed ones included."""
        calls = (a for a in self.attempts if a.is_call and a.state is AttemptState.QUEUED)
        return next(calls, None)

    @property
    def calls_remain(self) -> bool:
        """Not all calls of the policy were put in the queue yet."""
        return len(self.calls) < self.rule.calls

    @property
    def was_spoken_to(self) -> bool:
        """Once a person answered a call, the next one is only as agreed with them."""
        return any(a.disposition and a.disposition.human_answered for a in self.attempts)

    def day_zero(self, timetable: Timetable) -> date:
        """The first message's day; without WhatsApp the first working day the case may start."""
        if self.first:
            return self._where(self.first, timetable).local_day(self.first.created_at)
        return self.case.started_on or timetable.first_working_day(timetable.next(self.now))

    def next_call_at(
        self, timetable: Timetable, *, full_days: Collection[date] = ()
    ) -> tuple[date, datetime]:
        """Day and moment of the next call; on `full_days` its number is called for other cases.

        The day goes before the part: where the 48 hours end at noon, the call is not put off to
        the next morning.
        """
        day, earliest = self._next_call_day(timetable), self.now
        if not self.calls and self.first:
            earliest = max(earliest, self.first.created_at + self.answer_time)
        while True:
            at = timetable.next(earliest, part=self._next_part(timetable), day=day)
            if timetable.local_day(at) > day:
                at = min(at, timetable.next_on_working_day(earliest, day=day))
            if timetable.local_day(at) not in full_days:
                return timetable.local_day(at), at
            day = timetable.working_days_after(timetable.local_day(at), 1)

    def _next_call_day(self, timetable: Timetable) -> date:
        """The working day of the next call: gaps are kept when an earlier call came late."""
        days = self.policy.call_days(self.rule)
        turn = len(self.calls)
        if turn == 0:
            return timetable.working_days_after(self.day_zero(timetable), days[0])
        before = self.calls[-1]
        ended_on = self._where(before, timetable).local_day(before.ended_at or self.now)
        base = max(before.planned_on or ended_on, ended_on)
        return timetable.working_days_after(base, days[turn] - days[turn - 1])

    def _next_part(self, timetable: Timetable) -> PartOfDay:
        before = self.calls[-1] if self.calls else None
        if before is None or before.due_at is None:
            return PartOfDay.MORNING
        return part_after(self._where(before, timetable).part_of(before.due_at))

    def _where(self, attempt: Attempt, otherwise: Timetable) -> Timetable:
        return self.place_of(attempt) or otherwise

    def lapses_on(self, call: Attempt, timetable: Timetable) -> date:
        """The last day on which a call that nobody worked may still be worked."""
        day = call.planned_on or timetable.local_day(call.due_at or self.now)
        return timetable.working_days_after(day, self.policy.lapse_days)

    def wants_last_message(self) -> bool:
        """A second message is due some day: the first arrived and nobody answered."""
        arrived = self.first is not None and self.first.state.reached_the_phone
        unanswered = arrived and not self.was_spoken_to
        return self.rule.messages > 1 and unanswered and self.last is None

    def last_message_day(self, timetable: Timetable, *, calls_allowed: bool) -> date | None:
        """The working day after the second call ended, days after the first; None: not yet.

        Calls that are not allowed have ended.
        """
        assert self.first is not None  # noqa: S101 (wants_last_message was asked before)
        gap = timedelta(days=self.policy.message_gap_days)
        day = timetable.local_day(self.first.created_at + gap)
        before = self.calls[:_CALLS_BEFORE_LAST]
        missing = len(before) < min(_CALLS_BEFORE_LAST, self.rule.calls)
        if (missing and calls_allowed) or not all(self.has_ended(call) for call in before):
            return None
        if not before:
            return day
        ended_at = before[-1].ended_at or self.now
        return max(day, timetable.working_days_after(timetable.local_day(ended_at), 1))
