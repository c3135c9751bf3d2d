"""Routing: from case, person, policy, history and time to one decision, as a pure function.

Rules are asked in their order; the first that has something to say decides.
"""

from collections.abc import Callable
from datetime import timedelta

from recovery.domain import steps
from recovery.domain.case import CaseEnd, CaseState, Channel
from recovery.domain.decision import Act, Decision
from recovery.domain.email_status import FAULTS
from recovery.domain.hours import NoAllowedHour
from recovery.domain.intake import WAITS
from recovery.domain.policy import Open
from recovery.domain.situation import Situation

_DAY = timedelta(days=1)

Rule = Callable[[Situation], Decision | None]


def decide(situation: Situation) -> Decision:
    """The one next act of an open case; every decision carries its rule and its reason."""
    try:
        decisions = (rule(situation) for rule in _RULES)
        decision = next((one for one in decisions if one), None) or _exhausted(situation)
    except NoAllowedHour:
        reason = "no hour of the next weeks is allowed: look at [hours] in the policy"
        return Decision(Act.WAIT, "hours.none", reason, at=situation.now + _DAY)
    return _in_line(situation, decision)


def _in_line(s: Situation, decision: Decision) -> Decision:
    """A case that could start waits until the team has room, unless they asked for a call."""
    starts = decision.act in (Act.MESSAGE, Act.CALL) and not s.attempts
    if s.is_admitted or not starts or s.case.callback_at:
        return decision
    reason = "waits until somebody of the team has room"
    return Decision(Act.WAIT, WAITS, reason, step=decision.step)


def _unknown(s: Situation) -> Decision | None:
    if not s.person.has_unknown_status:
        return None
    return Decision(
        Act.WAIT, "status.unknown", "Keap shows a status we do not know: nothing is done"
    )


def _healed(s: Situation) -> Decision | None:
    if not s.person.contact.status.is_deliverable or s.case.state is CaseState.CONSENTED:
        return None
    return Decision(
        Act.CLOSE, "status.healed", "Keap delivers to this address again", end=CaseEnd.HEALED
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
    if s.case.state is not CaseState.ENGAGED or s.case.callback_at:
        return None
    # A call agreed on may lapse; all else waits for somebody of the team.
    return steps.call_open(s) or steps.for_the_team("a person of the team answers")


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


def _duplicate(s: Situation) -> Decision | None:
    if s.person.status.number != 5 or s.person.free_win() is None:
        return None
    reason = "a duplicate: another address of this person works"
    return Decision(Act.CLOSE, "status.duplicate", reason, end=CaseEnd.NOT_ALLOWED)


def _free_win(s: Situation) -> Decision | None:
    email = s.person.free_win() if s.person.status in FAULTS else None
    if email is None or s.case.win_rejected:
        return None
    until = s.now + timedelta(days=s.policy.free_win_days)
    if email == s.case.win_email:
        until = s.case.win_until or s.now
    if until <= s.now:
        return None
    reason = "another address of this person works: a manager decides"
    return Decision(Act.FREE_WIN, "free_win", reason, at=until, email=email)


def _too_early(s: Situation) -> Decision | None:
    starts_at = s.person.deciding.status_since + timedelta(days=s.rule.after_days)
    if s.attempts or starts_at <= s.now:
        return None
    reason = f"Keap may still heal this status: starts on {starts_at:%Y-%m-%d}"
    return Decision(Act.WAIT, "policy.after_days", reason, at=starts_at)


def _exhausted(s: Situation) -> Decision:
    if s.attempts:
        return _over(s, "unrecovered", "all steps of the cadence have ended")
    return _over(s, "no_route", f"no route is left: {s.no_call}; {s.no_whatsapp}")


def _over(s: Situation, why: str, reason: str) -> Decision:
    """The hold, in which an answer or a healing still counts; statuses 5 and 7 have none."""
    if s.person.status.number in _WITHOUT_HOLD:
        return Decision(Act.CLOSE, f"{why}.close", reason, end=_end(s))
    until = s.now + timedelta(days=s.policy.hold_days)
    return Decision(Act.HOLD, f"{why}.hold", reason, at=until)


def _end(s: Situation) -> CaseEnd:
    return CaseEnd.STOPPED if s.case.stopped else CaseEnd.UNRECOVERED


_WITHOUT_HOLD = frozenset({5, 7})
_RULES: tuple[Rule, ...] = (
    _unknown,
    _healed,
    _in_hold,
    _with_a_person,
    _stopped,
    _not_open,
    _duplicate,
    _free_win,
    _too_early,
    steps.as_agreed,
    steps.first_message,
    steps.awaiting_first,
    steps.next_call,
    steps.last_message,
    steps.call_open,
    steps.awaiting_last,
    steps.registry,
)
