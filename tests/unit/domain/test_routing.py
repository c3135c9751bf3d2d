"""One decision per case: which rule speaks, in which order, and what it says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from recovery.domain.case import (
    AttemptState,
    CaseEnd,
    CaseState,
    Channel,
)
from recovery.domain.decision import Act
from recovery.domain.email_status import DELIVERABLE, FAULTS, EmailStatus
from recovery.domain.policy import Open
from recovery.domain.routing import decide
from recovery.domain.steps import ended_call
from tests.builders import (
    AMERICAN,
    CALL_CONSENT,
    CAREFUL,
    GUIDE,
    MEXICAN,
    MONDAY,
    OWN_CALL_CONSENT,
    OWN_CONSENT,
    PERUVIAN,
    SPANISH,
    WHATSAPP_CONSENT,
    a_case,
    a_member,
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
OWN = (OWN_CONSENT, OWN_CALL_CONSENT)
WRITTEN = {(): (), BOTH: (6, 7, 8, 14), OWN: (6, 7, 8, 9, 10, 11, 14)}
WITHOUT_HOLD = (S.NON_MARKETABLE, S.UNENGAGED_NON_MARKETABLE, S.NO_EMAIL, S.BOUNCE)


def _act(person, *attempts, **more):
    decision = decide(a_situation(person, *attempts, **more))
    return decision.act, decision.rule


# -- every status × consent × profile × country -------------------------------------------------


@pytest.mark.parametrize("policy", [CAREFUL, GUIDE], ids=["careful", "guide"])
@pytest.mark.parametrize("consents", [(), BOTH, OWN], ids=["none", "old", "own"])
@pytest.mark.parametrize("status", list(S))
def test_the_first_step_is_what_the_table_says(status, consents, policy):
    person = a_person(status, consents=consents)
    decision = decide(a_situation(person, case=a_case(requested=True), policy=policy))
    number = status.number
    if number is None or number < 5:
        expected = {S.UNKNOWN: Act.WAIT}.get(status, Act.CLOSE)
    elif number in WRITTEN[consents]:
        expected = Act.MESSAGE
    else:
        expected = Act.CALL
    assert decision.act is expected


@pytest.mark.parametrize("policy", [CAREFUL, GUIDE], ids=["careful", "guide"])
@pytest.mark.parametrize("status", [s for s in S if s.number and s.number > 4])
@pytest.mark.parametrize(
    ("number", "consents", "calls"),
    [
        (SPANISH, (), {6, 7, 8, 14}),
        (SPANISH, (CALL_CONSENT,), {5, 6, 7, 8, 14}),
        (SPANISH, OWN, set(range(5, 15))),
        (PERUVIAN, (), set()),
        (PERUVIAN, (OWN_CONSENT,), set()),
        (PERUVIAN, OWN, set(range(5, 15))),
        (AMERICAN, (), set(range(5, 15))),
        (AMERICAN, OWN, set(range(5, 15))),
    ],
    ids=["es", "es-old", "es-own", "pe", "pe-written", "pe-own", "us", "us-own"],
)
def test_a_countrys_law_narrows_the_table(number, consents, calls, status, policy):
    person = a_person(status, numbers=(number,), consents=consents)
    written = {6, 7, 8, 9, 10, 11, 14} if OWN_CONSENT in consents and number != AMERICAN else set()
    decision = decide(a_situation(person, case=a_case(requested=True), policy=policy))
    if status.number in written:
        assert decision.act is Act.MESSAGE
    elif status.number in calls:
        assert decision.act is Act.CALL
    else:
        assert decision.act in (Act.HOLD, Act.CLOSE)
        assert decision.rule.startswith("no_route.")


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(
    ("number", "region", "zone", "first", "last"),
    [
        (MEXICAN, None, "America/Mexico_City", 9, 18),
        ("+5521987654321", "RJ", "America/Sao_Paulo", 9, 17),
        ("+5585987654321", None, "America/Fortaleza", 9, 17),
        ("+5511987654321", None, "America/Sao_Paulo", 9, 18),
        ("+573001234567", None, "America/Bogota", 9, 18),
    ],
)
def test_a_message_leaves_now_or_at_the_next_allowed_hour(hour, number, region, zone, first, last):
    now = local(f"2026-11-24 {hour:02}:30", zone)
    person = a_person(numbers=(number,), consents=(WHATSAPP_CONSENT,), country="BR")
    person = replace(person, region_code=region)
    at = decide(a_situation(person, now=now)).at
    if first <= hour <= last:
        assert at == now
    elif hour < first:
        assert here(at, zone) == f"Tue 2026-11-24 {first:02}:00"
    else:
        assert here(at, zone) == f"Wed 2026-11-25 {first:02}:00"


def test_the_hour_must_be_allowed_in_every_zone_of_the_number():
    zones = ("America/Tijuana", "America/Mexico_City")
    person = a_person(numbers=(a_number(zones=zones),), consents=(WHATSAPP_CONSENT,))
    at = decide(a_situation(person, now=local("2026-11-24 09:00"))).at
    assert here(at) == "Tue 2026-11-24 11:00"


@pytest.mark.parametrize(
    ("status", "template"),
    [
        (S.LOCKDOWN, "new_email_first"),
        (S.BOUNCE, "address_works_first"),
        (S.HARD_BOUNCE, "new_email_first"),
        (S.INVALID, "new_email_first"),
        (S.SYSTEM, "other_email_first"),
        (S.MANUAL, "fresh_consent_once"),
        (S.ADMIN, "fresh_consent_once"),
        (S.LIST_UNSUBSCRIBE, "fresh_consent_once"),
    ],
)
def test_the_text_serves_the_goal(status, template):
    assert decide(a_situation(a_person(status, consents=OWN))).template == template


def test_lockdown_asks_to_confirm_where_the_firm_has_a_form():
    policy = a_policy(confirm_url="https://firm.example/join")
    decision = decide(a_situation(a_person(S.LOCKDOWN, consents=OWN), policy=policy))
    assert decision.template == "confirm_link_first"


# -- states before the cadence ------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in CaseState if s is not CaseState.CLOSED])
def test_an_unknown_status_never_acts_in_any_state(state):
    case = a_case(state, hold_until=MONDAY - DAY, callback_at=MONDAY)
    for person in (
        a_person(S.UNKNOWN, consents=OWN),
        a_person(others=(a_member(S.UNKNOWN, contact_id="2"),), consents=OWN),
    ):
        assert _act(person, case=case) == (Act.WAIT, "status.unknown")


@pytest.mark.parametrize("status", sorted(DELIVERABLE))
@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.ENGAGED, CaseState.HOLD])
def test_a_healed_status_closes_its_case(status, state):
    decision = decide(a_situation(a_person(status, consents=BOTH), case=a_case(state)))
    assert (decision.act, decision.end) == (Act.CLOSE, CaseEnd.HEALED)


def test_who_agreed_waits_for_record_to_say_recovered():
    case = a_case(CaseState.CONSENTED)
    assert _act(a_person(S.SINGLE_OPT_IN), case=case) == (Act.WAIT, "state.consented")


def test_a_status_opened_on_request_needs_one():
    person = a_person(S.NON_MARKETABLE)
    decision = decide(a_situation(person))
    assert (decision.act, decision.end) == (Act.CLOSE, CaseEnd.NOT_ALLOWED)
    assert decide(a_situation(person, case=a_case(requested=True))).act is Act.CALL


def test_a_status_that_the_firm_closes_is_closed():
    policy = a_policy(hard_bounce={"open": "never"})
    assert policy.rule(S.HARD_BOUNCE).open is Open.NEVER
    assert _act(a_person(consents=BOTH), policy=policy) == (Act.CLOSE, "policy.open")


@pytest.mark.parametrize("status", [S.NON_MARKETABLE, S.UNENGAGED_NON_MARKETABLE, S.NO_EMAIL])
def test_a_duplicate_whose_twin_is_deliverable_is_never_called(status):
    twin = a_person(status, others_deliverable=True)
    assert _act(twin, case=a_case(requested=True)) == (Act.CLOSE, "status.duplicate")


@pytest.mark.parametrize(
    ("policy", "day", "act"),
    [(CAREFUL, 13, Act.WAIT), (CAREFUL, 14, Act.MESSAGE), (GUIDE, 0, Act.MESSAGE)],
)
def test_a_soft_bounce_waits_two_weeks_for_keap_and_in_the_guide_not(policy, day, act):
    person = a_person(S.BOUNCE, consents=BOTH, since=MONDAY - day * DAY)
    decision = decide(a_situation(person, policy=policy))
    assert decision.act is act
    if act is Act.WAIT:
        assert (decision.rule, decision.at) == ("policy.after_days", MONDAY + DAY)


# -- free wins ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [s for s in S if s.number and s.number > 5])
def test_a_free_win_is_proposed_for_faults_and_never_for_refusals(status):
    person = a_person(status, works="b@firm.example", consents=OWN)
    decision = decide(a_situation(person))
    assert (decision.act is Act.FREE_WIN) is (status in FAULTS)
    if status in FAULTS:
        assert (decision.email, decision.at) == ("b@firm.example", MONDAY + 14 * DAY)


def _proposed(until, **more):
    return a_case(CaseState.PROPOSED, win_email="b@firm.example", win_until=until, **more)


@pytest.mark.parametrize(
    ("case", "act"),
    [
        (_proposed(MONDAY + DAY), Act.FREE_WIN),
        (_proposed(MONDAY), Act.MESSAGE),
        (_proposed(MONDAY + DAY, win_rejected=True), Act.MESSAGE),
        (a_case(win_email="b@firm.example"), Act.MESSAGE),
        (a_case(win_email="another@firm.example"), Act.FREE_WIN),
    ],
    ids=["waits", "14 days old", "rejected", "had its time", "another address"],
)
def test_nobody_is_contacted_while_a_free_win_waits_then_the_cadence_starts(case, act):
    person = a_person(works="b@firm.example", consents=BOTH)
    assert decide(a_situation(person, case=case)).act is act


def test_a_proposal_keeps_its_day_however_often_it_is_looked_at():
    person = a_person(works="b@firm.example")
    decision = decide(a_situation(person, case=_proposed(MONDAY + 3 * DAY)))
    assert decision.at == MONDAY + 3 * DAY


# -- refusals and stops -------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", [S.FEEDBACK, S.SPAM])
def test_one_persons_complaint_decides_the_route_of_all_their_contacts(refusal):
    person = a_person(others=(a_member(refusal, contact_id="2"),), consents=OWN)
    decision = decide(a_situation(person))
    assert decision.act is Act.CALL
    assert "1 of 1" in decision.reason


@pytest.mark.parametrize("status", [s for s in S if s.number and s.number > 4])
@pytest.mark.parametrize("how", ["stopped", "suppressed"])
def test_who_said_stop_enters_the_hold_and_in_5_and_7_the_case_closes(status, how):
    case = a_case(requested=True, stopped=how == "stopped")
    person = a_person(status, consents=OWN)
    if how == "suppressed":
        person = replace(person, suppressed=frozenset(Channel))
    decision = decide(a_situation(person, case=case))
    if status in WITHOUT_HOLD:
        assert (decision.act, decision.rule) == (Act.CLOSE, "stopped.close")
    else:
        assert (decision.act, decision.rule) == (Act.HOLD, "stopped.hold")
        assert decision.at == MONDAY + 14 * DAY


def test_no_usable_number_is_unrecovered_straight_away():
    decision = decide(a_situation(a_person(numbers=(), consents=BOTH)))
    assert (decision.act, decision.rule) == (Act.HOLD, "no_route.hold")
    assert "no usable number" in decision.reason


def test_a_firm_that_deletes_nobody_has_the_hold_all_the_same():
    policy = a_policy(hard_bounce={"delete": False})
    person = a_person(numbers=())
    assert _act(person, policy=policy) == (Act.HOLD, "no_route.hold")
    case = a_case(CaseState.HOLD, hold_until=MONDAY)
    decision = decide(a_situation(person, case=case, policy=policy))
    assert (decision.act, decision.end) == (Act.CLOSE, CaseEnd.UNRECOVERED)


def test_the_hold_lasts_to_its_last_moment_then_comes_the_archive():
    case = a_case(CaseState.HOLD, hold_until=MONDAY + DAY)
    assert _act(a_person(), case=case) == (Act.HOLD, "hold.waiting")
    assert _act(a_person(), case=case, now=MONDAY + DAY) == (Act.ARCHIVE, "hold.over")


# -- a person of the team -----------------------------------------------------------------------


@pytest.mark.parametrize("state", [CaseState.ENGAGED, CaseState.CONFIRMING, CaseState.CONSENTED])
def test_automation_stands_still_while_people_talk(state):
    assert _act(a_person(consents=BOTH), case=a_case(state)) == (Act.WAIT, f"state.{state}")


def _agreed(at, **person):
    case = a_case(CaseState.ENGAGED, callback_at=at)
    return decide(a_situation(a_person(**person), case=case))


def test_a_call_is_made_when_the_person_asked_for_it_even_in_the_evening():
    at = local("2026-11-24 21:15")
    decision = _agreed(at)
    assert (decision.act, decision.rule, decision.at) == (Act.CALL, "call.agreed", at)
    assert decision.planned_on == date(2026, 11, 24)


def test_a_call_asked_for_without_an_hour_waits_for_an_allowed_one():
    case = a_case(CaseState.ENGAGED, callback_at=local("2026-11-23 23:00"))
    decision = decide(a_situation(case=case, now=local("2026-11-23 23:05")))
    assert here(decision.at) == "Tue 2026-11-24 09:00"


def test_asking_for_a_call_is_the_consent_that_spain_and_peru_want():
    at = local("2026-11-24 17:00")
    assert _agreed(at, status=S.MANUAL, numbers=(SPANISH,)).act is Act.CALL
    assert _agreed(at, numbers=(PERUVIAN,)).act is Act.CALL


def test_an_agreed_call_that_cannot_be_made_is_for_the_team_and_nothing_else_goes_out():
    at = local("2026-11-24 17:00")
    for person in (
        {"numbers": (), "consents": BOTH},
        {"suppressed": frozenset({Channel.CALL}), "consents": BOTH},
    ):
        decision = _agreed(at, **person)
        assert (decision.act, decision.rule) == (Act.WAIT, "state.engaged")
        assert "a call was agreed" in decision.reason


def test_an_agreed_call_in_the_queue_is_looked_at_daily_and_lapses_like_any_other():
    call = an_attempt("callback-202611231700", A.QUEUED, at=MONDAY)
    case = a_case(CaseState.ENGAGED)
    waiting = decide(a_situation(None, call, case=case))
    assert (waiting.rule, waiting.at) == ("call.open", MONDAY + DAY)
    late = ended_call(a_situation(None, call, case=case, now=MONDAY + 8 * DAY))
    assert late is not None
    assert late.state is A.LAPSED
