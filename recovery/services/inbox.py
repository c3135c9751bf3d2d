"""The inbox: what Twilio tells us is stored first and understood later.

A callback that meets an error is lost for good (Twilio retries only where it cannot connect), so
what the database cannot take goes to a synced spool, and only without either is it refused.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.crashpoints import crashpoint
from recovery.domain.keys import Keys
from recovery.errors import RecoveryError
from recovery.services.ports import Clock, ProviderMessage
from recovery.services.webhook_form import Callback, Foreign, Received, Reply, WebhookForm

__all__ = ["Callback", "Foreign", "InboxService", "Received", "Rejection", "Reply", "WebhookForm"]

_LOG = logging.getLogger(__name__)
#: After a failure the database is left alone for so long: else each group would wait for it anew.
_REST = timedelta(seconds=1)


class NotStored(RecoveryError):
    """The database cannot take this now; try again later."""


class Unstorable(RecoveryError):
    """The database will never take this as it is; a person must look."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A request that was not ours, without what it said: only its hash and its size."""

    at: datetime
    kind: str
    reason: str
    sid: str | None
    body_sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much was stored and not applied yet."""

    callbacks: int
    replies: int


class InboxStore(Protocol):
    """Where what was received is kept; both writes are one synced transaction."""

    def keep(self, received: Sequence[Received]) -> int:
        """Stores what is new and counts it; NotStored or Unstorable when it cannot."""

    def quarantine(self, rejections: Sequence[Rejection]) -> None:
        """Keeps the newest rejections, a bounded number; NotStored when it cannot."""

    def waiting(self) -> Waiting:
        """What is still to be applied."""


class Spool(Protocol):
    """A synced place for what the database could not take."""

    def add(self, received: Sequence[Received]) -> None:
        """Durable when it returns; StorageFull when it cannot be."""

    def batches(self) -> Iterator[tuple[str, list[Received]]]:
        """What was added, by name, oldest first; unreadable ones are set aside."""

    def remove(self, name: str) -> None:
        """Forgets a batch; one that is gone is no error."""

    def set_aside(self, name: str) -> None:
        """Keeps a batch for a person, out of the way of the others."""

    def size(self) -> int:
        """How many batches wait."""


class InboxService:
    """Takes in callbacks and replies; understanding them is the business of `record`."""

    def __init__(
        self, store: InboxStore, spool: Spool, *, keys: Keys, account_sid: str, clock: Clock
    ) -> None:
        self._store = store
        self._spool = spool
        self._form = WebhookForm(account_sid, keys)
        self._clock = clock
        self._rests_until: datetime | None = None

    def accept_status(self, token: str, params: Mapping[str, str]) -> Callback:
        """What `keep` shall store of a message's status; Foreign when it is not ours."""
        return self._form.status(token, params, self._clock())

    def accept_inbound(self, params: Mapping[str, str]) -> Reply:
        """What `keep` shall store of a person's message; Foreign when it is not ours."""
        return self._form.inbound(params, self._clock())

    def accept_message(self, message: ProviderMessage) -> Reply:
        """What `keep` shall store of an inbound message that a listing brought."""
        return self._form.listed(message)

    def keep(self, received: Sequence[Received]) -> None:
        """Durable when it returns, in the database or the spool; StorageFull without either."""
        crashpoint("P09")
        now = self._clock()
        if self._rests_until is None or now >= self._rests_until:
            try:
                self._store.keep(received)
            except (NotStored, Unstorable) as error:
                _LOG.warning("%d callbacks go to the spool (%s)", len(received), _name(error))
                self._rests_until = self._clock() + _REST
            else:
                self._rests_until = None
                crashpoint("P10")
                return
        self._spool.add(received)

    def ingest(self) -> int:
        """Moves the spool into the database, as far as it takes it; how many rows were moved."""
        moved = 0
        for name, received in self._spool.batches():
            try:
                stored = self._stored(received)
            except NotStored:
                break
            # Only now: a crash in between stores the batch twice, which its keys make once.
            if stored == len(received):
                self._spool.remove(name)
            else:
                _LOG.error("a spooled row fits no table and was set aside: %s", name)
                self._spool.set_aside(name)
            moved += stored
        return moved

    def _stored(self, received: Sequence[Received]) -> int:
        """How many of these the database has now: one that fits no table spoils no other."""
        try:
            self._store.keep(received)
        except Unstorable:
            return sum(self._stored([one]) for one in received) if len(received) > 1 else 0
        return len(received)

    def quarantine(self, rejections: Sequence[Rejection]) -> None:
        """Keeps what was rejected, with the reason."""
        if rejections:
            self._store.quarantine(rejections)

    def waiting(self) -> Waiting:
        """What is stored and not applied yet."""
        return self._store.waiting()

    def spooled(self) -> int:
        """How many batches wait in the spool."""
        return self._spool.size()


def _name(error: Exception) -> str:
    return type(error.__cause__ or error).__name__
