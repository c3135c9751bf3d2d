"""Working days, public holidays and the parts of a day."""

from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from recovery.domain.country import subdivision as state_of
from recovery.domain.country_codes import iso2
from recovery.domain.window import Window

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class PartOfDay(StrEnum):
    """Calls of one case rotate through these, so that a person is tried at different hours."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def window(self) -> Window:
        """Before 12, 12 to 16, from 16 on, local time."""
        match self:
            case PartOfDay.MORNING:
                return Window(time.min, time(12))
            case PartOfDay.AFTERNOON:
                return Window(time(12), time(16))
            case PartOfDay.EVENING:
                return Window(time(16), time.max)


def is_holiday(day: date, country: str | None, subdivision: str | None = None) -> bool:
    """A public holiday of the country, or of its state; False for a country nobody knows."""
    return day in _holidays(country, subdivision, day.year)


def is_working_day(day: date, country: str | None, subdivision: str | None = None) -> bool:
    """Monday to Friday without public holidays."""
    return day.weekday() < _SATURDAY and not is_holiday(day, country, subdivision)


def add_working_days(start: date, n: int, country: str | None) -> date:
    """The n-th working day after `start`, which need not be one itself; `start` for n = 0."""
    if n < 0:
        raise ValueError("working days are counted forward")
    day = start
    while n:
        day += _ONE_DAY
        n -= is_working_day(day, country)
    return day


@lru_cache(maxsize=4096)
def _holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    code = iso2(country)
    known = holidays.list_supported_countries()
    if code is None or code not in known:
        return frozenset()
    state = state_of(subdivision, country=code)
    state = state if state in known[code] else None
    return frozenset(holidays.country_holidays(code, subdiv=state, years=year))
