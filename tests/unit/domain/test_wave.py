"""When bounces are a wave: DESIGN §4's figures."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from recovery.domain.wave import Wave, Week, wave, week_of

FIRST = datetime(2026, 1, 5, 3, tzinfo=UTC)


def weeks(*totals: int, domains: Mapping[int, Mapping[str, int]] | None = None) -> list[Week]:
    """Weeks from the first on."""
    by_week = domains or {}
    return [Week(n, total, by_week.get(n, {})) for n, total in enumerate(totals, 1)]


@pytest.mark.parametrize(
    ("totals", "is_wave"),
    [
        ((10, 10, 10, 10, 50), True),
        ((10, 10, 10, 10, 49), False),
        ((11, 11, 11, 11, 54), False),
        ((11, 11, 11, 11, 55), True),
        ((0, 0, 0, 0, 50), True),
        ((2, 400, 3, 4, 50), True),  # the median, not the mean
        ((10, 10, 10, 500), False),  # only from the fifth week on
    ],
)
def test_fifty_and_five_times_the_median_are_a_wave(totals: tuple[int, ...], is_wave: bool) -> None:
    assert (wave(weeks(*totals), this=len(totals)) is not None) is is_wave


@pytest.mark.parametrize(
    ("worst", "now", "is_wave"), [(4, 20, True), (5, 20, False), (3, 19, False)]
)
def test_one_domain_of_twenty_and_five_times_its_worst_week_is_a_wave(
    worst: int, now: int, is_wave: bool
) -> None:
    base = weeks(40, 40, 40, 40, 45, domains={2: {"example.com": worst}, 5: {"example.com": now}})
    assert wave(base, this=5) == (Wave(now, worst, "example.com") if is_wave else None)


def test_weeks_without_a_pull_are_not_known_and_do_not_count() -> None:
    assert wave([Week(6, 500, {})], this=6) is None
    assert wave([Week(2, 10, {}), Week(6, 60, {})], this=6) == Wave(60, 10)


@pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (28, 5), (34, 5), (35, 6)])
def test_weeks_count_from_the_first_pull(days: int, week: int) -> None:
    assert week_of(FIRST + timedelta(days=days), first_pull_at=FIRST) == week
