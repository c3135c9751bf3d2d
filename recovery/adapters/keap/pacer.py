"""One pace for all processes of an account: Keap counts calls per key, not per process.

Calls are reserved ahead: the store says from when on a handful of calls may leave, and the
process waits for that moment by itself. No polling, one store write per handful.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Protocol

from recovery.errors import Call, QuotaExhausted
from recovery.services.ports import Clock, Usage

_SLOT = 10  # seconds; the minute is counted in slots of this length
_SLOTS_A_MINUTE = 6
#: A reservation further ahead, many callers counted, can only come from a clock set back.
_LONGEST_WAIT = 180.0
_CALLS_AHEAD = 100
_KEPT = "The rest of today's calls is kept for what people say; the next day begins at 00:00 UTC."


@dataclass(frozen=True, slots=True)
class Pace:
    """Keap's limits for a key at a chosen rate (developer.keap.com, "Throttles and Quotas").

    Up to 10 calls/s they hold as they are; above, which only other servers allow, in proportion.
    """

    rate: float

    @property
    def scale(self) -> float:
        """1 up to 10 calls/s, then rate / 10."""
        return max(1.0, self.rate / 10)

    @property
    def a_minute(self) -> int:
        """Calls that may leave within any minute."""
        return int(240 * self.scale)

    @property
    def a_day(self) -> int:
        """Calls that may leave between two midnights UTC."""
        return int(30_000 * self.scale)

    @property
    def kept_for_people(self) -> int:
        """Calls of a day that the archive leaves alone, a tenth: what people say still goes to
        Keap, and whoever is written to is looked at before, however many are archived."""
        return self.a_day // 10

    @property
    def handful(self) -> int:
        """Calls reserved by one store write: one, or 100 ms worth above 20 calls/s."""
        return 1 if self.rate <= 20 else math.ceil(self.rate / 10)

    @property
    def burst(self) -> int:
        """Calls that may leave at once after a pause; rate and burst stay below the spike limit."""
        spare = int(10 * self.scale - self.rate)
        return max(self.handful, min(3, max(1, spare)))

    @property
    def ahead(self) -> float:
        """Seconds by which the last handful of a burst may leave before the bucket is full."""
        return (self.burst - self.handful) / self.rate


@dataclass(frozen=True, slots=True)
class PacerState:
    """What processes share: today's count, what Keap says is left, and who may go when.

    `full_at` is the moment (Unix seconds) at which the bucket of calls will be full again;
    `slots` counts reserved calls by ten-second slot of Unix time.
    """

    version: int = 0
    day: str = ""
    used: int = 0
    left: int | None = None
    is_spent: bool = False
    full_at: float = 0.0
    slots: Mapping[int, int] = field(default_factory=dict)

    def dumps(self) -> str:
        """The state as JSON, without its version."""
        return json.dumps(
            [self.day, self.used, self.left, self.is_spent, self.full_at, list(self.slots.items())]
        )

    @classmethod
    def loads(cls, text: str, *, version: int) -> "PacerState":
        """The state `dumps` wrote."""
        day, used, left, is_spent, full_at, slots = json.loads(text)
        return cls(version, day, used, left, is_spent, full_at, dict(slots))


class PacerStore(Protocol):
    """One small row that all processes of an account share.

    `save` is a compare-and-set: it replaces the row only while its version still equals
    `state.version`, writes `state.version + 1` with it, and answers whether it did (in SQL:
    `UPDATE … SET state = :s, version = :v + 1 WHERE id = 1 AND version = :v`, one row changed).
    A missing row counts as version 0, so the first `save` inserts. Each call is a transaction of
    its own; neither is called while another transaction of the thread is open.
    """

    def load(self) -> PacerState:
        """The present state; `PacerState()` where none was saved yet."""

    def save(self, state: PacerState) -> bool:
        """Whether nobody saved since this state's version was loaded."""


class MemoryPacerStore:
    """The store of a single process, for tests and for `recovery doctor` without a database."""

    def __init__(self) -> None:
        self._state = PacerState()
        self._lock = threading.Lock()

    def load(self) -> PacerState:
        """The present state."""
        return self._state

    def save(self, state: PacerState) -> bool:
        """Compare-and-set under a lock."""
        with self._lock:
            if self._state.version != state.version:
                return False
            self._state = replace(state, version=state.version + 1)
            return True


@dataclass(frozen=True, slots=True)
class Grant:
    """`calls` that may leave from `start_at` (Unix seconds) on; none when the day is used up."""

    calls: int
    start_at: float


def on_day(state: PacerState, today: date) -> PacerState:
    """The state with counts of today: quotas start anew at 00:00 UTC."""
    if state.day == today.isoformat():
        return state
    return replace(state, day=today.isoformat(), used=0, left=None, is_spent=False)


