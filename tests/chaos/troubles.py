"""What happens to a process while it works: it dies, it stands still, another runs beside it.

Everything a process does to the outside is counted, each transaction and each request twice, before
and after: at the n-th of these moments the planned thing happens.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.keap import wire as keap
from recovery.adapters.twilio import wire as twilio
from tests.installation import Crash
from tests.stopped_clock import nobody_waits


class Moments:
    """Counts them, and lets the plan come true once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: int | None = None
        self._what: Callable[[], object] = lambda: None
        self.is_dead = False

    def plan(self, after: int, what: Callable[[], object]) -> None:
        """After so many moments this happens, in the thread that comes upon it."""
        self._left, self._what = after, what

    def forget(self) -> bool:
        """Nothing is planned any more; whether it had happened."""
        happened, self._left = self._left is None, None
        return happened

    def die(self) -> None:
        """From here on the process does nothing at all."""
        self.is_dead = True
        raise Crash

    def pass_by(self) -> None:
        """One more moment."""
        if self.is_dead:
            raise Crash
        with self._lock:
            if self._left is None:
                return
            self._left -= 1
            if self._left > 0:
                return
            self._left = None
        self._what()


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """The moments of whatever process works in this test."""
    made = Moments()
    watch(made, monkeypatch)
    return made


def watch(moments: Moments, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every transaction and every request pass by."""
    monkeypatch.setattr(Database, "begin", _transaction(moments, Database.begin))
    for owner, name in ((twilio.Wire, "exchange"), (keap.Wire, "_send")):
        monkeypatch.setattr(owner, name, _request(moments, getattr(owner, name)))
    nobody_waits(monkeypatch)


def _transaction(moments: Moments, whole: Any) -> Any:
    @contextmanager
    def begin(database: Database) -> Iterator[sa.Connection]:
        moments.pass_by()
        with whole(database) as connection:
            yield connection
            if moments.is_dead:
                raise Crash  # what was not committed is rolled back
        moments.pass_by()

    return begin


def _request(moments: Moments, whole: Any) -> Any:
    def request(wire: object, *given: Any, **more: Any) -> Any:
        moments.pass_by()
        answer = whole(wire, *given, **more)
        moments.pass_by()
        return answer

    return request
