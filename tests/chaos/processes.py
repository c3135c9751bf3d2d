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
ROOT = Path(__file__).parents[2]


class Warm:
    """Has one child at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(
        self,
        home: Home,
        steps: Sequence[Step],
        *,
        settings: dict[str, Any] | None = None,
        **more: Any,
    ) -> int:
        """Starts a child on this home; answers its process id."""
        assert self._process.stdin
        self._process.stdin.write(order_of(home, steps, settings=settings, **more))
        self._process.stdin.flush()
        return int(self._line())

    def wait(self) -> int:
        """The child's exit status; negative is the signal that killed it."""
        return int(self._line())

    def run(self, home: Home, steps: Sequence[Step], **more: Any) -> int:
        """Starts a child and waits for its end."""
        self.begin(home, steps, **more)
        return self.wait()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline()


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
        **more,
    }
    return json.dumps(order) + "\n"


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
