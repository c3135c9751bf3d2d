"""Admissions: lines up the cases that could start, lets in as many as the team has room for, and
tells the others when their turn comes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from recovery.domain.case import FIRST_MESSAGE
from recovery.domain.email_status import EmailStatus
from recovery.domain.intake import Load, Waiting, a_day, line_up, room_today
from recovery.domain.policy import Policy
from recovery.services.ports import Clock


@dataclass(frozen=True, slots=True)
class InLine:
    """A case that waits, with the step it would begin with and the day it was told."""

    case_id: int
    status: EmailStatus
    step: str | None
    told: datetime | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """Cases that may start now, and how many go on waiting."""

    ids: tuple[int, ...] = ()
    waiting: int = 0


class AdmissionStore(Protocol):
    """What admissions read and write; each method is one transaction."""

    def in_line(self) -> Sequence[InLine]:
        """Cases that wait for room: most valuable first, of these the most recent."""

    def load(self, now: datetime, zone: ZoneInfo) -> Load:
        """What the team has on its hands; days are those of the zone."""

    def admit(self, cases: Sequence[Waiting], now: datetime) -> None:
        """Counts these cases as started, to be decided at once."""

    def foretell(self, days: Mapping[int, datetime], now: datetime) -> None:
        """Writes on each case the day on which its turn comes, but who is to be decided anew."""


class Admissions:
    """The use case; one instance a run."""

    def __init__(self, *, store: AdmissionStore, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._zone = ZoneInfo(policy.default_zone) if policy.default_zone else ZoneInfo("UTC")

    def admit(self) -> Admitted:
        """Nothing waits where the policy does not say what the team takes in."""
        in_line = self._store.in_line()
        if not in_line:
            return Admitted()
        now = self._clock()
        today = now.astimezone(self._zone).date()
        turns = dict(self._turns(in_line, now, today))
        let_in = [one for one, day in turns.items() if day == today]
        self._store.admit(let_in, now)
        told = {one.case_id: one.told for one in in_line}
        later = {w.case_id: self._moment(day) for w, day in turns.items() if day != today}
        self._store.foretell({case: at for case, at in later.items() if told[case] != at}, now)
        return Admitted(tuple(one.case_id for one in let_in), len(later))

    def _turns(
        self, in_line: Sequence[InLine], now: datetime, today: date
    ) -> Iterable[tuple[Waiting, date]]:
        waiting = [self._waiting(one) for one in in_line]
        intake = self._policy.intake
        if intake is None:
            # The policy said once what the team takes in, and does no more: all start.
            return [(one, today) for one in waiting]
        room = room_today(intake, self._store.load(now, self._zone), today)
        return line_up(waiting, room, a_day(intake), today)

    def _waiting(self, one: InLine) -> Waiting:
        calls = self._policy.rule(one.status).calls
        return Waiting(one.case_id, calls, messages=int(one.step == FIRST_MESSAGE))

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone).astimezone(UTC)
