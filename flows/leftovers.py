"""Processes that a killed `serve` or `run` left behind: they hold ports and the server's books, and
the next one ends them."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from flows.children import Child

_PIDS = "serving.pids"


def remember(home: Path, children: list[Child]) -> None:
    """Keeps the numbers of the processes that run for this home."""
    pids = [str(child.process.pid) for child in children if child.process]
    (home / _PIDS).write_text("\n".join(pids), encoding="ascii")


def forget(home: Path) -> None:
    """All ended in good order."""
    (home / _PIDS).unlink(missing_ok=True)


def end_leftovers(home: Path) -> int:
    """Kills what still runs for this home; only for who holds its lock. Answers how many.

    A number may belong to another process by now: only one that carries our home is killed.
    """
    try:
        pids = [int(pid) for pid in (home / _PIDS).read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return 0
    ours = [pid for pid in pids if _is_of(home, pid)]
    for pid in ours:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    forget(home)
    return len(ours)


def _is_of(home: Path, pid: int) -> bool:
    mark = f"PREFECT_HOME={home.absolute()}".encode()
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
