"""T1: kill -9 at random moments under a fifth of faults of eight kinds, judged by the ledger."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from flows.leftovers import end_leftovers
from tests.chaos.judge import every_end_is_known, judged
from tests.chaos.processes import Step, Warm
from tests.installation import Home

SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10_000))
#: Seconds that a command lives at most; a whole run takes seconds to start.
LONGEST = {"run": 15.0}
RUN: list[Step] = [("stage", name) for name in ("record", "pull", "route", "reach", "record")]


def hurt(home: Home, rate: float) -> None:
    """This share of all requests goes wrong from now on."""
    home.sandbox.control("/faults", {"rate": rate})


class Killer:
    """Kills commands at a random moment of the life they have by what was seen of them so far."""

    def __init__(self, home: Home, warm: Warm, chance: random.Random) -> None:
        self._home, self._warm, self._chance = home, warm, chance
        self._longest: dict[str, float] = {}

    def killed(self, words: list[str]) -> bool:
        """False where the command had ended before."""
        most = LONGEST.get(words[0], 2.5)
        longest = self._longest.get(words[0], most)
        moment = self._chance.uniform(0.1, longest)
        pid = self._warm.begin(self._home, [("cli", [word]) for word in words])
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        died = self._warm.wait() == -signal.SIGKILL
        self._longest[words[0]] = min(most, longest * 1.1) if died else max(0.5, moment)
        return died


def commands(chance: random.Random, kills: int) -> list[list[str]]:
    """What is killed: one in twenty a whole `run`, the others what sends and what records."""
    whole = [["run"]] * (kills // 20)
    parts = [["reach", "record"], ["record", "reach"], ["route", "reach"], ["record", "pull"]]
    some = whole + [chance.choice(parts) for _ in range(kills - len(whole))]
    chance.shuffle(some)
    return some


def finished(home: Home, warm: Warm) -> None:
    """What schedules do without anybody's help, faults or not, until the next noon."""
    for minutes in (3, 11, 61, 120, 240):
        home.move(minutes=minutes)
        warm.run(home, RUN)
    hurt(home, 0)
    for _ in range(4):
        home.move(minutes=130)
        assert warm.run(home, RUN) == 0, (home.settings.home / "child.log").read_text()[-3000:]
    for _ in range(3):
        home.next_day(hour=17)
        assert warm.run(home, [*RUN, ("stage", "record")]) == 0


@pytest.mark.timeout(3600)
def test_nobody_is_written_to_twice_whoever_is_killed(
    make_home: Callable[..., Home], warm: Warm, full: bool
) -> None:
    print(f"CHAOS_SEED={SEED}")  # noqa: T201 (shown where the test fails)
    chance = random.Random(SEED)
    people, kills = 2000, 200 if full else 40
    home = make_home(contacts=people, seed=SEED, hang_s=0.3)
    for contact in list(home.sandbox.world.contacts):
        home.change(contact, tags=["WhatsApp opt-in"], status="HARD_BOUNCE")
    home.run("pull", "route")
    hurt(home, 0.2)
    tries = 0
    began = time.monotonic()
    killer = Killer(home, warm, chance)
    for words in commands(chance, kills):
        while not killer.killed(words):
            tries += 1
            assert tries < 2 * kills, "most processes end before they are killed"
            home.move(home.now + timedelta(minutes=90 / kills))
        home.move(home.now + timedelta(minutes=180 / kills))
    end_leftovers(home.settings.home / "prefect")
    spent = time.monotonic() - began
    sent = len(home.messages())
    finished(home, warm)
    states = Counter(r["state"] for r in home.rows("SELECT state FROM attempt WHERE step = 'm1'"))
    print(f"{kills} kills in {spent:.0f} s, {tries} came too late")  # noqa: T201
    print(f"{sent} messages, then {len(home.messages())}: {states}")  # noqa: T201
    assert len(home.messages()) > people / 20
    judged(home)
    every_end_is_known(home)
