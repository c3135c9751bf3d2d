"""A case driven through time: the decisions are the product's, the world is scripted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from recovery.domain.case import Attempt, AttemptState, Case, CaseState, Channel, Disposition
from recovery.domain.decision import Act, Decision
from recovery.domain.person import Person
from recovery.domain.policy import Policy
from recovery.domain.routing import decide
from recovery.domain.situation import Situation
from recovery.domain.steps import ended_call
from tests.builders import CAREFUL, COUNTRIES, MONDAY, a_case, a_person

#: What becomes of a message: the state it comes to.
Messages = Callable[[str], AttemptState]
#: When a rep works a call, in time after it is due, and what they say; None: nobody does.
Calls = Callable[[str], tuple[timedelta, Disposition] | None]


def _delivered(_step: str) -> AttemptState:
    return AttemptState.DELIVERED


def _nobody_answers(_step: str) -> tuple[timedelta, Disposition]:
    return timedelta(minutes=30), Disposition.NO_ANSWER


@dataclass
class Life:
    """One case from its opening on; `story` is what was done, in order."""

    person: Person = field(default_factory=a_person)
    policy: Policy = CAREFUL
    now: datetime = MONDAY
    case: Case = field(default_factory=a_case)
    messages: Messages = _delivered
    calls: Calls = _nobody_answers
    attempts: dict[str, Attempt] = field(default_factory=dict)
    story: list[Decision] = field(default_factory=list)

    def situation(self) -> Situation:
        """The case as it stands."""
        attempts = tuple(self.attempts.values())
        return Situation(self.case, self.person, attempts, self.policy, COUNTRIES, self.now)

    def live(self, *, days: int = 200) -> Decision:
        """Until the case is closed or ready for the archive, or the days are over."""
        limit = self.now + timedelta(days=days)
        while self.now <= limit:
            decision = self.turn()
            if decision.act in (Act.CLOSE, Act.ARCHIVE):
                return decision
        return decision

    def turn(self) -> Decision:
        """One decision, carried out; then time moves to the next event."""
        call = ended_call(self.situation())
        if call:
            self.attempts[call.step] = call
        decision = decide(self.situation())
        self._carry_out(decision)
        return decision

    def moments(self, act: Act) -> list[tuple[str | None, datetime]]:
        """Steps and times of what was done."""
        return [(d.step, d.at) for d in self.story if d.act is act and d.at]

    def _carry_out(self, decision: Decision) -> None:
        if decision.act in (Act.MESSAGE, Act.CALL):
            assert decision.step not in self.attempts, "a step is never repeated"
            self.story.append(decision)
        match decision.act:
            case Act.MESSAGE:
                self._work_until(decision.at)
                if self._still(decision):
                    self._send(decision)
            case Act.CALL:
                self._queue(decision)
            case Act.HOLD if self.case.state is not CaseState.HOLD:
                self.case = replace(self.case, state=CaseState.HOLD, hold_until=decision.at)
            case Act.FREE_WIN:
                self.case = replace(
                    self.case,
                    state=CaseState.PROPOSED,
                    win_email=decision.email,
                    win_until=decision.at,
                )
                self._work_until(decision.at)
            case Act.WAIT | Act.HOLD:
                later = decision.at or self.now + timedelta(days=1)
                self._work_until(max(later, self.now + timedelta(minutes=1)))
            case _:
                pass

    def _still(self, decision: Decision) -> bool:
        """A rep may have worked a call meanwhile: the decision is made afresh."""
        if decide(self.situation()).step == decision.step:
            return True
        self.story.pop()
        return False

    def _send(self, decision: Decision) -> None:
        assert decision.number
        assert decision.step
        state = self.messages(decision.step)
        over = state in (AttemptState.FAILED, AttemptState.REJECTED, AttemptState.ABSENT)
        self._add(decision, Channel.WHATSAPP, state, ended_at=self.now if over else None)

    def _queue(self, decision: Decision) -> None:
        due: dict[str, Any] = {"due_at": decision.at, "planned_on": decision.planned_on}
        self._add(decision, Channel.CALL, AttemptState.QUEUED, **due)
        started_on = self.case.started_on or decision.started_on
        self.case = replace(self.case, started_on=started_on, callback_at=None)

    def _add(self, decision: Decision, channel: Channel, state: AttemptState, **more: Any) -> None:
        assert decision.number
        assert decision.step
        self.attempts[decision.step] = Attempt(
            decision.step,
            channel,
            state,
            decision.number.key,
            self.now,
            template=decision.template,
            **more,
        )

    def _work_until(self, until: datetime | None) -> None:
        """Time moves on, at most to the moment at which a rep works the open call."""
        assert until is not None
        until = max(until, self.now)
        call = next((a for a in self.attempts.values() if a.state is AttemptState.QUEUED), None)
        worked = self.calls(call.step) if call else None
        if call is None or worked is None or call.due_at is None:
            self.now = until
            return
        at = max(call.due_at + worked[0], self.now)
        if at > until:
            self.now = until
            return
        self.now = at
        self.attempts[call.step] = replace(
            call, state=AttemptState.DONE, ended_at=at, disposition=worked[1]
        )
