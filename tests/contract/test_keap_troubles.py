"""Keys, limits, waves, hands and faults: what an account of the simulated Keap meets."""

import base64
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from recovery.sandbox.keap.account import DELIVERABLE
from recovery.sandbox.options import KEAP_TOKEN
from tests.contract.keap_world import Keap, create, pages
from tests.sandbox_server import MONDAY, running
from tests.web_server import eventually


def test_a_wrong_key_meets_the_gateways_own_error(shared):
    answer = Keap(shared.sandbox, token="wrong").raw("GET", "/users")
    assert answer.status_code == 401
    assert answer.json()["fault"]["detail"]["errorcode"] == "oauth.v2.InvalidAccessToken"


def test_a_weak_key_sees_a_part_and_may_not_delete(shared):
    weak = Keap(shared.sandbox, token=shared.sandbox.options.keap_weak_token)
    rows = pages(weak, "/contacts", "contacts", page_size=500, fields="id,owner_id")
    assert 0 < len(rows) < 200
    assert {row["owner_id"] for row in rows} == {"3"}
    weak("DELETE", f"/contacts/{rows[0]['id']}", expect=403)


def test_the_spike_limit_answers_429_in_the_gateways_words():
    with running(calls_per_second=10) as sandbox:
        keap = Keap(sandbox)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: keap.raw("GET", "/users"), range(30)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json() == {"code": "429", "message": "Quota Exceeded",
                                 "status": "Request Throttled", "details": None}  # fmt: skip
    headers = refused[0].headers
    assert headers["x-keap-product-spike-limit"] == "10ps"
    assert headers["x-keap-product-throttle-limit"] == "240"
    assert headers["x-keap-product-quota-limit"] == "30000"
    assert headers["x-keap-product-quota-expiry-time"] == "1795478400000"


def refresh(sandbox, token):
    basic = base64.b64encode(b"sandbox-keap-client:sandbox-keap-secret").decode()
    return requests.post(
        f"{sandbox.url}/token",
        data={"grant_type": "refresh_token", "refresh_token": token},
        headers={"Authorization": f"Basic {basic}"},
        timeout=10,
    )


def test_refresh_tokens_rotate_and_reuse_locks_everybody_out(keap):
    sandbox = keap.sandbox
    first = refresh(sandbox, sandbox.options.keap_refresh_token).json()
    assert Keap(sandbox, token=first["access_token"]).get("/users")
    again = refresh(sandbox, sandbox.options.keap_refresh_token)
    assert again.status_code == 400
    assert again.json()["error_description"] == "Invalid Refresh Token"
    assert Keap(sandbox, token=first["access_token"]).raw("GET", "/users").status_code == 401
    assert refresh(sandbox, first["refresh_token"]).status_code == 400
    anew = requests.post(f"{sandbox.url}/_sandbox/keap/reconnect", timeout=10).json()
    assert refresh(sandbox, anew["refresh_token"]).status_code == 200


def test_an_access_token_lives_a_day_of_sandbox_time(keap):
    pair = refresh(keap.sandbox, keap.sandbox.options.keap_refresh_token).json()
    keap.sandbox.move(MONDAY + timedelta(hours=24, seconds=1))
    answer = Keap(keap.sandbox, token=pair["access_token"]).raw("GET", "/users")
    assert answer.status_code == 401


def statuses_after_four_waves():
    with running(contacts=1000) as sandbox:
        sandbox.move(MONDAY + timedelta(days=4))
        assert not sandbox.ledger("keap.email_status"), "a wave before Saturday"
        sandbox.move(MONDAY + timedelta(days=27))
        rows = pages(Keap(sandbox), "/emailAddresses", "email_addresses", page_size=500)
        moves = [(row["before"], row["status"]) for row in sandbox.ledger("keap.email_status")]
        return {row["email"]: row["status"] for row in rows}, moves


def test_statuses_change_on_saturdays_as_the_seed_says():
    statuses, moves = statuses_after_four_waves()
    assert ("BOUNCE", "HARD_BOUNCE") in moves
    assert ("BOUNCE", "SINGLE_OPT_IN") in moves
    assert any(old in DELIVERABLE and new == "BOUNCE" for old, new in moves)
    assert statuses_after_four_waves() == (statuses, moves)


