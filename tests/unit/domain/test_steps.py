"""The steps of a case: calls that end, messages that did not leave, offices and block lists."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from recovery.domain.case import (
    AttemptState,
    Channel,
    Disposition,
)
from recovery.domain.decision import Act
from recovery.domain.email_status import EmailStatus
from recovery.domain.routing import decide
from recovery.domain.steps import ended_call
from recovery.domain.texts import Texts
from tests.builders import (
    ARGENTINE,
    CALL_CONSENT,
    CAREFUL,
    MEXICAN,
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

S, A = EmailStatus, AttemptState
DAY = timedelta(days=1)
BOTH = (WHATSAPP_CONSENT, CALL_CONSENT)
OWN = (OWN_CONSENT,)


def _act(person, *attempts, **more):
    decision = decide(a_situation(person, *attempts, **more))
    return decision.act, decision.rule


# -- what ends a call in the queue --------------------------------------------------------------


def _queued(step="c1", **more):
    return an_attempt(step, A.QUEUED, **more)


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, None), (7, None), (8, A.LAPSED)],
    ids=["today", "fifth working day", "the day after"],
)
def test_a_call_lapses_after_five_working_days(days, state):
    call = ended_call(a_situation(None, _queued(), now=MONDAY + days * DAY))
    assert (call and call.state) is state


def test_a_call_is_looked_at_again_as_soon_as_its_fifth_working_day_is_over():
    late_on_the_fifth = local("2026-11-30 22:00")
    waiting = decide(a_situation(None, _queued(), now=late_on_the_fifth))
    assert (waiting.rule, waiting.at) == ("call.open", local("2026-12-01 00:00"))
    assert ended_call(a_situation(None, _queued(), now=waiting.at)) is not None


@pytest.mark.parametrize(
    ("person", "policy"),
    [
        (a_person(suppressed=frozenset({Channel.CALL})), CAREFUL),
        (a_person(numbers=()), CAREFUL),
        (a_person(numbers=(a_number(is_dropped=True), SPANISH)), CAREFUL),
        (a_person(), a_policy(hard_bounce={"calls": 0})),
    ],
    ids=["suppressed", "number gone", "wrong number", "policy"],
)
def test_a_call_that_is_no_longer_allowed_leaves_the_queue(person, policy):
    call = ended_call(a_situation(person, _queued(), policy=policy))
    assert call is not None
    assert (call.state, call.ended_at) == (A.CANCELLED, MONDAY)


def test_a_call_to_a_number_that_was_replaced_is_still_to_be_made():
    situation = a_situation(a_person(numbers=(SPANISH,)), _queued())
    call = ended_call(situation)
    assert call is not None
    assert call.state is A.INTENDED
    decision = decide(replace(situation, attempts=(call,)))
    assert (decision.step, decision.number) == ("c1", a_number(SPANISH))


def test_a_case_goes_on_where_nothing_tells_any_more_the_zone_of_the_number_written_to():
    person = a_person(numbers=(a_number(zones=()), SPANISH))
    decision = decide(a_situation(person, an_attempt("m1"), now=MONDAY + 3 * DAY))
    assert (decision.step, decision.number) == ("c1", a_number(SPANISH))


def test_a_withdrawn_consent_to_calls_ends_the_call_but_not_one_they_asked_for():
    person = a_person(S.MANUAL, numbers=(SPANISH,))
    cadence = a_situation(person, _queued(number=SPANISH))
    asked = a_situation(person, _queued("callback-1", number=SPANISH))
    assert ended_call(cadence) is not None
    assert ended_call(asked) is None


def test_a_suppression_ends_even_the_call_they_asked_for():
    person = a_person(suppressed=frozenset({Channel.CALL}))
    assert ended_call(a_situation(person, _queued("callback-1"))) is not None


def test_a_call_that_nobody_disposed_stays():
    assert ended_call(a_situation(None, an_attempt("c1", A.DONE))) is None
    assert ended_call(a_situation()) is None


# -- messages that did not leave ----------------------------------------------------------------


def test_a_message_that_was_only_intended_is_still_to_be_sent():
    intended = an_attempt("m1", A.INTENDED)
    decision = decide(a_situation(a_person(consents=BOTH), intended))
    assert (decision.act, decision.step) == (Act.MESSAGE, "m1")


@pytest.mark.parametrize("state", [A.SENDING, A.IN_DOUBT])
def test_nothing_happens_while_a_message_is_in_doubt(state):
    late = MONDAY + 30 * DAY
    decision = decide(a_situation(a_person(consents=BOTH), an_attempt("m1", state), now=late))
    assert (decision.act, decision.rule, decision.at) == (Act.WAIT, "whatsapp.answer", None)


@pytest.mark.parametrize("state", [A.ABSENT, A.FAILED, A.REJECTED])
def test_a_message_that_did_not_arrive_leads_to_calls_and_to_no_second_one(state):
    first = replace(an_attempt("m1", state), ended_at=MONDAY)
    decision = decide(a_situation(a_person(consents=BOTH), first))
    assert (decision.act, decision.step) == (Act.CALL, "c1")
    calls = [an_attempt(f"c{n}", A.DONE, at=MONDAY + (n + 1) * DAY) for n in (1, 2, 3)]
    over = decide(a_situation(a_person(consents=BOTH), first, *calls, now=MONDAY + 20 * DAY))
    assert over.act is Act.HOLD


@pytest.mark.parametrize(
    ("day", "act"), [("2026-11-30 10:00", Act.MESSAGE), ("2026-12-01 10:00", Act.CALL)]
)
def test_a_text_that_is_never_approved_holds_a_case_up_as_long_as_a_call_not_for_ever(day, act):
    case = a_case(started_on=date(2026, 11, 23))
    person = a_person(consents=BOTH)
    texts = Texts(closed={"new_email_first": "pending"})
    decision = decide(a_situation(person, case=case, now=local(day), texts=texts))
    assert decision.act is act
    again = decide(a_situation(person, case=case, now=local(day)))
    assert (again.act, again.step) == (Act.MESSAGE, "m1"), "the attempt is not lost"


def test_the_first_messages_day_is_kept_for_when_it_cannot_leave():
    decision = decide(a_situation(a_person(consents=BOTH), now=local("2026-11-28 20:00")))
    assert decision.started_on == date(2026, 11, 30)


def test_a_consent_withdrawn_before_the_first_message_leads_to_calls():
    assert _act(a_person(), case=a_case(started_on=date(2026, 11, 23)))[0] is Act.CALL


def test_a_consent_withdrawn_after_the_first_message_ends_the_second():
    attempts = [
        an_attempt("m1"),
        *(an_attempt(f"c{n}", A.DONE, at=MONDAY + 3 * n * DAY) for n in (1, 2, 3)),
    ]
    now = MONDAY + 10 * DAY
    assert decide(a_situation(a_person(consents=BOTH), *attempts, now=now)).step == "m2"
    assert _act(a_person(), *attempts, now=now) == (Act.HOLD, "unrecovered.hold")


def test_a_changed_status_keeps_the_steps_and_has_its_own_policy():
    attempts = [an_attempt("m1"), an_attempt("c1", A.DONE, at=MONDAY + 2 * DAY)]
    now = MONDAY + 3 * DAY
    hard = decide(a_situation(a_person(consents=OWN), *attempts, now=now))
    refused = decide(a_situation(a_person(S.MANUAL, consents=OWN), *attempts, now=now))
    spam = decide(a_situation(a_person(S.SPAM, consents=OWN), *attempts, now=now))
    assert (hard.step, refused.step) == ("c2", "c2")
    assert "2 of 2" in refused.reason
    assert (spam.act, spam.rule) == (Act.HOLD, "unrecovered.hold")


# -- offices, several numbers, block lists ------------------------------------------------------


def test_an_office_is_only_called():
    person = a_person(numbers=(a_number(is_office=True),), consents=BOTH)
    assert decide(a_situation(person)).act is Act.CALL


def test_an_offices_number_is_called_once_a_day_over_all_cases():
    office = a_number(is_office=True)
    wednesday, thursday = date(2026, 11, 25), date(2026, 11, 26)
    person = a_person(numbers=(office,))
    taken = {(office.key, wednesday): 1, (office.key, thursday): 1, ("p-other", wednesday): 9}
    assert decide(a_situation(person)).planned_on == wednesday
    assert decide(a_situation(person, other_calls=taken)).planned_on == date(2026, 11, 27)
    twice = a_policy(caps={"calls_per_number_day": 2})
    decision = decide(a_situation(person, other_calls=taken, policy=twice))
    assert decision.planned_on == wednesday


def test_a_call_that_was_asked_for_is_the_only_one_of_its_day():
    asked = an_attempt("callback-202611251600", A.DONE, planned_on=date(2026, 11, 25))
    assert decide(a_situation(a_person())).planned_on == date(2026, 11, 25)
    assert decide(a_situation(a_person(), asked)).planned_on == date(2026, 11, 26)


def test_numbers_take_turns_and_one_that_the_law_closes_has_none():
    person = a_person(S.MANUAL, numbers=(MEXICAN, SPANISH))
    first = an_attempt("c1", A.DONE)
    decision = decide(a_situation(person, first, now=MONDAY + DAY))
    assert decision.number
    assert decision.number.phone.e164 == MEXICAN
    both = decide(a_situation(a_person(numbers=(MEXICAN, SPANISH)), first, now=MONDAY + DAY))
    assert both.number
    assert both.number.phone.e164 == SPANISH


def test_a_wrong_number_leads_to_the_next_one():
    person = a_person(numbers=(a_number(is_dropped=True), ARGENTINE))
    wrong = an_attempt("c1", A.DONE, disposition=Disposition.WRONG_NUMBER)
    decision = decide(a_situation(person, wrong, now=MONDAY + DAY))
    assert (decision.act, decision.step) == (Act.CALL, "c2")


@pytest.mark.parametrize("registry", ["warn", "hold"])
@pytest.mark.parametrize("fresh", [frozenset(), frozenset({"AR"})], ids=["stale", "fresh"])
def test_a_block_list_that_was_not_imported_holds_back_or_only_warns(registry, fresh):
    policy = a_policy(registry=registry)
    person = a_person(numbers=(ARGENTINE,), consents=BOTH)
    decision = decide(a_situation(person, policy=policy, fresh_registries=fresh))
    if registry == "hold" and not fresh:
        assert (decision.act, decision.rule) == (Act.WAIT, "registry.hold")
        assert decision.at == MONDAY + DAY
    else:
        assert decision.act is Act.MESSAGE


def test_where_the_list_binds_calls_alone_the_message_goes():
    policy = a_policy(registry="hold")
    assert decide(a_situation(a_person(consents=BOTH), policy=policy)).act is Act.MESSAGE
    assert _act(a_person(), policy=policy) == (Act.WAIT, "registry.hold")


def test_hours_that_leave_no_moment_are_a_decision_with_its_mend():
    nights = {"weekdays": "19:00-21:00", "saturday": ""}
    rio = a_person(numbers=("+5521987654321",), consents=BOTH)
    decision = decide(a_situation(rio, policy=a_policy(hours=nights)))
    assert (decision.act, decision.rule) == (Act.WAIT, "hours.none")
    assert "[hours]" in decision.reason


def test_a_consent_that_comes_after_the_first_call_does_not_turn_the_cadence_back():
    call = an_attempt("c1", A.DONE)
    decision = decide(a_situation(a_person(consents=BOTH), call, now=MONDAY + DAY))
    assert (decision.act, decision.step) == (Act.CALL, "c2")


# -- what reps ask beside the cadence ------------------------------------------------------------


def _with_consent(*attempts, now, **more):
    return decide(a_situation(a_person(consents=(WHATSAPP_CONSENT,)), *attempts, now=now, **more))


@pytest.mark.parametrize("state", [A.INTENDED, A.ACCEPTED, A.READ])
def test_a_rep_s_question_stands_for_the_first_message(state):
    asked = an_attempt("w1", state)
    decision = _with_consent(asked, now=MONDAY + timedelta(hours=1))
    assert (decision.rule, decision.at) == ("whatsapp.answer", MONDAY + 2 * DAY)


@pytest.mark.parametrize("state", [A.FAILED, A.REJECTED, A.ABSENT])
def test_a_rep_s_question_that_did_not_come_takes_the_day_and_not_the_step(state):
    asked = an_attempt("w1", state)
    decision = _with_consent(asked, now=MONDAY + timedelta(hours=1))
    assert (decision.step, here(decision.at)) == ("m1", "Tue 2026-11-24 09:00")


def test_where_the_policy_lets_a_number_get_two_messages_a_day_a_rep_s_takes_one():
    asked, twice = an_attempt("w1", A.FAILED), a_policy(caps={"messages_per_number_day": 2})
    now = MONDAY + timedelta(hours=1)
    assert _with_consent(asked, now=now, policy=twice).at == now


@pytest.mark.parametrize(
    "beside",
    [
        an_attempt("w1", A.CANCELLED),
        replace(an_attempt("w1"), template=None),
        replace(an_attempt("w1"), step="s7"),
        an_attempt("m1", A.INTENDED),
    ],
    ids=["never left", "typed", "an answer to theirs", "meant, not begun"],
)
def test_only_a_question_that_may_come_takes_the_day(beside):
    now = MONDAY + timedelta(hours=1)
    decision = _with_consent(beside, now=now)
    assert (decision.step, decision.at) == ("m1", now)


def test_the_last_message_waits_for_the_day_after_a_rep_asked():
    now = local("2026-12-07T10:00")
    calls = (
        an_attempt(f"c{n}", A.DONE, at=MONDAY + n * DAY, disposition=Disposition.NO_ANSWER)
        for n in (1, 2, 3)
    )
    asked = an_attempt("w1", at=now - timedelta(hours=1))
    decision = _with_consent(an_attempt(), *calls, asked, now=now)
    assert (decision.step, here(decision.at)) == ("m2", "Tue 2026-12-08 09:00")
