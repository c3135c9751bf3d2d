"""Keap's statuses: three spellings on the wire, 14 numbers, and what is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.email_status import (
    DELIVERABLE,
    FAULTS,
    OPT_IN_WORKS,
    REFUSALS,
    UNDELIVERABLE,
    EmailStatus,
    parse_email_status,
)

S = EmailStatus
OURS = {S.NO_EMAIL, S.UNKNOWN, S.UNLISTED}

#: status, number, v1 and XML-RPC spelling, label on the wire, label in the guide
SPELLINGS = [
    (S.UNENGAGED_MARKETABLE, 1, "UnengagedMarketable", "Unengaged Marketable"),
    (S.SINGLE_OPT_IN, 2, "SingleOptIn", "Unconfirmed"),
    (S.DOUBLE_OPT_IN, 3, "DoubleOptin", "Confirmed (Legacy)"),
    (S.CONFIRMED, 4, "Confirmed", "Confirmed"),
    (S.UNENGAGED_NON_MARKETABLE, 5, "UnengagedNonMarketable", "Unengaged NonMarketable"),
    (S.NON_MARKETABLE, 5, "NonMarketable", "Non-marketable"),
    (S.LOCKDOWN, 6, "Lockdown", "Lockdown"),
    (S.BOUNCE, 7, "Bounce", "Soft Bounce"),
    (S.HARD_BOUNCE, 8, "HardBounce", "Hard Bounce"),
    (S.DEACTIVATED, 8, "Deactivated", "Deactivated/Delinquent Mailbox"),
    (S.MANUAL, 9, "Manual", "Opt-Out"),
    (S.ADMIN, 10, "Admin", "Opt-Out: Admin"),
    (S.LIST_UNSUBSCRIBE, 11, "ListUnsubscribe", "List Unsubscribe"),
    (S.FEEDBACK, 12, "Feedback", "Provided Feedback"),
    (S.SPAM, 13, "Spam", "Reported Spam"),
    (S.INVALID, 14, "Invalid", "Invalid Email"),
    (S.SYSTEM, 14, "System", "Opt-Out: System"),
]


@pytest.mark.parametrize(("status", "number", "old", "label"), SPELLINGS)
def test_a_status_is_read_in_all_three_spellings(status, number, old, label):
    for spelling in (status.value, old, label):
        for typed in (spelling, spelling.lower(), spelling.upper(), f" {spelling} "):
            assert parse_email_status(typed) is status, typed
    assert status.number == number


def test_all_17_statuses_of_the_api_are_known_and_no_other():
    assert {status for status, *_ in SPELLINGS} == set(S) - OURS
    assert len(SPELLINGS) == 17
    assert {status.number for status, *_ in SPELLINGS} == set(range(1, 15))


@pytest.mark.parametrize(
    ("newer", "status"),
    [
        ("Unsubscribed", S.MANUAL),
        ("Opt-Out: Manual", S.MANUAL),
        ("Unsubscribed (Opt-Out: Manual)", S.MANUAL),
        ("Unsubscribed (Admin opt-out)", S.ADMIN),
        ("Confirmed (double opt-in)", S.CONFIRMED),
        ("Unconfirmed (single opt-in)", S.SINGLE_OPT_IN),
    ],
)
def test_the_newer_screens_names_are_read_too(newer, status):
    assert parse_email_status(newer) is status


@pytest.mark.parametrize("raw", [None, "", 7, True, [], "Hard", "NO_EMAIL", "UNLISTED", "BOUNCES"])
def test_what_is_not_known_is_unknown_and_no_error(raw):
    assert parse_email_status(raw) is S.UNKNOWN


@given(st.text() | st.integers() | st.none())
def test_reading_a_status_never_fails(raw):
    assert isinstance(parse_email_status(raw), S)


def test_the_groups_are_those_of_the_table():
    assert {s.number for s in DELIVERABLE} == {1, 2, 3, 4}
    assert {s.number for s in REFUSALS} == {9, 10, 11, 12, 13}
    assert {s.number for s in FAULTS} == {6, 7, 8, 14}
    assert set(UNDELIVERABLE) == set(S) - DELIVERABLE - OURS
    assert {S.MANUAL, S.NON_MARKETABLE} < OPT_IN_WORKS
    assert not OPT_IN_WORKS & {S.ADMIN, S.SPAM, S.FEEDBACK, S.LIST_UNSUBSCRIBE, *FAULTS}


@pytest.mark.parametrize("status", list(S))
def test_a_status_belongs_to_one_group_and_says_so(status):
    assert status.is_deliverable is (status in DELIVERABLE)
    assert status.is_refusal is (status in REFUSALS)
    assert status.matters is (status not in DELIVERABLE and status is not S.UNLISTED)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_every_status_has_a_label_in_every_language(status, language):
    assert status.label(language).strip()


def test_labels_are_those_of_the_guide_and_tell_statuses_apart():
    assert S.ADMIN.label() == "Opt-Out: Admin"
    assert S.MANUAL.label("es") == "Baja voluntaria"
    for language in ("es", "pt", "en"):
        labels = [status.label(language) for status in S]
        assert len(set(labels)) == len(labels)
