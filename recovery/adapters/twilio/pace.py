"""The senders' messages a second, over all processes: each takes a handful of places ahead, then
waits for its moment by itself."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from recovery.uptime import uptime

#: A handful is what leaves in this time, so that the shared line is asked four times a second.
_HANDFUL_SECONDS = 0.25
#: Places that were not used by then are given up: they would make a burst.
_GOOD_FOR = 1.0
#: A line longer than this comes from a clock that was set back: nobody waits for it.
_LONGEST = 60.0


class Line(Protocol):
    """A line that all processes of an account share."""

    def reserve(self, *, longest: float, places: int = 1) -> float | None:
        """Seconds until the places' moment; None, with nothing reserved, beyond `longest`."""


class SharedPace:
    """Makes callers wait for their turn; safe to share between threads."""

    def __init__(
        self, line: Line, *, per_second: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._line = line
        self._handful = max(1, int(per_second * _HANDFUL_SECONDS))
        self._sleep = sleep
        self._lock = threading.Lock()
        self._in_hand = 0
        self._starts_at = 0.0

    def take(self) -> None:
        """Returns when one message may leave."""
        with self._lock:
            now = uptime()
            if self._in_hand == 0 or now > self._starts_at + _GOOD_FOR:
                wait = self._line.reserve(longest=_LONGEST, places=self._handful)
                self._in_hand, self._starts_at = self._handful, now + (wait or 0.0)
            self._in_hand -= 1
            wait = self._starts_at - now
        if wait > 0:
            self._sleep(wait)
