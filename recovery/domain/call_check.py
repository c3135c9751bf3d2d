"""The last look before a phone rings: may this person be called on this number at this moment?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from recovery.domain.case import Attempt, AttemptState, CaseState, Channel
from recovery.domain.person import Number
from recovery.domain.situation import Situation
from recovery.domain.steps import AGREED
from recovery.domain.timetable import Timetable

#: States in which somebody of the team may call.
_ACTIVE = (CaseState.OPEN, CaseState.ENGAGED)
#: A call that was agreed on may be made at its time, at whatever hour, if about kept.
_EARLY, _LATE = timedelta(minutes=5), timedelta(minutes=30)


class WhyNot(StrEnum):
    """Why a phone does not ring."""

    #: The call is not in the queue any more: disposed, lapsed, cancelled.
    NOT_QUEUED = "not_queued"
    NOT_ACTIVE = "not_active"
    STOPPED = "stopped"
    WRONG_NUMBER = "wrong_number"
    #: Law or policy: no consent to calls, or a block list that was not imported.
    FORBIDDEN = "forbidden"
    OUTSIDE_HOURS = "outside_hours"
    NOT_DUE = "not_due"
    CALLED_TODAY = "called_today"


@dataclass(frozen=True, slots=True)
class Barrier:
    """Why not, and from when on it may be; None where waiting does not help."""

    why: WhyNot
    until: datetime | None = None
    words: str = ""


def number_of(situation: Situation, number_key: str) -> Number | None:
    """The person's number with this key."""
    return next((n for n in situation.person.numbers if n.key == number_key), None)


def barrier(
    situation: Situation, call: Attempt, number: Number | None, *, dialled: Sequence[datetime]
) -> Barrier | None:
    """What stands between this queued call and the number's ringing now, if anything.

    `dialled` are the latest moments at which the number was dialled for any other call.
    """
    if call.state is not AttemptState.QUEUED:
        return Barrier(WhyNot.NOT_QUEUED)
    if situation.case.state not in _ACTIVE:
        return Barrier(WhyNot.NOT_ACTIVE)
    if situation.case.stopped or Channel.CALL in situation.person.suppressed:
        return Barrier(WhyNot.STOPPED)
    if number is None or number.is_dropped:
        return Barrier(WhyNot.WRONG_NUMBER)
    if Channel.CALL in number.suppressed:
        return Barrier(WhyNot.STOPPED)
    agreed = call.step.startswith(AGREED)
    if not agreed and number not in situation.numbers_to_call:
        return Barrier(WhyNot.FORBIDDEN, words=situation.no_call or "")
    place = situation.timetable(number)
    if agreed:
        return _agreed(situation.now, call, place)
    return _of_cadence(situation, call, place, dialled)


def _agreed(now: datetime, call: Attempt, place: Timetable) -> Barrier | None:
    at = call.due_at or now
    if place.allows(now) or at - _EARLY <= now <= at + _LATE:
        return None
    return Barrier(WhyNot.OUTSIDE_HOURS, min(at, place.next(now)) if at > now else place.next(now))


def _of_cadence(
    situation: Situation, call: Attempt, place: Timetable, dialled: Sequence[datetime]
) -> Barrier | None:
    now = situation.now
    if not place.allows(now):
        return Barrier(WhyNot.OUTSIDE_HOURS, place.next(max(now, call.due_at or now)))
    if call.due_at and call.due_at > now:
        return Barrier(WhyNot.NOT_DUE, call.due_at)
    today = place.local_day(now)
    if sum(place.local_day(at) == today for at in dialled) >= _cap(situation):
        tomorrow = today + timedelta(days=1)
        return Barrier(WhyNot.CALLED_TODAY, place.next(now, day=tomorrow))
    return None


def _cap(situation: Situation) -> int:
    return situation.policy.caps.calls_per_number_day
