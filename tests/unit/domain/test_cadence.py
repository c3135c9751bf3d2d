"""Stories of whole cases: which step falls on which day and hour, and how each case ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from recovery.domain.case import AttemptState, CaseEnd, CaseState, Disposition
from recovery.domain.decision import Act
from recovery.domain.email_status import EmailStatus
from recovery.domain.routing import decide
from tests.builders import (
    BRAZILIAN,
    CAREFUL,
    GUIDE,
    MONDAY,
    OWN_CONSENT,
    SPANISH,
    WHATSAPP_CONSENT,
    a_case,
    a_number,
    a_person,
    a_policy,
    a_situation,
    an_attempt,
    here,
    local,
)
from tests.life import Life

S, A, D = EmailStatus, AttemptState, Disposition
CONSENT = (WHATSAPP_CONSENT,)
HALF_HOUR = timedelta(minutes=30)
SLOW = timedelta(days=2)


def _told(life, zone="America/Mexico_City"):
    """Steps in the order of their days, as `m1 Mon 2026-11-23 10:00`."""
    steps = sorted((d for d in life.story), key=lambda d: d.at)
    return [f"{d.step} {here(d.at, zone)}" for d in steps]


def test_with_consent_and_without_an_answer():
    life = Life(a_person(consents=CONSENT))
    end = life.live()
    assert _told(life) == [
        "m1 Mon 2026-11-23 10:00",
        "c1 Wed 2026-11-25 10:00",  # 48 hours on, in the morning
        "c2 Mon 2026-11-30 12:00",  # working day 5, in the afternoon
        "m2 Tue 2026-12-01 09:00",  # the working day after call 2, the 8th after m1
        "c3 Fri 2026-12-04 16:00",  # working day 9, in the evening
    ]
    assert end.act is Act.ARCHIVE
    # unrecovered when call 3 was disposed, then 14 days of hold
    assert here(life.now) == "Fri 2026-12-18 16:30"


def test_persistent_calls_fall_on_2_3_5_8_12_16():
    life = Life(a_person(consents=CONSENT), policy=GUIDE)
    life.live()
    assert _told(life) == [
        "m1 Mon 2026-11-23 10:00",
        "c1 Wed 2026-11-25 10:00",
        "c2 Thu 2026-11-26 12:00",
        "m2 Mon 2026-11-30 09:00",  # call 2 was early: five days after m1 it is a Saturday
        "c3 Mon 2026-11-30 16:00",
        "c4 Thu 2026-12-03 09:00",
        "c5 Wed 2026-12-09 12:00",
        "c6 Tue 2026-12-15 16:00",
    ]


def test_without_whatsapp_day_0_is_the_first_working_day():
    life = Life(a_person())
    life.live()
    assert _told(life) == [
        "c1 Wed 2026-11-25 09:00",
        "c2 Mon 2026-11-30 12:00",
        "c3 Fri 2026-12-04 16:00",
    ]


@pytest.mark.parametrize(
    ("begin", "first", "calls"),
    [
        ("2026-11-28 10:00", "m1 Sat 2026-11-28 10:00", "c1 Tue 2026-12-01 09:00"),
        ("2026-11-28 14:00", "m1 Mon 2026-11-30 09:00", "c1 Wed 2026-12-02 09:00"),
        ("2026-11-29 10:00", "m1 Mon 2026-11-30 09:00", "c1 Wed 2026-12-02 09:00"),
        ("2026-11-23 20:00", "m1 Tue 2026-11-24 09:00", "c1 Thu 2026-11-26 09:00"),
        # 48 hours end at 14:00: still working day 2, in the afternoon
        ("2026-11-23 14:00", "m1 Mon 2026-11-23 14:00", "c1 Wed 2026-11-25 14:00"),
        ("2026-11-23 18:45", "m1 Mon 2026-11-23 18:45", "c1 Wed 2026-11-25 18:45"),
    ],
)
def test_the_first_steps_fall_on_allowed_hours_and_working_days(begin, first, calls):
    life = Life(a_person(consents=CONSENT), now=local(begin))
    life.live()
    assert _told(life)[:2] == [first, calls]


@pytest.mark.parametrize(
    ("begin", "first_call"),
    [
        ("2026-11-28 10:00", "c1 Wed 2026-12-02 09:00"),  # a Saturday: day 0 is Monday
        ("2026-11-23 18:59", "c1 Wed 2026-11-25 09:00"),
        ("2026-11-23 19:30", "c1 Thu 2026-11-26 09:00"),  # too late to start on Monday
    ],
)
def test_without_whatsapp_day_0_is_when_the_case_may_start(begin, first_call):
    life = Life(a_person(), now=local(begin))
    life.live()
    assert _told(life)[0] == first_call


def test_calls_take_turns_through_the_day_from_wherever_the_first_one_fell():
    life = Life(a_person(consents=CONSENT), now=local("2026-11-23 14:00"))
    life.live()
    assert [text[-5:] for text in _told(life) if text[0] == "c"] == ["14:00", "16:00", "09:00"]


def test_numbers_far_apart_are_each_tried_in_the_next_part_of_their_own_day():
    life = Life(a_person(numbers=(a_number(), a_number(BRAZILIAN))))
    life.live()
    zones = ("America/Mexico_City", "America/Sao_Paulo", "America/Mexico_City")
    assert [here(d.at, zone)[-5:] for d, zone in zip(life.story, zones, strict=True)] == [
        "09:00",
        "12:00",
        "16:00",
    ]


def test_day_zero_is_the_day_where_the_message_arrived():
    # In Mexico it is Thursday evening, in Madrid Friday: day 2 is Monday, not Tuesday.
    first = an_attempt("m1", at=local("2026-11-26 18:30"))
    person = a_person(numbers=(a_number(), a_number(SPANISH)), consents=CONSENT)
    only_spanish = replace(person, numbers=(a_number(is_dropped=True), a_number(SPANISH)))
    for who in (person, only_spanish):
        decision = decide(a_situation(who, first, now=local("2026-11-29 18:30")))
        assert (decision.act, decision.planned_on) == (Act.CALL, date(2026, 11, 30))


def test_holidays_are_no_working_days_and_nobody_is_contacted_on_them():
    begin = local("2026-11-18 10:00", "America/Sao_Paulo")  # a Wednesday; the 20th is a holiday
    life = Life(a_person(numbers=(BRAZILIAN,), consents=CONSENT), now=begin)
    life.live()
    assert _told(life, "America/Sao_Paulo") == [
        "m1 Wed 2026-11-18 10:00",
        "c1 Mon 2026-11-23 09:00",
        "c2 Thu 2026-11-26 12:00",
        "m2 Fri 2026-11-27 09:00",
        "c3 Wed 2026-12-02 16:00",
    ]


def test_the_wall_clock_counts_when_the_clocks_change():
    madrid = "Europe/Madrid"  # summer time ends on Sunday 2026-10-25
    begin = local("2026-10-22 10:00", madrid)
    number = a_number(SPANISH, zones=(madrid,))
    person = a_person(numbers=(number,), consents=CONSENT, since=begin - timedelta(days=1))
    life = Life(person, now=begin)
    life.live()
    assert _told(life, madrid)[:3] == [
        "m1 Thu 2026-10-22 10:00",
        "c1 Mon 2026-10-26 09:00",
        "c2 Thu 2026-10-29 12:00",
    ]


def test_a_late_call_pushes_the_rest_and_the_gaps_stay():
    life = Life(a_person(), calls=lambda step: (SLOW if step == "c1" else HALF_HOUR, D.NO_ANSWER))
    life.live()
    assert _told(life) == [
        "c1 Wed 2026-11-25 09:00",  # worked on Friday the 27th
        "c2 Wed 2026-12-02 12:00",  # three working days after that
        "c3 Tue 2026-12-08 16:00",  # four after call 2
    ]


def test_a_call_worked_before_its_day_does_not_draw_the_next_one_nearer():
    tuesday = local("2026-11-24 10:00")
    early = an_attempt("c1", A.DONE, at=tuesday, planned_on=date(2026, 11, 25))
    decision = decide(a_situation(None, early, now=tuesday))
    assert decision.planned_on == date(2026, 11, 30)


def test_a_call_that_nobody_works_lapses_and_the_case_still_ends():
    life = Life(a_person(consents=CONSENT), calls=lambda _: None)
    end = life.live()
    states = [call.state for step, call in life.attempts.items() if step[0] == "c"]
    assert states == [A.LAPSED] * 3
    assert end.act is Act.ARCHIVE
    first = life.attempts["c1"]
    assert here(first.due_at) == "Wed 2026-11-25 10:00"
    assert here(first.ended_at)[:14] == "Thu 2026-12-03"  # after five working days


def test_one_call_of_a_case_is_open_at_a_time():
    life = Life(a_person(), calls=lambda _: (timedelta(days=4), D.NO_ANSWER))
    for _ in range(60):
        life.turn()
        assert sum(call.state is A.QUEUED for call in life.attempts.values()) <= 1


@pytest.mark.parametrize("state", [A.FAILED, A.REJECTED, A.ABSENT, A.SENT, A.ACCEPTED])
def test_the_second_message_follows_only_a_first_that_arrived(state):
    life = Life(a_person(consents=CONSENT), messages=lambda _: state)
    life.live()
    assert [step for step, _ in life.moments(Act.MESSAGE)] == ["m1"]
    assert [step for step, _ in life.moments(Act.CALL)] == ["c1", "c2", "c3"]


def test_after_two_unanswered_messages_only_calls_follow():
    life = Life(a_person(consents=CONSENT), policy=GUIDE, messages=lambda _: A.READ)
    life.live()
    messages, calls = life.moments(Act.MESSAGE), life.moments(Act.CALL)
    assert [step for step, _ in messages] == ["m1", "m2"]
    assert messages[1][1] - messages[0][1] >= timedelta(days=5)
    assert len(calls) == 6


@pytest.mark.parametrize(
    ("calls", "second"),
    [
        (0, "m2 Mon 2026-11-30 09:00"),  # five days on it is a Saturday
        (1, "m2 Mon 2026-11-30 09:00"),
        (2, "m2 Tue 2026-12-01 09:00"),
    ],
)
def test_with_fewer_calls_the_second_message_follows_the_last_of_them(calls, second):
    policy = a_policy(hard_bounce={"calls": calls})
    life = Life(a_person(consents=CONSENT), policy=policy, now=local("2026-11-23 09:00"))
    assert life.live().act is Act.ARCHIVE
    assert second in _told(life)


def test_the_second_message_leaves_not_an_hour_before_five_days_are_over():
    policy = a_policy(hard_bounce={"calls": 1})
    life = Life(a_person(consents=CONSENT), policy=policy, now=local("2026-11-25 17:00"))
    life.live()
    assert "m2 Mon 2026-11-30 17:00" in _told(life)


def test_where_calls_are_not_allowed_the_second_message_does_not_wait_for_them():
    life = Life(
        a_person(numbers=("+51987654321",), consents=CONSENT),
        now=local("2026-11-23 10:00", "America/Lima"),
    )
    end = life.live()
    assert _told(life, "America/Lima") == ["m1 Mon 2026-11-23 10:00", "m2 Mon 2026-11-30 09:00"]
    assert end.act is Act.ARCHIVE
    # the second message has its 48 hours before the hold begins
    assert life.now == local("2026-12-16 09:00", "America/Lima")


@pytest.mark.parametrize("said", [d for d in D if d.human_answered])
def test_once_the_person_answered_a_call_nothing_more_goes_by_itself(said):
    life = Life(a_person(consents=CONSENT), calls=lambda _: (HALF_HOUR, said))
    life.live()
    assert _told(life) == ["m1 Mon 2026-11-23 10:00", "c1 Wed 2026-11-25 10:00"]


def test_who_spoke_on_the_second_call_gets_no_last_message():
    said = {"c1": D.NO_ANSWER, "c2": D.SPOKE}
    life = Life(a_person(consents=CONSENT), calls=lambda step: (HALF_HOUR, said[step]))
    life.live()
    assert [text[:2] for text in _told(life)] == ["m1", "c1", "c2"]


@pytest.mark.parametrize("said", [d for d in D if not d.human_answered])
def test_a_machine_or_a_stranger_is_no_answer(said):
    life = Life(a_person(consents=CONSENT), calls=lambda _: (HALF_HOUR, said))
    life.live()
    assert [step for step, _ in life.moments(Act.CALL)] == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("status", "consents", "steps"),
    [
        (S.NON_MARKETABLE, CONSENT, ["c1", "c2"]),
        (S.NO_EMAIL, CONSENT, ["c1", "c2"]),
        (S.LOCKDOWN, CONSENT, ["m1", "c1", "c2", "m2", "c3"]),
        (S.BOUNCE, CONSENT, ["m1", "c1", "c2", "m2", "c3"]),
        (S.MANUAL, CONSENT, ["c1", "c2"]),
        (S.MANUAL, (OWN_CONSENT,), ["m1", "c1", "c2"]),
        (S.ADMIN, (OWN_CONSENT,), ["m1", "c1", "c2"]),
        (S.LIST_UNSUBSCRIBE, (OWN_CONSENT,), ["m1", "c1", "c2"]),
        (S.FEEDBACK, (OWN_CONSENT,), ["c1"]),
        (S.SPAM, (OWN_CONSENT,), ["c1"]),
        (S.INVALID, CONSENT, ["m1", "c1", "c2", "m2", "c3"]),
        (S.SYSTEM, CONSENT, ["m1", "c1", "c2", "m2", "c3"]),
    ],
)
def test_each_status_has_its_own_cadence_and_its_own_end(status, consents, steps):
    life = Life(a_person(status, consents=consents), case=a_case(requested=True))
    end = life.live()
    assert [text.split()[0] for text in _told(life)] == steps
    if status.number in {5, 7}:
        assert (end.act, end.rule, end.end) == (
            Act.CLOSE,
            "unrecovered.close",
            CaseEnd.UNRECOVERED,
        )
        assert life.case.state is CaseState.OPEN, "without a hold"
    else:
        assert end.act is Act.ARCHIVE


def test_a_soft_bounce_begins_after_two_weeks_and_in_the_guide_at_once():
    person = a_person(S.BOUNCE, consents=CONSENT, since=MONDAY)
    calm, keen = Life(person), Life(person, policy=GUIDE)
    calm.live()
    keen.live()
    assert _told(calm)[0] == "m1 Mon 2026-12-07 10:00"
    assert _told(keen)[0] == "m1 Mon 2026-11-23 10:00"


def test_a_free_win_waits_two_weeks_and_then_the_cadence_starts():
    life = Life(a_person(consents=CONSENT, works="b@firm.example"))
    life.live()
    assert _told(life)[0] == "m1 Mon 2026-12-07 10:00"
    without = Life(a_person(works="b@firm.example"))
    without.live()
    assert _told(without)[0] == "c1 Wed 2026-12-09 09:00"


def test_a_stop_in_the_middle_leads_to_the_hold_and_the_archive():
    life = Life(a_person(consents=CONSENT))
    life.turn()
    life.case = replace(life.case, stopped=True)
    assert life.turn().rule == "stopped.hold"
    assert life.live().act is Act.ARCHIVE
    assert _told(life) == ["m1 Mon 2026-11-23 10:00"]


def test_a_rule_of_the_policy_moves_every_day():
    policy = a_policy(
        cadence={"careful": [1, 2, 3]}, answer_hours=24, message_gap_days=2, hold_days=1
    )
    life = Life(a_person(consents=CONSENT), policy=policy)
    life.live()
    assert _told(life) == [
        "m1 Mon 2026-11-23 10:00",
        "c1 Tue 2026-11-24 10:00",
        "c2 Wed 2026-11-25 12:00",
        "m2 Thu 2026-11-26 09:00",
        "c3 Thu 2026-11-26 16:00",
    ]
    assert here(life.now) == "Sat 2026-11-28 09:00"
    assert CAREFUL.hold_days == 14


def test_no_call_before_48_hours_even_where_the_message_failed_at_once():
    life = Life(
        a_person(consents=CONSENT), now=local("2026-11-23 17:00"), messages=lambda _: A.FAILED
    )
    life.live()
    assert _told(life)[1] == "c1 Wed 2026-11-25 17:00"
