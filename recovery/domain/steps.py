"""The steps of an open case: its messages and calls, in the order in which they are asked.

Each says what is next, what is waited for, or nothing.
"""

from dataclasses import replace
from datetime import date, timedelta

from recovery.domain.case import FIRST_MESSAGE, LAST_MESSAGE, Attempt, AttemptState, call_step
from recovery.domain.consent import call_number, call_numbers, whatsapp_number, why_no_agreed_call
from recovery.domain.decision import Act, Decision
from recovery.domain.policy import Goal
from recovery.domain.situation import Situation
from recovery.domain.timetable import Timetable

_DAY = timedelta(days=1)
#: Steps of calls that a person asked for begin so; the cadence does not count them.
AGREED = "callback-"


def template_for(goal: Goal, *, last: bool, once: bool) -> str:
    """The name of the message template of a goal."""
    if once:
        return f"{goal.value}_once"
    return f"{goal.value}_{'last' if last else 'first'}"


def ended_call(situation: Situation) -> Attempt | None:
    """The queued call as it ends now: lapsed, or cancelled because it is no longer allowed."""
    call = situation.progress.open_call
    if call is None:
        return None
    if _is_forbidden(situation, call):
        return replace(call, state=AttemptState.CANCELLED, ended_at=situation.now)
    place = situation.timetable_of(call)
    if place is None:
        return None
    over = place.local_day(situation.now) > situation.progress.lapses_on(call, place)
    return replace(call, state=AttemptState.LAPSED, ended_at=situation.now) if over else None


def _is_forbidden(s: Situation, call: Attempt) -> bool:
    """Suppressed, its number gone, or a call of the cadence that law or policy allow no more."""
    numbers = [n for n in call_numbers(s.person) if n.key == call.number_key]
    if not numbers or why_no_agreed_call(s.person):
        return True
    if call.step.startswith(AGREED):
        return False
    return call not in s.progress.calls or not s.is_lawful_to_call(numbers[0])


def as_agreed(s: Situation) -> Decision | None:
    """A call at the person's own time may be at any hour; one whose time has passed may not."""
    if s.case.callback_at is None:
        return None
    if s.progress.open_call:
        return call_open(s)
    why, number = why_no_agreed_call(s.person), call_number(s.person)
    if why or number is None:
        return for_the_team(f"a call was agreed, but {why}")
    place = s.timetable(number)
    at = s.case.callback_at if s.case.callback_at > s.now else place.next(s.now)
    return Decision(
        Act.CALL,
        "call.agreed",
        "the person asked for this call",
        at=at,
        step=f"{AGREED}{s.case.callback_at:%Y%m%d%H%M}",
        number=number,
        place=place,
        planned_on=place.local_day(at),
    )


def for_the_team(reason: str) -> Decision:
    """An engaged case: automation stands still."""
    return Decision(Act.WAIT, "state.engaged", reason)


def first_message(s: Situation) -> Decision | None:
    """The message of day 0, where consent allows one."""
    if s.rule.messages == 0 or s.progress.first or s.progress.calls or s.no_whatsapp:
        return None
    number = whatsapp_number(s.person)
    assert number is not None  # noqa: S101 (no_whatsapp says so otherwise)
    place = s.timetable(number)
    once = s.person.status.is_refusal
    template = template_for(s.policy.goal(s.person.status), last=False, once=once)
    if _was_never_approved(s, template, s.case.started_on, place):
        return None
    at = place.next(s.now)
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}",
        "consent is on record: the first message",
        at=at,
        step=FIRST_MESSAGE,
        number=number,
        place=place,
        template=template,
        started_on=place.local_day(at),
    )


def _was_never_approved(s: Situation, template: str, since: date | None, place: Timetable) -> bool:
    """A message whose text got no approval in as many days as a call has to be worked."""
    if since is None or template not in s.unapproved:
        return False
    return place.local_day(s.now) > place.working_days_after(since, s.policy.lapse_days)


def awaiting_first(s: Situation) -> Decision | None:
    """No call before the first message is answered or has ended."""
    return _awaiting(s, s.progress.first)


def awaiting_last(s: Situation) -> Decision | None:
    """The last message is waited for when no call is left."""
    return _awaiting(s, s.progress.last)


def _awaiting(s: Situation, message: Attempt | None) -> Decision | None:
    if message is None or s.progress.has_ended(message):
        return None
    reason = "a message is under way or may still be answered"
    return Decision(Act.WAIT, "whatsapp.answer", reason, at=s.progress.ends_at(message))


def next_call(s: Situation) -> Decision | None:
    """The next call of the cadence."""
    if s.progress.open_call or not s.progress.calls_remain or s.progress.was_spoken_to:
        return None
    turn, numbers = len(s.progress.calls), s.numbers_to_call
    if not numbers:
        return None
    number = numbers[turn % len(numbers)]
    place = s.timetable(number)
    day, at = s.progress.next_call_at(place, full_days=s.full_days(number))
    return Decision(
        Act.CALL,
        "call.cadence",
        f"call {turn + 1} of {s.rule.calls}: {s.no_whatsapp or 'no answer to the message'}",
        at=at,
        step=call_step(turn + 1),
        number=number,
        place=place,
        planned_on=day,
        started_on=s.progress.day_zero(place),
    )


def last_message(s: Situation) -> Decision | None:
    """The second message, which says that it is the last."""
    first = s.progress.first
    if first is None or s.no_whatsapp or not s.progress.wants_last_message():
        return None
    number = whatsapp_number(s.person)
    assert number is not None  # noqa: S101 (no_whatsapp says so otherwise)
    place = s.timetable(number)
    day = s.progress.last_message_day(place, calls_allowed=s.no_call is None)
    template = template_for(s.policy.goal(s.person.status), last=True, once=False)
    if day is None or _was_never_approved(s, template, day, place):
        return None
    earliest = max(s.now, first.created_at + timedelta(days=s.policy.message_gap_days))
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}.last",
        "the first message arrived without an answer: the second and last",
        at=place.next_on_working_day(earliest, day=day),
        step=LAST_MESSAGE,
        number=number,
        place=place,
        template=template,
    )


def call_open(s: Situation) -> Decision | None:
    """A call in the queue is waited for."""
    call = s.progress.open_call
    if call is None:
        return None
    # Looked at daily, because it lapses when nobody works it.
    at = max(s.now, call.due_at or s.now) + _DAY
    return Decision(Act.WAIT, "call.open", "a call waits in the queue", at=at)


def registry(s: Situation) -> Decision | None:
    """Steps that nothing but a missing block list keeps back are not over: they wait for it."""
    next_message = s.rule.messages > 0 and not (s.progress.first or s.progress.calls)
    next_call = s.progress.calls_remain and not s.progress.was_spoken_to
    held = (s.call_held if next_call else None) or (s.whatsapp_held if next_message else None)
    if held is None:
        return None
    return Decision(Act.WAIT, "registry.hold", held, at=s.now + _DAY)
