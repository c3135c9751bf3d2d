"""The clock that nobody sets, as the product's parts see it: a test lets it jump."""

import pytest

from recovery.adapters.db import lease
from recovery.adapters.keap import contacts, wire
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.pacer import Pacer
from recovery.adapters.keap.rotating import RotatingToken
from recovery.adapters.twilio import client
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.pace import SharedPace
from recovery.services import pipeline
from recovery.services.archive import removal
from recovery.services.reach.service import ReachService
from recovery.services.templates import TemplateService
from recovery.uptime import uptime

_WAITING = (
    KeapClient,
    Pacer,
    ReachService,
    RotatingToken,
    SharedPace,
    TemplateService,
    TwilioMessenger,
)


def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is built from here on waits neither between tries nor for its turn."""
    for waiting in _WAITING:
        monkeypatch.setitem(waiting.__init__.__kwdefaults__, "sleep", lambda _: None)


class Uptime:
    """Takes the place of `uptime` where moments are compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._slept = 0.0
        for module in (client, contacts, lease, pipeline, removal, wire):
            monkeypatch.setattr(module, "uptime", self)

    def jump(self, seconds: float) -> None:
        """The process stood still for so long."""
        self._slept += seconds

    def __call__(self) -> float:
        """What the product's parts are told."""
        return uptime() + self._slept
