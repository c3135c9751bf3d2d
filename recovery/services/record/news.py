"""What a provider says became of our messages, by callback or by its lists: applied once, in the
order of a message's life."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.crashpoints import crashpoint
from recovery.services.ports import Clock, CodeAction, Messenger, ProviderMessage

#: Callbacks applied in one transaction: about 10 ms in which no other can be stored.
TOGETHER = 100


@dataclass(frozen=True, slots=True)
class News:
    """A provider's word on one of our messages, by token or by sid."""

    sid: str
    status: str
    code: str | None
    at: datetime
    token: str | None = None
    callback_id: int | None = None


class NewsStore(Protocol):
    """Stored callbacks, and attempts that move by them; each method is one transaction."""

    def callbacks(self, limit: int) -> list[News]:
        """Stored callbacks nobody applied yet, oldest first."""

    def apply(self, news: Sequence[News], actions: Mapping[str, CodeAction], now: datetime) -> int:
        """Moves attempts forward, never back; counts those that moved."""


class NewsService:
    """Part of `record`, and what the web app does with each callback."""

    def __init__(self, store: NewsStore, *, messenger: Messenger, clock: Clock) -> None:
        self._store = store
        self._messenger = messenger
        self._clock = clock

    def apply_callbacks(self, *, sets: int = sys.maxsize) -> int:
        """Applies what is stored, in so many transactions at most; how many callbacks that were."""
        applied = 0
        for _ in range(sets):
            if batch := self._store.callbacks(TOGETHER):
                crashpoint("P11")
                self._apply(batch)
                applied += len(batch)
            if len(batch) < TOGETHER:
                break  # what came meanwhile is not worth a transaction yet
        return applied

    def apply(self, messages: Sequence[ProviderMessage], *, token: str | None = None) -> int:
        """Applies messages as the provider lists them; how many of ours moved.

        `token` names the attempt of a message whose sid nobody knew.
        """
        moved = 0
        for start in range(0, len(messages), TOGETHER):
            some = messages[start : start + TOGETHER]
            moved += self._apply([News(m.sid, m.status, m.code, m.created_at, token) for m in some])
        return moved

    def _apply(self, news: Sequence[News]) -> int:
        codes = {one.code for one in news if one.code}
        actions = {code: self._messenger.action(code) for code in codes}
        return self._store.apply(news, actions, self._clock())
