"""What people bought last: reason enough to write to them as UTILITY, naming it.

Read for the whole account in pages, once and then only what changed, and only while WhatsApp has
approved a text that could say it: a call of Keap for each person would cost more than it brings.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from recovery.errors import ProviderError
from recovery.services.ports import Clock, Crm, Purchase

#: Once a day, whoever comes by.
_EVERY = timedelta(hours=20)


class PurchaseStore(Protocol):
    """Where the latest purchase of each contact is kept; each method is one transaction."""

    def is_of_use(self) -> bool:
        """WhatsApp has approved a text that names a purchase, as UTILITY."""

    def read_until(self) -> datetime | None:
        """Up to when changed orders were read."""

    def save(self, purchases: Sequence[Purchase]) -> None:
        """Keeps the newest of each contact."""

    def settle(self, until: datetime, *, forget_before: datetime) -> None:
        """All was read up to then; what is older than it counts is forgotten."""


class Purchases:
    """The use case; `days` is how long an order is reason enough, 0: never."""

    def __init__(self, store: PurchaseStore, *, crm: Crm, days: int, clock: Clock) -> None:
        self._store = store
        self._crm = crm
        self._days = timedelta(days=days)
        self._clock = clock

    def read(self) -> None:
        """Reads, once a day, what was ordered or changed since; nothing where Keap has none."""
        now = self._clock()
        oldest = now - self._days
        until = self._store.read_until()
        if until and now - until < _EVERY:
            return
        if self._days and self._store.is_of_use():
            # What is better to know must keep nothing else from being recorded.
            with suppress(ProviderError):
                for page in self._crm.purchases_since(max(until or oldest, oldest)):
                    self._store.save(page)
                until = now
        if until is not None:
            self._store.settle(until, forget_before=oldest)
