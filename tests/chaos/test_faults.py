"""T3: each fault on every send, and then all of them: one request a message, and the run ends."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from recovery.sandbox.faults import HTTP_FAULTS
from tests.chaos.judge import every_end_is_known, judged
from tests.chaos.processes import Step, Warm
from tests.installation import Home

SENDS = "POST .*/Messages"
RUN: list[Step] = [("stage", name) for name in ("record", "route", "reach", "record")]
#: Nobody listens there: tokens are in the callbacks' addresses, and all is learnt by asking.
NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize("kinds", [*sorted([kind] for kind in HTTP_FAULTS), []])
def test_each_message_is_asked_for_once(
    make_home: Callable[..., Home], warm: Warm, kinds: list[str], full: bool
) -> None:
    """With no kinds a fifth of the sends meets one of the eight."""
    home = make_home(contacts=2000 if full else 300, seed=5, hang_s=0.5, public_url=NOWHERE)
    home.run("pull", "route")
    plan = {"rate": 1.0 if kinds else 0.2, "kinds": kinds, "match": SENDS}
    home.sandbox.control("/faults", plan)
    began = time.monotonic()
    warm.run(home, RUN)
    assert time.monotonic() - began < 40, "the run does not end"
    during = len(home.messages())
    home.sandbox.control("/faults", {"rate": 0})
    for minutes in (3, 11, 61, 100):
        home.move(minutes=minutes)
        assert warm.run(home, RUN) == 0, (home.settings.home / "child.log").read_text()[-3000:]
    for _ in range(3):
        home.next_day(hour=17)
        assert warm.run(home, [*RUN, ("stage", "record")]) == 0
    tokens = Counter(m["token"] for m in home.messages())
    assert max(tokens.values()) == 1
    created = [kind for kind in kinds if kind.startswith(("execute", "broken", "slow"))]
    assert bool(during) or not (created or not kinds), "the fault struck nobody"
    judged(home)
    every_end_is_known(home)
