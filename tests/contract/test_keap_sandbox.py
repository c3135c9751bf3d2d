"""The sandbox's Keap answers as Keap's own file promises, and behaves as its pages describe."""

from datetime import timedelta

import pytest

from recovery.sandbox.keap.account import STATUSES
from tests.contract.keap_world import FILE, create, pages
from tests.contract.openapi import spec
from tests.sandbox_server import MONDAY


def test_every_operation_of_the_file_is_served(shared):
    for path, methods in spec(FILE)["paths"].items():
        for method in methods:
            url = path.removeprefix("/rest/v2").replace("{", "").replace("}", "")
            answer = shared.raw(method.upper(), url, {} if method != "get" else None)
            assert "No such endpoint" not in answer.text, (method, path)
            assert answer.status_code != 405, (method, path)


def test_every_list_and_record_is_valid_by_the_file(shared):
    fields = "id,given_name,family_name,email_addresses,phone_numbers,addresses,custom_fields,"
    fields += "tag_ids,company,owner_id,score_value,time_zone,preferred_locale,create_time"
    assert len(shared.get("/contacts", page_size=1000, fields=fields)["contacts"]) == 400
    for path in ("emailAddresses", "notes", "tasks", "tags", "tags/categories", "orders",
                 "subscriptions", "opportunities", "reporting/reports", "campaigns",
                 "campaigns/1/sequences", "tags/101/contacts"):  # fmt: skip
        content = shared.get(f"/{path}", page_size=1000)
        assert next(iter(content.values())), path
    for path in ("users", "automations", "users/1", "contacts/model", "tasks/model",
                 "oauth/connect/userinfo", "businessProfile", "reporting/reports/11/model",
                 "settings/applications:getConfiguration",
                 "settings/applications:isEnabled"):  # fmt: skip
        assert shared.get(f"/{path}")
    assert shared("POST", "/reporting/reports/11:run", page_size=5)["page_token"]


def test_pages_together_hold_each_address_once(shared):
    all_at_once = shared.get("/emailAddresses", page_size=1000, order_by="email asc")
    paged = pages(shared, "/emailAddresses", "email_addresses", page_size=37)
    assert paged == all_at_once["email_addresses"]
    emails = [row["email"] for row in paged]
    assert sorted(emails, key=str.casefold) == emails


def test_addresses_are_found_by_status_by_set_and_by_opt_in(shared):
    found = shared.get("/emailAddresses", filter="statuses==BOUNCE,SPAM", page_size=1000)
    assert {row["status"] for row in found["email_addresses"]} == {"BOUNCE", "SPAM"}
    two = [row["email"] for row in found["email_addresses"][:2]]
    asked = shared.get("/emailAddresses", filter=f"emails=={','.join(two)}")
    assert {row["email"] for row in asked["email_addresses"]} == set(two)
    outs = shared.get("/emailAddresses", filter="opted_in==false;statuses==BOUNCE,CONFIRMED")
    assert {row["status"] for row in outs["email_addresses"]} == {"BOUNCE"}


def test_a_sweep_by_id_sees_every_contact_once_in_order(shared):
    seen, last = [], "0"
    while rows := shared.get(
        "/contacts", filter=f"contact_id>{last}", order_by="id asc", page_size=150, fields="id"
    )["contacts"]:
        seen += [row["id"] for row in rows]
        last = rows[-1]["id"]
    assert seen == sorted(shared.sandbox.world.contacts, key=int)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/contacts", {"page_size": 1001}),
        ("/contacts", {"filter": "nonsense==1"}),
        ("/contacts", {"filter": "no operator"}),
        ("/contacts", {"fields": "id,shoe_size"}),
        ("/contacts", {"order_by": "shoe_size asc"}),
        ("/contacts", {"page_token": "not-a-token"}),
        ("/contacts", {"filter": "start_update_time==2026-01-01"}),
        ("/users", {"page_size": 101}),
        ("/automations", {"page_size": 26}),
        ("/emailAddresses", {"filter": "statuses==SOFT_BOUNCE"}),
    ],
)
def test_what_keap_refuses_is_refused(shared, path, params):
    assert shared("GET", path, expect=400, **params)["code"] == 400


