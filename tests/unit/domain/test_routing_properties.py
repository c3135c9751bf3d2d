"""What holds for every case, whoever the person, whatever the history, at any moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, note, settings
from hypothesis import strategies as st

from recovery.domain.case import AttemptState, CaseState, Channel, Disposition
from recovery.domain.consent import has_consent
from recovery.domain.decision import Act
from recovery.domain.email_status import EmailStatus
from recovery.domain.hours import allowed_now
from recovery.domain.person import Basis, Consent, Number
from recovery.domain.phone import PhoneKind
from recovery.domain.routing import decide
from recovery.domain.steps import ended_call
from recovery.domain.texts import Texts
from tests.builders import (
    AMERICAN,
    ARGENTINE,
    BRAZILIAN,
    CAREFUL,
    COUNTRIES,
    GUIDE,
    MEXICAN,
    MONDAY,
    PERUVIAN,
    SPANISH,
    a_case,
    a_member,
    a_number,
    a_person,
    a_policy,
    a_situation,
    an_attempt,
)
from tests.life import Life

S, A = EmailStatus, AttemptState
NUMBERS = (MEXICAN, BRAZILIAN, SPANISH, PERUVIAN, AMERICAN, ARGENTINE, "+551133334444")
ZONES = ("America/Tijuana", "America/Mexico_City", "America/Manaus", "Europe/Madrid")
POLICIES = st.sampled_from([CAREFUL, GUIDE, a_policy(registry="hold", hold_days=3)])
FLAGS = st.booleans()
_TEXTS = ["new_email_first", "new_email_order", "fresh_consent_once"]
MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
#: Mostly contactable people, so that the rules of contact are what is tried.
STATUSES = st.sampled_from([s for s in S if s.number is None or s.number > 4])


@st.composite
def numbers(draw) -> Number:
    zones = draw(st.none() | st.lists(st.sampled_from(ZONES), max_size=2, unique=True).map(tuple))
    more = {} if zones is None else {"zones": zones}
    flags = ("is_office", "is_dropped", "lacks_whatsapp")
    closed = draw(st.frozensets(st.sampled_from(Channel)))
    return a_number(
        draw(st.sampled_from(NUMBERS)),
        suppressed=closed if draw(FLAGS) else frozenset(),
        **{flag: draw(FLAGS) and draw(FLAGS) for flag in flags},
        **more,
    )


@st.composite
def persons(draw):
    days = st.integers(-60, 60).map(lambda day: MONDAY + timedelta(days=day))
    consents = st.builds(Consent, st.sampled_from(Channel), st.sampled_from(Basis), days)
    others = st.builds(a_member, STATUSES, contact_id=st.just("2"), since=days)
    return a_person(
        draw(STATUSES),
        numbers=tuple(draw(st.lists(numbers(), max_size=3, unique_by=lambda n: n.key))),
        consents=tuple(draw(st.lists(consents, max_size=3))),
        others=tuple(draw(st.lists(others, max_size=1))) if draw(FLAGS) else (),
        since=draw(days),
        suppressed=draw(st.frozensets(st.sampled_from(Channel))) if draw(FLAGS) else frozenset(),
        others_deliverable=draw(FLAGS) and draw(FLAGS),
        asked_once=draw(FLAGS) and draw(FLAGS),
        country=draw(st.sampled_from([None, "MX", "BR"])),
        region_code=draw(st.sampled_from([None, "RJ", "BR-CE"])),
    )


@st.composite
def attempts(draw):
    messages = draw(st.sampled_from([(), ("m1",), ("m1", "m2")]))
    calls = [f"c{n + 1}" for n in range(draw(st.integers(0, 4)))]
    steps = [*messages, *calls, *(["callback-1"] if draw(FLAGS) else [])]
    made = []
    for step in steps:
        states = [A.INTENDED, A.IN_DOUBT, A.ACCEPTED, A.DELIVERED, A.READ, A.FAILED, A.ABSENT]
        if not step.startswith("m"):
            is_open = any(one.state is A.QUEUED for one in made)
            states = [A.DONE, A.LAPSED, A.CANCELLED] + ([] if is_open else [A.QUEUED])
        state = draw(st.sampled_from(states))
        at = MONDAY + timedelta(hours=draw(st.integers(0, 600)))
        said = draw(st.sampled_from([None, *Disposition])) if state is A.DONE else None
        number = draw(st.sampled_from(NUMBERS))
        made.append(an_attempt(step, state, at=at, number=number, disposition=said))
    return tuple(made)


@st.composite
def cases(draw):
    some = st.none() | MOMENTS
    return a_case(
        draw(st.sampled_from([s for s in CaseState if s is not CaseState.CLOSED])),
        requested=draw(FLAGS),
        win_rejected=draw(FLAGS),
        win_email=draw(st.none() | st.just("twin")),
        win_until=draw(some),
        stopped=draw(FLAGS) and draw(FLAGS),
        callback_at=draw(some) if draw(FLAGS) else None,
        hold_until=draw(some),
        started_on=draw(st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31))),
    )


@st.composite
def situations(draw):
    return a_situation(
        draw(persons()),
        *draw(attempts()),
        case=draw(cases()),
        now=draw(MOMENTS),
        policy=draw(POLICIES),
        fresh_registries=draw(st.frozensets(st.sampled_from(["MX", "AR", "US"]))),
        texts=Texts(
            closed=dict.fromkeys(draw(st.frozensets(st.sampled_from(_TEXTS))), "paused"),
            utility=draw(st.frozensets(st.just("new_email_order"))),
        ),
    )


trying = partial(settings, deadline=None, print_blob=True)


@trying(max_examples=150)
@given(situations())
def test_there_is_always_one_decision_with_its_rule_and_its_reason(situation):
    decision = decide(situation)
    assert decision.rule
    assert decision.reason
    assert decision == decide(situation), "the same facts give the same decision"
    if decision.act in (Act.MESSAGE, Act.CALL):
        assert decision.at
        assert decision.at >= situation.now
        assert decision.step
        assert decision.number
        assert decision.place
    assert (decision.act is Act.MESSAGE) is (decision.template is not None)
    assert (decision.act is Act.CLOSE) is (decision.end is not None)


@trying(max_examples=150)
@given(situations())
def test_nobody_is_contacted_who_must_not_be(situation):
    decision = decide(situation)
    if decision.act not in (Act.MESSAGE, Act.CALL):
        return
    person, number = situation.person, decision.number
    channel = Channel.WHATSAPP if decision.act is Act.MESSAGE else Channel.CALL
    assert number
    assert channel not in person.suppressed | number.suppressed
    assert not number.is_dropped
    assert number.zones
    assert not situation.case.stopped
    assert S.UNKNOWN not in {member.status for member in person.members}
    if decision.act is Act.MESSAGE:
        assert has_consent(person, situation.policy)
        assert situation.rule.messages > 0
        assert number.phone.kind in (PhoneKind.mobile, PhoneKind.either)
        assert number.phone.region != "US"
        assert not number.is_office
        assert situation.case.state in (CaseState.OPEN, CaseState.PROPOSED)
    elif decision.rule == "call.cadence":
        assert situation.is_lawful_to_call(number)


@trying(max_examples=150)
@given(situations())
def test_what_we_start_falls_in_allowed_hours_of_every_zone(situation):
    decision = decide(situation)
    agreed = decision.rule == "call.agreed" and decision.at == situation.case.callback_at
    if decision.act not in (Act.MESSAGE, Act.CALL) or agreed:
        return
    assert decision.place
    assert decision.at
    assert decision.number
    assert decision.place.allows(decision.at)
    rules = COUNTRIES.get(decision.number.phone.region)
    for zone in decision.number.zones:
        here = decision.at.astimezone(ZoneInfo(zone))
        assert here.weekday() < 6
        assert 9 <= here.hour < (13 if here.weekday() == 5 else 19)
        assert allowed_now(
            decision.at,
            zones=(zone,),
            country=decision.number.phone.region,
            rules=rules,
            hours=CAREFUL.hours,
        )


@trying(max_examples=150)
@given(situations())
def test_no_step_is_begun_twice_nor_beyond_what_the_rule_allows(situation):
    decision = decide(situation)
    begun = {a.step for a in situation.attempts if a.was_begun}
    if decision.rule != "call.agreed":
        assert decision.step not in begun
    if decision.act is Act.CALL and decision.rule == "call.cadence":
        assert not any(a.state is A.QUEUED for a in situation.attempts)
        assert decision.step in {f"c{n}" for n in range(1, situation.rule.calls + 1)}
    if decision.act is Act.MESSAGE:
        sent = {step for step in begun if step.startswith("m")}
        assert len(sent) < min(2, situation.rule.messages)


@trying(max_examples=80)
@given(situations())
def test_a_call_that_is_ended_was_open_and_is_ended_now(situation):
    call = ended_call(situation)
    if call is None:
        return
    before = situation.progress.open_call
    assert before is not None
    assert replace(before, state=call.state, ended_at=situation.now) == call
    assert call.state in (A.LAPSED, A.CANCELLED, A.INTENDED)


@trying(max_examples=60)
@given(persons(), POLICIES, st.integers(0, 7 * 24 * 60), st.integers(0, 2**32))
def test_every_case_ends_within_120_days_and_repeats_nothing(person, policy, start, seed):
    note(f"seed {seed}")
    random = Random(seed)
    long_ago = replace(person.contact, status_since=MONDAY - timedelta(days=30))
    known = long_ago.status if long_ago.status is not S.UNKNOWN else S.INVALID
    contact = replace(long_ago, status=known)
    person = replace(person, contact=contact, members=(contact,))
    life = Life(
        person,
        policy=policy.model_copy(update={"registry": "warn"}),
        now=MONDAY + timedelta(minutes=start),
        case=a_case(requested=random.random() < 0.5),
        messages=lambda _: random.choice([A.READ, A.DELIVERED, A.SENT, A.FAILED, A.ABSENT]),
        calls=lambda _: random.choice(
            [None, (timedelta(hours=random.randrange(96)), Disposition.NO_ANSWER)]
        ),
    )
    begun = life.now
    end = life.live(days=120)
    assert end.act in (Act.CLOSE, Act.ARCHIVE), end
    assert life.now - begun <= timedelta(days=120)
    rule = policy.rule(contact.status)
    assert len(life.moments(Act.MESSAGE)) <= rule.messages
    assert len(life.moments(Act.CALL)) <= rule.calls
    messages = [at for _, at in life.moments(Act.MESSAGE)]
    assert all(b - a >= timedelta(days=5) for a, b in pairwise(messages))
    days = [d.planned_on for d in life.story if d.act is Act.CALL]
    assert len(set(days)) == len(days), "one call a day"
    assert all(at.tzinfo is UTC or at.utcoffset() == timedelta(0) for at in messages)
    assert isinstance(life.now, datetime)
