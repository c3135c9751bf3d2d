"""T10: six processes at once, one of them stopped and woken, and the Prefect server of two of them
started again in between, do together what one would do.

What the sleeper had in its hands is in doubt and goes to the call queue; everybody else hears
exactly what they would have heard from one process.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from flows.server import Server, announced, running_server, wait_for
from recovery.adapters.db.lease import LASTS
from tests.chaos.conftest import FULL
from tests.chaos.judge import judged, steps
from tests.chaos.processes import BROKEN, Step, Warm
from tests.chaos.test_kills import finished
from tests.installation import Home

#: Messages that one process holds between its last checks and the wire.
IN_HAND = 200
STAGES: list[Step] = [("stage", name) for name in ("record", "pull", "route", "reach", "record")]
RUN: list[Step] = [("cli", ["run"])]
AT_ONCE = (RUN, RUN, STAGES, STAGES, STAGES, STAGES)


def firm(make_home: Callable[..., Home], people: int) -> Home:
    """People who agreed to WhatsApp, each with their own habits."""
    home = make_home(contacts=people, seed=3)
    for contact in list(home.sandbox.world.contacts):
        home.change(contact, tags=["WhatsApp opt-in"], status="HARD_BOUNCE")
    return home


def told(home: Home) -> Counter[Any]:
    """Who got a first and who a last message, by the provider's own account.

    Which of the first ones somebody gets hangs on what was read of their orders until then, and
    in the United States whether they get one at all; what they are answered, on when they write.
    """
    asked = [m for m in home.messages() if not m["line"].startswith("1")]
    return Counter(steps(asked))


def given_up(home: Home) -> int:
    """Messages that were in the sleeper's hands: nobody can tell, so a person calls instead."""
    (row,) = home.rows("SELECT COUNT(*) AS n FROM attempt WHERE state = 'absent'")
    return int(row["n"])


@contextmanager
def prefect(home: Home) -> Iterator[Server]:
    """The server that `recovery run` of this home finds."""
    folder = home.settings.home / "prefect"
    with running_server(home.settings.home / "server") as server:
        folder.mkdir(exist_ok=True)
        with announced(server, folder):
            yield server


def restart(server: Server) -> None:
    """Whoever works with it loses it for the seconds that a start takes."""
    assert server.child
    server.child.end()
    server.child.start()
    wait_for(server)


def holder(home: Home, name: str) -> int | None:
    """The process that works on this stage now."""
    query = "SELECT pid FROM lease WHERE name = :name AND holder <> ''"
    return next((int(row["pid"]) for row in home.rows(query, name=name)), None)


def stopped(home: Home, warm: Warm, pids: list[int], *, after: int) -> int:
    """One of these is stopped in the middle of its sending; its process id.

    Where each met another at some stage and left it to that one, nobody sends: the next run does.
    """
    began = time.monotonic()
    for tries in range(5):
        if tries and not home.messages():
            pids.append(warm.begin(home, STAGES))
        if pid := _sleeper(home, pids, after=after, until=began + 30 * (tries + 1)):
            return pid
    raise AssertionError("nobody was found sending")


def _sleeper(home: Home, pids: list[int], *, after: int, until: float) -> int | None:
    while time.monotonic() < until:
        pid = holder(home, "reach")
        if pid in pids and len(home.messages()) >= after:
            os.kill(pid, signal.SIGSTOP)
            return pid
        time.sleep(0.005)
    return None


def _log(home: Home) -> str:
    return (home.settings.home / "child.log").read_text()[-5000:]


@pytest.mark.timeout(3600 if FULL else 900)
def test_six_at_once_one_of_them_asleep_do_what_one_would(
    make_home: Callable[..., Home], warm: Warm, full: bool
) -> None:
    people, rounds = (600, 5) if full else (300, 1)
    alone = firm(make_home, people)
    assert warm.run(alone, STAGES) == 0
    finished(alone, warm)
    for _ in range(rounds):
        together = firm(make_home, people)
        with prefect(together) as server:
            pids = [warm.begin(together, steps) for steps in AT_ONCE]
            asleep = stopped(together, warm, pids, after=people // 20)
            restart(server)
            time.sleep(90 if full else 2)
            together.move(together.now + LASTS + timedelta(seconds=30))
            more = [warm.begin(together, STAGES) for _ in range(2)]
            ends = {pid: warm.wait(pid) for pid in (*pids, *more) if pid != asleep}
            os.kill(asleep, signal.SIGCONT)
            ends[asleep] = warm.wait(asleep)
        # A run whose server went away, or a stage that others kept waiting for the database, ends
        # as broken and says so: the next one goes on where it was.
        assert {ends[pid] for pid in (*pids[2:], *more)} <= {0, BROKEN}, _log(together)
        finished(together, warm)
        judged(together)
        assert told(together) - told(alone) == Counter()
        missing = told(alone) - told(together)
        figures = f"{told(together).total()} told, {missing.total()} not told"
        print(f"{figures}, {given_up(together)} given up")  # noqa: T201 (with -s)
        assert missing.total() <= 2 * given_up(together), missing
        assert given_up(together) <= IN_HAND
