"""What people bought last: reason enough to write to them as UTILITY, naming it.

Read for the whole account in pages, once and then only what changed, and only while WhatsApp has
approved a text that could say it: a call of Keap for each person would cost more than it brings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.errors import ProviderError
from recovery.services.ports import Clock, Crm, Purchase

#: Once a day, whoever comes by; sooner again where Keap did not tell all.
_EVERY, _AGAIN = timedelta(hours=20), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Look:
    """When Keap was asked for orders last, and up to when all that changed is known."""

    asked_at: datetime
    until: datetime | None

    def is_over(self, now: datetime) -> bool:
        """It is time to ask again."""
        return now - self.asked_at >= (_EVERY if self.until == self.asked_at else _AGAIN)


class PurchaseStore(Protocol):
    """Where the latest purchase of each contact is kept; each method is one transaction."""

    def is_of_use(self) -> bool:
        """WhatsApp has approved a text that names a purchase, as UTILITY."""

    def last_look(self) -> Look | None:
        """The last time that Keap was asked."""

    def save(self, purchases: Sequence[Purchase]) -> None:
        """Keeps the newest of each contact."""

    def settle(self, look: Look, *, forget_before: datetime) -> None:
        """Remembers when Keap was asked; what is older than it counts is forgotten."""


class Purchases:
    """The use case; `days` is how long an order is reason enough, 0: never."""

    def __init__(self, store: PurchaseStore, *, crm: Crm, days: int, clock: Clock) -> None:
        self._store = store
        self._crm = crm
        self._days = timedelta(days=days)
        self._clock = clock

    def read(self) -> None:
        """Reads, once a day, what was ordered or changed since; nothing where Keap has none."""
        now, look = self._clock(), self._store.last_look()
        oldest = now - self._days
        if look and not look.is_over(now):
            return
        if self._days and self._store.is_of_use():
            until = look.until if look else None
            is_whole = self._read_since(max(until or oldest, oldest))
            look = Look(now, now if is_whole else until)
        if look is not None:
            self._store.settle(look, forget_before=oldest)

    def _read_since(self, since: datetime) -> bool:
        """Whether Keap told all; what is better to know keeps nothing else from being recorded."""
        try:
            for page in self._crm.purchases_since(since):
                self._store.save(page)
        except ProviderError:
            return False
        return True
