"""The clock that nobody sets, as the product's parts see it: a test lets it jump."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from recovery.adapters.db import lease
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import LeaseRow
from recovery.adapters.keap import wire
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


def keepers_look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the thread that keeps a lease sees at once that time has gone on."""
    monkeypatch.setattr(lease, "_LOOK_EVERY", 0.01)


def nobody_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on processes stand still with the thread in each that keeps its lease."""
    monkeypatch.setattr(lease, "_LOOK_EVERY", 1e6)


class Uptime:
    """Takes the place of `uptime` where moments are compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._slept = 0.0
        nobody_keeps(monkeypatch)
        for module in (client, lease, pipeline, removal, wire):
            monkeypatch.setattr(module, "uptime", self)

    def jump(self, seconds: float) -> None:
        """The process stood still for so long."""
        self._slept += seconds

    def __call__(self) -> float:
        """What the product's parts are told."""
        return uptime() + self._slept


def a_minute_of_work(
    database: Database, move: Callable[..., object], clock: Callable[[], datetime]
) -> None:
    """Time goes on while somebody works, until each lease that is held was renewed."""
    move(seconds=61)
    row = table(LeaseRow)
    old = sa.exists().where(row.c.holder != "", row.c.expires_at <= clock()).select()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with database.read() as connection:
            if not connection.execute(old).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("nobody renewed a lease")
