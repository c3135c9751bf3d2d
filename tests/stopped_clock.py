"""The clock that nobody sets, as the product's parts see it: a test lets it jump."""

import time

import pytest

from recovery.adapters.db import lease
from recovery.adapters.keap import wire
from recovery.adapters.twilio import client
from recovery.services import pipeline


class Monotonic:
    """Takes the place of `time` where moments are compared; nobody waits by it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._slept = 0.0
        for module in (client, lease, pipeline, wire):
            monkeypatch.setattr(module, "time", self)

    def jump(self, seconds: float) -> None:
        """The process stood still for so long."""
        self._slept += seconds

    def monotonic(self) -> float:
        """What the product's parts are told."""
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        """Nobody waits for a provider here."""
