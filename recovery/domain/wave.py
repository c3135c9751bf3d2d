"""A wave of bounces: rather our own mail is refused than so many people moved in one week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_WEEK = timedelta(days=7)
_FIRST_JUDGED_WEEK = 5
_WAVE, _WAVE_OF_DOMAIN, _TIMES = 50, 20, 5


@dataclass(frozen=True, slots=True)
class Week:
    """New hard bounces of seven days, all together and by domain; weeks count from the first
    pull."""

    number: int
    total: int
    by_domain: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wave:
    """More bounces than a base makes by itself: rather our own mail is refused."""

    bounces: int
    usual: float
    domain: str | None = None


def wave(weeks: Sequence[Week], *, this: int) -> Wave | None:
    """DESIGN §4's figures: ≥ 50 and ≥ 5 × the median of earlier weeks, or one domain's ≥ 20 and
    ≥ 5 × its worst week. Weeks without a pull are not known and do not count."""
    now = next((week for week in weeks if week.number == this), None)
    earlier = [week for week in weeks if week.number < this]
    if this < _FIRST_JUDGED_WEEK or now is None or not earlier:
        return None
    usual = _median([week.total for week in earlier])
    if now.total >= _WAVE and now.total >= _TIMES * usual:
        return Wave(now.total, usual)
    for domain, bounces in sorted(now.by_domain.items()):
        worst = max(week.by_domain.get(domain, 0) for week in earlier)
        if bounces >= _WAVE_OF_DOMAIN and bounces >= _TIMES * worst:
            return Wave(bounces, worst, domain)
    return None


def week_of(moment: datetime, *, first_pull_at: datetime) -> int:
    """Weeks of seven days, counted from 1 with the first pull."""
    return 1 + max(timedelta(0), moment - first_pull_at) // _WEEK


def _median(numbers: Sequence[int]) -> float:
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
