"""Who may be deleted, and what counts as a change of the person."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from recovery.adapters.files.policy_file import load_policy
from recovery.domain.archive import content_hash
from recovery.domain.deletion import LastLook, Spared, Standing, why_spared
from recovery.domain.email_status import EmailStatus

POLICY = load_policy()
OPENED = datetime(2026, 10, 1, tzinfo=UTC)
STANDING = {"opened_at": OPENED}


def a_record(status="HARD_BOUNCE", **parts):
    return {
        "contact": {
            "id": "7",
            "given_name": "Ana",
            "email_addresses": [{"email": "Ana@example.com", "field": "EMAIL1"}],
            "tag_ids": ["1", "2"],
            "update_time": "2026-10-01T00:00:00Z",
        },
        "tags": [
            {"tag": {"id": "1", "name": "Customer"}, "applied_time": "2025-01-01T00:00:00Z"},
            {"tag": {"id": "2", "name": "Fair"}, "applied_time": "2025-02-01T00:00:00Z"},
        ],
        "notes": [{"id": "5", "title": "Call", "text": "asked for a price"}],
        "tasks": [],
        "orders": [],
        "subscriptions": [],
        "opportunities": [],
        "statuses": [{"email": "ana@example.com", "status": status}],
        **parts,
    }


def verdict(record=None, *, archived=None, policy=POLICY, twin=False, **standing):
    record = record or a_record()
    archived = archived or record
    look = LastLook(record, Standing(**STANDING, **standing), policy, content_hash(archived), twin)
    return why_spared(look)


def test_an_unrecovered_hard_bounce_may_go():
    assert verdict() is None


@pytest.mark.parametrize("status", list(EmailStatus))
def test_only_statuses_whose_rule_says_so_may_go(status):
    reason = verdict(a_record(status.value))
    if POLICY.rule(status).delete:
        assert reason is None
    elif status.is_deliverable:
        assert reason is Spared.STATUS_HEALED
    else:
        assert reason in (Spared.STATUS_KEPT, Spared.STATUS_UNKNOWN)


def test_soft_bounces_and_non_marketables_never_go():
    for status in ("BOUNCE", "NON_MARKETABLE", "UNENGAGED_NON_MARKETABLE"):
        assert verdict(a_record(status)) is Spared.STATUS_KEPT


def test_somebody_without_an_address_never_goes():
    record = a_record()
    record["contact"]["email_addresses"] = []
    assert verdict(record) is Spared.STATUS_KEPT


def test_who_has_another_address_that_works_stays():
    record = a_record()
    record["contact"]["email_addresses"].append({"email": "b@x.com", "field": "EMAIL2"})
    record["statuses"].append({"email": "b@x.com", "status": "CONFIRMED"})
    assert verdict(record) is Spared.OTHER_ADDRESS_WORKS


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ({"in_hold": False}, Spared.REOPENED),
        ({"recovered": True}, Spared.RECOVERED),
        ({"answered": True}, Spared.ANSWERED),
        ({"open_attempt": True}, Spared.OPEN_ATTEMPT),
        ({"in_doubt": True}, Spared.MESSAGE_IN_DOUBT),
        ({"open_call": True}, Spared.OPEN_CALL),
        ({"reached": False}, Spared.NEVER_REACHED),
        ({"twin_deliverable": True}, Spared.TWIN_IS_DELIVERABLE),
        ({"twin": True}, Spared.TWIN_IS_DELIVERABLE),
    ],
)
def test_what_we_know_of_a_person_can_spare_them(standing, reason):
    assert verdict(**standing) is reason


def test_who_was_never_reached_goes_only_if_the_policy_says_so():
    delete = POLICY.delete.model_copy(update={"never_called": True})
    assert verdict(policy=POLICY.model_copy(update={"delete": delete}), reached=False) is None


def test_who_opened_an_email_since_the_case_began_came_back():
    since = {"email": "ana@example.com", "status": "HARD_BOUNCE"}
    record = a_record(statuses=[{**since, "last_open_time": "2026-11-01T00:00:00Z"}])
    assert verdict(record) is Spared.CAME_BACK
    record = a_record(statuses=[{**since, "last_open_time": "2026-09-01T00:00:00+0000"}])
    assert verdict(record) is None


@pytest.mark.parametrize("name", ["VIP", " vip ", "No borrar", "NÃO APAGAR", "do not delete"])
def test_protected_tags_are_read_in_any_case(name):
    tags = [{"tag": {"id": "9", "name": name}, "applied_time": "2025-01-01T00:00:00Z"}]
    assert verdict(a_record(tags=tags)) is Spared.PROTECTED


@pytest.mark.parametrize(
    ("part", "rows", "reason"),
    [
        ("orders", [{"id": "1", "status": "SENT"}], Spared.OPEN_ORDER),
        ("orders", [{"id": "1", "status": "PAID", "total_due": {"amount": 3}}], Spared.OPEN_ORDER),
        ("orders", [{"id": "1"}], Spared.OPEN_ORDER),
        ("orders", [{"id": "1", "status": "PAID", "total_due": {"amount": 0}}], None),
        ("subscriptions", [{"id": "1", "active": True}], Spared.ACTIVE_SUBSCRIPTION),
        ("subscriptions", [{"id": "1"}], Spared.ACTIVE_SUBSCRIPTION),
        ("subscriptions", [{"id": "1", "active": False}], None),
        ("opportunities", [{"id": "1", "stage": {"name": "New"}}], Spared.OPEN_OPPORTUNITY),
        ("opportunities", [{"id": "1", "stage": {"name": "Closed lost"}}], None),
    ],
)
def test_open_business_spares(part, rows, reason):
    assert verdict(a_record(**{part: rows})) is reason


def _note(r):
    r["notes"][0]["text"] = "asked again"


def _new_task(r):
    r["tasks"].append({"id": "1", "title": "Ring her"})


def _tag(r):
    r["tags"].append({"tag": {"id": "3", "name": "New"}, "applied_time": "2026-11-01T00:00:00Z"})


def _name(r):
    r["contact"]["given_name"] = "Anna"


def _phone(r):
    r["contact"]["phone_numbers"] = [{"number": "55", "field": "PHONE1"}]


def _other_refusal(r):
    r["statuses"][0]["status"] = "MANUAL"


@pytest.mark.parametrize("change", [_note, _new_task, _tag, _name, _phone, _other_refusal])
def test_any_change_by_a_person_spares(change):
    changed = a_record()
    change(changed)
    assert verdict(changed, archived=a_record()) is Spared.CHANGED


def test_our_own_marks_and_the_order_of_lists_are_no_change():
    ours = a_record()
    ours["contact"]["update_time"] = "2026-11-20T00:00:00Z"
    ours["contact"]["tag_ids"] = ["8", "2", "1"]
    ours["contact"]["middle_name"] = None
    ours["tags"] = [
        {"tag": {"id": "8", "name": "Recovery: unrecovered"}, "applied_time": "2026-11-20"},
        *reversed(ours["tags"]),
    ]
    ours["notes"].insert(0, {"id": "6", "title": "[REC-3] not recovered", "text": "…"})
    ours["tasks"].append({"id": "7", "title": "[REC-3] call", "completed": True})
    ours["statuses"][0]["last_sent_time"] = "2026-11-20T00:00:00Z"
    assert verdict(ours, archived=a_record()) is None


def test_the_hash_is_of_the_record_not_of_the_object():
    record = a_record()
    before = deepcopy(record)
    assert content_hash(record) == content_hash(before)
    assert record == before
