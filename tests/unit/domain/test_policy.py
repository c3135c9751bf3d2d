"""The policy: the shipped table row by row, files that hold only what differs, clear errors."""

import re
from dataclasses import dataclass
from importlib import resources

import pytest

from recovery.adapters.files.policy_file import load_policy
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Goal, Open, Policy, PolicyError, WhatsAppRule
from tests.builders import CAREFUL, GUIDE, a_policy

S, G = EmailStatus, Goal
CALM, KEEN = (2, 5, 9), (2, 3, 5, 8, 12, 16)
NEVER, OWN, CONSENT = WhatsAppRule.NEVER, WhatsAppRule.OWN_CONSENT, WhatsAppRule.CONSENT


@dataclass(frozen=True)
class Row:
    """One row of the table in DESIGN §4."""

    statuses: tuple[EmailStatus, ...]
    goal: Goal
    open: Open = Open.AUTO
    whatsapp: WhatsAppRule = NEVER
    messages: int = 0
    days: tuple[int, ...] = ()
    after_days: int = 0
    delete: bool = False


NOT_MARKETABLE = (S.NON_MARKETABLE, S.UNENGAGED_NON_MARKETABLE, S.NO_EMAIL)
GONE, SYSTEM, REFUSED = (S.HARD_BOUNCE, S.DEACTIVATED), (S.SYSTEM,), (S.MANUAL, S.ADMIN)
CAREFUL_TABLE = [
    Row(NOT_MARKETABLE, G.LIST_CONSENT, open=Open.ON_REQUEST, days=(2, 5)),
    Row((S.LOCKDOWN,), G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=CALM, delete=True),
    Row((S.BOUNCE,), G.ADDRESS_WORKS, whatsapp=CONSENT, messages=2, days=CALM, after_days=14),
    Row(GONE, G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=CALM, delete=True),
    Row(REFUSED, G.FRESH_CONSENT, whatsapp=OWN, messages=1, days=(2, 5), delete=True),
    Row((S.LIST_UNSUBSCRIBE,), G.FRESH_CONSENT, Open.AUTO, OWN, 1, (2, 5), delete=True),
    Row((S.FEEDBACK, S.SPAM), G.COMPLAINT, days=(2,), delete=True),
    Row((S.INVALID,), G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=CALM, delete=True),
    Row(SYSTEM, G.OTHER_EMAIL, whatsapp=CONSENT, messages=2, days=CALM, delete=True),
]
GUIDE_TABLE = [
    Row(NOT_MARKETABLE, G.LIST_CONSENT, open=Open.ON_REQUEST, days=(2, 5)),
    Row((S.LOCKDOWN,), G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=KEEN, delete=True),
    Row((S.BOUNCE,), G.ADDRESS_WORKS, whatsapp=CONSENT, messages=2, days=KEEN),
    Row(GONE, G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=KEEN, delete=True),
    Row(REFUSED, G.FRESH_CONSENT, whatsapp=OWN, messages=1, days=KEEN, delete=True),
    Row((S.LIST_UNSUBSCRIBE,), G.FRESH_CONSENT, Open.AUTO, OWN, 1, KEEN, delete=True),
    Row((S.FEEDBACK, S.SPAM), G.COMPLAINT, days=KEEN, delete=True),
    Row((S.INVALID,), G.NEW_EMAIL, whatsapp=CONSENT, messages=2, days=KEEN, delete=True),
    Row(SYSTEM, G.OTHER_EMAIL, whatsapp=CONSENT, messages=2, days=KEEN, delete=True),
]


def _holds(policy: Policy, row: Row) -> None:
    for status in row.statuses:
        rule = policy.rule(status)
        shown = Row(
            row.statuses,
            policy.goal(status),
            rule.open,
            rule.whatsapp,
            rule.messages,
            policy.call_days(rule),
            rule.after_days,
            rule.delete,
        )
        assert shown == row, status
        assert rule.calls == len(row.days)


