"""A wave of bounces opens nothing until a person says go."""

from collections.abc import Callable

import pytest

from recovery.services.stages import StageReport
from tests.installation import Home

Make = Callable[..., Home]


def bounce(home: Home, number: int, *, domain: str = "", status: str = "HARD_BOUNCE") -> None:
    for _ in range(number):
        home.bounced = getattr(home, "bounced", 0) + 1  # type: ignore[attr-defined]
        count: int = home.bounced  # type: ignore[attr-defined]
        where = domain or f"d{count}.example"
        home.contact(status, email=f"p{count}@{where}", phones=[f"+5255{20_000_000 + count}"])


def pulled(home: Home) -> StageReport:
    return home.run("pull")["pull"]


def after_four_weeks(make_home: Make, **more: str) -> Home:
    """The first pull meets 60, then each week brings ten."""
    home = make_home(**{"pace": "careful", **more})
    bounce(home, 60)
    pulled(home)
    for _ in range(4):
        home.move(days=7)
        bounce(home, 10)
        assert pulled(home).counts["opened"] == 10
    return home


def test_a_wave_opens_nothing_until_a_person_says_go(make_home: Make) -> None:
    home = after_four_weeks(make_home)
    home.move(days=1)
    bounce(home, 45)
    report = pulled(home)  # with the week's first ten it is 55
    assert "opened" not in report.counts
    assert report.note is not None
    assert report.note.startswith("wave: 55 new hard bounces this week")
    assert "check SPF and DKIM first" in report.note
    home.move(days=8)
    assert pulled(home).note == report.note  # the next week does not make it good
    assert home.fresh.brakes.go(by="boss@example.com") == ["wave"]
    assert pulled(home).counts["opened"] == 45


def test_a_mailbox_that_was_deactivated_bounces_hard_too(make_home: Make) -> None:
    home = after_four_weeks(make_home)
    home.move(days=1)
    bounce(home, 45, status="DEACTIVATED")
    assert "opened" not in pulled(home).counts


def test_a_pull_that_is_cut_short_is_counted_once(make_home: Make) -> None:
    home = after_four_weeks(make_home)
    home.move(days=1)
    bounce(home, 39)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("recovery.adapters.db.pull.intake.open_cases", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pulled(home)
    assert pulled(home).counts["opened"] == 39


def test_one_domain_alone_may_be_the_wave(make_home: Make) -> None:
    home = after_four_weeks(make_home)
    bounce(home, 20, domain="hotmail.example")
    assert "20 new hard bounces this week at hotmail.example" in str(pulled(home).note)


def test_at_full_pace_nothing_is_kept_from_opening(make_home: Make) -> None:
    home = after_four_weeks(make_home, pace="full")
    bounce(home, 80)
    report = pulled(home)
    assert (report.note, report.counts["opened"]) == (None, 80)
