"""Named places where a test may end the process, or have it fail, as power cuts and full disks do.

`RECOVERY_CRASH="P05:kill"` kills the process at the first passage of P05, `"P05:raise:3"` fails at
the third, `"P05:enospc:1:postgresql"` as that database's driver tells of a full disk. Unset, which
is always so outside of tests, a crash point is a call of an empty function.
"""

import errno
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import OperationalError

VARIABLE = "RECOVERY_CRASH"
#: Crash points can be planned later, as a test does in children of a warm process.
ARMED = "armed"
#: Points between writes to files, where a full disk speaks through the operating system.
_ON_FILES = frozenset({"P15", "P16", "P17"})
#: Every point that stands in the code, with what has just happened there.
POINTS = {
    "P01": "a page of cases is opened and not committed",
    "P02": "a page of contacts is saved and not committed",
    "P03": "messages shall be intended",
    "P04": "messages are intended",
    "P05": "messages are marked as sending",
    "P06": "a message is on the wire and its answer unread",
    "P07": "the answer is read and not recorded",
    "P08": "the answer is recorded",
    "P09": "a callback came and is not stored",
    "P10": "a callback is stored and not answered",
    "P11": "a callback is answered and not applied",
    "P12": "callbacks are applied and not committed",
    "P13": "a write to Keap is begun",
    "P14": "Keap has the write and nobody recorded it",
    "P15": "half of some rows is in the draft of an archive",
    "P16": "the draft of an archive is synced",
    "P17": "an archive has its final name and is not in the database",
    "P18": "an archive is in the database",
    "P19": "an approval is used",
    "P20": "a deletion is intended",
    "P21": "a deletion is on the wire and its answer unread",
    "P22": "a deletion is answered and not recorded",
    "P23": "a refresh of tokens shall be asked for",
    "P24": "the refreshed tokens are read and not stored",
    "P25": "the refreshed tokens are stored",
    "P28": "a suppression is written and not committed",
    "P30": "a person's dialling is ordered and the provider was not told",
}


class Kind(StrEnum):
    """Ways to fail."""

    KILL = "kill"
    RAISE = "raise"
    ENOSPC = "enospc"
    LOCKED = "locked"


class Crashed(Exception):
    """A planned failure that nothing in the product knows."""


@dataclass(slots=True)
class Plan:
    """What happens where, and at which passage."""

    point: str
    kind: Kind
    passage: int = 1
    driver: str = "sqlite"


def parse(text: str) -> Plan:
    """The plan that a variable's text names; ValueError for any other text."""
    point, kind, *more = text.split(":")
    passage, *driver = more or ["1"]
    return Plan(point, Kind(kind), int(passage), *driver)


def _nothing(_point: str) -> None:
    """No crash is planned."""


class _Armed:
    """Counts passages; each plan comes true once."""

    def __init__(self, plan: Plan | None) -> None:
        self.plan = plan
        self._lock = threading.Lock()

    def __call__(self, point: str) -> None:
        with self._lock:
            plan = self.plan
            if plan is None or plan.point != point:
                return
            plan.passage -= 1
            if plan.passage:
                return
            self.plan = None
        _fail(point, plan)


def _fail(point: str, plan: Plan) -> None:
    match plan.kind:
        case Kind.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Kind.RAISE:
            raise Crashed(point)
        case Kind.ENOSPC if point in _ON_FILES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        case Kind.ENOSPC | Kind.LOCKED:
            told = _told_by(plan.driver, plan.kind)
            raise OperationalError(str(told), None, told)


def _told_by(driver: str, kind: Kind) -> Exception:
    """What the database's driver raises for it."""
    is_full = kind is Kind.ENOSPC
    if driver == "sqlite":
        text = "database or disk is full" if is_full else "database is locked"
        return sqlite3.OperationalError(text)
    from psycopg import errors

    if is_full:
        return errors.DiskFull("could not extend file: No space left on device")
    return errors.LockNotAvailable("canceling statement due to lock timeout")


def _from(text: str | None) -> Callable[[str], None]:
    if not text:
        return _nothing
    return _Armed(None if text == ARMED else parse(text))


#: Called by name at each point: `crashpoint("P05")`.
crashpoint = _from(os.environ.get(VARIABLE))


def plan(text: str | None) -> None:
    """Plans a crash, or none, in a process that was started armed."""
    if not isinstance(crashpoint, _Armed):
        raise TypeError(f"this process was not started with {VARIABLE}={ARMED}")
    crashpoint.plan = parse(text) if text else None
