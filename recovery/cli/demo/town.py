"""The sandbox of a demo as a process of its own: a Keap, a Twilio, and people who answer."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from recovery.errors import RecoveryError

_READY_S = 60.0
_END_S = 10.0


class Town:
    """The sandbox's control endpoints."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()

    def move(self, to: datetime) -> None:
        """Lets time pass: people read, answer and tap, and their callbacks reach the web app."""
        self._post("/clock", {"now": to.isoformat()})

    def dial(self, phone: str, *, attempt: int) -> dict[str, Any]:
        """What happens when somebody dials this number for the `attempt`-th time."""
        return dict(self._get("/call", phone=phone, attempt=str(attempt)).json())

    def ledger(self) -> list[dict[str, Any]]:
        """Its own account of everything it accepted."""
        return [json.loads(line) for line in self._lines()]

    def send_webhooks_to(self, url: str) -> None:
        """Where inbound messages go, as one enters it in Twilio's console."""
        self._post("/webhook", {"url": url})

    def _lines(self) -> list[str]:
        return self._get("/ledger").text.splitlines()

    def _get(self, path: str, **params: str) -> requests.Response:
        answer = self._session.get(f"{self.url}/_sandbox{path}", params=params, timeout=60)
        answer.raise_for_status()
        return answer

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._session.post(f"{self.url}/_sandbox{path}", json=body, timeout=300).raise_for_status()


@contextmanager
def open_town(*, contacts: int, seed: int, start: datetime) -> Iterator[Town]:
    """A sandbox on a free port for as long as the block lasts."""
    town = Town(f"http://127.0.0.1:{free_port()}")
    options = {
        "port": town.url.rsplit(":", 1)[1],
        "contacts": str(contacts),
        "seed": str(seed),
        "start": start.isoformat(),
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", value)]
    process = subprocess.Popen(
        [sys.executable, "-m", "recovery.sandbox", *flags],
        stdout=subprocess.DEVNULL,
        # Ctrl-C is for the demo, which then ends its sandbox.
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        _wait_for(town.url, process)
        yield town
    finally:
        end(process)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[Any]) -> None:
    """Asks it to stop, then stops it."""
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(f"{url}/_sandbox", timeout=5).raise_for_status()
            return
        except requests.RequestException:
            time.sleep(0.05)
    raise RecoveryError("the sandbox did not start: try `recovery sandbox` to see why")
