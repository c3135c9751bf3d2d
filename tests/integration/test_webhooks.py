"""Webhooks as Twilio and as strangers send them, against the real app and a real database."""

import json
import logging
import os
import random
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise, permutations
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from webhook_world import (
    ATTEMPT,
    BEFORE,
    KEYS,
    OURS,
    PUBLIC,
    TOKEN,
    Twilio,
    World,
    encoded,
    eventually,
    inbound_fields,
    sid,
    signed,
    status_fields,
)

from recovery.adapters.db.engine import Database
from recovery.domain.phone import phone_from_e164
from recovery.errors import StorageFull
from recovery.web import form

#: Requests that nobody ever signed, of each kind.
FORGED = 5_000 if os.environ.get("FULL") else 1_500
STATUS = f"/webhooks/twilio/status/{ATTEMPT}"
INBOUND = "/webhooks/twilio/inbound"


@pytest.fixture
def world(tmp_path: Path, database: Database) -> World:
    return World(tmp_path, database)


@pytest.fixture
def twilio(world: World) -> Iterator[Twilio]:
    with world.client() as twilio:
        yield twilio


@pytest.fixture
def dice() -> random.Random:
    seed = random.randrange(10**9)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def test_a_status_is_stored_before_it_is_answered(world: World, twilio: Twilio) -> None:
    answer = twilio.status(sid(1), "undelivered", ErrorCode="63016")
    assert (answer.status_code, answer.content) == (204, b"")
    [row] = world.callbacks()
    assert (row["token"], row["sid"], row["status"]) == (ATTEMPT, sid(1), "undelivered")
    assert row["code"] == "63016"
    assert row["params"]["To"] == "whatsapp:+5511987654321"


def test_what_is_stored_is_applied_within_a_second(world: World, twilio: Twilio) -> None:
    twilio.status(sid(1))
    eventually(lambda: world.callbacks()[0]["applied_at"], within=1.0)


def test_a_reply_is_stored_whole(world: World, twilio: Twilio) -> None:
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "Latitude": "1.5"}
    button = {"ButtonPayload": "yes:7", "OriginalRepliedMessageSid": sid(9, "MM")}
    answer = twilio.inbound(sid(1), "Olá, é a Ana 👋\r\nção", OptOutType="STOP", **button, **media)
    assert (answer.status_code, answer.content) == (204, b"")
    [row] = world.replies()
    phone = phone_from_e164("+5511987654321")
    assert phone
    assert row["number"] == "+5511987654321"
    assert row["number_key"] == KEYS.phone(phone.key)
    assert row["sender"] == "+15551234567"
    assert row["body"] == "Olá, é a Ana 👋\r\nção"
    assert (row["payload"], row["opt_out_type"]) == ("yes:7", "STOP")
    assert (row["original_sid"], row["media"], row["source"]) == (sid(9, "MM"), 1, "webhook")
    assert row["raw"]["MediaUrl0"] == "https://api.twilio.com/x"


def test_a_person_without_a_number_is_kept_too(world: World, twilio: Twilio) -> None:
    sender = "whatsapp:BR.4566546130240823"
    assert twilio.inbound(sid(1), "stop", From=sender).status_code == 204
    [row] = world.replies()
    assert (row["number"], row["number_key"]) == ("BR.4566546130240823", None)


def test_a_text_without_words_is_a_reply(world: World, twilio: Twilio) -> None:
    assert twilio.inbound(sid(1, "MM"), "", NumMedia="1").status_code == 204
    assert world.replies()[0]["body"] == ""


def test_duplicates_and_replays_are_answered_and_stored_once(world: World, twilio: Twilio) -> None:
    answers = [twilio.status(sid(1)) for _ in range(3)] + [twilio.inbound(sid(2)) for _ in "abc"]
    assert {answer.status_code for answer in answers} == {204}
    assert len(world.callbacks()) == 1
    assert len(world.replies()) == 1


def test_a_replay_does_not_reopen_what_was_applied(world: World, twilio: Twilio) -> None:
    twilio.status(sid(1))
    applied = eventually(lambda: world.callbacks()[0]["applied_at"])
    twilio.status(sid(1))
    assert [row["applied_at"] for row in world.callbacks()] == [applied]


def test_every_order_stores_the_same_set(world: World, twilio: Twilio) -> None:
    names = ("queued", "sent", "delivered", "read")
    for number, order in enumerate(permutations(names)):
        for name in order:
            assert twilio.status(sid(number), name).status_code == 204
    stored = {(row["sid"], row["status"]) for row in world.callbacks()}
    assert stored == {(sid(number), name) for number in range(24) for name in names}