def test_contacts_are_found_by_any_of_their_addresses_and_by_fields(keap):
    made = create(keap, "a@example.com", given_name="Zoraida", addresses=[
        {"field": "BILLING", "locality": "Cali", "country_code": "COL"}])  # fmt: skip
    keap("PATCH", f"/contacts/{made['id']}", {"email_addresses": [
        {"email": "a@example.com", "field": "EMAIL1"}, {"email": "b@example.com"}]})  # fmt: skip
    conditions = ("email==B@example.com", "given_name==Zor*", "city==Cal*;given_name==zoraida",
                  f"ids=={made['id']}", "billing_address_country_code==COL;email==a@*")  # fmt: skip
    for condition in conditions:
        found = keap.get("/contacts", filter=condition, fields="id")["contacts"]
        assert {"id": made["id"]} in found, condition


def test_only_listed_fields_are_answered(keap):
    made = create(keap, given_name="Ana", job_title="CEO")
    row = keap.get(f"/contacts/{made['id']}", fields="id,job_title")
    assert row == {"id": made["id"], "job_title": "CEO"}


@pytest.mark.parametrize("status", STATUSES)
def test_an_opt_in_moves_four_statuses_and_no_other(shared, status):
    movable = {"UNENGAGED_MARKETABLE", "UNENGAGED_NON_MARKETABLE", "NON_MARKETABLE"}
    email, _ = shared.address_in(status)
    allowed = {"SINGLE_OPT_IN"} if status in movable else {status}
    if status == "MANUAL":
        allowed.add("SINGLE_OPT_IN")
    assert shared.opt(email, to=True) in allowed


def test_most_opted_out_can_be_opted_in_again_and_some_silently_stay(keap):
    rows = keap.get("/emailAddresses", filter="statuses==MANUAL", page_size=1000)
    after = [keap.opt(row["email"], to=True) for row in rows["email_addresses"]]
    assert 0 < after.count("MANUAL") < after.count("SINGLE_OPT_IN")


def test_an_opt_out_ends_marketing_for_everybody_who_has_the_address(keap):
    first, second = create(keap, "both@example.com"), create(keap, "Both@example.com")
    keap.opt("both@example.com", to=True)
    keap.opt("both@example.com", to=False)
    for contact in (first, second):
        shown = keap.get(f"/contacts/{contact['id']}", fields="email_addresses")
        assert shown["email_addresses"][0]["email_opt_status"] == "ADMIN"
        assert shown["email_addresses"][0]["is_opt_in"] is False


def test_a_status_needs_reason_and_flag_and_a_known_address(keap):
    email, _ = keap.address_in("BOUNCE")
    keap("PATCH", f"/emailAddresses/{email}/status", {"opted_in": True}, expect=400)
    keap("GET", "/emailAddresses/nobody@example.com/status", expect=404)


def test_an_address_with_odd_letters_is_reached_by_its_quoted_path(keap):
    create(keap, "a/b+c?d#e@example.com")
    assert keap.status_of("a/b+c?d#e@example.com") == "NON_MARKETABLE"


def test_a_new_address_is_marketable_only_with_a_reason(keap):
    create(keap, "no@example.com")
    emails = [{"email": "yes@example.com", "opt_in_reason": "said so"}]
    keap("POST", "/contacts", {"email_addresses": emails}, expect=201)
    assert keap.status_of("no@example.com") == "NON_MARKETABLE"
    assert keap.status_of("yes@example.com") == "SINGLE_OPT_IN"


def test_a_reason_does_not_revive_a_dead_address(keap):
    email, _ = keap.address_in("HARD_BOUNCE")
    emails = [{"email": email, "opt_in_reason": "said so"}]
    keap("POST", "/contacts", {"email_addresses": emails}, expect=201)
    assert keap.status_of(email) == "HARD_BOUNCE"


def test_a_few_new_addresses_bounce_within_thirty_days(keap):
    emails = [f"fresh{n}@example.com" for n in range(120)]
    for email in emails:
        body = {"email_addresses": [{"email": email, "opt_in_reason": "said so"}]}
        keap("POST", "/contacts", body, expect=201)
    keap.sandbox.move(MONDAY + timedelta(days=30))
    dead = [email for email in emails if keap.status_of(email) == "HARD_BOUNCE"]
    assert 0 < len(dead) < 30


