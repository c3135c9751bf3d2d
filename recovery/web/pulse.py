"""What changed, for all open pages of this process by one look a second at the database."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries.queue_page import Changes, Mark, look, mark

#: Seconds between looks, however many ask.
EVERY = 1.0
#: Changes that are remembered for pages that ask seldom.
_KEPT = 600


@dataclass(frozen=True, slots=True)
class News:
    """What a page has not heard yet; `missed` when it was away for too long to be told."""

    number: int
    cases: tuple[int, ...] = ()
    lanes: bool = False
    missed: bool = False


class Pulse:
    """Numbers what changes; whoever asks tells the last number they heard."""

    def __init__(
        self, database: Database, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._mark: Mark | None = None
        self._looked_at = 0.0
        self._number = 1
        self._kept: deque[tuple[int, Changes]] = deque(maxlen=_KEPT)
        self.is_closing = False

    def close(self) -> None:
        """Whoever listens stops listening within a second."""
        self.is_closing = True

    def since(self, heard: int | None) -> News:
        """What is new; None for who has just come and heard nothing. Looks at the database, unless
        somebody did within this second."""
        with self._lock:
            self._look_if_due()
            if heard is None or heard == self._number:
                return News(self._number)
            fresh = [changes for number, changes in self._kept if number > heard]
            if heard > self._number or len(fresh) < self._number - heard:
                return News(self._number, lanes=True, missed=True)
        cases = frozenset[int]().union(*(one.cases for one in fresh))
        lanes = any(one.lanes for one in fresh)
        return News(self._number, tuple(sorted(cases)), lanes=lanes)

    def _look_if_due(self) -> None:
        now = self._monotonic()
        if self._mark is not None and now - self._looked_at < EVERY:
            return
        self._looked_at = now
        if self._mark is None:
            self._mark = mark(self._database)
            return
        self._mark, changes = look(self._database, self._mark)
        if changes.lanes or changes.cases:
            self._number += 1
            self._kept.append((self._number, changes))