def test_many_at_once_share_transactions_and_none_is_lost(world: World, twilio: Twilio) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: twilio.status(sid(number % 60)), range(180)))
    assert {answer.status_code for answer in answers} == {204}
    assert sorted(row["sid"] for row in world.callbacks()) == [sid(number) for number in range(60)]


# Forged


def refused(world: World, answer: object, reason: str) -> None:
    assert (answer.status_code, answer.content) == (403, b"")  # type: ignore[attr-defined]
    eventually(lambda: any(row["reason"] == reason for row in world.quarantine()))
    assert world.callbacks() == []
    assert world.replies() == []


def test_an_unsigned_request_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.raw(STATUS, encoded(status_fields(sid(1)))), "unsigned")


@pytest.mark.parametrize("signature", ["x", "=" * 28, "A" * 5000, signed(PUBLIC, [("a", "b")])])
def test_a_wrong_signature_is_refused(world: World, twilio: Twilio, signature: str) -> None:
    body = encoded(status_fields(sid(1)))
    refused(world, twilio.raw(STATUS, body, signature=signature), "signature")


def test_a_signature_by_another_token_is_refused(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    refused(world, twilio.post(STATUS, fields, token="another"), "signature")


def test_a_signature_of_another_path_is_refused(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    signature = signed(f"{PUBLIC}/webhooks/twilio/status/other-token-1234", fields)
    refused(world, twilio.raw(STATUS, encoded(fields), signature=signature), "signature")


def test_another_accounts_message_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.status(sid(1), AccountSid="AC" + "1" * 32), "account")
    refused(world, twilio.inbound(sid(1), AccountSid="AC" + "1" * 32), "account")


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus", "From", "To"])
def test_a_status_without_its_fields_is_refused(world: World, twilio: Twilio, missing: str) -> None:
    fields = [pair for pair in status_fields(sid(1)) if pair[0] != missing]
    refused(world, twilio.post(STATUS, fields), "missing")


def test_a_truncated_form_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.post(STATUS, [("AccountSid", OURS)]), "missing")
    refused(world, twilio.raw(STATUS, b"", signature=signed(PUBLIC + STATUS, [])), "account")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MessageSid", "SM123"),
        ("MessageSid", sid(1) + "0"),
        ("MessageSid", "'; DROP TABLE callback; --"),
        ("MessageStatus", "exploded"),
        ("MessageStatus", "DELIVERED"),
        ("ErrorCode", "63016x"),
        ("From", "whatsapp:+1 555"),
    ],
)
def test_a_field_of_another_shape_is_refused(
    world: World, twilio: Twilio, field: str, value: str
) -> None:
    changed = {"SmsSid": value} if field == "MessageSid" else {}
    refused(world, twilio.status(sid(1), **{field: value, **changed}), field)


def test_a_form_that_says_two_things_is_refused(world: World, twilio: Twilio) -> None:
    fields = [*status_fields(sid(1)), ("MessageStatus", "read")]
    refused(world, twilio.post(STATUS, fields), "repeated")
    refused(world, twilio.status(sid(1), SmsStatus="read"), "SmsStatus")
    refused(world, twilio.status(sid(1), SmsSid=sid(2)), "SmsSid")


def test_moved_field_boundaries_never_tell_anything_new(
    world: World, twilio: Twilio, dice: random.Random
) -> None:
    fields = sorted(
        status_fields(sid(1), "undelivered", ErrorCode="63016", EventType="UNDELIVERED")
    )
    signature, codes = signed(PUBLIC + STATUS, fields), set()
    text = "".join(name + value for name, value in fields)
    for _ in range(FORGED):
        cuts = [0, *sorted(dice.sample(range(1, len(text)), dice.randint(3, 21))), len(text)]
        if dice.random() < 0.8:  # near the true boundaries, where it is dangerous
            cuts = _true_cuts(fields)
            at = dice.randrange(1, len(cuts) - 1)
            cuts[at] = max(cuts[at - 1], min(cuts[at + 1], cuts[at] + dice.randint(-9, 9)))
            if dice.random() < 0.3:
                del cuts[at : at + 2]
        parts = [text[a:b] for a, b in pairwise(cuts)]
        moved = list(zip(parts[::2], parts[1::2], strict=False))
        codes.add(twilio.raw(STATUS, encoded(moved), signature=signature).status_code)
    assert codes <= {204, 403}
    for row in world.callbacks():
        assert (row["token"], row["sid"], row["status"]) == (ATTEMPT, sid(1), "undelivered")
        assert row["code"] == "63016"


