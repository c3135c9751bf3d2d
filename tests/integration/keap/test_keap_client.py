"""What a client of Keap's reads and writes, and what it makes of odd answers."""

import logging
import threading
from datetime import UTC, datetime

import pytest

from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.errors import ContractBroken, PermanentFailure, Unsupported
from recovery.services.ports import DoneTask, Order
from tests.keap_double import ANA, NOW, V2_ERROR, Says, a_client


@pytest.mark.parametrize("status", [400, 404, 405, 501])
def test_a_missing_status_list_is_unsupported_and_not_asked_again(keap, client, status):
    keap.say(Says(status, V2_ERROR))
    for _ in range(2):
        with pytest.raises(Unsupported):
            client.status_page([EmailStatus.BOUNCE])
    assert len(keap.asked) == 1


def test_an_address_that_keap_has_no_more_needs_no_opt_out(keap, client):
    keap.say(Says(404, V2_ERROR))
    assert client.opt_out("gone@example.com", reason="r") is EmailStatus.UNLISTED


def test_a_goal_that_keap_does_not_know_ends_no_other(keap, client):
    keap.say(Says(404, V2_ERROR), Says(200, {"results": [{"success": True}]}))
    with pytest.raises(PermanentFailure):
        client.achieve_goal(ANA, integration="recovery", call_name="no such goal")
    client.achieve_goal(ANA, integration="recovery", call_name="recovered")
    assert len(keap.asked) == 2


def test_without_the_status_list_addresses_are_asked_one_by_one(keap, client):
    row = {"email": "A@example.com", "status": "Hard Bounce"}
    keap.say(Says(404), Says(200, row), Says(404))
    found = client.statuses_of(["a@example.com", "gone@example.com"])
    assert {email: row.status for email, row in found.items()} == {
        "a@example.com": EmailStatus.HARD_BOUNCE
    }


def test_an_address_no_filter_can_hold_goes_by_its_path(keap, client):
    odd = "a,b/c+d@example.com"
    keap.say(Says(200, {"email": odd, "status": "SPAM"}))
    assert client.statuses_of([odd])[odd].status is EmailStatus.SPAM
    assert keap.asked[0].path.endswith("/emailAddresses/a%2Cb%2Fc%2Bd%40example.com/status")


def test_a_plus_in_a_filter_arrives_as_a_plus_and_a_blank_as_a_blank(keap, client):
    client.contacts_with_email("a+b@example.com")
    assert keap.asked[0].filter == "email==a+b@example.com"
    assert "+" not in keap.asked[0].raw_query
    assert dict(keap.asked[0].query)["order_by"] == "id asc"


@pytest.mark.parametrize("end", [{}, {"next_page_token": None}, {"next_page_token": ""}])
def test_pages_end_without_a_token(keap, client, end):
    user = {"id": "1", "status": "ACTIVE"}
    keap.say(
        Says(200, {"users": [user], "next_page_token": "t"}), Says(200, {"users": [user]} | end)
    )
    assert len(client.users()) == 2
    assert ("page_token", "t") in keap.asked[1].query


def test_a_token_that_comes_again_breaks_the_contract(keap, client):
    keap.always = lambda _: Says(200, {"users": [], "next_page_token": "t"})
    with pytest.raises(ContractBroken):
        client.users()
    assert len(keap.asked) == 2


def test_the_sweep_goes_by_id_and_can_be_narrowed_to_changes(keap, client):
    keap.say(Says(200, {"contacts": [{"id": "9"}, {"id": 10}, {"id": None}]}))
    page = client.contacts_after("8", changed_since=NOW)
    assert (page.last_id, page.is_last, page.broken, len(page.contacts)) == ("10", True, 1, 2)
    assert keap.asked[0].filter == "contact_id>8;start_update_time==2026-11-23T09:00:30.000Z"
    assert "email_addresses" in dict(keap.asked[0].query)["fields"]


def test_half_an_emoji_or_a_nul_in_a_name_spoils_neither_page_nor_whole_emoji(keap, client):
    names = ["Ana \ud83d", "Bruno\x00", "Sofía 🌻"]
    keap.say(Says(200, {"contacts": [{"id": n, "given_name": x} for n, x in enumerate(names, 9)]}))
    read = [contact.given_name for contact in client.contacts_after("8").contacts]
    assert read == ["Ana �", "Bruno�", "Sofía 🌻"]
    assert all(name.encode() and "\x00" not in name for name in read)


def test_a_full_page_or_one_with_a_token_is_not_the_last(keap, client):
    full = [{"id": str(n)} for n in range(1, 1001)]
    keap.say(
        Says(200, {"contacts": full}),
        Says(200, {"contacts": full[:10], "next_page_token": "x"}),
        Says(200, {}),
    )
    assert [client.contacts_after("0").is_last for _ in range(3)] == [False, False, True]


