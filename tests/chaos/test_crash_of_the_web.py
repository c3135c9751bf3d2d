"""T2 for webhooks, and a receiver that is down: whatever is lost there is found by asking."""

import socket
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests

from recovery.crashpoints import Kind
from tests.chaos.judge import every_end_is_known, judged
from tests.chaos.processes import Warm
from tests.chaos.test_crash_matrix import HOURS, a_small_firm, as_told_by_driver, the_days
from tests.installation import NOON, Home


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until_served(port: int) -> None:
    """Waits for the receiver, ten seconds at most."""
    for _ in range(500):
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the web app did not start")


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("point", ["P09", "P10", "P11", "P12"])
def test_a_receiver_that_crashes_loses_nothing(
    make_home: Callable[..., Home], warm: Warm, point: str, kind: Kind
) -> None:
    port = free_port()
    home = make_home(public_url=f"http://127.0.0.1:{port}")
    folder = home.settings.home
    a_small_firm(home)
    home.send()
    warm.begin(home, [("web", port)], crash=as_told_by_driver(home, f"{point}:{kind}"))
    until_served(port)
    home.move(minutes=3)
    for _ in range(200):
        if (folder / "fired").exists() or not _answers(port):
            break
        time.sleep(0.02)
    (folder / "stop").touch()
    status = warm.wait()
    assert status == -9 or (folder / "fired").exists(), "the point was never passed"
    (folder / "done").unlink(missing_ok=True)
    assert warm.run(home, the_days()[4:]) == 0, (folder / "child.log").read_text()[-3000:]
    home.move(NOON + timedelta(hours=HOURS[-1]))
    judged(home)
    every_end_is_known(home)
    assert [row for row in home.sandbox.ledger("callback") if row["answer"] == 500] == []


def _answers(port: int) -> bool:
    try:
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
    except requests.ConnectionError:
        return False
    return True
