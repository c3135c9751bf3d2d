"""What happens to a process while it works: it dies, it stands still, another runs beside it.

Everything a process does to the outside is counted, each transaction and each request twice, before
and after: at the n-th of these moments the planned thing happens.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from recovery.adapters.db.engine import Database
from recovery.adapters.keap import wire as keap
from recovery.adapters.twilio import wire as twilio
from recovery.bootstrap import Recovery
from recovery.errors import ProviderError
from recovery.sandbox.faults import HTTP_FAULTS
from tests.installation import Crash, Home
from tests.stopped_clock import Uptime, nobody_waits


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

    def forget(self) -> None:
        """Nothing is planned any more."""
        self._left = None

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


@dataclass(frozen=True)
class Trouble:
    """What happens during one piece of work: `dies`, `sleeps` or `overlaps` at a moment, or
    requests that go wrong."""

    kind: str = "none"
    moment: int = 1
    faults: tuple[str, ...] = ()
    here: bool = True


TROUBLES = st.one_of(
    st.just(Trouble()),
    st.just(Trouble()),
    st.builds(
        Trouble,
        kind=st.sampled_from(["dies", "dies", "sleeps", "overlaps"]),
        moment=st.integers(1, 24),
        here=st.booleans(),
    ),
    st.builds(
        Trouble,
        kind=st.just("faults"),
        faults=st.lists(
            st.sampled_from(["none", *sorted(HTTP_FAULTS)]), min_size=1, max_size=6
        ).map(tuple),
    ),
)


class Troubled:
    """An installation whose processes meet trouble in the midst of their work."""

    def __init__(self, home: Home, moments: Moments, uptime: Uptime) -> None:
        self.home = home
        self.moments = moments
        self.uptime = uptime

    def stage(self, name: str, trouble: Trouble) -> None:
        def stage(process: Recovery) -> None:
            report = getattr(process.stages, name)()
            assert not report.broken or trouble.kind == "faults", report

        self.work(stage, trouble)

    def work(self, work: Callable[[Recovery], None], trouble: Trouble) -> None:
        match trouble.kind:
            case "dies":
                self.moments.plan(trouble.moment, self.moments.die)
            case "sleeps":
                self.moments.plan(trouble.moment, lambda: self._sleep_through(work))
            case "overlaps":
                self.moments.plan(trouble.moment, lambda: work(self.home.another()))
            case "faults":
                self.home.faults(*trouble.faults)
        try:
            work(self.home.fresh)
        except Crash:
            self._buried(here=trouble.here)
        except ProviderError:
            assert trouble.kind == "faults"
        finally:
            self.moments.forget()
            if trouble.kind == "faults":
                self.home.faults()

    def _sleep_through(self, work: Callable[[Recovery], None]) -> None:
        """This process stands still for 90 seconds, in which another one does the work."""
        self.pass_time(seconds=90)
        self.uptime.jump(90)
        work(self.home.another())

    def _buried(self, *, here: bool) -> None:
        """A process died: on this machine everybody sees it, of another its lease runs out."""
        self.moments.is_dead = False
        self.home.restart()
        dead = {"pid": 999_999_999, "started": "1"} if here else {"host": "elsewhere"}
        held = sa.text("UPDATE lease SET " + ", ".join(f"{name} = :{name}" for name in dead))
        with self.home.fresh.database.begin() as connection:
            connection.execute(held, dead)

    def pass_time(self, **by: float) -> None:
        now = max(self.home.now + timedelta(**by), self.home.sandbox.world.clock.now())
        self.home.move(now)