def _true_cuts(fields: list[tuple[str, str]]) -> list[int]:
    cuts = [0]
    for part in (part for pair in fields for part in pair):
        cuts.append(cuts[-1] + len(part))
    return cuts


def test_mangled_requests_never_meet_an_error(
    world: World, twilio: Twilio, dice: random.Random
) -> None:
    genuine = encoded(status_fields(sid(1)))
    signature = signed(PUBLIC + STATUS, status_fields(sid(1)))
    for _ in range(FORGED):
        body = bytearray(genuine)
        for _ in range(dice.randint(1, 12)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        kind = dice.choice(["application/x-www-form-urlencoded", "text/plain", "", ";;="])
        sign = dice.choice([signature, "", "Ã©" * dice.randint(1, 40)])
        answer = twilio.raw(STATUS, bytes(body), signature=sign, content_type=kind)
        assert answer.status_code in (403, 204), body
    assert len(world.callbacks()) <= 1


# Shapes of requests


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_taken(world: World, twilio: Twilio, method: str) -> None:
    fields = status_fields(sid(1))
    signature = signed(PUBLIC + STATUS, fields)
    answer = twilio.raw(STATUS, encoded(fields), signature=signature, method=method)
    assert (answer.status_code, answer.content) == (405, b"")
    assert answer.headers["allow"] == "POST"
    assert world.callbacks() == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps(dict(status_fields(sid(1)))).encode()),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="A"'),
        ("text/plain", encoded(status_fields(sid(1)))),
    ],
)
def test_other_kinds_of_bodies_are_refused(
    world: World, twilio: Twilio, content_type: str, body: bytes
) -> None:
    signature = signed(PUBLIC + STATUS, status_fields(sid(1)))
    answer = twilio.raw(STATUS, body, signature=signature, content_type=content_type)
    refused(world, answer, "content_type")


def test_a_huge_body_is_refused(world: World, twilio: Twilio) -> None:
    fields = [*inbound_fields(sid(1)), ("Filler", "x" * 66_000)]
    refused(world, twilio.post(INBOUND, fields), "size")


def test_a_huge_body_that_hides_its_length_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.raw(INBOUND, iter([b"a=" + b"x" * 9000] * 9), signature="x"), "size")


def test_the_largest_body_is_taken(world: World, twilio: Twilio) -> None:
    assert twilio.inbound(sid(1), "x" * 60_000).status_code == 204
    assert len(world.replies()[0]["body"]) == 60_000


def test_a_body_that_drips_is_given_up(
    world: World, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form, "LONGEST_READ", 0.2)
    head = (
        f"POST {STATUS} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nA="
    )
    address = (twilio.pool.host, twilio.pool.port or 0)
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(200).startswith(b"HTTP/1.1 403 ")
    eventually(lambda: [row["reason"] for row in world.quarantine()] == ["slow"])


def test_a_caller_who_hangs_up_leaves_no_error(
    world: World, twilio: Twilio, caplog: pytest.LogCaptureFixture
) -> None:
    address = (twilio.pool.host, twilio.pool.port or 0)
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(
            f"POST {STATUS} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\nA=".encode()
        )
    eventually(lambda: [row["reason"] for row in world.quarantine()] == ["disconnected"])
    assert caplog.records == []


@pytest.mark.parametrize("many", [1_001, 20_000])
def test_too_many_fields_are_refused(world: World, twilio: Twilio, many: int) -> None:
    refused(world, twilio.post(INBOUND, [("a", "")] * many), "encoding")


@pytest.mark.parametrize(
    "body", [b"A=%ff%fe", b"A=\xff\xfe", b"A=%ed%a0%80", b"&&&", b"A", b"=&=", b"\x00\x01"]
)
def test_odd_encodings_are_refused(world: World, twilio: Twilio, body: bytes) -> None:
    answer = twilio.raw(INBOUND, body, signature="x" * 28)
    assert (answer.status_code, answer.content) == (403, b"")
    assert eventually(world.quarantine)


def test_unescaped_utf8_is_read(world: World, twilio: Twilio) -> None:
    fields = inbound_fields(sid(1), "não")
    body = encoded(fields).replace(b"n%C3%A3o", "não".encode())
    assert b"\xc3\xa3" in body
    signature = signed(PUBLIC + INBOUND, fields)
    assert twilio.raw(INBOUND, body, signature=signature).status_code == 204
    assert world.replies()[0]["body"] == "não"


