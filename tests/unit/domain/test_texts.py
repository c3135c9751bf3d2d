"""Which text goes for a step: special, plain, or what stands in, and what each may reach."""

from datetime import date, timedelta

import pytest

from recovery.domain.decision import Act
from recovery.domain.email_status import EmailStatus
from recovery.domain.routing import decide
from recovery.domain.texts import Texts, ladder, likely_email, may_reach, special
from tests.builders import (
    AMERICAN,
    MEXICAN,
    MONDAY,
    OWN_CONSENT,
    WHATSAPP_CONSENT,
    a_case,
    a_person,
    a_policy,
    a_situation,
    an_attempt,
)

ANYTHING = Texts()
WITH_UTILITY = Texts(utility=frozenset({"new_email_order"}))
SHORT = {"instead": {"new_email_first": ["new_email_short"]}}


def decided(texts=ANYTHING, *, status=EmailStatus.HARD_BOUNCE, policy=None, **more):
    person = a_person(status, consents=(WHATSAPP_CONSENT,), **more)
    given = {"policy": policy} if policy else {}
    return decide(a_situation(person, texts=texts, **given))


@pytest.mark.parametrize(
    ("name", "instead", "expected"),
    [
        ("new_email_first", {}, ["new_email_first"]),
        ("new_email_order", {}, ["new_email_order", "new_email_first"]),
        ("new_email_typo", {}, ["new_email_typo", "new_email_first"]),
        ("new_email_last", {"new_email_last": ("b",)}, ["new_email_last", "b"]),
        (
            "new_email_order",
            {"new_email_order": ("a",), "new_email_first": ("b", "a")},
            ["new_email_order", "new_email_first", "a", "b"],
        ),
    ],
)
def test_special_texts_fall_to_the_plain_one_and_then_to_what_the_policy_names(
    name, instead, expected
):
    assert list(ladder(name, instead)) == expected


def test_a_typo_is_asked_about_before_an_order_is_named():
    both = special("new_email", order="Curso", likely_email="ana@gmail.com")
    assert both == ("new_email_typo", "new_email_order")
    assert special("other_email", order="Curso", likely_email="ana@gmail.com") == ()
    assert special("new_email", order="", likely_email=None) == ()


@pytest.mark.parametrize(
    ("email", "meant"),
    [
        ("ana.souza@gmial.com", "ana.souza@gmail.com"),
        ("ana@hotmial.com", "ana@hotmail.com"),
        ("ana@gmail.com", None),
        ("ana@empresa.com.br", None),
        ("", None),
    ],
)
def test_only_a_typo_of_a_known_domain_is_a_likely_address(email, meant):
    assert likely_email(email) == meant


@pytest.mark.parametrize(
    ("country", "category", "may"),
    [
        ("MX", "MARKETING", True),
        ("MX", None, True),
        (None, None, True),
        ("US", "MARKETING", False),
        ("US", None, False),
        ("US", "AUTHENTICATION", False),
        ("US", "UTILITY", True),
        ("US", "utility", True),
    ],
)
def test_nothing_but_utility_reaches_the_united_states(country, category, may):
    assert may_reach(country, category) is may


def test_who_has_an_order_gets_the_text_about_it():
    decision = decided(order="Curso de Excel")
    assert (decision.template, decision.rule) == ("new_email_order", "whatsapp.consent.order")
    assert decided().template == "new_email_first"


def test_a_likely_typo_is_asked_about_by_one_tap():
    decision = decided(likely_email="ana@gmail.com")
    assert (decision.template, decision.rule) == ("new_email_typo", "whatsapp.consent.typo")


def test_an_american_gets_the_text_of_their_order_only_as_utility():
    assert decided(numbers=(AMERICAN,), order="Curso").act is Act.CALL
    assert decided(WITH_UTILITY, numbers=(AMERICAN,)).act is Act.CALL
    decision = decided(WITH_UTILITY, numbers=(AMERICAN,), order="Curso", likely_email="a@gmail.com")
    assert (decision.act, decision.template) == (Act.MESSAGE, "new_email_order")
    assert decision.number.phone.region == "US"


def test_an_american_gets_no_second_message_that_is_marketing():
    person = a_person(consents=(WHATSAPP_CONSENT,), numbers=(AMERICAN,), order="Curso")
    calls = [an_attempt(f"c{n}", at=MONDAY + timedelta(days=2 + n)) for n in (1, 2)]
    for attempts in ((an_attempt("m1", number=AMERICAN),), (an_attempt("m1"), *calls)):
        late = MONDAY + timedelta(days=12)
        decision = decide(a_situation(person, *attempts, now=late, texts=WITH_UTILITY))
        assert decision.act is not Act.MESSAGE


def test_the_other_number_is_taken_where_marketing_does_not_reach_the_first():
    decision = decided(WITH_UTILITY, numbers=(AMERICAN, MEXICAN))
    assert decision.number.phone.region == "MX"


def test_who_opted_out_gets_the_one_text_for_them_whatever_they_ordered():
    person = a_person(EmailStatus.MANUAL, consents=(OWN_CONSENT,), order="Curso")
    assert decide(a_situation(person)).template == "fresh_consent_once"


@pytest.mark.parametrize("word", ["paused", "disabled", "rejected", "pending"])
def test_a_closed_text_stops_its_step_and_says_so(word):
    decision = decided(Texts(closed={"new_email_first": word}))
    assert (decision.act, decision.template) == (Act.MESSAGE, "new_email_first")
    assert f"it waits, as WhatsApp has new_email_first {word}" in decision.reason


def test_what_the_policy_names_stands_in_for_a_closed_text_and_says_so():
    policy = a_policy(templates=SHORT)
    decision = decided(Texts(closed={"new_email_first": "paused"}), policy=policy)
    assert decision.template == "new_email_short"
    assert "new_email_short stands in for new_email_first" in decision.reason
    both = Texts(closed=dict.fromkeys(("new_email_first", "new_email_short"), "paused"))
    assert decided(both, policy=policy).template == "new_email_first"


def test_a_closed_special_text_gives_way_to_the_plain_one():
    closed = Texts(closed={"new_email_order": "rejected"})
    decision = decided(closed, order="Curso")
    assert (decision.template, decision.rule) == ("new_email_first", "whatsapp.consent")


def test_calls_take_the_place_of_a_text_that_stays_closed_but_not_where_another_stands_in():
    person = a_person(consents=(WHATSAPP_CONSENT,))
    case, late = a_case(started_on=date(2026, 11, 23)), MONDAY + timedelta(days=9)
    closed = Texts(closed={"new_email_first": "paused"})
    assert decide(a_situation(person, case=case, now=late, texts=closed)).act is Act.CALL
    kept = a_situation(person, case=case, now=late, texts=closed, policy=a_policy(templates=SHORT))
    assert decide(kept).template == "new_email_short"
