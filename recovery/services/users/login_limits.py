"""How often somebody may try to sign in: failures are counted, nobody is locked out for good.

Each account at each address, and each address over all accounts, has a bucket that fills again
slowly. An account has one over all addresses too, wide enough that a person who mistypes never
meets it, so that guesses from many addresses end as well.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.errors import Refusal
from recovery.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Bucket:
    """A number of failures at once, and the time in which one of them is forgotten."""

    key: str
    size: float
    refill: timedelta

    def filled(self, tokens: float, *, since: datetime, now: datetime) -> float:
        """What it holds by now."""
        return min(self.size, tokens + max((now - since) / self.refill, 0.0))


class LimitStore(Protocol):
    """Where buckets are kept; each method is one transaction."""

    def take(self, buckets: Sequence[Bucket], *, now: datetime) -> bool:
        """Takes one token from each, or none where one is empty."""

    def give_back(self, buckets: Sequence[Bucket], *, now: datetime) -> None:
        """Puts a token back into each: the try was no failure."""

    def forget(self, *, before: datetime) -> None:
        """Drops buckets that nobody took from since."""


class LoginLimits:
    """Takes before a password is looked at, and gives back when it was right."""

    def __init__(self, store: LimitStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def take(self, email: str, address: str) -> None:
        """Refusal when too many tries failed; the same for accounts that do not exist."""
        if not self._store.take(_buckets(email, address), now=self._clock()):
            raise Refusal("too many failed tries: wait a minute, then try again")

    def give_back(self, email: str, address: str) -> None:
        """The try was right."""
        self._store.give_back(_buckets(email, address), now=self._clock())

    def tidy(self) -> None:
        """Forgets buckets that are full again."""
        self._store.forget(before=self._clock() - timedelta(days=2))


def _buckets(email: str, address: str) -> list[Bucket]:
    minute = timedelta(minutes=1)
    return [
        Bucket(_key("both", email, address), 5, minute),
        Bucket(_key("address", address), 10, minute / 2),
        Bucket(_key("account", email), 100, minute * 10),
    ]


def _key(*parts: str) -> str:
    """Hashed, so that no list of addresses grows here."""
    return hashlib.sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()
