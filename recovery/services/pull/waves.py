"""Waves: counts each pull's new hard bounces, and keeps cases from being opened on a wave of them
until a person says go."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Literal, Protocol

from recovery.domain.brakes import BrakeName
from recovery.domain.wave import Week, wave, week_of
from recovery.services.brakes import Brakes
from recovery.services.holds import Hold


class WaveStore(Protocol):
    """Keeps how many addresses hard-bounced; each method is one transaction."""

    def first_pull_at(self) -> datetime | None:
        """When the first pull began."""

    def bounced(self, at: datetime) -> Counter[str]:
        """Addresses that hard-bounced between the pull before and that of this moment, by
        domain."""

    def save(self, pull_id: int, at: datetime, bounced: Counter[str]) -> None:
        """Counts a pull once, however often it is saved."""

    def weeks(self, first_pull_at: datetime) -> list[Week]:
        """All counted weeks."""

    def last_go(self) -> datetime | None:
        """When a person last said go."""


class Waves:
    """The use case; one instance a pull."""

    def __init__(
        self, *, store: WaveStore, brakes: Brakes, pace: Literal["careful", "full"]
    ) -> None:
        self._store = store
        self._brakes = brakes
        self._is_careful = pace == "careful"

    def hold(self, pull_id: int, at: datetime) -> Hold | None:
        """Counts the pull that began at this moment; what keeps it from opening cases, if a wave
        does. The first pull meets the whole base, so it is left out."""
        first = self._store.first_pull_at()
        if first is None or first == at:
            return None
        self._store.save(pull_id, at, self._store.bounced(at))
        this, go = week_of(at, first_pull_at=first), self._store.last_go()
        if not self._is_careful:
            return None
        asked = next((one for one in self._brakes.holds() if one.name == BrakeName.WAVE), None)
        found = wave(self._store.weeks(first), this=this)
        if asked:
            return asked
        # Somebody looked at this week's bounces and said go.
        if found is None or (go is not None and week_of(go, first_pull_at=first) == this):
            return None
        return self._brakes.put_on(BrakeName.WAVE, asdict(found))