def reserve(
    state: PacerState, *, now: datetime, pace: Pace, keeps: int = 0
) -> tuple[PacerState, Grant]:
    """The next handful of calls and the state that remembers it; the day's last `keeps` are for
    others."""
    state = on_day(state, now.date())
    calls = min(pace.handful, pace.a_day - state.used - keeps)
    if keeps and state.left is not None:
        calls = min(calls, state.left - keeps)
    if state.is_spent or calls <= 0:
        return state, Grant(0, 0.0)
    moment = now.timestamp()
    if state.full_at > moment + _LONGEST_WAIT + _CALLS_AHEAD / pace.rate:
        state = replace(state, full_at=moment, slots={})
    start = max(moment, state.full_at - pace.ahead)
    start = _start_by_minute(state.slots, start, calls, pace.a_minute)
    slot = int(start // _SLOT)
    slots = {k: n for k, n in state.slots.items() if k > slot - 2 * _SLOTS_A_MINUTE}
    slots[slot] = slots.get(slot, 0) + calls
    reserved = replace(
        state,
        used=state.used + calls,
        left=None if state.left is None else max(0, state.left - calls),
        full_at=max(state.full_at, start) + calls / pace.rate,
        slots=slots,
    )
    return reserved, Grant(calls, start)


def _start_by_minute(slots: Mapping[int, int], start: float, calls: int, limit: int) -> float:
    for _ in range(2 * _SLOTS_A_MINUTE):
        slot = int(start // _SLOT)
        within = sum(slots.get(k, 0) for k in range(slot - _SLOTS_A_MINUTE, slot + 1))
        if within + calls <= limit:
            break
        start = float((slot + 1) * _SLOT)
    return start


def _given_back(state: PacerState, unused: int) -> PacerState:
    left = state.left if state.left is None or state.is_spent else state.left + unused
    return replace(state, used=max(0, state.used - unused), left=left)


class Pacer:
    """Makes callers wait for their turn, and leaves the day's last `keeps` calls to others; safe to
    share between threads."""

    def __init__(
        self,
        store: PacerStore,
        *,
        rate: float,
        keeps: int = 0,
        clock: Clock = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._pace = Pace(rate)
        self._keeps = keeps
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._in_hand = 0
        self._start_at = 0.0
        self._day = ""
        self._left_told: int | None = None

    def take(self, operation: str) -> None:
        """Returns when one call may leave; QuotaExhausted when today's calls are used up."""
        with self._lock:
            now = self._clock()
            if self._in_hand == 0 or self._day != now.date().isoformat():
                self._reserve(now, operation)
            self._in_hand -= 1
            wait = self._start_at - now.timestamp()
        if wait > 0:
            self._sleep(wait)

    def note(self, *, left: int) -> None:
        """Keeps what Keap said is left today; nothing left stops every process at once."""
        self._left_told = left
        if left <= 0:
            unused = self._drop()
            self._change(lambda s: replace(s, left=0, is_spent=True, used=max(0, s.used - unused)))

    def pause(self, seconds: float) -> None:
        """Holds all processes back: Keap said when it will take calls again."""
        unused = self._drop()
        full_at = self._clock().timestamp() + seconds + self._pace.ahead
        self._change(
            lambda s: replace(s, full_at=max(s.full_at, full_at), used=max(0, s.used - unused))
        )

    def give_back(self) -> None:
        """At the end of the work: what was reserved and never left is not used, whoever counts."""
        unused = self._drop()
        if unused:
            self._change(lambda s: _given_back(s, unused) if s.day == self._day else s)

    def usage(self) -> Usage:
        """Calls of all processes today; reserved ones that have not left yet do not count."""
        state = on_day(self._store.load(), self._clock().date())
        left = state.left if self._left_told is None else self._left_told
        return Usage(max(0, state.used - self._in_hand), 0 if state.is_spent else left)

    def _drop(self) -> int:
        with self._lock:
            unused, self._in_hand = self._in_hand, 0
        return unused

    def _reserve(self, now: datetime, operation: str) -> None:
        grant = self._change_with(lambda state: self._next(state, now))
        if grant.calls == 0:
            raise QuotaExhausted(Call("keap", operation), _KEPT if self._keeps else None)
        self._in_hand, self._start_at = grant.calls, grant.start_at
        self._day = now.date().isoformat()

    def _next(self, state: PacerState, now: datetime) -> tuple[PacerState, Grant]:
        return reserve(state, now=now, pace=self._pace, keeps=self._keeps)

    def _change(self, change: Callable[[PacerState], PacerState]) -> None:
        self._change_with(lambda state: (change(state), None))

    def _change_with(self, change: Callable[[PacerState], tuple[PacerState, Any]]) -> Any:
        while True:
            state = on_day(self._store.load(), self._clock().date())
            if self._left_told is not None:
                state = replace(state, left=self._left_told)
            changed, answer = change(state)
            if changed == state or self._store.save(changed):
                self._left_told = None
                return answer
