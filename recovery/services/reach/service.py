"""Reach: puts calls in the queue and sends what is due, each step at most once.

A message is `intended` and committed, then `sending` and committed together with the last checks,
then posted exactly once, then its answer is recorded. A crash leaves `intended`, which is safe to
send, or `sending`, which is in doubt and never sent again by itself (ADR 0003).
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from recovery.domain.brakes import Room
from recovery.services.brakes import Brakes
from recovery.services.holds import Hold
from recovery.services.lease import Lease
from recovery.services.pipeline import Answered, Pipeline, Started, Throttle, together
from recovery.services.ports import (
    HELD_UP,
    Clock,
    ContentStatus,
    Messenger,
    OutboundMessage,
    SendAnswer,
    SendResult,
)
from recovery.services.reach.drafting import Drafter, Due, Intent, Left
from recovery.services.reach.fresh import FRESH_FOR, FreshLook
from recovery.services.reach.pacing import Pacing

GROUP = 100
#: A provider that answers slowly gets groups half as large, down to what the threads always carry.
SMALLEST_GROUP = 8
#: Who comes next is read again together with who is due now: a call tells of hundreds.
AHEAD = 500
#: Rounds in which a message that was not taken is offered again within one run.
TRIES = 6


@dataclass(slots=True)
class ReachCounts:
    """What a reach did, and why it left out what it left out."""

    sent: int = 0
    calls: int = 0
    in_doubt: int = 0
    rejected: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    #: Cases whose person is not in Keap as they were decided on: to be decided anew.
    changed: set[int] = field(default_factory=set)
    #: The brake that ended it; what it waits for by itself, or until tomorrow.
    held: Hold | None = None
    note: str | None = None


class ReachStore(Protocol):
    """What reaching reads and writes; each method is one transaction."""

    def queue_calls(self, now: datetime, *, cap: int) -> int:
        """Puts the calls that routing decided on in the queue, with their task for Keap.

        No number gets more than `cap` calls a day over all cases; what exceeds it is decided anew.
        """

    def due_ids(self, now: datetime) -> tuple[int, ...]:
        """Cases whose message is due, most promising first."""

    def waiting(self, now: datetime) -> Counter[str]:
        """People whose message is decided on and not due yet, by what it waits for."""

    def due(self, case_ids: Sequence[int]) -> list[Due]:
        """The due messages of these cases."""

    def intend(self, intents: Sequence[Intent], now: datetime, *, epoch: int) -> set[str]:
        """Commits what shall be sent and answers the tokens that stand.

        A step that was begun before is left alone, and its case decided anew.
        """

    def begin_sending(
        self,
        tokens: Sequence[str],
        now: datetime,
        *,
        epoch: int,
        fresh_since: datetime,
        valid_for: Callable[[Mapping[str, object]], int],
    ) -> tuple[list[Started], Counter[str]]:
        """The last checks and `intended → sending` in one transaction; who fails is left out."""

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        """Records what the provider answered."""

    def postpone(self, due: Due, at: datetime) -> None:
        """Moves a message that is still as it was due to its next allowed hour."""


class ReachService:
    """The use case; one instance a run."""

    def __init__(
        self,
        *,
        store: ReachStore,
        fresh: FreshLook,
        messenger: Messenger,
        sender_for: Callable[[str], str | None],
        drafter: Drafter,
        calls_a_day: int,
        brakes: Brakes,
        pacing: Pacing,
        clock: Clock,
        threads: int = 32,
        messages_per_second: float = 80.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._fresh = fresh
        self._messenger = messenger
        self._sender_for = sender_for
        self._drafter = drafter
        self._calls_a_day = calls_a_day
        self._brakes = brakes
        self._pacing = pacing
        self._clock = clock
        self._threads = threads
        #: A group's rows are marked `sending` together, and it leaves within a second: what does
        #: not (the provider is slow, this process stood still) stays and is checked anew.
        self._group = together(messages_per_second, most=GROUP)
        self._throttle = Throttle(messages_per_second, sleep)

    def queue_calls(self) -> int:
        """Puts decided calls in the queue."""
        return self._store.queue_calls(self._clock(), cap=self._calls_a_day)

    def due(self) -> tuple[int, ...]:
        """Cases whose message is due now."""
        return self._store.due_ids(self._clock())

    def waiting(self) -> Counter[str]:
        """People whose message waits for an hour or a day, by that reason."""
        return self._store.waiting(self._clock())

    def ready(self, due: Sequence[int], counts: ReachCounts) -> tuple[int, ...]:
        """Those of the due whose turn it is; the others are counted with what they wait for."""
        ready = self._pacing.ready(due)
        counts.skipped.update(ready.waiting)
        counts.skipped["allowance_used_up"] -= ready.brought
        counts.note = ready.note
        return ready.ids

    def latched(self) -> list[Hold]:
        """Brakes that keep messages back until a person or a proof mends it."""
        return self._brakes.latched()

    def run(self, approved: Mapping[tuple[str, str], ContentStatus], lease: Lease) -> ReachCounts:
        """Queues all decided calls and sends all due messages."""
        counts = ReachCounts(calls=self.queue_calls(), skipped=self.waiting())
        self.work(self.ready(self.due(), counts), approved, lease, counts)
        return counts

    def work(
        self,
        case_ids: Sequence[int],
        approved: Mapping[tuple[str, str], ContentStatus],
        lease: Lease,
        counts: ReachCounts,
    ) -> None:
        """Sends the due messages of these cases; entering again sends nothing twice.

        What the provider did not take (429, no connection) is offered again, with growing pauses;
        what came too late to leave, at once.
        """
        for _ in range(TRIES):
            unsent = self._round(case_ids, approved, lease, counts)
            if not unsent or counts.held:
                break
            if any(one.answer.was_turned_away for one in unsent):
                self._throttle.back_off()
            case_ids = [one.started.case_id for one in unsent]
        else:
            counts.skipped.update(HELD_UP if o.answer.was_held_up else "not_sent" for o in unsent)

    def _round(
        self,
        case_ids: Sequence[int],
        approved: Mapping[tuple[str, str], ContentStatus],
        lease: Lease,
        counts: ReachCounts,
    ) -> list[Answered]:
        unsent: list[Answered] = []
        with Pipeline(self._messenger, self._post, self._threads) as pipeline:
            try:
                begun = 0
                while begun < len(case_ids) and (size := self._room(counts)):
                    some = case_ids[begun : begun + size]
                    self._look(some, case_ids[begun : begun + AHEAD], counts)
                    # Of each group anew: WhatsApp may pause a template while a batch leaves.
                    sendable = self._brakes.sendable(approved)
                    tokens = self._prepare(some, sendable, lease, counts)
                    self._start(tokens, lease, counts, pipeline)
                    # A trial's answer decides whether more may leave.
                    room = 0 if self._brakes.is_trying else self._group
                    unsent += self._record(pipeline, lease, counts, room=room)
                    begun += size
                counts.skipped["brake"] += max(0, len(case_ids) - begun)
            finally:
                # Whatever ends the round, the answers of what is in flight are not thrown away.
                unsent += self._record(pipeline, lease, counts, room=0)
        return unsent

    def _room(self, counts: ReachCounts) -> int:
        """How many may leave together now: a group, one as a trial, or none."""
        counts.held = self._brakes.what_stops_sending()
        if counts.held:
            return 0
        match self._brakes.room():
            case Room.FREE:
                return self._group
            case Room.TRIAL:
                return 1
            case Room.HELD:
                counts.held = self._brakes.what_stops_sending()
                return 0

    def _prepare(
        self,
        case_ids: Sequence[int],
        approved: Mapping[tuple[str, str], ContentStatus],
        lease: Lease,
        counts: ReachCounts,
    ) -> list[str]:
        now = self._clock()
        due = self._store.due([one for one in case_ids if one not in counts.changed])
        intents = [i for i in (self._draft(d, approved, counts, now) for d in due) if i]
        standing = self._store.intend(intents, now, epoch=lease.epoch)
        if len(standing) < len(intents):
            counts.skipped["begun_before"] += len(intents) - len(standing)
        return [intent.token for intent in intents if intent.token in standing]

    def _look(self, case_ids: Sequence[int], ahead: Sequence[int], counts: ReachCounts) -> None:
        """Whom Keap showed too long ago is read again; who changed is not written to."""
        changed = self._fresh.look(case_ids, self._clock(), ahead=ahead)
        counts.skipped.update(changed.values())
        counts.changed |= changed.keys()

    def _draft(
        self,
        due: Due,
        approved: Mapping[tuple[str, str], ContentStatus],
        counts: ReachCounts,
        now: datetime,
    ) -> Intent | None:
        drafted = self._drafter.draft(due, approved, now)
        match drafted:
            case Intent():
                return drafted
            case Left():
                counts.skipped[drafted.reason] += 1
                if drafted.until:
                    self._store.postpone(due, drafted.until)
                return None

    def _start(
        self, tokens: list[str], lease: Lease, counts: ReachCounts, pipeline: Pipeline
    ) -> None:
        if not tokens:
            return
        self._throttle.wait(len(tokens))
        now = self._clock()
        started, refused = self._store.begin_sending(
            tokens,
            now,
            epoch=lease.epoch,
            fresh_since=now - FRESH_FOR,
            valid_for=self._drafter.validity(now),
        )
        counts.skipped.update(refused)
        pipeline.post(started)

    def _post(self, started: Started, leave_by: float) -> SendAnswer:
        return self._messenger.send(
            OutboundMessage(
                to=started.number,
                token=started.token,
                sender=self._sender_for(started.number),
                content_sid=started.content_sid,
                variables=started.variables,
                valid_for=started.valid_for,
                leave_by=leave_by,
            )
        )

    def _record(
        self, pipeline: Pipeline, lease: Lease, counts: ReachCounts, *, room: int
    ) -> list[Answered]:
        """Records answers as they come; those whose message did not leave."""
        unsent: list[Answered] = []
        for answered in pipeline.answers(room=room):
            self._store.settle(answered, self._clock(), epoch=lease.epoch)
            self._brakes.heard([one.answer for one in answered])
            if any(one.answer.was_held_up for one in answered):
                self._group = min(self._group, max(SMALLEST_GROUP, self._group // 2))
            for one in answered:
                _count(one, counts)
                if one.answer.result is SendResult.NOT_SENT:
                    unsent.append(one)
                    self._throttle.slow_down(one.answer.retry_after)
        return unsent


def _count(one: Answered, counts: ReachCounts) -> None:
    match one.answer.result:
        case SendResult.ACCEPTED:
            counts.sent += 1
        case SendResult.IN_DOUBT:
            counts.in_doubt += 1
        case SendResult.REJECTED:
            counts.rejected += 1
            counts.skipped[f"rejected_{one.answer.code}"] += 1
        case SendResult.NOT_SENT:
            pass
