"""What needs a person of the team, as one list: for `doctor`, for the web app, and for whoever is
told by Prefect. Counts and ids only, never a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from recovery.services.holds import Hold
from recovery.services.ports import Clock
from recovery.services.promises import Latched

#: Somebody who was told is told again after so long, while it lasts.
TELL_AGAIN = timedelta(days=1)
#: Whoever refreshes has the answer within seconds, or will never have it.
_REFRESH_TAKES = timedelta(minutes=5)
_RECONNECT = (
    "connect the app to Keap again, and put the refresh token you get into "
    "RECOVERY_KEAP__REFRESH_TOKEN"
)
#: The pull is nightly: two nights without one are worth a word.
_PULL_EVERY = timedelta(hours=48)


class Kind(StrEnum):
    """What the word is about; the event in Prefect has the same name behind `recovery.`."""

    PROMISE = "promise-broken"
    BRAKE = "brake-latched"
    KEAP = "keap-refused"
    RUN = "run-died"
    APPROVAL = "approval-waits"
    WINS = "wins-wait"
    WRITES = "writes-failed"
    CALLS = "calls-in-doubt"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that waits for a person; `name` stays the same for as long as it lasts."""

    kind: Kind
    name: str
    since: datetime
    found: str
    mend: str

    @property
    def is_broken(self) -> bool:
        """Something fails; all else only waits for a decision."""
        return self.kind in (Kind.PROMISE, Kind.BRAKE, Kind.KEAP, Kind.WRITES)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the oldest does."""

    number: int
    since: datetime


class AttentionStore(Protocol):
    """What only the database knows; each method is one transaction."""

    def approvals(self, now: datetime) -> list[tuple[str, Waiting]]:
        """Batches with somebody left in them and no standing approval."""

    def keap_refused(self, now: datetime) -> datetime | None:
        """Since when Keap's rotating tokens are lost, as far as is known; None while they work."""

    def keap_in_doubt(self) -> datetime | None:
        """When a refresh of Keap's tokens began whose answer nobody has."""

    def wins(self) -> Waiting | None:
        """Free wins that wait for a manager."""

    def failed_writes(self) -> Waiting | None:
        """Writes to Keap that were given up."""

    def doubtful_calls(self) -> Waiting | None:
        """Calls in the queue of which nobody can tell whether a phone rang."""

    def dead(self, now: datetime) -> list[tuple[str, datetime]]:
        """Stages whose run died while it worked, with its last sign of life."""

    def last_pull_at(self) -> datetime | None:
        """When a pull finished last."""

    def news(self, names: Sequence[str], now: datetime, *, told_before: datetime) -> list[str]:
        """Of these what nobody was told of since then; forgets what is over."""

    def told(self, names: Sequence[str], now: datetime) -> None:
        """Somebody was told."""


class Attention:
    """The list, and who was told of it."""

    def __init__(
        self,
        store: AttentionStore,
        *,
        promises: Callable[[], Sequence[Latched]],
        brakes: Callable[[], Sequence[Hold]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._promises = promises
        self._brakes = brakes
        self._clock = clock

    def concerns(self) -> list[Concern]:
        """All that needs a person now: what is broken first, the oldest first."""
        now = self._clock()
        found = [_promise(one) for one in self._promises()]
        found += [_brake(one) for one in self._brakes() if one.is_latched]
        found += [_run(stage, at) for stage, at in self._store.dead(now)]
        found += [_approval(batch_id, waiting) for batch_id, waiting in self._store.approvals(now)]
        waits = (self._keap(now), self._pull(now), self._wins(), self._writes(), self._calls())
        for concern in waits:
            found += [concern] if concern else []
        return sorted(found, key=lambda one: (not one.is_broken, one.since, one.name))

    def news(self) -> list[Concern]:
        """What nobody was told of today; call `told` once they were."""
        now, concerns = self._clock(), self.concerns()
        names = [one.name for one in concerns]
        fresh = set(self._store.news(names, now, told_before=now - TELL_AGAIN))
        return [one for one in concerns if one.name in fresh]

    def told(self, concerns: Sequence[Concern]) -> None:
        """They were told of these."""
        self._store.told([one.name for one in concerns], self._clock())

    def _keap(self, now: datetime) -> Concern | None:
        """The old token serves for half of its life once a refresh was lost: time to mend it."""
        if at := self._store.keap_refused(now):
            what = "Keap refuses the refresh token: every run stops"
            return Concern(Kind.KEAP, "keap refused", at, what, _RECONNECT)
        at = self._store.keap_in_doubt()
        if at is None or now - at < _REFRESH_TAKES:
            return None
        what = (
            f"the answer to a refresh of Keap's tokens was lost at {at:%Y-%m-%d %H:%M} UTC: once "
            "the old token has run out, Keap may refuse us and every run stops"
        )
        return Concern(Kind.KEAP, "keap in doubt", at, what, _RECONNECT)

    def _pull(self, now: datetime) -> Concern | None:
        at = self._store.last_pull_at()
        if at is None or now - at < _PULL_EVERY:
            return None
        return Concern(
            Kind.RUN,
            "pull late",
            at,
            f"no pull has finished since {at:%Y-%m-%d %H:%M} UTC",
            "see that `recovery serve` runs, and how the last pull ended",
        )

    def _wins(self) -> Concern | None:
        waiting = self._store.wins()
        if waiting is None:
            return None
        return Concern(
            Kind.WINS,
            "wins",
            waiting.since,
            f"{waiting.number:,} free win(s) wait for a manager",
            "`recovery wins list`, then approve or reject",
        )

    def _writes(self) -> Concern | None:
        waiting = self._store.failed_writes()
        if waiting is None:
            return None
        return Concern(
            Kind.WRITES,
            f"writes {waiting.number}",
            waiting.since,
            f"{waiting.number:,} write(s) to Keap were given up",
            "`recovery report` lists them with their reasons",
        )

    def _calls(self) -> Concern | None:
        waiting = self._store.doubtful_calls()
        if waiting is None:
            return None
        return Concern(
            Kind.CALLS,
            "calls in doubt",
            waiting.since,
            f"of {waiting.number:,} call(s) nobody can tell whether a phone rang",
            "open their cards in the queue: say what happened, or have them ring again",
        )


def _promise(one: Latched) -> Concern:
    finding = one.finding
    return Concern(
        Kind.PROMISE,
        f"promise {finding.statement}",
        one.since,
        f"{finding.number} is broken: {finding.statement} ({finding.count}); nothing is sent",
        "`recovery doctor --invariants` shows which rows, and opens the gate once all holds",
    )


def _brake(hold: Hold) -> Concern:
    mend = hold.mend or "`recovery policy go`"
    return Concern(Kind.BRAKE, f"brake {hold.name}", hold.since, hold.reason, mend)


def _run(stage: str, at: datetime) -> Concern:
    found = f"a run of {stage} died; its last sign of life was at {at:%Y-%m-%d %H:%M} UTC"
    mend = "the next run goes on where it was: start one, or see why none started"
    return Concern(Kind.RUN, f"run {stage}", at, found, mend)


def _approval(batch_id: str, waiting: Waiting) -> Concern:
    return Concern(
        Kind.APPROVAL,
        f"approval {batch_id}",
        waiting.since,
        f"batch {batch_id} with {waiting.number:,} contact(s) waits for approval",
        f"`recovery archive approve {batch_id} --as EMAIL`",
    )
