"""Leases: who works on a stage, with an epoch that fences off whoever held it before.

A holder that is dead on this machine loses its lease at once, one that stands still or was of
another machine after 60 seconds without a sign of life. A thread gives the signs, whatever the work
waits for; it stands still with its process.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from recovery.adapters.db.engine import BUSY_SECONDS, Database
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.ops import LeaseRow
from recovery.errors import Busy, NothingToDo, RecoveryError
from recovery.services.lease import Lease
from recovery.services.ports import Clock
from recovery.uptime import uptime

LASTS = timedelta(seconds=60)
#: Seconds between the end of a lease and the last moment at which its holder trusts in it.
_MARGIN = 10.0
_RENEW_AFTER = timedelta(seconds=10)
#: Seconds between two looks at the clocks: either may have jumped.
_LOOK_EVERY = 1.0
#: Seconds for which the thread speaks for a work: what hangs is reported and taken over in the end.
_LONGEST = 24 * 3600.0
_LEASE = table(LeaseRow)
_HOST = socket.gethostname()
T = TypeVar("T")


class SqlLease:
    """A lease that is held; `renew` is cheap and writes every ten seconds at most."""

    def __init__(self, database: Database, clock: Clock, name: str, holder: str) -> None:
        self._database = database
        self._clock = clock
        self.name = name
        self._holder = holder
        self.epoch = 0
        self.good_until = 0.0
        self._renewed_at: datetime | None = None

    def take(self) -> None:
        """Becomes the holder; raises NothingToDo while another lives."""
        now, good_until = self._clock(), _good_until()
        with self._database.begin() as connection:
            add_new(connection, LeaseRow, [_free(self.name, now)])
            row = (
                connection.execute(sa.select(_LEASE).where(_LEASE.c.name == self.name))
                .mappings()
                .one()
            )
            if is_held(row, now):
                raise NothingToDo(f"another run works on {self.name}: it goes on by itself")
            self.epoch = row["epoch"] + 1
            taken = connection.execute(
                _LEASE.update()
                .where(_LEASE.c.name == self.name, _LEASE.c.epoch == row["epoch"])
                .values(**self._mine(now))
            )
            if taken.rowcount != 1:
                raise NothingToDo(f"another run began {self.name} at the same moment")
        self._renewed_at, self.good_until = now, good_until

    def _mine(self, now: datetime) -> dict[str, object]:
        return {
            "holder": self._holder,
            "host": _HOST,
            "pid": os.getpid(),
            "started": _started(os.getpid()),
            "epoch": self.epoch,
            "expires_at": now + LASTS,
        }

    def renew(self) -> None:
        """Stays the holder; raises NothingToDo when another took over meanwhile."""
        now, good_until = self._clock(), _good_until()
        if self._is_young(now):
            return
        with self._database.begin() as connection:
            result = connection.execute(
                _LEASE.update()
                .where(_LEASE.c.name == self.name, _LEASE.c.epoch == self.epoch)
                .values(expires_at=now + LASTS)
            )
        if result.rowcount != 1:
            raise NothingToDo(f"another run took {self.name} over while this one stood still")
        self._renewed_at, self.good_until = now, good_until

    def _is_young(self, now: datetime) -> bool:
        """Renewed lately, by the clock of the cases and by the one that nobody sets."""
        lately = self._renewed_at and timedelta(0) <= now - self._renewed_at < _RENEW_AFTER
        return bool(lately) and _good_until() - self.good_until < _RENEW_AFTER.total_seconds()

    def release(self) -> None:
        """Lets others work; the epoch stays. Where the database is never ours it runs out."""
        with suppress(Busy), self._database.begin() as connection:
            connection.execute(
                _LEASE.update()
                .where(_LEASE.c.name == self.name, _LEASE.c.epoch == self.epoch)
                .values(holder="", expires_at=self._clock())
            )


class Leases:
    """Hands out leases by stage, and keeps them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @contextmanager
    def hold(self, name: str) -> Iterator[SqlLease]:
        """Holds a stage; raises NothingToDo when another run has it."""
        lease = SqlLease(self._database, self._clock, name, uuid.uuid4().hex)
        lease.take()
        try:
            with _kept(lease):
                yield lease
        finally:
            lease.release()

    def fenced(self, lease: Lease) -> Database:
        """The database where every transaction ends with NothingToDo once another took over."""
        return self._database.guarded(partial(fence, name=lease.name, epoch=lease.epoch))

    @contextmanager
    def alone(self, name: str, store: Callable[[Database], T]) -> Iterator[T]:
        """Holds a stage, with a store by which nobody changes anything who lost it."""
        with self.hold(name) as lease:
            yield store(self.fenced(lease))


@contextmanager
def _kept(lease: SqlLease) -> Iterator[None]:
    """Renews it in the background."""
    ended = threading.Event()
    keeper = threading.Thread(target=_keep, args=(lease, ended), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join(BUSY_SECONDS)


def _keep(lease: SqlLease, ended: threading.Event) -> None:
    until = uptime() + _LONGEST
    while not ended.wait(_LOOK_EVERY) and uptime() < until:
        try:
            lease.renew()
        except NothingToDo:
            return  # The fence tells the work.
        except (RecoveryError, SQLAlchemyError):
            continue  # The work meets it too, or it passes before the lease ends.


def fence(connection: sa.Connection, name: str, epoch: int) -> None:
    """Raises NothingToDo where another took over since: whoever slept may change nothing.

    Until the caller's transaction ends nobody can take over.
    """
    query = sa.select(_LEASE.c.epoch).where(_LEASE.c.name == name).with_for_update(read=True)
    if connection.execute(query).scalar() != epoch:
        raise NothingToDo(f"another run took {name} over while this one stood still")


def _good_until() -> float:
    """How long a lease that is renewed now can be trusted."""
    return uptime() + LASTS.total_seconds() - _MARGIN


def _free(name: str, now: datetime) -> dict[str, object]:
    return {
        "name": name,
        "holder": "",
        "host": "",
        "pid": 0,
        "started": "",
        "epoch": 0,
        "expires_at": now,
    }


def is_held(row: sa.RowMapping, now: datetime) -> bool:
    """Does the holder of this lease live?"""
    if not row["holder"] or row["expires_at"] <= now:
        return False
    # A clock that was set back must not lock everybody out for long.
    if row["expires_at"] > now + 2 * LASTS:
        return False
    if row["host"] != _HOST:
        return True
    return bool(_started(row["pid"]) == row["started"])


def _started(pid: int) -> str:
    """When a process was started, in the kernel's ticks; empty when it is dead or unknown.

    Without /proc a dead process cannot be told from a living one that took its number.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else str(pid)
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