def test_arrays_are_replaced_whole_and_the_rest_stays(keap):
    phones = [{"number": "+5511960000000", "field": "PHONE1"}, {"number": "1", "field": "PHONE2"}]
    made = create(keap, given_name="Ana", phone_numbers=phones)
    body = {"phone_numbers": [{"number": "2", "field": "PHONE1"}], "given_name": "Eva"}
    keap("PATCH", f"/contacts/{made['id']}", body, update_mask=["phone_numbers"])
    now = keap.get(f"/contacts/{made['id']}", fields="given_name,phone_numbers,email_addresses")
    assert now["given_name"] == "Ana"
    assert [phone["number"] for phone in now["phone_numbers"]] == ["2"]
    assert len(now["email_addresses"]) == 1


def test_a_masked_field_without_a_value_is_emptied_and_an_unknown_mask_refused(keap):
    made = create(keap, given_name="Ana", job_title="CEO")
    path = f"/contacts/{made['id']}"
    keap("PATCH", path, {}, update_mask=["job_title"])
    assert "job_title" not in keap.get(path, fields="job_title,given_name")
    keap("PATCH", path, {}, update_mask=["job_title,given_name"], expect=400)


def test_a_change_moves_update_time_and_a_status_does_not(keap):
    made = create(keap)
    keap.sandbox.move(MONDAY + timedelta(hours=2))
    keap.opt("new@example.com", to=True)
    before = keap.get(f"/contacts/{made['id']}", fields="update_time")["update_time"]
    assert before == made["update_time"]
    keap("PATCH", f"/contacts/{made['id']}", {"given_name": "Eva"})
    since = (MONDAY + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = keap.get("/contacts", filter=f"start_update_time=={since}", fields="id")
    assert found["contacts"] == [{"id": made["id"]}]


def test_a_repeated_post_makes_a_second_contact_unless_told_otherwise(keap):
    first, second = create(keap), create(keap)
    assert first["id"] != second["id"]
    body = {"email_addresses": [{"email": "new@example.com"}], "given_name": "Eva"}
    again = keap("POST", "/contacts", body, duplicate_option="Email")
    assert again["id"] == first["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"given_name": "Ana"},
        {"email_addresses": [{"email": "nonsense"}]},
        {"phone_numbers": [{"number": "1" * 41}]},
        {"phone_numbers": [{"number": "1" * 21, "field": "PHONE5"}]},
        {"phone_numbers": [{"number": "1"}], "given_name": "x" * 41},
        {"addresses": [{"region": "Jalisco"}]},
        {"phone_numbers": [{"number": "1"}], "custom_fields": [{"id": "9", "content": 1}]},
    ],
)
def test_a_contact_that_keap_would_refuse_is_refused(shared, body):
    shared("POST", "/contacts", body, expect=400)


def test_a_deleted_contact_is_gone_with_its_records_but_its_address_keeps_its_status(keap):
    email, contact_id = keap.address_in("HARD_BOUNCE")
    note = keap("POST", f"/contacts/{contact_id}/notes", {"user_id": "1", "title": "t"}, expect=201)
    keap("DELETE", f"/contacts/{contact_id}", expect=204)
    keap("DELETE", f"/contacts/{contact_id}", expect=404)
    keap("GET", f"/contacts/{contact_id}", expect=404)
    assert note["id"] not in {row["id"] for row in pages(keap, "/notes", "notes", page_size=500)}
    assert keap.status_of(email) == "HARD_BOUNCE"
    deletion = keap.sandbox.ledger("keap.contact_deleted")[0]
    assert deletion["id"] == contact_id
    assert deletion["contact"]["email_addresses"][0]["email"] == email


