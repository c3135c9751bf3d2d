"""The calendar of the demo: time stands still until it is moved, for the sandbox and for us."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

#: A Monday, so that every demo lives the same weeks.
START = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
#: When the engine looks, UTC: from the morning in Madrid to the afternoon in Mexico, so that every
#: country has a look in its late part of the day, after which a call would wait until tomorrow.
WORKDAY = (time(8, 30), time(12, 30), time(15, 30), time(19, 30), time(22, 30))
#: On Sundays nobody is contacted, but people may answer.
SUNDAY = (time(8, 30), time(22, 30))
_SATURDAY, _SUNDAY = 5, 6


class MovedClock:
    """The clock of a demo's Recovery; hands out whatever it was moved to."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._runs_since: float | None = None

    def __call__(self) -> datetime:
        if self._runs_since is None:
            return self._now
        return self._now + timedelta(seconds=monotonic() - self._runs_since)

    def run_on(self) -> None:
        """From here on time passes as everybody's does."""
        self._runs_since = monotonic()

    def move(self, to: datetime) -> None:
        """Forward only: an outcome never happens before its cause."""
        if to < self._now:
            raise ValueError(f"the demo's time is {self._now:%Y-%m-%d %H:%M} and moves forward")
        self._now = to


def days(weeks: int) -> Iterator[date]:
    """Every day of the demo, from its Monday on."""
    return (START.date() + timedelta(days=n) for n in range(weeks * 7))


def opening_after(moment: datetime) -> datetime:
    """The next working day at an hour in which people may be called in all of America."""
    day = moment.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(15, 30), UTC)


def moments(day: date) -> Iterator[datetime]:
    """When the engine looks on this day."""
    for at in SUNDAY if day.weekday() == _SUNDAY else WORKDAY:
        yield datetime.combine(day, at, UTC)
