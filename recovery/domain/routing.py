"""Routing: from case, person, policy, history and time to one decision, as a pure function.

Rules are asked in their order; the first that has something to say decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from recovery.domain.cadence import Progress
from recovery.domain.case import (
    FIRST_MESSAGE,
    LAST_MESSAGE,
    Attempt,
    Case,
    CaseEnd,
    CaseState,
    Channel,
    call_step,
)
from recovery.domain.consent import call_number, whatsapp_number, why_no_call, why_no_whatsapp
from recovery.domain.country import Countries, subdivision
from recovery.domain.decision import Act, Decision
from recovery.domain.email_status import FAULTS
from recovery.domain.person import Number, Person
from recovery.domain.policy import Goal, Open, Policy, StatusRule
from recovery.domain.timetable import Timetable


@dataclass(frozen=True)
class Situation:
    """All that a decision is made from."""

    case: Case
    person: Person
    attempts: tuple[Attempt, ...]
    policy: Policy
    countries: Countries
    now: datetime
    #: Countries of whose do-not-call list a copy was imported lately.
    fresh_registries: frozenset[str] = frozenset()

    @cached_property
    def rule(self) -> StatusRule:
        """The policy's line for the status that decides."""
        return self.policy.rule(self.person.status)

    @cached_property
    def progress(self) -> Progress:
        """What of the cadence is done."""
        return Progress(self.case, self.attempts, self.policy, self.rule, self.now)

    def country_of(self, number: Number) -> str:
        """The number's country, which rules hours, holidays and block lists."""
        return number.phone.region

    def timetable(self, number: Number) -> Timetable:
        """When this number may be reached."""
        country = self.country_of(number)
        rules = self.countries.get(country)
        stated = self.person.region_code if country == self.person.country else None
        region = rules.region_of(number.phone.e164, region_code=stated) if rules else None
        return Timetable(
            number.zones,
            country,
            region or subdivision(stated, country=country),
            rules,
            self.policy.hours,
        )

    @cached_property
    def no_whatsapp(self) -> str | None:
        """Why no message may go to this person, if so."""
        number = whatsapp_number(self.person)
        return why_no_whatsapp(self.person, self.policy) or self._held(number, Channel.WHATSAPP)

    @cached_property
    def no_call(self) -> str | None:
        """Why no call may go to this person, if so."""
        number = call_number(self.person)
        rules = self.countries.get(self.country_of(number)) if number else None
        return why_no_call(self.person, rules) or self._held(number, Channel.CALL)

    def _held(self, number: Number | None, channel: Channel) -> str | None:
        if number is None or self.policy.registry != "hold":
            return None
        country = self.country_of(number)
        place = self.timetable(number)
        rules = place.rules.within(place.region_code) if place.rules else None
        if rules and channel.value in rules.registry_binds and country not in self.fresh_registries:
            return f"the block list of {country} was not imported lately"
        return None


Rule = Callable[[Situation], Decision | None]


def decide(situation: Situation) -> Decision:
    """The one next act of an open case; every decision carries its rule and its reason."""
    for rule in _RULES:
        decision = rule(situation)
        if decision:
            return decision
    return _exhausted(situation)


def template_for(goal: Goal, *, last: bool, once: bool) -> str:
    """The name of the message template of a goal."""
    if once:
        return f"{goal.value}_once"
    return f"{goal.value}_{'last' if last else 'first'}"


def _unknown(s: Situation) -> Decision | None:
    if not s.person.has_unknown_status:
        return None
    return Decision(
        Act.WAIT, "status.unknown", "Keap shows a status we do not know: nothing is done"
    )


def _in_hold(s: Situation) -> Decision | None:
    if s.case.state is not CaseState.HOLD:
        return None
    until = s.case.hold_until or s.now
    if until > s.now:
        return Decision(Act.HOLD, "hold.waiting", f"on hold until {until:%Y-%m-%d}", at=until)
    if not s.rule.delete:
        reason = "the hold is over, and the policy deletes nobody in this status"
        return Decision(Act.CLOSE, "hold.kept", reason, end=_end(s))
    return Decision(Act.ARCHIVE, "hold.over", "the hold is over: ready for the archive")


def _with_a_person(s: Situation) -> Decision | None:
    if s.case.state in (CaseState.CONFIRMING, CaseState.CONSENTED):
        return Decision(Act.WAIT, f"state.{s.case.state}", "waits for the person's confirmation")
    if s.case.state is CaseState.ENGAGED and s.case.callback_at is None:
        return Decision(Act.WAIT, "state.engaged", "a person of the team answers")
    return None


def _stopped(s: Situation) -> Decision | None:
    silenced = {Channel.WHATSAPP, Channel.CALL} <= s.person.suppressed
    if not (s.case.stopped or silenced):
        return None
    return _over(s, "stopped", "the person does not want to be contacted")


def _not_open(s: Situation) -> Decision | None:
    if s.rule.open is Open.AUTO or (s.rule.open is Open.ON_REQUEST and s.case.requested):
        return None
    reason = "the policy opens no case in this status by itself"
    return Decision(Act.CLOSE, "policy.open", reason, end=CaseEnd.NOT_ALLOWED)


def _free_win(s: Situation) -> Decision | None:
    email = s.person.free_win() if s.person.status in FAULTS else None
    until = s.case.opened_at + timedelta(days=s.policy.free_win_days)
    if email is None or s.case.win_rejected or until <= s.now:
        return None
    reason = "another address of this person works: a manager decides"
    return Decision(Act.FREE_WIN, "free_win", reason, at=until, email=email)


