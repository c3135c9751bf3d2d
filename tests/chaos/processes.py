"""Processes that may be killed: orders to a warm one, and what became of its children."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from recovery.crashpoints import ARMED, VARIABLE
from tests.installation import Home

Step = tuple[str, Any]
#: The exit status of a process in which a stage broke and said so.
BROKEN = 3
ROOT = Path(__file__).parents[2]


class Warm:
    """Has as many children as a test begins."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._last = 0

    def begin(
        self,
        home: Home,
        steps: Sequence[Step],
        *,
        settings: dict[str, Any] | None = None,
        **more: Any,
    ) -> int:
        """Starts a child on this home; answers its process id."""
        self._last = self._ask(order_of(home, steps, settings=settings, **more))
        return self._last

    def wait(self, pid: int | None = None) -> int:
        """The exit status of this child, else of the last; negative where a signal killed it."""
        return self._ask(json.dumps({"wait": pid or self._last}) + "\n")

    def run(self, home: Home, steps: Sequence[Step], **more: Any) -> int:
        """Starts a child and waits for its end."""
        self.begin(home, steps, **more)
        return self.wait()

    def _ask(self, order: str) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(order)
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def order_of(
    home: Home, steps: Sequence[Step], *, settings: dict[str, Any] | None = None, **more: Any
) -> str:
    """The line that tells a process what to live."""
    order = {
        "home": str(home.settings.home),
        "url": home.sandbox.url,
        "now": home.now.isoformat(),
        "steps": [[what, _text(value)] for what, value in steps],
        "settings": _of(home) | (settings or {}),
        "environment": environment_of(home),
        **more,
    }
    return json.dumps(order) + "\n"


def environment_of(home: Home) -> dict[str, str]:
    """What a shell would have set for commands on this home."""
    keap, twilio = home.settings.keap, home.settings.twilio
    assert keap.token
    assert twilio.auth_token
    values = {
        "HOME": home.settings.home,
        "ACCOUNT": home.settings.account,
        "PACE": home.settings.pace,
        "KEAP__BASE_URL": keap.base_url,
        "KEAP__TOKEN": keap.token.get_secret_value(),
        "KEAP__CALLS_PER_SECOND": keap.calls_per_second,
        "TWILIO__BASE_URL": twilio.base_url,
        "TWILIO__ACCOUNT_SID": twilio.account_sid,
        "TWILIO__AUTH_TOKEN": twilio.auth_token.get_secret_value(),
        "TWILIO__WHATSAPP_FROM": twilio.whatsapp_from,
        "TWILIO__MESSAGES_PER_SECOND": twilio.messages_per_second,
        **{name.upper(): value for name, value in _of(home).items()},
    }
    return {f"RECOVERY_{name}": str(value) for name, value in values.items()}


def _of(home: Home) -> dict[str, Any]:
    names = ("database_url", "public_url", "policy")
    return {n: str(getattr(home.settings, n)) for n in names if getattr(home.settings, n)}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@contextmanager
def warm_process() -> Iterator[Warm]:
    """A process that was started armed; ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.warm"],
        cwd=ROOT,
        env={**os.environ, VARIABLE: ARMED},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Warm(process)
        assert process.stdin
        process.stdin.close()