@pytest.mark.parametrize("row", CAREFUL_TABLE, ids=lambda row: row.statuses[0].value)
def test_the_shipped_policy_is_the_table(row):
    _holds(load_policy(), row)


@pytest.mark.parametrize("row", GUIDE_TABLE, ids=lambda row: row.statuses[0].value)
def test_one_line_makes_it_the_guides(row):
    _holds(GUIDE, row)


@pytest.mark.parametrize("policy", [CAREFUL, GUIDE], ids=["careful", "guide"])
def test_every_status_of_5_to_14_has_a_row_and_no_other_opens_a_case(policy):
    table = {status for row in CAREFUL_TABLE for status in row.statuses}
    assert set(policy.statuses) == table
    assert {s.number for s in table} == set(range(5, 15))
    for status in set(S) - table:
        rule = policy.rule(status)
        assert (rule.open, rule.whatsapp, rule.calls, rule.delete) == (Open.NEVER, NEVER, 0, False)


def test_what_holds_for_all_statuses_is_shipped_as_designed():
    p = CAREFUL
    assert (p.hold_days, p.free_win_days, p.answer_hours, p.lapse_days) == (14, 14, 48, 5)
    assert (p.message_gap_days, p.registry, p.default_region, p.confirm_url) == (5, "warn", "", "")
    assert p.consent.tags == ("WhatsApp opt-in",)
    assert (p.delete.never_called, p.approval.second_person, p.approval.second_factor) == (
        False,
        True,
        True,
    )
    assert p.intake is None
    assert (p.caps.calls_per_number_day, p.caps.contacts_per_person) == (1, 4)
    hours = [p.hours.weekdays, p.hours.saturday, p.hours.sunday]
    assert [h and f"{h.opens:%H:%M}-{h.closes:%H:%M}" for h in hours] == [
        "09:00-19:00",
        "09:00-13:00",
        None,
    ]


def test_lockdown_wants_a_confirmation_where_the_firm_has_a_form():
    assert CAREFUL.goal(S.LOCKDOWN) is G.NEW_EMAIL
    assert a_policy(confirm_url="https://firm.example/join").goal(S.LOCKDOWN) is G.CONFIRM_LINK


def test_a_status_is_changed_in_one_line_and_the_rest_stays():
    policy = a_policy(opt_out={"open": "auto", "whatsapp": "own_consent", "calls": 1})
    assert policy.call_days(policy.rule(S.MANUAL)) == (2,)
    assert policy.rule(S.MANUAL).delete is True
    assert policy.rule(S.ADMIN).calls == 2
    assert policy.rule(S.HARD_BOUNCE) == CAREFUL.rule(S.HARD_BOUNCE)


@pytest.mark.parametrize("key", ["hard_bounce", "HARD_BOUNCE", "HardBounce", "Hard Bounce"])
def test_a_status_may_be_written_in_any_spelling_and_rules_its_like(key):
    policy = a_policy(**{key: {"calls": 1}})
    assert policy.rule(S.HARD_BOUNCE).calls == policy.rule(S.DEACTIVATED).calls == 1
    apart = a_policy(**{key: {"calls": 1}, "deactivated": {"calls": 2}})
    assert (apart.rule(S.HARD_BOUNCE).calls, apart.rule(S.DEACTIVATED).calls) == (1, 2)