def test_a_full_page_without_a_token_is_the_last_of_a_list_that_gave_one(keap, client):
    first, second = ([{"id": str(n + m)} for n in range(1000)] for m in (1, 1001))
    keap.say(
        Says(200, {"contacts": first, "next_page_token": "x"}),
        Says(200, {"contacts": second}),
    )
    assert not client.contacts_after("0").is_last
    assert client.contacts_after("1000").is_last


def test_a_server_that_ignores_the_filter_is_found_out(keap, client):
    keap.always = lambda _: Says(200, {"contacts": [{"id": "1"}, {"id": "2"}]})
    with pytest.raises(ContractBroken):
        client.contacts_after("2")


def test_named_contacts_come_in_few_calls_and_strangers_are_dropped(keap, client):
    keap.always = lambda _: Says(200, {"contacts": [{"id": "1"}, {"id": "4000"}]})
    ids = [ContactId(str(n)) for n in range(1, 1001)]
    assert [contact.id for contact in client.contacts_by_id(ids)] == ["1"]
    assert len(keap.asked) == 1
    assert len(keap.asked[0].raw_query) < 8_000


def test_the_new_primary_address_is_read_changed_written_and_read_back(keap, client):
    old = [
        {"email": "dead@example.com", "field": "EMAIL1", "email_opt_status": "HARD_BOUNCE"},
        {"email": "two@example.com", "field": "EMAIL2"},
    ]
    new = [{"email": "new@example.com", "field": "EMAIL1", "email_opt_status": "SINGLE_OPT_IN"}]
    keap.say(Says(200, {"id": "7", "email_addresses": old}), Says(200, {}))
    keap.say(Says(200, {"id": "7", "email_addresses": new}))
    contact = client.set_primary_email(
        ANA, "new@example.com", instead_of="Dead@example.com", reason="by WhatsApp"
    )
    assert contact
    assert contact.status is EmailStatus.SINGLE_OPT_IN
    assert [a.method for a in keap.asked] == ["GET", "PATCH", "GET"]
    assert keap.asked[1].query == [("update_mask", "email_addresses")]
    assert keap.asked[1].body == {
        "email_addresses": [
            {"email": "new@example.com", "field": "EMAIL1", "opt_in_reason": "by WhatsApp"},
            {"email": "two@example.com", "field": "EMAIL2"},
        ]
    }


def test_a_deleted_contact_is_gone_and_a_second_deletion_says_so(keap, client):
    keap.say(Says(204), Says(404, V2_ERROR))
    client.delete_contact(ANA)
    with pytest.raises(PermanentFailure) as caught:
        client.delete_contact(ANA)
    assert caught.value.call.status == 404


def test_a_full_record_has_every_part_and_remembers_what_is_missing(keap, client):
    addresses = [{"email": "a@example.com", "field": "EMAIL1"}]

    def answer(asked):
        name = asked.path.rsplit("/", 1)[-1]
        if name in {"orders", "opportunities"}:
            return Says(501, V2_ERROR)
        if name == "7":
            return Says(200, {"id": "7", "email_addresses": addresses})
        if name == "notes" and ("page_token", "2") not in asked.query:
            return Says(200, {"notes": [{"id": "1"}], "next_page_token": "2"})
        return Says(
            200,
            {
                "notes": [{"id": "2"}],
                "tags": [{"tag": {"id": "3"}, "applied_time": "x"}],
                "tasks": [{"id": "4", "contact_id": "7"}, {"id": "5", "contact_id": "8"}],
                "subscriptions": [],
                "email_addresses": [{"email": "A@example.com", "status": "BOUNCE"}],
            },
        )

    keap.always = answer
    record = client.full_record(ANA)
    assert [note["id"] for note in record["notes"]] == ["1", "2"]
    assert [task["id"] for task in record["tasks"]] == ["4"]
    assert record["orders"] == record["opportunities"] == {"unsupported": True}
    assert record["statuses"] == [{"email": "A@example.com", "status": "BOUNCE"}]
    assert client.full_record(ANA) == record
    assert sum(asked.path.endswith("/orders") for asked in keap.asked) == 1


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_keap_that_describes_no_fields_is_asked_once_and_fails_nothing(keap, client, status):
    keap.say(Says(status, V2_ERROR))
    assert client.model() == client.model() == {"unsupported": True}
    assert len(keap.asked) == 1


def test_a_contact_that_is_gone_has_no_record(keap, client):
    keap.say(Says(404, V2_ERROR))
    assert client.full_record(ANA) is None


def test_a_contact_deleted_while_it_is_read_has_no_record(keap, client):
    keap.say(Says(200, {"id": "7"}), Says(404), Says(404))
    assert client.full_record(ANA) is None


