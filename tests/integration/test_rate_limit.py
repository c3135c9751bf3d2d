"""The account's calls a second, shared by all processes of a home."""

from datetime import timedelta

from recovery.adapters.db.rate_limit import CALLS, SqlRateLimit
from tests.installation import Home


def test_each_takes_the_next_place_in_one_line(home: Home) -> None:
    now = home.now
    lines = [
        SqlRateLimit(process.database, CALLS, per_second=1.0, clock=lambda: now)
        for process in (home.fresh, home.another())
    ]
    waits = [lines[n % 2].reserve(longest=3.0) for n in range(6)]
    assert waits == [0.0, 1.0, 2.0, 3.0, None, None]
    now += timedelta(seconds=2)
    assert lines[0].reserve(longest=3.0) == 2.0


def test_a_clock_that_was_set_back_does_not_close_the_line(home: Home) -> None:
    now = home.now
    pace = SqlRateLimit(home.fresh.database, CALLS, per_second=1.0, clock=lambda: now)
    pace.reserve(longest=1.0)
    now -= timedelta(hours=5)
    assert pace.reserve(longest=1.0) == 0.0