def _too_early(s: Situation) -> Decision | None:
    starts_at = s.person.deciding.status_since + timedelta(days=s.rule.after_days)
    if s.attempts or starts_at <= s.now:
        return None
    reason = f"Keap may still heal this status: starts on {starts_at:%Y-%m-%d}"
    return Decision(Act.WAIT, "policy.after_days", reason, at=starts_at)


def _as_agreed(s: Situation) -> Decision | None:
    if s.case.callback_at is None or s.progress.open_call:
        return None
    number = call_number(s.person)
    if number is None or s.no_call:
        return None
    at = s.timetable(number).next(max(s.now, s.case.callback_at))
    step = f"callback-{s.case.callback_at:%Y%m%d%H%M}"
    return Decision(
        Act.CALL,
        "call.agreed",
        "the person asked for this call",
        at=at,
        step=step,
        number=number,
        place=s.timetable(number),
        planned_on=s.timetable(number).local_day(at),
    )


def _first_message(s: Situation) -> Decision | None:
    if s.rule.messages == 0 or s.progress.first or s.progress.calls or s.no_whatsapp:
        return None
    number = whatsapp_number(s.person)
    assert number is not None  # noqa: S101 (no_whatsapp says so otherwise)
    at = s.timetable(number).next(s.now)
    once = s.rule.messages == 1 and s.person.status.is_refusal
    template = template_for(s.policy.goal(s.person.status), last=False, once=once)
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}",
        "consent is on record: the first message",
        at=at,
        step=FIRST_MESSAGE,
        number=number,
        place=s.timetable(number),
        template=template,
    )


def _awaiting_answer(s: Situation) -> Decision | None:
    for attempt in (s.progress.first, s.progress.last):
        if attempt is None or s.progress.has_ended(attempt):
            continue
        if attempt is s.progress.last and (s.progress.open_call or s.progress.calls_remain):
            continue
        until = s.progress.ends_at(attempt)
        reason = "a message is under way or may still be answered"
        return Decision(Act.WAIT, "whatsapp.answer", reason, at=until)
    return None


def _next_call(s: Situation) -> Decision | None:
    if s.progress.open_call or not s.progress.calls_remain or s.no_call:
        return None
    if _somebody_answered(s):
        return None
    number = call_number(s.person, turn=len(s.progress.calls))
    assert number is not None  # noqa: S101 (no_call says so otherwise)
    timetable = s.timetable(number)
    day, at = s.progress.next_call_at(timetable)
    turn = len(s.progress.calls) + 1
    return Decision(
        Act.CALL,
        "call.cadence",
        f"call {turn} of {s.rule.calls}: {s.no_whatsapp or 'no answer to the message'}",
        at=at,
        step=call_step(turn),
        number=number,
        place=timetable,
        planned_on=day,
        started_on=s.progress.day_zero(timetable),
    )


def _somebody_answered(s: Situation) -> bool:
    """Once a person answered a call, the next one is only as agreed with them."""
    return any(a.disposition and a.disposition.human_answered for a in s.attempts)


def _last_message(s: Situation) -> Decision | None:
    if s.no_whatsapp or not s.progress.wants_last_message():
        return None
    number = whatsapp_number(s.person)
    assert number is not None  # noqa: S101 (no_whatsapp says so otherwise)
    timetable = s.timetable(number)
    day = s.progress.last_message_day(timetable)
    if day is None:
        return None
    return Decision(
        Act.MESSAGE,
        f"whatsapp.{s.rule.whatsapp}.last",
        "the first message arrived without an answer: the second and last",
        at=timetable.next(s.now, day=day),
        step=LAST_MESSAGE,
        number=number,
        place=timetable,
        template=template_for(s.policy.goal(s.person.status), last=True, once=False),
    )


def _call_open(s: Situation) -> Decision | None:
    call = s.progress.open_call
    if call is None:
        return None
    # Looked at daily, because it lapses when nobody works it.
    at = max(s.now, call.due_at or s.now) + timedelta(days=1)
    return Decision(Act.WAIT, "call.open", "a call waits in the queue", at=at)


def lapsed(situation: Situation) -> Attempt | None:
    """The call that nobody worked in time, if there is one; it is no attempt."""
    call = situation.progress.open_call
    numbers = [n for n in situation.person.numbers if call and n.key == call.number_key]
    if call is None or not numbers:
        return call if call and not numbers else None
    timetable = situation.timetable(numbers[0])
    over = timetable.local_day(situation.now) > situation.progress.lapses_on(call, timetable)
    return call if over else None


def _exhausted(s: Situation) -> Decision:
    if s.attempts:
        return _over(s, "unrecovered", "all steps of the cadence have ended")
    return _over(s, "no_route", f"no route is left: {s.no_call}; {s.no_whatsapp}")


def _over(s: Situation, why: str, reason: str) -> Decision:
    """The hold before the archive, or, where nobody is ever deleted, the end."""
    if not s.rule.delete:
        return Decision(Act.CLOSE, f"{why}.close", reason, end=_end(s))
    until = s.now + timedelta(days=s.policy.hold_days)
    return Decision(Act.HOLD, f"{why}.hold", reason, at=until)


def _end(s: Situation) -> CaseEnd:
    return CaseEnd.STOPPED if s.case.stopped else CaseEnd.UNRECOVERED


_RULES: tuple[Rule, ...] = (
    _unknown,
    _in_hold,
    _with_a_person,
    _stopped,
    _not_open,
    _free_win,
    _too_early,
    _as_agreed,
    _first_message,
    _awaiting_answer,
    _next_call,
    _last_message,
    _call_open,
)
