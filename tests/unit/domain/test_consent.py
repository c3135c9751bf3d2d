"""Who may be reached: consent, own consent, the country's law, the number. Each with its reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recovery.domain.case import Channel
from recovery.domain.consent import (
    call_number,
    has_consent,
    whatsapp_number,
    why_no_agreed_call,
    why_no_call,
    why_no_whatsapp,
)
from recovery.domain.email_status import EmailStatus
from recovery.domain.person import Basis, Consent
from recovery.domain.phone import PhoneKind
from tests.builders import (
    AMERICAN,
    ARGENTINE,
    BRAZILIAN,
    CALL_CONSENT,
    CAREFUL,
    COUNTRIES,
    GUIDE,
    MEXICAN,
    MONDAY,
    OWN_CALL_CONSENT,
    OWN_CONSENT,
    PERUVIAN,
    SPANISH,
    WHATSAPP_CONSENT,
    a_member,
    a_number,
    a_person,
    a_policy,
)

S = EmailStatus
CONSENTS = {"none": (), "old": (WHATSAPP_CONSENT,), "own": (OWN_CONSENT,)}
FAULTY = {6, 7, 8, 14}


@pytest.mark.parametrize("policy", [CAREFUL, GUIDE], ids=["careful", "guide"])
@pytest.mark.parametrize("known", list(CONSENTS))
@pytest.mark.parametrize("status", list(S))
def test_whatsapp_needs_the_consent_that_the_status_asks_for(status, known, policy):
    person = a_person(status, consents=CONSENTS[known])
    allowed = {
        "none": False,
        "old": status.number in FAULTY,
        "own": status.number in FAULTY | {9, 10, 11},
    }[known]
    assert (why_no_whatsapp(person, policy) is None) is allowed
    assert has_consent(person, policy) is allowed


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.WHATSAPP])
def test_a_consent_to_one_channel_proves_nothing_for_the_other(channel):
    consent = replace(WHATSAPP_CONSENT, channel=channel)
    person = a_person(numbers=(SPANISH,), status=S.NON_MARKETABLE, consents=(consent,))
    called = why_no_call(person, COUNTRIES.get("ES")) is None
    written = why_no_whatsapp(a_person(consents=(consent,)), CAREFUL) is None
    assert (called, written) == (channel is Channel.CALL, channel is Channel.WHATSAPP)


@pytest.mark.parametrize(
    ("later", "own"), [(-1, False), (0, False), (1, True)], ids=["before", "with", "after"]
)
def test_own_consent_is_strictly_newer_than_the_pull_that_saw_the_refusal(later, own):
    refused = MONDAY - timedelta(days=3)
    consent = Consent(Channel.WHATSAPP, Basis.TAG, refused + timedelta(seconds=later))
    person = a_person(S.MANUAL, consents=(consent,), since=refused)
    assert has_consent(person, CAREFUL) is own


def test_own_consent_is_newer_than_the_refusal_of_whoever_refused():
    early = a_member(S.SPAM, contact_id="9", since=MONDAY - timedelta(days=1))
    consent = Consent(Channel.WHATSAPP, Basis.REP, MONDAY - timedelta(days=2))
    policy = a_policy(reported_spam={"whatsapp": "own_consent"})
    person = a_person(S.MANUAL, others=(early,), consents=(consent,))
    assert why_no_whatsapp(person, policy) == (
        "no consent to WhatsApp newer than the opting out is on record"
    )


def test_without_a_consent_rule_nobody_gets_whatsapp():
    policy = a_policy(consent={"tags": [], "field": ""})
    person = a_person(consents=(WHATSAPP_CONSENT,))
    assert why_no_whatsapp(person, policy) == "the policy has no consent rule"


def test_a_message_from_them_proves_nothing_where_the_policy_does_not_count_it():
    policy = a_policy(consent={"inbound": False})
    assert why_no_whatsapp(a_person(consents=(OWN_CONSENT,)), policy)
    assert why_no_whatsapp(a_person(consents=(OWN_CONSENT, WHATSAPP_CONSENT)), policy) is None


def test_who_opted_out_is_asked_once_ever():
    person = a_person(S.MANUAL, consents=(OWN_CONSENT,), asked_once=True)
    assert "asked once" in (why_no_whatsapp(person, CAREFUL) or "")
    bounced = a_person(consents=(WHATSAPP_CONSENT,), asked_once=True)
    assert why_no_whatsapp(bounced, CAREFUL) is None


@pytest.mark.parametrize("channel", list(Channel))
def test_a_suppressed_channel_is_closed_and_the_other_is_not(channel):
    person = a_person(consents=(WHATSAPP_CONSENT,), suppressed=frozenset({channel}))
    written, called = why_no_whatsapp(person, CAREFUL), why_no_call(person, None)
    assert (written is None, called is None) == (
        channel is not Channel.WHATSAPP,
        channel is not Channel.CALL,
    )
    assert (why_no_agreed_call(person) is None) is (channel is not Channel.CALL)


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        (a_number(MEXICAN), True),
        (a_number(MEXICAN, is_office=True), False),
        (a_number(MEXICAN, is_dropped=True), False),
        (a_number(MEXICAN, lacks_whatsapp=True), False),
        (a_number(MEXICAN, suppressed=frozenset({Channel.WHATSAPP})), False),
        (a_number(MEXICAN, zones=()), False),
        (a_number("+551133334444"), False),
        (a_number(AMERICAN), False),
    ],
    ids=["plain", "office", "wrong", "without", "closed", "nowhere", "landline", "american"],
)
def test_a_number_takes_whatsapp_or_not(number, takes):
    person = a_person(numbers=(number,), consents=(WHATSAPP_CONSENT,))
    assert (why_no_whatsapp(person, CAREFUL) is None) is takes
    assert (whatsapp_number(person) is None) is not takes


def test_an_american_number_does_not_stand_in_the_way_of_another():
    person = a_person(numbers=(AMERICAN, BRAZILIAN), consents=(WHATSAPP_CONSENT,))
    number = whatsapp_number(person)
    assert number is not None
    assert number.phone.e164 == BRAZILIAN
    alone = a_person(numbers=(AMERICAN,), consents=(WHATSAPP_CONSENT,))
    assert "no marketing" in (why_no_whatsapp(alone, CAREFUL) or "")


def test_mobiles_are_called_first_and_offices_last():
    office = a_number(ARGENTINE, is_office=True)
    landline = a_number("+551133334444")
    assert landline.phone.kind is PhoneKind.landline
    person = a_person(numbers=(office, landline, BRAZILIAN))
    first = call_number(person)
    assert first is not None
    assert first.phone.e164 == BRAZILIAN
    without = call_number(a_person(numbers=(office, landline)))
    assert without == landline


@pytest.mark.parametrize(
    "number",
    [
        a_number(MEXICAN, is_dropped=True),
        a_number(MEXICAN, zones=()),
        a_number(MEXICAN, suppressed=frozenset({Channel.CALL})),
    ],
    ids=["wrong", "nowhere", "closed"],
)
def test_a_number_that_cannot_be_called_is_no_number(number):
    assert why_no_call(a_person(numbers=(number,)), None) == "there is no usable number"


CALL_CONSENTS = {
    "none": (),
    "whatsapp": (OWN_CONSENT,),
    "old": (CALL_CONSENT,),
    "own": (OWN_CALL_CONSENT,),
}


@pytest.mark.parametrize("known", list(CALL_CONSENTS))
@pytest.mark.parametrize("status", [s for s in S if s.number and s.number > 4])
@pytest.mark.parametrize(
    ("country", "number"), [("ES", SPANISH), ("PE", PERUVIAN), ("MX", MEXICAN)]
)
def test_a_call_needs_the_consent_that_the_country_asks_for(country, number, status, known):
    person = a_person(status, numbers=(number,), consents=CALL_CONSENTS[known])
    asked = {"ES": status.number in {5, 9, 10, 11, 12, 13}, "PE": True, "MX": False}[country]
    proved = known == "own" or (known == "old" and not status.is_refusal)
    assert (why_no_call(person, COUNTRIES.get(country)) is None) is (proved or not asked)


@pytest.mark.parametrize("number", [SPANISH, PERUVIAN])
def test_a_call_that_the_person_asked_for_needs_no_other_consent(number):
    assert why_no_agreed_call(a_person(S.MANUAL, numbers=(number,))) is None
