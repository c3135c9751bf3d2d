"""What always holds (DESIGN §6), asked at the end of each run; while a promise is broken nobody is
written to and nobody is deleted, until a person has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.errors import PromiseBroken
from recovery.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Finding:
    """How many rows break a promise; ids of the first ones, never personal data."""

    number: str
    statement: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing breaks it."""
        return self.count == 0


@dataclass(frozen=True, slots=True)
class Latched:
    """A promise that was found broken, and has kept sending and deleting shut since."""

    since: datetime
    finding: Finding


class PromiseStore(Protocol):
    """Asks the promises and keeps the latch; each method is one transaction."""

    def ask(self) -> list[Finding]:
        """Every promise with how many rows break it."""

    def latch(self, broken: Sequence[Finding], now: datetime) -> None:
        """Shuts sending and deleting for all processes, from this commit on."""

    def clear(self) -> None:
        """Opens them again."""

    def latched(self) -> list[Latched]:
        """What keeps them shut, by number."""


class Promises:
    """The gate before everything that cannot be taken back."""

    def __init__(self, store: PromiseStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def end_of_run(self) -> list[Finding]:
        """Asks all, latches what is broken, and answers what keeps the gate shut, now or before."""
        broken = [finding for finding in self._store.ask() if not finding.holds]
        if broken:
            self._store.latch(broken, self._clock())
        return [latched.finding for latched in self._store.latched()]

    def examine(self) -> list[Finding]:
        """What a person looks at: asks all, and opens the gate where every one holds again."""
        findings = self._store.ask()
        broken = [finding for finding in findings if not finding.holds]
        if broken:
            self._store.latch(broken, self._clock())
        else:
            self._store.clear()
        return findings

    def latched(self) -> list[Latched]:
        """What keeps the gate shut; empty where it is open."""
        return self._store.latched()

    def must_hold(self) -> None:
        """Raises PromiseBroken while the gate is shut."""
        if latched := self._store.latched():
            raise shut(latched[0].finding.number, latched[0].finding.statement)


def shut(number: str, statement: str) -> PromiseBroken:
    """The error of whoever meets the shut gate."""
    return PromiseBroken(
        f"{number} is broken ({statement}): nothing is sent and nobody is deleted; "
        "`recovery doctor --invariants` shows which rows, and opens the gate once all holds again"
    )
