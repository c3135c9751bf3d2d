"""What slows the line, what latches, and what never counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.adapters.twilio.codes import fault
from recovery.domain.brakes import (
    Blame,
    Brake,
    Line,
    Room,
    Told,
    Trial,
    is_poor,
    is_unexplained,
    tripped,
)

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def told(code: str, number: int = 1, *, at: datetime = NOW, template: str = "new_email") -> Told:
    return Told(code, template, "es", number, at)


def names(*codes: Told, standing: dict[str, Brake] | None = None, now: datetime = NOW) -> set[str]:
    return {brake.name for brake in tripped(codes, fault, standing or {}, now)}


@pytest.mark.parametrize(
    "code", ["63003", "63024", "63032", "63049", "63014", "63033", "21610", "21211"]
)
def test_codes_about_one_person_put_no_brake_on(code: str) -> None:
    assert fault(code).blame is Blame.PERSON
    assert names(told(code, 10_000)) == set()


@pytest.mark.parametrize(
    ("code", "number", "name"),
    [
        ("63041", 1, "template:new_email/es"),
        ("63042", 1, "template:new_email/es"),
        ("63040", 1, "template:new_email/es"),
        ("63005", 2, "template:new_email/es"),
        ("63051", 1, "account"),
        ("63026", 1, "account"),
        ("30002", 1, "account"),
        ("63038", 1, "limit"),
        ("63018", 3, "limit"),
    ],
)
def test_a_code_puts_its_own_brake_on_once_it_came_often_enough(
    code: str, number: int, name: str
) -> None:
    assert names(told(code, number)) == {name}
    assert names(told(code, number - 1)) == set()


def test_what_was_told_before_a_mend_counts_no_more() -> None:
    mended = {"account": Brake("account", mended_at=NOW)}
    assert names(told("63051"), standing=mended) == set()
    assert names(told("63051", at=NOW + MINUTE), standing=mended) == {"account"}


def test_a_brake_that_is_on_is_not_put_on_again() -> None:
    assert names(told("63051"), standing={"account": Brake("account", since=NOW)}) == set()


@pytest.mark.parametrize(
    ("code", "number", "hours"),
    [("63018", 3, 1), ("63038", 1, 24)],  # a pace that was too quick; a day's messages used up
)
def test_the_accounts_limit_frees_up_by_itself(code: str, number: int, hours: int) -> None:
    (limit,) = tripped([told(code, number)], fault, {}, NOW)
    assert limit.is_on(NOW + timedelta(hours=hours) - MINUTE)
    assert not limit.is_on(NOW + timedelta(hours=hours) + MINUTE)
    assert not limit.is_latched
    assert names(told(code, number), now=NOW + timedelta(hours=hours + 1)) == set()


def test_a_limit_is_counted_over_all_templates_and_a_template_by_itself() -> None:
    first, last = told("63018", 2), told("63018", 1, at=NOW + MINUTE, template="last_word")
    (limit,) = tripped([last, first], fault, {}, NOW + MINUTE)
    assert limit.until == NOW + MINUTE + timedelta(hours=1)
    assert names(told("63013"), told("63013", template="last_word")) == set()


def test_a_template_alone_stands_still_and_a_question_stops_no_sending() -> None:
    (template,) = tripped([told("63041")], fault, {}, NOW)
    assert template.template == ("new_email", "es")
    assert not template.stops_sending
    assert not Brake("wave", since=NOW).stops_sending
    assert Brake("account", since=NOW).stops_sending


@pytest.mark.parametrize(
    ("unexplained", "of", "too_many"),
    [
        (3, 49, False),
        (49, 49, False),
        (2, 50, False),
        (3, 50, True),
        (5, 100, False),
        (6, 100, True),
    ],
)
def test_unexplained_codes_latch_above_five_per_cent_of_at_least_fifty(
    unexplained: int, of: int, too_many: bool
) -> None:
    assert is_unexplained(unexplained, of=of) is too_many


@pytest.mark.parametrize(
    ("quality", "status", "poor"),
    [
        ("HIGH", "ONLINE", False),
        ("MEDIUM", "ONLINE:UPDATING", False),
        ("", "", False),
        ("LOW", "ONLINE", True),
        ("red", "ONLINE", True),
        ("HIGH", "OFFLINE", True),
    ],
)
def test_a_sender_is_poor_when_meta_says_low_or_it_is_not_online(
    quality: str, status: str, poor: bool
) -> None:
    assert is_poor(quality, status) is poor


def heard(line: Line, *troubles: bool, now: datetime = NOW) -> Line:
    return line.heard(troubles, now, trial=Trial.NO)


def test_eight_troubles_in_a_row_open_the_line_for_a_minute() -> None:
    line = heard(Line(), *[True] * 7)
    assert line.room(NOW) is Room.FREE
    line = heard(line, True)
    assert line.room(NOW) is Room.HELD
    assert line.room(NOW + MINUTE) is Room.TRIAL


def test_troubles_in_a_row_are_counted_over_many_runs() -> None:
    line = Line()
    for run in range(8):
        line = heard(line, True, now=NOW + run * timedelta(minutes=15))
    assert line.room(NOW + 7 * timedelta(minutes=15)) is Room.HELD


def test_two_thirds_trouble_within_a_minute_open_the_line() -> None:
    line = heard(Line(), *[True, True, False] * 7)
    assert line.room(NOW) is Room.HELD


def test_a_good_trial_closes_the_line_and_a_bad_one_opens_it_again() -> None:
    later = NOW + MINUTE
    open_line = heard(Line(), *[True] * 8).claimed(later)
    assert open_line.room(later) is Room.HELD  # for everybody but the one who tries
    assert open_line.heard([False], later, trial=Trial.YES) == Line()
    assert open_line.heard([True], later, trial=Trial.YES).room(later) is Room.HELD


def test_answers_that_were_in_flight_do_not_close_an_open_line() -> None:
    line = heard(Line(), *[True] * 8)
    assert heard(line, *[False] * 30) == line


def test_a_trial_that_never_ends_is_taken_over_after_a_minute() -> None:
    line = heard(Line(), *[True] * 8).claimed(NOW + MINUTE)
    assert line.room(NOW + 2 * MINUTE) is Room.TRIAL


@given(st.lists(st.booleans(), max_size=200))
def test_without_eight_in_a_row_or_a_bad_share_the_line_stays_free(answers: list[bool]) -> None:
    line = heard(Line(), *answers)
    row = longest = 0
    bad = False
    for count, trouble in enumerate(answers, 1):
        row = row + 1 if trouble else 0
        longest = max(longest, row)
        bad = bad or (count >= 20 and sum(answers[:count]) >= 0.6 * count)
    assert (line.room(NOW) is Room.FREE) is not (longest >= 8 or bad)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_only_troubles_leave_a_trace(answers: list[bool]) -> None:
    assert heard(Line(), *answers).is_fresh is not any(answers)
