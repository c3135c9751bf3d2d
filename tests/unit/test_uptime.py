"""The clock by which checks grow old."""

import time

import pytest

from recovery.uptime import uptime


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux has two such clocks")
def test_a_suspended_machine_ages_what_was_checked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    began, read = uptime(), time.clock_gettime
    asleep = 3 * 3600

    def clocks(clock: int) -> float:
        return read(clock) + (asleep if clock == time.CLOCK_BOOTTIME else 0)

    monkeypatch.setattr(time, "clock_gettime", clocks)
    assert asleep <= uptime() - began < asleep + 60


def test_it_never_goes_back() -> None:
    moments = [uptime() for _ in range(1000)]
    assert moments == sorted(moments)
