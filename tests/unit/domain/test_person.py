"""One person of several contacts: whose status decides, what works, which numbers come first."""

from datetime import timedelta
from itertools import permutations

import pytest

from recovery.domain.case import Channel
from recovery.domain.email_status import FAULTS, EmailStatus
from recovery.domain.person import Basis, Consent
from tests.builders import MONDAY, a_member, a_person

S = EmailStatus
GRAVEST_FIRST = [S.SPAM, S.FEEDBACK, S.LIST_UNSUBSCRIBE, S.ADMIN, S.MANUAL]


@pytest.mark.parametrize("refusal", GRAVEST_FIRST)
@pytest.mark.parametrize("own", [s for s in S if not s.is_refusal])
def test_one_persons_refusal_decides_over_every_other_status(own, refusal):
    person = a_person(own, others=(a_member(refusal, contact_id="7"),))
    assert person.status is refusal
    assert person.deciding.contact_id == "7"


@pytest.mark.parametrize("order", list(permutations(GRAVEST_FIRST[:3])))
def test_the_gravest_refusal_decides(order):
    members = tuple(a_member(s, contact_id=str(n)) for n, s in enumerate(order))
    assert a_person(S.MANUAL, others=members).status is S.SPAM


@pytest.mark.parametrize("other", [S.BOUNCE, S.NON_MARKETABLE, S.INVALID])
def test_without_a_refusal_the_cases_own_contact_decides(other):
    assert (
        a_person(S.HARD_BOUNCE, others=(a_member(other, contact_id="0"),)).status is S.HARD_BOUNCE
    )


@pytest.mark.parametrize("never", [S.NON_MARKETABLE, S.UNENGAGED_NON_MARKETABLE, S.NO_EMAIL])
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_never_opted_in_duplicate_does_not_stand_before_a_fault(never, fault):
    assert a_person(never, others=(a_member(fault, contact_id="2"),)).status is fault
    assert a_person(never).status is never


def test_one_unknown_status_makes_the_person_unknown():
    assert a_person(others=(a_member(S.UNKNOWN, contact_id="2"),)).has_unknown_status
    assert not a_person(others=(a_member(S.SPAM, contact_id="2"),)).has_unknown_status


def test_a_free_win_is_an_own_address_before_a_twins():
    assert a_person().free_win() is None
    assert a_person(others_deliverable=True).free_win() == "twin"
    other = a_member(contact_id="2", works="b@firm.example")
    assert a_person(others=(other,), others_deliverable=True).free_win() == "b@firm.example"


def test_consents_come_by_channel_and_newest_last():
    new, old, call = (
        Consent(channel, Basis.REP, MONDAY - timedelta(days=days))
        for channel, days in ((Channel.WHATSAPP, 1), (Channel.WHATSAPP, 9), (Channel.CALL, 5))
    )
    person = a_person(consents=(new, call, old))
    assert person.consents_to(Channel.WHATSAPP) == (old, new)
    assert person.consents_to(Channel.CALL) == (call,)
