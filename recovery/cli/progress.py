"""Progress of long work on stderr: a moving line on a terminal, a plain line now and then else."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: Seconds between two plain lines, and between two looks on a terminal.
_EVERY = 5.0
_GLANCE = 0.5


@contextmanager
def working(what: str, look: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Shows `what` while the block runs; `look` says how far it is, in another thread."""
    done = threading.Event()
    show = _moving if sys.stderr.isatty() else _plain
    thread = threading.Thread(target=show, args=(what, look, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(2)


def _moving(what: str, look: Callable[[], str], done: threading.Event) -> None:
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(what) as status:
        while not done.wait(_GLANCE):
            status.update(_line(what, look))


def _plain(what: str, look: Callable[[], str], done: threading.Event) -> None:
    began = time.monotonic()
    while not done.wait(_EVERY):
        seconds = int(time.monotonic() - began)
        print(f"{_line(what, look)} ({seconds} s)", file=sys.stderr, flush=True)


def _line(what: str, look: Callable[[], str]) -> str:
    # A glance at a busy database may fail; the work itself tells of real trouble.
    with suppress(Exception):
        found = look()
        return f"{what}: {found}" if found else what
    return what
