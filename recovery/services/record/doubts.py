"""Messages in doubt: looked for at the provider until found or given up, never sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.services.ports import Clock, Messenger, ProviderMessage
from recovery.services.record.news import NewsService

#: Looks for a message in doubt, counted from its sending (facts: reliability, 'Send').
LOOKS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
#: A message that was given up is looked for once more, so that one which the provider made hours
#: later is known, and the call that took its place is taken back.
LAST_LOOK = timedelta(hours=24)
#: How far this machine's clock may be ahead of the provider's, whose dates the lists tell.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that may or may not exist at the provider."""

    attempt_id: int
    number: str
    body: str
    sending_at: datetime
    looks: int
    token: str
    #: It counts as absent, and a call took its place.
    is_given_up: bool = False


class DoubtStore(Protocol):
    """What settling reads and writes; each method is one transaction."""

    def orphans_into_doubt(self, now: datetime) -> int:
        """What a dead process left as `sending` is in doubt."""

    def doubts(self, now: datetime) -> list[Doubt]:
        """Messages in doubt whose next look is due."""

    def is_being_written_to(self, number: str) -> bool:
        """A message to this number is on its way: nobody can tell yet which it is."""

    def bound(self, sids: Sequence[str]) -> set[str]:
        """Which of these messages belong to an attempt already."""

    def bind(self, doubt: Doubt, message: ProviderMessage, now: datetime) -> bool:
        """The message was found: it was sent. False where news settled it, or the message turned
        out to be another's: the next look sees which."""

    def not_found(self, doubt: Doubt, now: datetime, *, next_look: datetime | None) -> bool:
        """Not found yet; without a next look it is absent, the case goes to the call queue, and one
        more look follows a day later. Whether it is absent by this."""


@dataclass(slots=True)
class Settled:
    """How many were found, and how many given up."""

    found: int = 0
    absent: int = 0


class DoubtService:
    """Part of `record`."""

    def __init__(
        self, store: DoubtStore, *, messenger: Messenger, news: NewsService, clock: Clock
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._news = news
        self._clock = clock

    def take_orphans(self) -> None:
        """What a dead process left on its way is in doubt from now on."""
        self._store.orphans_into_doubt(self._clock())

    def settle(self) -> Settled:
        """Looks for each message whose look is due, by its number and its text."""
        settled = Settled()
        for doubt in self._store.doubts(self._clock()):
            fitting = self._fitting(doubt)
            # Asked after the listing: whose message is in it has an id by now, or is on its way.
            if not self._store.is_being_written_to(doubt.number):
                self._decide(doubt, self._only_free(fitting), settled)
        return settled

    def _decide(self, doubt: Doubt, message: ProviderMessage | None, settled: Settled) -> None:
        now = self._clock()
        if message is None:
            settled.absent += self._store.not_found(doubt, now, next_look=_next_look(doubt))
        elif doubt.is_given_up:
            settled.found += self._news.apply([message], token=doubt.token)
        else:
            settled.found += self._store.bind(doubt, message, now)

    def _fitting(self, doubt: Doubt) -> list[ProviderMessage]:
        """Messages with this text, created since we asked for it."""
        return [
            message
            for message in self._messenger.messages_to(doubt.number, since=doubt.sending_at - SKEW)
            if " ".join(message.body.split()) == " ".join(doubt.body.split())
        ]

    def _only_free(self, fitting: Sequence[ProviderMessage]) -> ProviderMessage | None:
        """The one that is bound to no attempt; of several nobody's."""
        bound = self._store.bound([message.sid for message in fitting])
        free = [message for message in fitting if message.sid not in bound]
        return free[0] if len(free) == 1 else None


def _next_look(doubt: Doubt) -> datetime | None:
    """When it is looked for again; None makes it absent, or ends the looking."""
    looks = doubt.looks + 1
    return doubt.sending_at + LOOKS[looks] if looks < len(LOOKS) else None
