"""Processes that `serve` and `run` start and end: each with its own log and its own group."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STOP_WITHIN = 5.0
#: A log that grew beyond this starts anew with its process.
_LARGEST_LOG = 10_000_000


@dataclass(slots=True)
class Child:
    """A Python process; `command` are the interpreter's arguments, `title` is for people."""

    title: str
    command: Sequence[str]
    variables: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Starts it, or starts it again."""
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open(_mode(self.log)) as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                env=dict(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches us alone, and we end the children in their order.
                start_new_session=True,
            )

    @property
    def lives(self) -> bool:
        """Was it started, and has it not ended?"""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """Sends SIGTERM; `end` waits for what follows."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.terminate()

    def end(self, *, within: float = STOP_WITHIN) -> None:
        """Asks it to end, waits for it and its own children, then kills who is left of them."""
        if self.process is None:
            return
        self.ask_to_end()
        _wait_for_group(self.process, within)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(within)
        # Whoever is killed needs a moment to go, and nobody shall be left once we have ended.
        _wait_for_group(self.process, within)


def _wait_for_group(process: subprocess.Popen[bytes], within: float) -> None:
    until = time.monotonic() + within
    while _group_lives(process) and time.monotonic() < until:
        time.sleep(0.05)


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()  # Else the leader, ended but not yet asked for, would count as living.
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _mode(log: Path) -> str:
    return "ab" if log.exists() and log.stat().st_size < _LARGEST_LOG else "wb"
