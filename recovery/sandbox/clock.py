"""Sandbox time: real by default, or virtual, when it stands still until somebody moves it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush

log = logging.getLogger(__name__)

Event = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class _Scheduled:
    at: datetime
    number: int
    event: Event
    #: False for what belongs to a date, as Keap's weekly wave: real time does not hurry it.
    hurried: bool
    timer: asyncio.TimerHandle | None = None
    has_run: bool = False

    def __lt__(self, other: "_Scheduled") -> bool:
        return (self.at, self.number) < (other.at, other.number)


class Clock:
    """Aware UTC time, and what is still to happen in it."""

    def __init__(self, *, speed: float = 3600, start: datetime | None = None) -> None:
        self._speed = speed
        self._virtual = start.astimezone(UTC) if start else None
        self._events: list[_Scheduled] = []
        self._count = 0
        self._moving = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> datetime:
        """Sandbox time."""
        return self._virtual or datetime.now(UTC)

    @property
    def is_virtual(self) -> bool:
        """Whether time stands still between moves."""
        return self._virtual is not None

    @property
    def pending(self) -> int:
        """How many events are still to happen."""
        return sum(not scheduled.has_run for scheduled in self._events)

    def schedule(self, at: datetime, event: Event) -> None:
        """Has `event` called at `at`; in real time the delay until then is divided by the speed."""
        self._add(at, event, hurried=True)

    def on_date(self, at: datetime, event: Event) -> None:
        """Has `event` called at `at` and, in real time, not before."""
        self._add(at, event, hurried=False)

    def start(self) -> None:
        """Lets real time run; needs a running loop, so events scheduled before it wait for this."""
        self._loop = asyncio.get_running_loop()
        if self._virtual is None:
            for scheduled in self._events:
                self._arm(scheduled)

    async def move(self, to: datetime) -> int:
        """Engages virtual time at `to`; runs all due until then, each at its own time, in order.

        Answers how many were run. Raises ValueError on going back in virtual time.
        """
        async with self._moving:
            self._engage(to)
            fired = 0
            while self._events and self._events[0].at <= to:
                scheduled = heappop(self._events)
                if scheduled.has_run:
                    continue
                self._virtual = max(self.now(), scheduled.at)
                await _run(scheduled.event)
                fired += 1
            self._virtual = max(self.now(), to)
            return fired

    def _engage(self, to: datetime) -> None:
        if self._virtual is not None and to < self._virtual:
            msg = f"sandbox time is {self._virtual.isoformat()} and only moves forward"
            raise ValueError(msg)
        if self._virtual is None:
            self._virtual = min(to, datetime.now(UTC))
        for scheduled in self._events:
            if scheduled.timer:
                scheduled.timer.cancel()
                scheduled.timer = None

    def _add(self, at: datetime, event: Event, *, hurried: bool) -> None:
        self._count += 1
        scheduled = _Scheduled(at, self._count, event, hurried)
        heappush(self._events, scheduled)
        if self._virtual is None and self._loop:
            self._arm(scheduled)

    def _arm(self, scheduled: _Scheduled) -> None:
        if not self._loop:
            return
        delay = max(0.0, (scheduled.at - self.now()).total_seconds())
        pace = self._speed if scheduled.hurried else 1.0
        scheduled.timer = self._loop.call_later(delay / pace, self._fire, scheduled)

    def _fire(self, scheduled: _Scheduled) -> None:
        if not self._loop or self._virtual is not None:
            return
        scheduled.has_run = True
        self._forget_what_ran()
        task = self._loop.create_task(_run(scheduled.event))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _forget_what_ran(self) -> None:
        while self._events and self._events[0].has_run:
            heappop(self._events)


async def _run(event: Event) -> None:
    try:
        await event()
    except Exception:
        # One broken event must not stop time for all others.
        log.exception("an event of the sandbox failed")