def test_more_calls_than_the_careful_days_take_the_persistent_ones():
    policy = a_policy(hard_bounce={"calls": 5})
    assert policy.call_days(policy.rule(S.HARD_BOUNCE)) == (2, 3, 5, 8, 12)
    fewer = a_policy(hard_bounce={"calls": 2, "cadence": "persistent"})
    assert fewer.call_days(fewer.rule(S.HARD_BOUNCE)) == (2, 3)


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ({"hold_day": 3}, "hold_day: there is no such key; did you mean hold_days?"),
        ({"hold_days": -1}, "hold_days"),
        ({"hold_days": "long"}, "hold_days"),
        ({"profile": "bold"}, 'profile: must be "careful" or "guide"'),
        ({"hard_bounce": {"whatsap": "never"}}, "hard_bounce.whatsap: there is no such key"),
        ({"hard_bounce": {"calls": 7}}, "hard_bounce.calls"),
        ({"hard_bounce": "auto"}, "hard_bounce: must be a line such as"),
        ({"opt_out": {"whatsapp": "always"}}, "opt_out.whatsapp"),
        ({"soft_bounce": {"delete": True}}, "soft_bounce.delete: people in this status are never"),
        ({"no_email": {"delete": True}}, "no_email.delete"),
        ({"hard_bonce": {"calls": 1}}, "did you mean hard_bounce?"),
        (
            {"statuses": {"hard_bounce": {"open": "never"}}},
            "write its lines at the top of the file",
        ),
        ({"hours": {"weekdays": "9 to 5"}}, "hours.weekdays"),
        ({"hours": {"weekdays": "19:00-09:00"}}, "hours.weekdays"),
        ({"hours": {"weekdays": ""}}, 'hours.weekdays: write it as "09:00-19:00"'),
        ({"tags": {"relationship": ""}}, "tags.relationship: must be a name in quotes"),
        ({"tags": {"engaged": "Won", "recovered": "won "}}, "tags: give each outcome a tag"),
        ({"cadence": {"careful": [5, 2]}}, "cadence.careful: must be rising"),
        ({"cadence": {"careful": [2], "persistent": [2, 3]}}, "calls need as many days"),
        ({"default_region": "Mexico"}, "default_region"),
        ({"default_zone": "Mexico"}, "default_zone"),
        ({"confirm_url": "firm.example"}, "confirm_url: must begin with https://"),
        ({"confirm_url": "https://"}, "confirm_url: must be a whole web address"),
        ({"confirm_url": "https://firm.example/a b"}, "confirm_url: must be a whole web address"),
        ({"confirm_url": "https://firm.example/a\n"}, "confirm_url: must be a whole web address"),
        ({"delete": {"max_share": 2}}, "delete.max_share"),
        ({"intake": {"reps": 2}}, "intake.calls_per_rep_day"),
        ({"registry": "ask"}, "registry"),
    ],
)
def test_a_wrong_line_is_named_by_its_key(own, named):
    with pytest.raises(PolicyError) as error:
        a_policy(**own)
    assert named in str(error.value)


def test_the_version_changes_with_any_rule_and_with_nothing_else():
    assert a_policy().version == CAREFUL.version == load_policy().version
    versions = {
        p.version for p in (CAREFUL, GUIDE, a_policy(hold_days=15), a_policy(opt_out={"calls": 1}))
    }
    assert len(versions) == 4
    assert all(len(version) == 8 for version in versions)


def test_a_policy_is_not_changed_after_it_was_made():
    with pytest.raises(ValueError, match="frozen"):
        CAREFUL.hold_days = 0


@pytest.mark.parametrize("key", ["non_marketable", "provided_feedback", "reported_spam"])
def test_a_message_nobody_wrote_a_text_for_is_refused_with_its_key(key):
    with pytest.raises(PolicyError, match=rf"{key}\.messages: there is no template"):
        a_policy(**{key: {"whatsapp": "consent", "messages": 1}})


def test_a_link_that_fits_no_message_is_refused():
    fits = "https://firm.example/" + "a" * 229
    assert a_policy(confirm_url=fits).confirm_url == fits
    with pytest.raises(PolicyError, match="confirm_url: must be at most 250 characters"):
        a_policy(confirm_url=fits + "a")


@pytest.mark.parametrize("key", sorted({*Policy.model_fields, "no_email"} - {"statuses"}))
def test_the_shipped_file_tells_of_every_key(key):
    text = (resources.files("recovery") / "data" / "policy.toml").read_text("utf-8")
    assert re.search(rf"\b{key}\b", text)
