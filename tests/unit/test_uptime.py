"""The clock by which checks grow old."""

import time

import pytest

from recovery import uptime as module
from recovery.uptime import uptime

#: Linux's clock that goes on in suspension; a number of its own where there is no such name.
BOOTTIME = getattr(time, "CLOCK_BOOTTIME", 7)
THREE_HOURS = 10_800.0


def test_a_suspended_machine_ages_what_was_checked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def clocks(clock: int) -> float:
        return THREE_HOURS if clock == BOOTTIME else 0.0

    monkeypatch.setattr(module, "_CLOCK", module._CLOCK or BOOTTIME)
    monkeypatch.setattr(time, "clock_gettime", clocks, raising=False)
    assert uptime() == THREE_HOURS


def test_it_never_goes_back() -> None:
    moments = [uptime() for _ in range(1000)]
    assert moments == sorted(moments)
