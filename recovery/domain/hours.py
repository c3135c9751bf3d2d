"""When a person may be contacted: the firm's hours, narrowed by the country's, in every zone.

Allowed is what the wall clock says in each zone, so a night without 2:30 or with two of them
needs no rule of its own.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from recovery.domain.calendar import PartOfDay, is_holiday, is_working_day
from recovery.domain.country import CountryRules
from recovery.domain.window import ALL_DAY, Window, common
from recovery.errors import Refusal

__all__ = [
    "NoAllowedHour",
    "Opening",
    "WeekHours",
    "Window",
    "allowed_now",
    "next_allowed",
    "open_on",
]

#: Longer than any row of closed days that a sensible policy makes.
_SEARCH_DAYS = 60

_DayRule = Callable[[date], Window | None]


class NoAllowedHour(Refusal):
    """No hour of the next 60 days is allowed: look at `hours` in the policy and at the zones."""


class Opening(Protocol):
    """One opening of the policy, local time."""

    @property
    def opens(self) -> time: ...
    @property
    def closes(self) -> time: ...


class WeekHours(Protocol):
    """The policy's hours; None closes a day, `holidays` keeps public holidays free."""

    @property
    def weekdays(self) -> Opening: ...
    @property
    def saturday(self) -> Opening | None: ...
    @property
    def sunday(self) -> Opening | None: ...
    @property
    def holidays(self) -> bool: ...


def open_on(
    day: date,
    *,
    country: str | None,
    subdivision: str | None,
    rules: CountryRules | None,
    hours: WeekHours,
) -> Window | None:
    """The opening of one local day, None when it is closed."""
    narrowed = rules.within(subdivision) if rules else None
    keeps_holidays = hours.holidays or (narrowed is not None and narrowed.holidays)
    if keeps_holidays and is_holiday(day, country, subdivision):
        return None
    match day.weekday():
        case 6:
            own, law = hours.sunday, narrowed.sunday if narrowed else ALL_DAY
        case 5:
            own, law = hours.saturday, narrowed.saturday if narrowed else ALL_DAY
        case _:
            own, law = hours.weekdays, narrowed.weekday if narrowed else ALL_DAY
    return common(Window(own.opens, own.closes), law) if own else None


def allowed_now(
    now: datetime,
    *,
    zones: tuple[str, ...],
    country: str | None,
    subdivision: str | None = None,
    rules: CountryRules | None,
    hours: WeekHours,
) -> bool:
    """Is the hour allowed in every zone? Never where no zone is known."""
    rule = partial(open_on, country=country, subdivision=subdivision, rules=rules, hours=hours)
    return bool(zones) and all(_fits(now, ZoneInfo(zone), rule) for zone in zones)


def next_allowed(
    now: datetime,
    *,
    zones: tuple[str, ...],
    country: str | None,
    subdivision: str | None = None,
    rules: CountryRules | None,
    hours: WeekHours,
    part: PartOfDay | None = None,
    not_before_day: date | None = None,
) -> datetime:
    """The first moment (UTC) from `now` on that is allowed in every zone, else NoAllowedHour.

    A `part` asks for a working day and for that part of it in every zone; where the hours leave
    nothing of the part, or the zones share none of it, any allowed hour of a working day will do.
    """
    rule = partial(open_on, country=country, subdivision=subdivision, rules=rules, hours=hours)
    places = [ZoneInfo(zone) for zone in zones]
    working = partial(is_working_day, country=country, subdivision=subdivision)
    choices: list[_DayRule] = [rule]
    if part:
        choices = [partial(_part_of, rule, working, each) for each in (part.window, ALL_DAY)]
    start = now.astimezone(UTC)
    limit = _limit(start, not_before_day)
    for choice in choices:
        found = _first(start, limit, places, partial(_from_day, choice, not_before_day))
        if found:
            return found
    raise NoAllowedHour


def _part_of(
    rule: _DayRule, working: Callable[[date], bool], part: Window, day: date
) -> Window | None:
    return common(rule(day), part) if working(day) else None


def _from_day(rule: _DayRule, earliest: date | None, day: date) -> Window | None:
    return None if earliest and day < earliest else rule(day)


def _limit(start: datetime, earliest: date | None) -> datetime:
    day = max(start.date(), earliest or start.date())
    return datetime.combine(day + timedelta(days=_SEARCH_DAYS), time.max, UTC)


def _first(
    moment: datetime, limit: datetime, places: list[ZoneInfo], rule: _DayRule
) -> datetime | None:
    """Goes from zone to zone, never back, until one moment suits them all."""
    while places and moment <= limit:
        later = moment
        for place in places:
            found = _first_in(place, later, rule, limit)
            if found is None:
                return None
            later = found
        if later == moment:
            return moment
        moment = later
    return None


def _first_in(
    place: ZoneInfo, moment: datetime, rule: _DayRule, limit: datetime
) -> datetime | None:
    day, last = moment.astimezone(place).date(), limit.date()
    while day <= last:
        window = rule(day)
        if window:
            for candidate in (moment, *_instants(day, window.opens, place)):
                if candidate >= moment and _fits(candidate, place, rule):
                    return candidate
        day += timedelta(days=1)
    return None


def _fits(moment: datetime, place: ZoneInfo, rule: _DayRule) -> bool:
    local = moment.astimezone(place)
    window = rule(local.date())
    return window is not None and window.has(local.time())


def _instants(day: date, opens: time, place: ZoneInfo) -> tuple[datetime, ...]:
    """When the wall clock shows or passes this time: twice in autumn, the jump itself in spring."""
    wall = datetime.combine(day, opens, place)
    first = wall.astimezone(UTC)
    second = wall.replace(fold=1).astimezone(UTC)
    if first == second:
        return (first,)
    if first < second:
        return first, second
    return (_jump(second, first, place),)


def _jump(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """The second at which the clock is put forward, found by halving."""
    early = before.astimezone(place).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        offset = (before + timedelta(seconds=middle)).astimezone(place).utcoffset()
        low, high = (middle, high) if offset == early else (low, middle)
    return before + timedelta(seconds=high)