def test_nul_is_dropped_from_what_is_stored(world: World, twilio: Twilio) -> None:
    assert twilio.inbound(sid(1), "so\0rry", ProfileName="\0A").status_code == 204
    [row] = world.replies()
    assert (row["body"], row["raw"]["ProfileName"]) == ("sorry", "A")


def test_fields_nobody_knows_are_tolerated(world: World, twilio: Twilio) -> None:
    more = {f"New{number}": "x" for number in range(50)}
    fields = [*status_fields(sid(1), **more), ("New1", "y"), ("", "z")]
    assert twilio.post(STATUS, fields).status_code == 204
    assert len(world.callbacks()) == 1


# Proxies


@pytest.mark.parametrize(
    ("public_url", "twilio_called", "app_sees"),
    [
        ("https://a.example", "https://a.example{p}", "{p}"),
        ("https://a.example/", "https://a.example{p}", "{p}"),
        ("https://a.example", "https://a.example:443{p}", "{p}"),
        ("https://a.example:443", "https://a.example{p}", "{p}"),
        ("https://a.example:8443", "https://a.example:8443{p}", "{p}"),
        ("http://a.example:80", "http://a.example{p}", "{p}"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000{p}", "{p}"),
        ("https://a.example/firm", "https://a.example/firm{p}", "{p}"),
        ("https://a.example/firm/", "https://a.example/firm{p}", "/firm{p}"),
        ("https://a.example", "https://a.example{p}?x=a%20b&y=%2F", "{p}?x=a%20b&y=%2F"),
        ("https://a.example", "https://a.example{p}?x=a+b&y=/", "{p}?x=a+b&y=/"),
        ("https://a.example", "https://a.example/webhooks%2D1", "/webhooks%2D1"),
    ],
)
def test_genuine_requests_pass_every_shape_of_proxy(
    tmp_path: Path, database: Database, public_url: str, twilio_called: str, app_sees: str
) -> None:
    path = STATUS.replace("tok_", "tok%5F") if "%2D1" in app_sees else STATUS
    twilio_called = twilio_called.replace("/webhooks%2D1", path)
    app_sees = app_sees.replace("/webhooks%2D1", path)
    world = World(tmp_path, database, public_url=public_url)
    fields = status_fields(sid(1))
    with world.client() as twilio:
        answer = twilio.raw(
            app_sees.format(p=path),
            encoded(fields),
            signature=signed(twilio_called.format(p=path), fields),
            Host="internal:8080",
            **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"},
        )
        assert answer.status_code == 204
        assert world.callbacks()[0]["token"] == ATTEMPT


def test_a_host_of_the_strangers_choice_helps_nobody(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    answer = twilio.raw(
        STATUS,
        encoded(fields),
        signature=signed("https://evil.example" + STATUS, fields),
        Host="evil.example",
        **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    refused(world, answer, "signature")


def test_both_tokens_are_good_while_they_are_changed(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    assert twilio.post(STATUS, fields, token=TOKEN).status_code == 204
    assert twilio.post(STATUS, status_fields(sid(2)), token=BEFORE).status_code == 204
    assert len(world.callbacks()) == 2


def test_an_empty_token_signs_nothing(tmp_path: Path, database: Database) -> None:
    world = World(tmp_path, database, tokens=("", TOKEN))
    with world.client() as twilio:
        refused(world, twilio.post(STATUS, status_fields(sid(1)), token=""), "signature")


@pytest.mark.parametrize(("public_url", "tokens"), [(None, (TOKEN,)), (PUBLIC, ()), ("", ("",))])
def test_without_an_address_or_a_token_nothing_can_be_checked(
    tmp_path: Path,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    public_url: str | None,
    tokens: tuple[str, ...],
) -> None:
    world = World(tmp_path, database, public_url=public_url, tokens=tokens)
    with world.client() as twilio:
        assert [twilio.status(sid(number)).status_code for number in range(3)] == [503] * 3
    assert caplog.text.count("RECOVERY_PUBLIC_URL") == 1
    assert world.callbacks() == []


# Trouble


def test_a_locked_database_sends_callbacks_to_the_spool(world: World, twilio: Twilio) -> None:
    began = time.monotonic()
    with world.locked(), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: twilio.status(sid(number)), range(50)))
        last = twilio.inbound(sid(99), "pare\n\u2028!")
        assert world.inbox.spooled() > 0
        assert time.monotonic() - began < 8  # a patient writer would have waited for ten seconds
    assert {answer.status_code for answer in [*answers, last]} == {204}
    eventually(lambda: len(world.callbacks()) == 50 and world.replies(), within=5)
    assert world.replies()[0]["body"] == "pare\n\u2028!"
    eventually(lambda: all(row["applied_at"] for row in world.callbacks()))
    assert list(world.spool.batches()) == []


def test_the_spool_is_read_by_its_owner_alone(world: World, twilio: Twilio) -> None:
    with world.locked():
        twilio.status(sid(1))
        [file] = (world.home / "spool").iterdir()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


def test_without_database_and_spool_twilio_is_told_so(world: World, twilio: Twilio) -> None:
    def full(_received: object) -> None:
        raise StorageFull

    world.spool.add = full  # type: ignore[method-assign, assignment]
    with world.locked():
        answer = twilio.status(sid(1))
    assert (answer.status_code, answer.content) == (503, b"")
    eventually(lambda: twilio.status(sid(2)).status_code == 204)
    assert [row["sid"] for row in world.callbacks()] == [sid(2)]


def test_what_was_stored_before_a_crash_is_applied_at_the_start(
    tmp_path: Path, database: Database
) -> None:
    before = World(tmp_path, database)
    before.inbox.keep([before.inbox.accept_status(ATTEMPT, dict(status_fields(sid(1))))])
    with World(tmp_path, database).client():
        eventually(lambda: before.callbacks()[0]["applied_at"], within=1.0)


def test_a_failing_apply_is_tried_again_and_leaks_nothing(
    world: World, twilio: Twilio, caplog: pytest.LogCaptureFixture
) -> None:
    world.failing = OperationalError("SELECT +5511987654321", {}, Exception("ana@example.com"))
    assert twilio.inbound(sid(1), "my mail is ana@example.com").status_code == 204
    twilio.status(sid(2))
    eventually(lambda: "OperationalError" in caplog.text)
    world.failing = None
    eventually(lambda: world.callbacks()[0]["applied_at"])
    assert "ana@" not in caplog.text
    assert "5511987654321" not in caplog.text


def test_nothing_personal_is_logged_for_refused_requests(
    world: World, twilio: Twilio, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twilio.post(INBOUND, inbound_fields(sid(1), "ana@example.com"), token="x")
    twilio.inbound(sid(1), "ana@example.com", SmsStatus="sent")
    eventually(world.quarantine)
    assert "ana@" not in caplog.text
    assert "5511987654321" not in caplog.text


def test_quarantine_tells_the_reason_and_nothing_of_the_person(
    world: World, twilio: Twilio
) -> None:
    twilio.post(INBOUND, inbound_fields(sid(1), "secret words"), token="x")
    [row] = eventually(world.quarantine)
    assert (row["kind"], row["reason"], row["sid"]) == ("inbound", "signature", sid(1))
    assert row["size"] > 100
    assert len(row["body_sha256"]) == 64
    assert "secret" not in str(dict(row))
    assert "5511987654321" not in str(dict(row))


# Health


def test_health_endpoints_answer(world: World, twilio: Twilio) -> None:
    assert twilio.get("/healthz").status_code == 200
    ready = twilio.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


def test_a_database_that_was_not_migrated_is_not_ready(world: World, twilio: Twilio) -> None:
    with world.database.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000_older'")
    ready = twilio.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"] == {"database": "ConfigurationError", "keys": "ok"}


def test_metrics_count_what_happened(world: World, twilio: Twilio) -> None:
    twilio.status(sid(1))
    twilio.inbound(sid(2))
    twilio.post(STATUS, status_fields(sid(3)), token="x")
    eventually(lambda: world.callbacks()[0]["applied_at"])
    wanted = [
        'recovery_webhooks_stored_total{kind="status"} 1.0',
        'recovery_webhooks_rejected_total{kind="status",reason="signature"} 1.0',
        'recovery_webhook_seconds_count{kind="inbound"} 1.0',
        "recovery_callbacks_applied_total 1.0",
        "recovery_callbacks_pending 0.0",
        "recovery_replies_pending 1.0",
        "recovery_spool_batches 0.0",
    ]
    eventually(lambda: all(line in twilio.get("/metrics").text for line in wanted))


def test_metrics_survive_a_database_that_is_away(world: World, twilio: Twilio) -> None:
    with world.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE reply")
    answer = twilio.get("/metrics")
    assert answer.status_code == 200
    assert "recovery_spool_batches" in answer.text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/webhooks/twilio/other"])
def test_nothing_else_is_shown(twilio: Twilio, path: str) -> None:
    assert twilio.get(path).status_code == 404
