"""The steps of an open case: its messages and calls, in the order in which they are asked.

Each says what is next, what is waited for, or nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from recovery.domain.case import FIRST_MESSAGE, LAST_MESSAGE, Attempt, AttemptState, call_step
from recovery.domain.consent import call_number, call_numbers, whatsapp_number, why_no_agreed_call
from recovery.domain.decision import Act, Decision
from recovery.domain.person import Number
from recovery.domain.policy import Goal
from recovery.domain.situation import Situation
from recovery.domain.texts import UTILITY, ladder
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
    """The queued call as it ends now: lapsed, or cancelled because it is no longer allowed; only
    intended again where it is planned anew: for another number of theirs, or once we know a status.

    One whose person was dialled waits for its result, however long the rep takes.
    """
    call = situation.progress.open_call
    if call is None:
        return None
    if _is_to_be_planned_anew(situation, call):
        return replace(call, state=AttemptState.INTENDED, ended_at=situation.now)
    if _is_forbidden(situation, call):
        return replace(call, state=AttemptState.CANCELLED, ended_at=situation.now)
    place = situation.timetable_of(call)
    if place is None or call.dialled_at:
        return None
    over = place.local_day(situation.now) > situation.progress.lapses_on(call, place)
    return replace(call, state=AttemptState.LAPSED, ended_at=situation.now) if over else None


def _is_to_be_planned_anew(s: Situation, call: Attempt) -> bool:
    if call.step.startswith(AGREED) or call.dialled_at:
        return False
    has_moved = bool(s.numbers_to_call) and s.timetable_of(call) is None
    return s.person.has_unknown_status or (has_moved and call in s.progress.calls)


def _is_forbidden(s: Situation, call: Attempt) -> bool:
    """Suppressed, its number gone, or a call of the cadence that law or policy allow no more."""
    numbers = [n for n in call_numbers(s.person) if n.key == call.number_key]
    if not numbers or why_no_agreed_call(s.person):
        return True
    if call.step.startswith(AGREED) or call.dialled_at:
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
    once = s.person.status.is_refusal
    text = _text(s, template_for(s.policy.goal(s.person.status), last=False, once=once))
    if text is None:
        return None
    place = s.timetable(text.number)
    if _was_never_approved(s, text.name, s.case.started_on, place):
        return None
    at = place.next(s.may_ask_from(place))
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}{text.rule}",
        f"consent is on record: the first message{text.why}",
        at=at,
        step=FIRST_MESSAGE,
        number=text.number,
        place=place,
        template=text.name,
        started_on=place.local_day(at),
    )


@dataclass(frozen=True, slots=True)
class _Text:
    """A text for a step and the number it may reach, with what is added to rule and reason."""

    name: str
    number: Number
    rule: str = ""
    why: str = ""


def _text(s: Situation, plain: str) -> _Text | None:
    """The best open text that reaches a number of theirs, else the best, which waits; None where
    none may be sent to where they are."""
    specials = s.special_texts if plain.endswith("_first") else ()
    instead = s.policy.templates.instead
    names = [*specials, *(one for name in (*specials, plain) for one in ladder(name, instead))]
    fits = {name: number for name in names if (number := _reached_by(s, name))}
    best = next(iter(fits), None)
    if best is None:
        return None
    name = next((one for one in fits if one not in s.texts.closed), best)
    rule = f".{name.rpartition('_')[2]}" if name in specials else ""
    return _Text(name, fits[name], rule, _why_this(s, name, best))


def _reached_by(s: Situation, name: str) -> Number | None:
    category = UTILITY if name in s.texts.utility else None
    return whatsapp_number(s.person, category=category)


def _why_this(s: Situation, name: str, best: str) -> str:
    word = s.texts.closed.get(best)
    if word is None:
        return ""
    if name == best:
        return f"; it waits, as WhatsApp has {name} {word} and the policy names no other text"
    return f"; {name} stands in for {best}, which WhatsApp has {word}"


def _was_never_approved(s: Situation, template: str, since: date | None, place: Timetable) -> bool:
    """A message whose text got no approval in as many days as a call has to be worked."""
    if since is None or template not in s.texts.closed:
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
    text = _text(s, template_for(s.policy.goal(s.person.status), last=True, once=False))
    if text is None:
        return None
    place = s.timetable(text.number)
    day = s.progress.last_message_day(place, calls_allowed=s.no_call is None)
    if day is None or _was_never_approved(s, text.name, day, place):
        return None
    earliest = max(
        s.may_ask_from(place), first.created_at + timedelta(days=s.policy.message_gap_days)
    )
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}.last",
        f"the first message arrived without an answer: the second and last{text.why}",
        at=place.next_on_working_day(earliest, day=day),
        step=LAST_MESSAGE,
        number=text.number,
        place=place,
        template=text.name,
    )


def call_open(s: Situation) -> Decision | None:
    """A call in the queue is waited for."""
    call = s.progress.open_call
    if call is None:
        return None
    # Looked at daily, and at once where nobody worked it in time: nobody works it a day later.
    at = max(s.now, call.due_at or s.now) + _DAY
    place = s.timetable_of(call)
    if place is not None:
        lapses_at = place.beginning_of(s.progress.lapses_on(call, place) + _DAY)
        at = min(at, lapses_at) if lapses_at > s.now else at
    return Decision(Act.WAIT, "call.open", "a call waits in the queue", at=at)


def registry(s: Situation) -> Decision | None:
    """Steps that nothing but a missing block list keeps back are not over: they wait for it."""
    next_message = s.rule.messages > 0 and not (s.progress.first or s.progress.calls)
    next_call = s.progress.calls_remain and not s.progress.was_spoken_to
    held = (s.call_held if next_call else None) or (s.whatsapp_held if next_message else None)
    if held is None:
        return None
    return Decision(Act.WAIT, "registry.hold", held, at=s.now + _DAY)
