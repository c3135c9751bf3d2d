"""How many people may be written to: the warm-up, the day's spread, the canary."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.pace import (
    Allowance,
    Canary,
    CanaryWord,
    Level,
    Reception,
    allowance,
    canary_word,
    days_until,
    risen,
)

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = Reception(delivered=100, bad=1)


def test_a_new_sender_doubles_every_three_good_days() -> None:
    level, people = Level(50, NOW), []
    for day in range(13):
        level = risen(level, GOOD, NOW + day * DAY)
        people.append(level.people)
    assert people == [50, 50, 50, 100, 100, 100, 200, 200, 200, 400, 400, 400, 800]


@pytest.mark.parametrize(
    ("delivered", "bad", "rises"),
    [(100, 1, True), (100, 2, False), (50, 1, False), (51, 1, True), (0, 0, False), (10, 0, True)],
)
def test_it_rises_only_while_fewer_than_two_per_cent_mind(
    delivered: int, bad: int, rises: bool
) -> None:
    level = risen(Level(50, NOW), Reception(delivered, bad), NOW + 3 * DAY)
    assert level == (Level(100, NOW + 3 * DAY) if rises else Level(50, NOW))


def test_the_smallest_limit_counts_and_is_spread_over_ten_hours() -> None:
    assert allowance(10_000, 50, spread=True) == Allowance(50, 5)
    assert allowance(250, None, spread=False) == Allowance(250, None)
    assert allowance(None, None, spread=True) == Allowance(None, None)


@given(st.integers(1, 10_000), st.lists(st.integers(0, 24 * 60), max_size=60).map(sorted))
def test_however_often_it_is_asked_no_day_and_no_hour_gets_more(
    limit: int, minutes: list[int]
) -> None:
    whole = allowance(limit, spread=True)
    sent: list[int] = []
    for minute in minutes:
        day = len(sent)
        hour = sum(one > minute - 60 for one in sent)
        sent += [minute] * (whole.left(day, hour) or 0)
    assert len(sent) <= limit
    for minute in minutes:
        within = sum(minute - 60 < one <= minute for one in sent)
        assert within <= -(-limit // 10)


@pytest.mark.parametrize(("place", "days"), [(0, 1), (49, 1), (50, 2), (120, 3)])
def test_the_rest_get_the_day_of_their_turn(place: int, days: int) -> None:
    assert days_until(place, 50) == days


def a_canary(delivered: int, bad: int) -> Canary:
    return Canary(NOW, 20, Reception(delivered, bad))


@pytest.mark.parametrize(
    ("canary", "due", "after", "word"),
    [
        (None, 100, timedelta(0), CanaryWord.NOT_NEEDED),
        (None, 101, timedelta(0), CanaryWord.BEGIN),
        (a_canary(20, 0), 500, timedelta(minutes=29), CanaryWord.WAIT),
        (a_canary(10, 2), 500, timedelta(minutes=30), CanaryWord.GO),
        (a_canary(9, 0), 500, timedelta(minutes=30), CanaryWord.BAD),
        (a_canary(20, 3), 500, timedelta(minutes=30), CanaryWord.BAD),
        (a_canary(9, 0), 50, 3 * DAY, CanaryWord.BAD),
        (a_canary(20, 0), 500, DAY, CanaryWord.BEGIN),
        (a_canary(20, 0), 50, DAY, CanaryWord.NOT_NEEDED),
        (Canary(NOW, 0, Reception()), 500, timedelta(minutes=30), CanaryWord.BEGIN),
        (Canary(NOW, 0, Reception(), is_cleared=True), 500, DAY / 2, CanaryWord.GO),
    ],
)
def test_a_large_run_begins_with_a_few_that_are_judged_first(
    canary: Canary | None, due: int, after: timedelta, word: CanaryWord
) -> None:
    assert canary_word(canary, due=due, now=NOW + after) is word
