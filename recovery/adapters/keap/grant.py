"""The pair of OAuth2 tokens as it is kept between processes; each refresh token works once."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

#: Keap's refresh tokens end when they were not used for so long.
IDLE_LIFE = timedelta(days=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the token endpoint answers; `lasts` is the access token's life."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One state of the pair; `generation` rises with every other refresh token.

    `asked_at` is written before a refresh and goes with its answer: where it stays, the refresh
    token may be spent. `refused` is Keap's code once it has refused the refresh token.
    """

    generation: int
    refresh: str = field(repr=False)
    access: str | None = field(default=None, repr=False)
    obtained_at: datetime | None = None
    expires_at: datetime | None = None
    asked_at: datetime | None = None
    refused: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """Half of the life: should the refresh be lost, the other half is left to mend it."""
        if self.obtained_at is None or self.expires_at is None:
            return None
        return self.obtained_at + (self.expires_at - self.obtained_at) / 2

    @property
    def is_in_doubt(self) -> bool:
        """A refresh was begun, and its answer is not known."""
        return self.asked_at is not None

    def serves(self, now: datetime, *, rejected: str | None) -> bool:
        """Whether the access token may be used as it is, with no thought of a refresh."""
        until = self.expires_at if self.is_in_doubt else self.due_at
        return self._is_unrejected(rejected) and (until is None or now < until)

    def lives(self, now: datetime, *, rejected: str | None) -> bool:
        """Whether the access token may still be used while a newer one cannot be had."""
        until = self.expires_at
        return self._is_unrejected(rejected) and (until is None or now < until)

    def outlasts(self, *, rejected: str | None) -> bool:
        """Whether it is used until Keap itself rejects it, whatever the clock says.

        So it is in doubt when nobody is at it: another refresh could be the second use of a spent
        token, which ends the old access token too.
        """
        return self._is_unrejected(rejected) and self.is_in_doubt

    def _is_unrejected(self, rejected: str | None) -> bool:
        return self.access is not None and self.access != rejected

    def renewed(self, pair: Pair, *, now: datetime) -> "Grant":
        """The state after a refresh."""
        return Grant(
            generation=self.generation + 1,
            refresh=pair.refresh,
            access=pair.access,
            obtained_at=now,
            expires_at=now + pair.lasts,
        )

    def asked(self, now: datetime) -> "Grant":
        """The state while a refresh is under way."""
        return replace(self, asked_at=self.asked_at or now)


class GrantStore(Protocol):
    """Keeps the grant durably for all processes of a home."""

    def load(self) -> Grant:
        """The newest state; a refresh token new in the settings has taken its place."""

    def swap(self, new: Grant, *, at: int) -> bool:
        """Stores durably if the kept generation is still `at`; whether it did."""

    def turn(self) -> AbstractContextManager[object]:
        """The right to refresh; raises NothingToDo while another process has it."""
