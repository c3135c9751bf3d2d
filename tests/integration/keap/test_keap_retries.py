"""What a client of Keap's repeats, what goes only once, and what stops everything."""

import socket
from datetime import timedelta
from email.utils import format_datetime

import pytest

from recovery.domain.email_status import EmailStatus
from recovery.errors import AuthorizationLost, InDoubt, QuotaExhausted, TemporaryFailure
from recovery.services.ports import TaskDraft
from tests.keap_double import ANA, NOW, V2_ERROR, Says, a_client

GATEWAY_429 = {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled"}
FAULT = {"fault": {"faultstring": "x", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"}}}
READS = {
    "users": lambda c: c.users(),
    "a keyset page": lambda c: c.contacts_after("0"),
    "a status page": lambda c: c.status_page([EmailStatus.BOUNCE]),
}
SETTLING = {
    "a tag applied": lambda c: c.apply_tag("3", [ANA]),
    "a tag removed": lambda c: c.remove_tag("3", [ANA]),
    "a task re-dated": lambda c: c.redate_task("3", NOW),
    "a task given away": lambda c: c.assign_task("3", user_id="2"),
    "an opt-in": lambda c: c.opt_in("a@example.com", reason="r", still=lambda: True),
}
ONCE = {
    "a note": lambda c: c.add_note(ANA, user_id="1", title="[rec:1] t", text="x"),
    "a task": lambda c: c.add_task(TaskDraft(ANA, "1", "[rec:1] t", "x", NOW)),
    "a goal": lambda c: c.achieve_goal(ANA, integration="i", call_name="n"),
    "a deletion": lambda c: c.delete_contact(ANA),
}
FAULTS = {
    "500": Says(500, V2_ERROR),
    "502 as HTML": Says(502, b"<html>Bad Gateway</html>"),
    "503 without a body": Says(503),
    "408": Says(408, {}),
    "half JSON": Says(200, {"contacts": [{"id": "1"}]}, manner="half"),
    "HTML with 200": Says(200, b"<html>hello</html>"),
    "a reset": Says(manner="reset"),
    "silence": Says(manner="silent"),
    "a drip": Says(200, {"contacts": [{"id": "12345678"}]}, manner="drip"),
}


def rows(table):
    return pytest.mark.parametrize("row", table.values(), ids=table.keys())


@rows(READS | SETTLING)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_what_may_be_repeated_is_repeated_until_it_works(keap, client, row, fault):
    keap.say(fault)
    row(client)
    assert len(keap.asked) == 2
    assert keap.asked[0] == keap.asked[1]


@rows(ONCE)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_what_may_go_only_once_goes_once_and_is_in_doubt(keap, client, row, fault):
    keap.say(fault)
    with pytest.raises(InDoubt):
        row(client)
    assert len(keap.asked) == 1


@rows({k: v for k, v in ONCE.items() if k in {"a note", "a task"}})
def test_a_creation_answered_without_an_id_is_in_doubt(keap, client, row):
    keap.say(Says(201, {"title": "x"}))
    with pytest.raises(InDoubt):
        row(client)


@rows(READS | SETTLING | ONCE)
def test_a_refused_connection_is_surely_not_sent(slept, row):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/crm"
    with pytest.raises(TemporaryFailure):
        row(a_client(url, slept))


@rows(READS | SETTLING | ONCE)
def test_a_429_was_never_processed_so_everything_waits_and_goes_on(keap, client, slept, row):
    keap.say(Says(429, GATEWAY_429), Says(429, GATEWAY_429))
    keap.always = lambda _: Says(201, {"id": "5"})
    row(client)
    assert len(keap.asked) == 3
    assert 1.5 <= slept[0] <= 2.5
    assert 3 <= slept[1] <= 5


def test_six_tries_and_then_a_temporary_failure(keap, client, slept):
    keap.always = lambda _: Says(429, GATEWAY_429)
    with pytest.raises(TemporaryFailure):
        client.users()
    assert len(keap.asked) == 6
    assert max(slept) <= 60


@pytest.mark.parametrize("told", ["7", "59.5", format_datetime(NOW + timedelta(seconds=20))])
def test_a_sensible_retry_after_is_believed(keap, client, slept, told):
    keap.say(Says(429, GATEWAY_429, {"Retry-After": told}))
    client.users()
    expected = {"7": 7, "59.5": 59.5}.get(told, 20)
    assert slept == pytest.approx([expected], abs=0.1)


@pytest.mark.parametrize(
    "told", ["0", "-1", "1000000000", "soon", "nan", "", format_datetime(NOW + timedelta(days=1))]
)
def test_an_absurd_retry_after_gives_way_to_our_own_backoff(keap, client, slept, told):
    keap.say(Says(429, GATEWAY_429, {"Retry-After": told}))
    client.users()
    assert len(slept) == 1
    assert 1.5 <= slept[0] <= 2.5


def test_a_spent_minute_waits_for_the_next(keap, client, slept):
    keap.say(Says(429, GATEWAY_429, {"x-keap-product-throttle-available": "0"}))
    client.users()
    assert slept == pytest.approx([30], abs=0.1)


def test_a_spent_day_stops_at_once_and_no_further_call_leaves(keap, client, slept):
    keap.say(Says(429, GATEWAY_429, {"x-keap-product-quota-available": "0"}))
    for _ in range(2):
        with pytest.raises(QuotaExhausted):
            client.users()
    assert (len(keap.asked), slept) == (1, [])
    assert client.usage().left == 0


def test_what_is_left_today_is_known_from_any_answer(keap, client):
    keap.say(Says(200, {}, {"x-keap-product-quota-available": "29990"}))
    client.users()
    assert (client.usage().used, client.usage().left) == (1, 29_990)


@rows(READS | SETTLING | ONCE)
@pytest.mark.parametrize("answer", [Says(401, FAULT), Says(403, V2_ERROR), Says(401)])
def test_a_refused_key_stops_everything_and_says_the_mend(keap, client, row, answer):
    keap.say(answer)
    with pytest.raises(AuthorizationLost, match="RECOVERY_KEAP__TOKEN"):
        row(client)
    assert len(keap.asked) == 1


def test_a_token_that_can_be_renewed_is_renewed_once(keap, slept):
    class Rotating:
        current = "old"

        def token(self):
            return self.current

        def refresh(self, rejected):
            self.current = "new"
            return rejected == "old"

    keap.say(Says(401, FAULT))
    a_client(keap.url, slept, tokens=Rotating()).users()
    assert [a.headers["Authorization"] for a in keap.asked] == ["Bearer old", "Bearer new"]
