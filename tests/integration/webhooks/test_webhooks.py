"""Webhooks as Twilio and as strangers send them, against the real app and a real database."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from webhook_world import (
    ATTEMPT,
    INBOUND,
    KEYS,
    STATUS,
    Twilio,
    World,
    eventually,
    inbound_fields,
    sid,
    status_fields,
)

from recovery.adapters.db.engine import Database
from recovery.domain.phone import phone_from_e164
from recovery.errors import StorageFull


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