def test_a_person_changes_a_contact_by_hand(keap):
    email, contact_id = keap.address_in("HARD_BOUNCE")
    keap.sandbox.control(
        f"/contacts/{contact_id}",
        {"status": "CONFIRMED", "fields": {"given_name": "Eva"}, "tags": ["VIP"]},
    )
    assert keap.status_of(email) == "CONFIRMED"
    shown = keap.get(f"/contacts/{contact_id}", fields="given_name,tag_ids")
    assert shown["given_name"] == "Eva"
    assert "103" in shown["tag_ids"]
    assert keap.sandbox.ledger("keap.contact_changed")[0]["by"] == "human"
    keap.sandbox.control(f"/contacts/{contact_id}", {"delete": True})
    keap("GET", f"/contacts/{contact_id}", expect=404)


def test_without_the_list_of_statuses_the_sweep_still_works(keap):
    keap.sandbox.control("/faults", {"kinds": ["statuses_missing"]})
    keap("GET", "/emailAddresses", expect=404)
    assert keap.get("/contacts", fields="email_addresses")["contacts"]


def test_a_list_that_changes_between_pages_skips_a_row(keap):
    params = {"filter": "statuses==BOUNCE", "page_size": 3, "order_by": "email asc"}
    whole = keap.get("/emailAddresses", **{**params, "page_size": 500})["email_addresses"]
    keap.sandbox.control("/faults", {"rate": 1, "kinds": ["page_mutation"]})
    seen = {row["email"] for row in pages(keap, "/emailAddresses", "email_addresses", **params)}
    still = {row["email"] for row in whole if keap.status_of(row["email"]) == "BOUNCE"}
    assert still - seen


@pytest.mark.parametrize("fault", ["execute_then_500", "execute_then_reset", "broken_answer",
                                   "execute_then_timeout"])  # fmt: skip
def test_a_request_may_be_carried_out_although_its_answer_is_lost(keap, fault):
    made = create(keap)
    keap.sandbox.control("/faults", {"match": "DELETE", "script": [fault]})
    try:
        answer = keap.raw("DELETE", f"/contacts/{made['id']}")
        assert answer.status_code in {200, 500}
    except requests.RequestException:
        assert fault in {"execute_then_reset", "execute_then_timeout"}
    keap("GET", f"/contacts/{made['id']}", expect=404)


@pytest.mark.parametrize("fault", ["timeout", "server_error", "rate_limited"])
def test_a_request_that_was_never_carried_out_leaves_no_trace(keap, fault):
    made = create(keap)
    keap.sandbox.control("/faults", {"match": "DELETE", "script": [fault]})
    try:
        answer = keap.raw("DELETE", f"/contacts/{made['id']}")
        assert answer.status_code in {429, 500, 503}
    except requests.RequestException:
        assert fault == "timeout"
    keap("GET", f"/contacts/{made['id']}")
    assert not keap.sandbox.ledger("keap.contact_deleted")


def test_dates_and_about_are_of_sandbox_time(keap):
    keap.sandbox.move(MONDAY + timedelta(days=1))
    assert keap.raw("GET", "/users").headers["Date"] == "Tue, 24 Nov 2026 09:00:00 GMT"
    about = keap.sandbox.control("")
    assert about["sandbox"] is True
    assert about["name"] == "recovery-sandbox"


def test_half_a_request_is_no_trouble_of_the_vendors(shared, caplog):
    before = shared.sandbox.world.requests
    place = urlsplit(shared.sandbox.url)
    with socket.create_connection((place.hostname, place.port)) as client:
        client.sendall(
            b"POST /crm/rest/v2/contacts HTTP/1.1\r\nhost: sandbox\r\ncontent-length: 900\r\n"
            b"authorization: Bearer " + KEAP_TOKEN.encode() + b"\r\n\r\n{"
        )
        eventually(lambda: shared.sandbox.world.requests > before)
    Keap(shared.sandbox).get("/users")
    assert [record for record in caplog.records if record.exc_info] == []
