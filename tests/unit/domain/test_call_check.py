"""The last look before a phone rings."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from recovery.domain.call_check import Barrier, WhyNot, barrier
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.email_status import EmailStatus
from tests.builders import a_case, a_number, a_person, a_situation, an_attempt, local

NOW = local("2026-11-25T10:00")
SPANISH = "+34612345678"


def looked_at(
    *,
    step: str = "c1",
    state: AttemptState = AttemptState.QUEUED,
    due: Any = NOW,
    now: Any = NOW,
    number: Any = None,
    dialled: tuple[Any, ...] = (),
    person: Any = None,
    **case: Any,
) -> Barrier | None:
    number = number or a_number()
    person = person or a_person(numbers=(number,))
    call = replace(an_attempt(step, state, at=due), number_key=number.key)
    opened = a_case(case.pop("in_state", CaseState.OPEN), **case)
    situation = a_situation(person, call, case=opened, now=now)
    return barrier(situation, call, number, dialled=dialled)


def test_a_due_call_in_allowed_hours_may_ring() -> None:
    assert looked_at() is None
    assert looked_at(in_state=CaseState.ENGAGED) is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"state": AttemptState.CANCELLED}, WhyNot.NOT_QUEUED),
        ({"in_state": CaseState.HOLD}, WhyNot.NOT_ACTIVE),
        ({"stopped": True}, WhyNot.STOPPED),
        ({"person": a_person(suppressed=frozenset({Channel.CALL}))}, WhyNot.STOPPED),
        ({"number": a_number(suppressed=frozenset({Channel.CALL}))}, WhyNot.STOPPED),
        ({"number": a_number(is_dropped=True)}, WhyNot.WRONG_NUMBER),
        ({"due": NOW + timedelta(hours=2)}, WhyNot.NOT_DUE),
        ({"now": local("2026-11-25T19:30")}, WhyNot.OUTSIDE_HOURS),
        ({"dialled": (NOW - timedelta(hours=1),)}, WhyNot.CALLED_TODAY),
    ],
)
def test_each_rule_keeps_the_phone_from_ringing(given: dict[str, Any], why: WhyNot) -> None:
    found = looked_at(**given)
    assert found
    assert found.why is why


def test_the_next_allowed_moment_is_offered() -> None:
    evening = looked_at(now=local("2026-11-25T19:30"))
    assert evening
    assert evening.until == local("2026-11-26T09:00")
    today = looked_at(dialled=(NOW,))
    assert today
    assert today.until == local("2026-11-26T09:00")


def test_yesterdays_call_does_not_count() -> None:
    assert looked_at(dialled=(NOW - timedelta(days=1),)) is None


def test_an_agreed_call_may_ring_at_its_hour_and_not_long_after() -> None:
    late = local("2026-11-25T21:00")
    assert looked_at(step="callback-1", due=late, now=late) is None
    assert looked_at(step="callback-1", due=late, now=late + timedelta(minutes=30)) is None
    missed = looked_at(step="callback-1", due=late, now=late + timedelta(minutes=31))
    assert missed == Barrier(WhyNot.OUTSIDE_HOURS, local("2026-11-26T09:00"))


def test_an_agreed_call_may_be_the_second_of_a_day() -> None:
    assert looked_at(step="callback-1", dialled=(NOW,)) is None


def test_law_that_asks_for_consent_is_heeded() -> None:
    number = a_number(SPANISH)
    person = a_person(EmailStatus.MANUAL, numbers=(number,))
    found = looked_at(number=number, person=person, now=local("2026-11-25T11:00", "Europe/Madrid"))
    assert found
    assert found.why is WhyNot.FORBIDDEN
    assert "consent" in found.words
