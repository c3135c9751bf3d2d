"""Working days, holidays, parts of the day."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.calendar import (
    PartOfDay,
    add_working_days,
    is_holiday,
    is_working_day,
)

DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))
COUNTRIES = st.sampled_from(["MX", "BRA", "AR", "CO", "ES", "CL", "PE", "US", None, "XX"])


@pytest.mark.parametrize(
    ("day", "country", "state", "holiday"),
    [
        (date(2026, 9, 16), "MX", None, True),
        (date(2026, 9, 7), "BR", None, True),
        (date(2026, 9, 7), "BRA", None, True),
        (date(2026, 7, 9), "BR", "BR-SP", True),
        (date(2026, 7, 9), "BR", "SP", True),
        (date(2026, 7, 9), "BR", "RJ", False),
        (date(2026, 7, 9), "BR", None, False),
        (date(2026, 7, 9), "AR", None, True),
        (date(2026, 7, 20), "CO", "CO-DC", True),
        (date(2026, 5, 2), "ES", "MD", True),
        (date(2026, 7, 4), "US", None, True),
        (date(2026, 7, 4), "MX", None, False),
        (date(2026, 12, 25), None, None, False),
        (date(2026, 12, 25), "XX", None, False),
    ],
)
def test_public_holidays_are_the_countrys_and_the_states(day, country, state, holiday):
    assert is_holiday(day, country, state) is holiday


@pytest.mark.parametrize(
    ("start", "n", "country", "end"),
    [
        (date(2026, 11, 23), 0, "MX", date(2026, 11, 23)),
        (date(2026, 11, 23), 2, "MX", date(2026, 11, 25)),
        (date(2026, 11, 26), 2, "MX", date(2026, 11, 30)),
        (date(2026, 11, 21), 1, "MX", date(2026, 11, 23)),
        (date(2026, 11, 13), 1, "MX", date(2026, 11, 17)),
        (date(2026, 11, 13), 1, "GT", date(2026, 11, 16)),
    ],
)
def test_working_days_skip_weekends_and_holidays(start, n, country, end):
    assert add_working_days(start, n, country) == end


def test_working_days_are_not_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 11, 23), -1, "MX")


@given(DAYS, st.integers(0, 30), COUNTRIES)
def test_so_many_working_days_lie_between(start, n, country):
    end = add_working_days(start, n, country)
    days = (start + timedelta(days=1 + i) for i in range((end - start).days))
    assert sum(is_working_day(day, country) for day in days) == n
    assert n == 0 or is_working_day(end, country)


@given(DAYS, COUNTRIES)
def test_no_weekend_is_a_working_day(day, country):
    saturday = day + timedelta(days=5 - day.weekday())
    assert not is_working_day(saturday, country)
    assert not is_working_day(saturday + timedelta(days=1), country)


@pytest.mark.parametrize(
    ("moment", "part"),
    [
        (time(0), PartOfDay.MORNING),
        (time(11, 59, 59), PartOfDay.MORNING),
        (time(12), PartOfDay.AFTERNOON),
        (time(15, 59), PartOfDay.AFTERNOON),
        (time(16), PartOfDay.EVENING),
        (time(23, 59), PartOfDay.EVENING),
    ],
)
def test_each_moment_lies_in_one_part_of_the_day(moment, part):
    assert [each for each in PartOfDay if each.window.has(moment)] == [part]