def test_markers_are_checked_here_too_because_filters_may_be_ignored(keap, client):
    notes = [{"id": "1", "title": "see [rec:a]"}, {"id": 2, "title": "[rec:a] done"}]
    keap.say(Says(200, {"notes": notes}))
    assert client.find_note(ANA, "[rec:a]") == "2"
    tasks = [
        {"id": "3", "title": "[rec:a]", "contact_id": "8"},
        {"id": "4", "title": "[rec:a] call", "contact_id": 7},
    ]
    keap.say(Says(200, {"tasks": tasks}))
    assert client.find_task(ANA, "[rec:a]") == "4"
    assert keap.asked[1].filter == "title==[rec:a]*;contact_id==7"


def test_completed_tasks_are_asked_by_hundreds_and_a_gone_one_counts_as_done(keap, client):
    done = {"id": "5", "completed": True, "completion_time": "2026-11-20T10:00:00.000+0000"}
    done["title"] = "[rec:5] #busy"
    keap.always = lambda _: Says(200, {"tasks": [done, {"id": "6", "completed": False}]})
    found = client.completed_tasks([str(n) for n in range(1, 151)])
    assert found == {"5": DoneTask(datetime(2026, 11, 20, 10, tzinfo=UTC), "[rec:5] #busy")}
    assert len(keap.asked) == 2
    keap.say(Says(404))
    client.complete_task("9", NOW)


def test_a_tag_is_found_by_its_whole_name_or_created(keap, client):
    keap.say(Says(200, {"tags": [{"id": "1", "name": "VIP 2"}, {"id": "2", "name": "vip"}]}))
    assert client.tag_id("VIP") == "2"
    keap.say(Says(200, {"tags": []}), Says(201, {"id": 9}))
    assert client.tag_id("New", create=True) == "9"


def test_a_tag_created_in_doubt_is_looked_up_before_anyone_worries(keap, client):
    keap.say(Says(200, {}), Says(500), Says(200, {"tags": [{"id": "4", "name": "New"}]}))
    assert client.tag_id("New", create=True) == "4"


def test_who_got_the_tag_is_read_from_each_answer(keap, client):
    results = {"1": "SUCCESS", "2": "CONTACT_DOES_NOT_EXIST", "3": "DUPLICATE"}
    keap.say(Says(200, {"results": results}))
    ids = [ContactId(one) for one in "1234"]
    assert client.apply_tag("5", ids) == {"1", "3"}
    keap.say(Says(200, {}))
    assert client.apply_tag("5", ids) == set(ids)


def test_the_acting_user_is_the_token_s_own_else_the_first_active_admin(keap, slept):
    users = [
        {"id": "1", "status": "INACTIVE", "admin": True},
        {"id": "2", "status": "ACTIVE", "admin": False},
        {"id": "3", "status": "ACTIVE", "admin": True},
    ]
    keap.say(Says(200, {"id": 2}), Says(200, {"users": users}))
    assert a_client(keap.url, slept).acting_user() == "2"
    keap.say(Says(404), Says(200, {"users": users}))
    assert a_client(keap.url, slept).acting_user() == "3"
    assert a_client(keap.url, slept, user_id="17").acting_user() == "17"


def test_a_refused_request_is_permanent_and_carries_no_personal_data(keap, client, caplog):
    caplog.set_level(logging.DEBUG)
    keap.say(Says(400, V2_ERROR | {"code": 400}, {"x-request-id": "r-1"}))
    with pytest.raises(PermanentFailure) as caught:
        client.opt_in("ana@example.com", reason="r", still=lambda: True)
    assert "example.com" not in str(caught.value)
    assert "example.com" not in caplog.text
    assert "r-1" in caplog.text


def test_a_redirect_is_never_followed(keap, client):
    keap.say(Says(302, None, {"Location": "http://127.0.0.1:1/"}))
    with pytest.raises(ContractBroken):
        client.users()


def test_threads_share_one_client(keap, client):
    keap.always = lambda _: Says(200, {"users": [{"id": "1", "status": "ACTIVE"}]})
    found = []
    threads = [threading.Thread(target=lambda: found.append(client.users())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(users) for users in found] == [1] * 8


def test_a_server_without_contacts_is_no_contact_that_is_gone(keap, client):
    keap.say(Says(404, b"Not Found"))
    with pytest.raises(Unsupported):
        client.contacts_after("0")


def test_orders_are_read_as_keap_writes_their_amounts(keap, client):
    total = {"amount": 12000, "currency_code": "MXN", "formatted_amount": "$120.00"}
    order = {"id": "5", "total": total, "order_time": "2026-11-20T10:00:00.000+0000"}
    keap.say(Says(200, {"orders": [{**order, "contact": {"id": "7"}}, {"contact": {"id": "8"}}]}))
    assert client.orders_of(ANA) == (Order(datetime(2026, 11, 20, 10, tzinfo=UTC), "$120.00"),)
    assert keap.asked[0].filter == "contact_id==7"
