"""Who may start today, and when the others' turn comes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.intake import Load, Room, Waiting, a_day, line_up, room_today
from recovery.domain.policy import Intake

MONDAY = date(2026, 11, 23)
TEAM = Intake(reps=2, calls_per_rep_day=30, open_chats_per_rep=4)


def test_a_team_takes_in_what_its_reps_call_and_answer() -> None:
    assert a_day(TEAM) == Room(calls=60, messages=40)


@pytest.mark.parametrize(
    ("load", "room"),
    [
        (Load({}), Room(60, 40)),
        (Load({MONDAY: 45}, messages_today=15), Room(15, 25)),
        (Load({}, late_calls=50), Room(10, 40)),
        (Load({}, late_calls=99), Room(0, 40)),
        (Load({}, open_chats=8), Room(60, 0)),
        (Load({MONDAY - timedelta(days=3): 90}), Room(30, 40)),  # Friday took in too much
        (Load({MONDAY - timedelta(days=4): 110}), Room(60, 40)),  # Thursday's was worked off
    ],
)
def test_what_is_late_or_started_takes_its_room(load: Load, room: Room) -> None:
    assert room_today(TEAM, load, MONDAY) == room


def test_nobody_starts_on_a_weekend() -> None:
    assert not room_today(TEAM, Load({}), MONDAY - timedelta(days=1)).is_open


def starts(cases: list[Waiting], intake: Intake = TEAM) -> list[date]:
    whole = a_day(intake)
    return [day for _, day in line_up(cases, whole, whole, MONDAY)]


def test_the_rest_start_on_the_working_days_that_follow() -> None:
    days = starts([Waiting(n, 3, 0) for n in range(101)])
    assert days.count(MONDAY) == 20
    assert days[-1] == MONDAY + timedelta(days=7)  # five working days of twenty, then Monday


def test_a_case_larger_than_a_day_starts_alone_and_is_worked_off() -> None:
    small = Intake(reps=1, calls_per_rep_day=1, open_chats_per_rep=1)
    days = starts([Waiting(n, 3, 0) for n in range(3)], small)
    assert days == [MONDAY, MONDAY + timedelta(days=3), MONDAY + timedelta(days=8)]


def test_a_case_that_brings_no_call_does_not_wait_for_one() -> None:
    no_calls = Room(calls=0, messages=1)
    found = line_up([Waiting(1, 0, 1)], no_calls, a_day(TEAM), MONDAY)
    assert [day for _, day in found] == [MONDAY]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), max_size=120), st.integers(1, 9))
def test_the_order_is_kept_and_no_week_takes_in_more_than_its_calls(
    brought: list[tuple[int, int]], a_rep: int
) -> None:
    intake = Intake(reps=1, calls_per_rep_day=a_rep, open_chats_per_rep=2)
    cases = [Waiting(n, calls, messages) for n, (calls, messages) in enumerate(brought)]
    days = starts(cases, intake)
    assert days == sorted(days)
    calls = {
        day: sum(c.calls for c, d in zip(cases, days, strict=True) if d == day) for day in days
    }
    working = (max(days, default=MONDAY) - MONDAY).days + 1
    assert sum(calls.values()) <= a_rep * working + 6
    assert all(day.weekday() < 5 for day in days)
