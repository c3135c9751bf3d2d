"""The right to work alone on a stage, kept for as long as its holder's process goes on."""

from typing import Protocol


class Lease(Protocol):
    """The right to work on a stage, with the fencing epoch of this holder."""

    @property
    def name(self) -> str: ...

    @property
    def epoch(self) -> int: ...

    @property
    def good_until(self) -> float:
        """Until this moment of `uptime` nobody else can have taken over."""
