"""Keap's calls of a day, shared out before a run: what each stage will ask for, and whether what is
left today will do."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from recovery.services.ports import Usage

#: A page of contacts or statuses, a set of addresses, a set of contacts: one call.
_PAGE, _ADDRESSES, _CONTACTS = 1000, 100, 500
#: Calls that a pull makes besides its pages: tags and the fields of the account.
_BESIDE_PAGES = 3
#: Calls of one full record before it is archived: seven parts, and its statuses.
_A_RECORD = 8


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next run meets, by what our own database knows."""

    contacts: int
    addresses: int
    messages: int
    writes: int
    to_archive: int


class BudgetStore(Protocol):
    """Counts what lies ahead."""

    def ahead(self) -> Ahead:
        """In one cheap look."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls by stage in the order in which they get them, what Keap has left today, and how many of
    these the archive leaves alone."""

    calls: dict[str, int]
    left: int
    kept: int = 0

    @property
    def short_at(self) -> str | None:
        """The first stage for which today's calls will not do."""
        left = self.left
        for stage, calls in self.calls.items():
            left -= calls
            if left < (self.kept if calls and stage == "archive" else 0):
                return stage
        return None

    @property
    def warning(self) -> str | None:
        """What to say before the run starts, where it will not end today."""
        if self.short_at is None:
            return None
        return (
            f"Keap's calls of today will not do: about {sum(self.calls.values()):,} are needed and "
            f"{self.left:,} are left, so `{self.short_at}` stops cleanly when they end; the next "
            "run after 00:00 UTC goes on where it was"
        )


class Budget:
    """The use case; nothing is asked of Keap for it."""

    def __init__(
        self, *, store: BudgetStore, usage: Callable[[], Usage], a_day: int, kept: int
    ) -> None:
        self._store = store
        self._usage = usage
        self._a_day = a_day
        self._kept = kept

    def plan(self) -> Plan:
        """What people wrote and agreed to is written to Keap first, the archive comes last."""
        ahead, usage = self._store.ahead(), self._usage()
        ours = max(0, self._a_day - usage.used)
        left = ours if usage.left is None else min(ours, usage.left)
        pages = math.ceil(ahead.contacts / _PAGE) + math.ceil(ahead.addresses / _PAGE)
        calls = {
            "record": ahead.writes,
            "pull": _BESIDE_PAGES + max(2, pages),
            "reach": math.ceil(ahead.messages / _ADDRESSES) + math.ceil(ahead.messages / _CONTACTS),
            "archive": ahead.to_archive * _A_RECORD,
        }
        return Plan(calls, left, self._kept)
