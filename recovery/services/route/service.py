"""Route: gives every open case that needs it a decision, by the pure function of the domain."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

from recovery.domain.case import Attempt, AttemptState, Case
from recovery.domain.country import Countries
from recovery.domain.decision import Act, Decision
from recovery.domain.imported import read_lately
from recovery.domain.intake import WAITS
from recovery.domain.person import Person
from recovery.domain.policy import Policy
from recovery.domain.routing import decide
from recovery.domain.situation import Situation
from recovery.domain.steps import ended_call
from recovery.domain.texts import Texts
from recovery.services.ports import Clock
from recovery.services.route.admissions import Admissions

PAGE = 500
#: A number's key and a local day.
CallDay = tuple[str, date]


@dataclass(frozen=True, slots=True)
class RouteItem:
    """A case with everything a decision needs."""

    case: Case
    person: Person
    attempts: tuple[Attempt, ...]
    #: Calls of other cases to this person's numbers, by a number's key and the local day.
    other_calls: Mapping[CallDay, int] = field(default_factory=dict)
    #: What WhatsApp said last of the texts in the person's language.
    texts: Texts = field(default_factory=Texts)
    #: Somebody of the team has room for it.
    is_admitted: bool = True
    #: By country when a copy of its block list was imported last.
    block_lists: Mapping[str, datetime] = field(default_factory=dict)

    def situation(self, policy: Policy, countries: Countries, now: datetime) -> Situation:
        """What a decision about this case is made from."""
        return Situation(
            self.case,
            self.person,
            self.attempts,
            policy,
            countries,
            now,
            fresh_registries=read_lately(self.block_lists, now),
            texts=self.texts,
            is_admitted=self.is_admitted,
            other_calls=self.other_calls,
        )


@dataclass(frozen=True, slots=True)
class Routed:
    """A decision made; `ended` is the call that lapsed or was cancelled on the way."""

    item: RouteItem
    decision: Decision
    ended: Attempt | None = None


@dataclass(slots=True)
class RouteCounts:
    """How many cases were decided, by act, and why nothing is done for some."""

    acts: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    lapsed: int = 0
    unrecovered: int = 0


class RouteStore(Protocol):
    """What routing reads and writes; each method is one transaction."""

    def follow_policy(self, version: str, now: datetime) -> tuple[int, ...]:
        """Marks what another version of the policy decided as to be decided anew; once a change."""

    def due_ids(self, now: datetime) -> tuple[int, ...]:
        """The open cases whose decision must be made or looked at again."""

    def lift_expired(self, now: datetime) -> None:
        """What a list from outside closed until a day that has passed is open again."""

    def recognise(self, ids: Sequence[int], now: datetime) -> None:
        """Suppresses those whose number a list from outside names by a hash."""

    def items(self, ids: Sequence[int]) -> list[RouteItem]:
        """The named cases that are still open."""

    def save(self, routed: Sequence[Routed], *, policy: Policy, now: datetime) -> None:
        """Decisions with their consequences: holds, ends, lapsed calls, proposals."""


class RouteService:
    """The use case; `work` takes a batch of ids, so that a flow can hand them out."""

    def __init__(
        self,
        *,
        store: RouteStore,
        admissions: Admissions,
        policy: Policy,
        countries: Countries,
        clock: Clock,
    ) -> None:
        self._store = store
        self._admissions = admissions
        self._policy = policy
        self._countries = countries
        self._clock = clock

    def due(self) -> tuple[int, ...]:
        """Cases to be decided now."""
        now = self._clock()
        self.outdated()
        self._store.lift_expired(now)
        return self._store.due_ids(now)

    def outdated(self) -> tuple[int, ...]:
        """Open cases that an earlier policy decided; nothing of theirs starts before they are
        decided by this one. Told once a change."""
        return self._store.follow_policy(self._policy.version, self._clock())

    def run(self) -> RouteCounts:
        """Decides all that is due."""
        counts = RouteCounts()
        ids = self.due()
        for start in range(0, len(ids), PAGE):
            self.work(ids[start : start + PAGE], counts)
        let_in = self.admit(counts)
        for start in range(0, len(let_in), PAGE):
            self.work(let_in[start : start + PAGE], counts)
        return counts

    def admit(self, counts: RouteCounts) -> tuple[int, ...]:
        """Cases that may start now, to be decided again; the others are counted as waiting."""
        admitted = self._admissions.admit()
        if WAITS in counts.skipped or admitted.waiting:
            counts.skipped[WAITS] = admitted.waiting
        return admitted.ids

    def work(self, ids: Sequence[int], counts: RouteCounts | None = None) -> RouteCounts:
        """Decides these cases; entering again with the same ids changes nothing."""
        counts = counts or RouteCounts()
        now = self._clock()
        planned: Counter[CallDay] = Counter()
        self._store.recognise(ids, now)
        routed = [self._route(item, now, planned) for item in self._store.items(ids)]
        self._store.save(routed, policy=self._policy, now=now)
        for one in routed:
            _count(one, counts)
        return counts

    def _route(self, item: RouteItem, now: datetime, planned: Counter[CallDay]) -> Routed:
        """`planned` are the calls to offices that this batch decided on so far."""
        if any(number.is_office for number in item.person.numbers):
            item = replace(item, other_calls=planned + Counter(item.other_calls))
        situation = item.situation(self._policy, self._countries, now)
        call = ended_call(situation)
        if call is not None:
            attempts = tuple(call if a.step == call.step else a for a in item.attempts)
            ended = replace(item, attempts=attempts)
            situation = ended.situation(self._policy, self._countries, now)
        decision = decide(situation)
        if decision.number and decision.number.is_office and decision.planned_on:
            planned[decision.number.key, decision.planned_on] += 1
        return Routed(item, decision, call)


def _count(routed: Routed, counts: RouteCounts) -> None:
    decision = routed.decision
    counts.acts[decision.act.value] += 1
    counts.lapsed += routed.ended is not None and routed.ended.state is AttemptState.LAPSED
    ended = decision.rule.startswith(("unrecovered.", "no_route.", "stopped."))
    counts.unrecovered += ended and decision.act in (Act.HOLD, Act.CLOSE)
    if decision.act not in (Act.MESSAGE, Act.CALL):
        counts.skipped[decision.rule] += 1
