"""The ordered steps of a case: which has ended, which is next, and on which day it falls."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from recovery.domain.case import (
    FIRST_MESSAGE,
    LAST_MESSAGE,
    Attempt,
    AttemptState,
    Case,
    call_step,
)
from recovery.domain.policy import Policy, StatusRule
from recovery.domain.timetable import PARTS, Timetable

_UNDER_WAY = frozenset({AttemptState.INTENDED, AttemptState.SENDING, AttemptState.IN_DOUBT})
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


@dataclass(frozen=True)
class Progress:
    """What of a case's cadence is done; times in UTC, days local to the person."""

    case: Case
    attempts: tuple[Attempt, ...]
    policy: Policy
    rule: StatusRule
    now: datetime

    def attempt(self, step: str) -> Attempt | None:
        """The attempt of this step, if it was begun."""
        return next((a for a in self.attempts if a.step == step), None)

    def ends_at(self, attempt: Attempt) -> datetime | None:
        """When the step ends or ended: at once, or as an unanswered message; None: not known."""
        if attempt.state in _OVER:
            return attempt.ended_at or attempt.created_at
        if attempt.is_call or attempt.state in _UNDER_WAY:
            return None
        return attempt.created_at + timedelta(hours=self.policy.answer_hours)

    def has_ended(self, attempt: Attempt) -> bool:
        """The step is over and the next may come."""
        ends_at = self.ends_at(attempt)
        return ends_at is not None and ends_at <= self.now

    @cached_property
    def first(self) -> Attempt | None:
        """The first message, if one was begun."""
        return self.attempt(FIRST_MESSAGE)

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

    def day_zero(self, timetable: Timetable) -> date:
        """The first message's day; without WhatsApp the first working day the case may start."""
        if self.first:
            return timetable.local_day(self.first.created_at)
        return self.case.started_on or timetable.first_working_day(self.now)

    def next_call_day(self, timetable: Timetable) -> date:
        """The working day of the next call: gaps are kept when an earlier call came late."""
        days = self.policy.call_days(self.rule)
        turn = len(self.calls)
        if turn == 0:
            return timetable.working_days_after(self.day_zero(timetable), days[0])
        before = self.calls[-1]
        ended_on = timetable.local_day(before.ended_at or self.now)
        base = max(before.planned_on or ended_on, ended_on)
        return timetable.working_days_after(base, days[turn] - days[turn - 1])

    def next_call_at(self, timetable: Timetable) -> tuple[date, datetime]:
        """Day and moment of the next call, in its part of the day."""
        day = self.next_call_day(timetable)
        part = PARTS[len(self.calls) % len(PARTS)]
        earliest = self.now
        if not self.calls and self.first:
            earliest = max(earliest, self.ends_at(self.first) or self.now)
        at = timetable.next(earliest, part=part, day=day)
        return timetable.local_day(at), at

    def lapses_on(self, call: Attempt, timetable: Timetable) -> date:
        """The day on which a call that nobody worked is given up."""
        day = call.planned_on or timetable.local_day(call.due_at or self.now)
        return timetable.working_days_after(day, self.policy.lapse_days)

    def wants_last_message(self) -> bool:
        """A second message is due some day: the first arrived and nobody answered."""
        arrived = self.first is not None and self.first.state.reached_the_phone
        return self.rule.messages > 1 and arrived and self.last is None

    def last_message_day(self, timetable: Timetable) -> date | None:
        """The working day after the second call ended, days after the first; None: not yet."""
        assert self.first is not None  # noqa: S101 (wants_last_message was asked before)
        gap = timedelta(days=self.policy.message_gap_days)
        day = timetable.local_day(self.first.created_at + gap)
        calls_before = min(2, self.rule.calls)
        if calls_before == 0:
            return day
        if len(self.calls) < calls_before or not self.has_ended(self.calls[calls_before - 1]):
            return None
        ended_at = self.calls[calls_before - 1].ended_at or self.now
        return max(day, timetable.working_days_after(timetable.local_day(ended_at), 1))