def test_a_merge_keeps_notes_tags_and_missing_fields(keap):
    kept, gone = create(keap, "k@example.com"), create(keap, "g@example.com", job_title="CEO")
    keap("POST", f"/contacts/{gone['id']}/notes", {"user_id": "1", "title": "t"}, expect=201)
    keap("POST", "/tags/103/contacts:applyTags", {"contact_ids": [gone["id"]]})
    body = {"contact_id": kept["id"], "duplicate_contact_id": gone["id"]}
    merged = keap("POST", "/contacts:merge", body, fields="job_title,tag_ids")
    assert merged == {"id": kept["id"], "job_title": "CEO", "tag_ids": ["103"]}
    assert len(keap.get(f"/contacts/{kept['id']}/notes")["notes"]) == 1
    keap("GET", f"/contacts/{gone['id']}", expect=404)


def test_notes_are_found_by_the_beginning_of_their_title(keap):
    made = create(keap)
    path = f"/contacts/{made['id']}/notes"
    note = keap("POST", path, {"user_id": "1", "title": "[REC-1] x", "text": "é"}, expect=201)
    keap("POST", path, {"user_id": "1", "title": "other"}, expect=201)
    found = keap.get("/notes", filter=f"title==[REC-1]*;contact_id=={made['id']}")["notes"]
    assert [row["id"] for row in found] == [note["id"]]
    assert keap("GET", f"{path}/{note['id']}")["assigned_to_user"]["id"] == "1"
    keap("PATCH", f"{path}/{note['id']}", {"user_id": "1", "text": "z"}, update_mask=["text"])
    assert keap("GET", f"{path}/{note['id']}")["text"] == "z"
    keap("DELETE", f"{path}/{note['id']}", expect=204)
    keap("GET", f"{path}/{note['id']}", expect=404)
    keap("POST", path, {"user_id": "77", "title": "t"}, expect=400)


def test_a_task_is_redated_completed_and_found(keap):
    made = create(keap)
    body = {"assigned_to_user_id": "3", "title": "[REC-2] Call", "contact_id": made["id"]}
    body |= {"due_time": "2026-11-24T15:00:00.000Z", "type": "CALL", "remind_time_mins": 15}
    task = keap("POST", "/tasks", body, expect=201)
    path = f"/tasks/{task['id']}"
    later = {"due_time": "2026-11-26T15:00:00.000Z"}
    assert keap("PATCH", path, later, update_mask=["due_time"])["title"] == "[REC-2] Call"
    done = keap("PATCH", path, {"completed": True}, update_mask=["completed"])
    assert done["completion_time"]
    for condition in (f"task_ids=={task['id']}", f"contact_id=={made['id']};is_completed==true",
                      "title==[REC-2]*"):  # fmt: skip
        assert keap.get("/tasks", filter=condition)["tasks"] == [done]
    keap("DELETE", path, expect=204)
    keap("GET", path, expect=404)


def test_a_tag_is_applied_to_many_and_tells_when(keap):
    tag = keap("POST", "/tags", {"name": "Recovered", "category": {"id": "10"}}, expect=201)
    keap("POST", "/tags", {"name": "recovered"}, expect=409)
    ids = list(keap.sandbox.world.contacts)[:3]
    path = f"/tags/{tag['id']}/contacts"
    results = keap("POST", f"{path}:applyTags", {"contact_ids": [*ids, "999999"]})["results"]
    assert [results[number] for number in ids] == ["SUCCESS"] * 3
    assert results["999999"] == "CONTACT_DOES_NOT_EXIST"
    mine = keap.get(f"/contacts/{ids[0]}/tags", filter="name==Recovered")["tags"]
    assert mine[0]["applied_time"].startswith("2026-11-23T09:00")
    keap("POST", f"{path}:removeTags", {"contact_ids": ids[:1]}, expect=204)
    assert {row["id"] for row in keap.get(path)["contacts"]} == set(ids[1:])


def test_a_goal_and_a_sequence_answer_for_each_contact(keap):
    contact_id = next(iter(keap.sandbox.world.contacts))
    goal = {"integration": "recovery", "call_name": "recovered", "contact_id": int(contact_id)}
    assert keap("POST", "/automations/goals/achieve", goal)["results"][0]["success"]
    body = {"contact_ids": [contact_id, "999999"]}
    added = keap("POST", "/automations/1/sequences/5:addContacts", body)
    assert added["add_to_automation_sequence_results"]["999999"] == "CONTACT_DOES_NOT_EXIST"
    assert len(keap.sandbox.ledger("keap.goal_achieved")) == 1
