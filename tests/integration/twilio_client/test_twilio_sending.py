"""Each message is posted once and ends in one of four ways, however the network behaves."""

import json
import logging
import socket
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from twilio_script import Reply, Script, answer, drip, raw, reset_after, silence
from twilio_world import CONTENT, CREATED, NOW, messenger

from recovery.adapters.twilio import client, http, wire
from recovery.errors import AuthorizationLost, ConfigurationError
from recovery.services.ports import HELD_UP, OutboundMessage, SendResult
from recovery.uptime import uptime

MESSAGE = OutboundMessage(
    to="+5215512345678", token="t0ken", sender="+14155238886", content_sid=CONTENT,
    variables={"1": "Añá \"x\""}, valid_for=3600,
)  # fmt: skip
ERROR = {"code": 63024, "message": "no", "more_info": "", "status": 400}
RFC_9457 = {"type": "about:blank", "title": "no", "status": 400, "code": 21211, "detail": "x"}
CHUNKED = (
    b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    + f"{len(json.dumps(CREATED)):x}\r\n{json.dumps(CREATED)}\r\n0\r\n\r\n".encode()
)
UNFRAMED = (
    b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\n\r\n" + json.dumps(CREATED).encode()
)
HALF = b'HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"sid": "SM'
A, N, R, D = SendResult.ACCEPTED, SendResult.NOT_SENT, SendResult.REJECTED, SendResult.IN_DOUBT
ROWS: dict[str, tuple[Reply, SendResult, str | None]] = {
    "201 with a sid": (answer(201, CREATED), A, None),
    "200 with a media sid": (answer(200, {"sid": "MM" + "c" * 32}), A, None),
    "201 in chunks": (raw(CHUNKED), A, None),
    "201 that ends with its connection": (raw(UNFRAMED), A, None),
    "100 before 201": (raw(b"HTTP/1.1 100 Continue\r\n\r\n" + CHUNKED), A, None),
    "429": (answer(429, {"code": 20429}), N, "20429"),
    "400 with a code": (answer(400, ERROR), R, "63024"),
    "400 as problem+json": (answer(400, RFC_9457, kind="application/problem+json"), R, "21211"),
    "404 with a code": (answer(404, {"code": 20404}), R, "20404"),
    "400 of some proxy": (answer(400, kind="text/html", text="<html>no"), D, None),
    "408": (answer(408, {"code": 20408}), D, "20408"),
    "302": (answer(302, {}, Location="http://127.0.0.1:9/x"), D, None),
    "307": (answer(307, {}, Location="/2010-04-01/elsewhere"), D, None),
    "500": (answer(500, {"code": 20500}), D, "20500"),
    "502 as HTML": (answer(502, kind="text/html", text="<html>"), D, None),
    "503": (answer(503, {"code": 20503}, Retry_After="1"), D, "20503"),
    "504 empty": (answer(504, text=""), D, None),
    "no answer": (silence, D, None),
    "a slow body": (drip(HALF[:75] + b" " * 90, every=0.05), D, None),
    "slow headers": (drip(b"HTTP/1.1 201 X\r\nX: " + b"y" * 40, every=0.05), D, None),
    "reset before the answer": (reset_after(b""), D, None),
    "reset within the answer": (reset_after(HALF), D, None),
    "closed without a word": (raw(b""), D, None),
    "shorter than announced": (raw(CHUNKED.replace(b"\r\n0\r\n\r\n", b"")), D, None),
    "half JSON, closed": (raw(HALF), D, None),
    "half JSON of full length": (answer(201, text='{"sid": "SM'), D, None),
    "HTML with 200": (answer(200, kind="text/html", text="<html>"), D, None),
    "JSON named HTML": (answer(201, CREATED, kind="text/html"), D, None),
    "empty 200": (answer(200, text=""), D, None),
    "204": (raw(b"HTTP/1.1 204 No Content\r\n\r\n", keep=True), D, None),
    "no sid": (answer(201, {"status": "queued"}), D, None),
    "a foreign sid": (answer(201, {"sid": "CA" + "a" * 32}), D, None),
    "a short sid": (answer(201, {"sid": "SM12"}), D, None),
    "a number for a sid": (answer(201, {"sid": 7}), D, None),
    "a list for an object": (answer(201, [CREATED]), D, None),
    "deeply nested": (answer(201, text="[" * 100_000), D, None),
    "not HTTP": (raw(b"SSH-2.0-OpenSSH\r\n"), D, None),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_a_send_ends_in_one_of_four_ways_after_exactly_one_post(script: Script, row: str) -> None:
    reply, result, code = ROWS[row]
    started = time.monotonic()
    got = messenger(script(reply).url).send(MESSAGE)
    assert (got.result, got.code) == (result, code)
    assert (got.sid is not None) is (result is A)
    assert len(script.requests) == 1
    assert time.monotonic() - started < 2


def test_the_deadline_ends_an_answer_that_drips(script: Script) -> None:
    started = time.monotonic()
    script(drip(b"HTTP/1.1 201 X\r\nContent-Length: 999\r\n\r\n" + b" " * 999, every=0.02))
    assert messenger(script.url).send(MESSAGE).result is D
    assert 0.7 < time.monotonic() - started < 1.5


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_credential_stops_everything(script: Script, status: int) -> None:
    script(answer(status, {"code": 20003}))
    with pytest.raises(AuthorizationLost) as caught:
        messenger(script.url).send(MESSAGE)
    assert caught.value.call.code == "20003"
    assert "+52" not in str(caught.value)


def test_a_refused_port_and_an_unknown_host_send_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert messenger(f"http://127.0.0.1:{port}").send(MESSAGE).result is N
    assert messenger("https://nowhere.invalid").send(MESSAGE).result is N


def test_a_failed_handshake_sends_nothing(script: Script) -> None:
    script(raw(b"plain text"))
    secure = script.url.replace("http:", "https:")
    assert messenger(secure).send(MESSAGE).result is N


@pytest.mark.parametrize(
    ("said", "believed"),
    [("7", 7.0), ("60", 60.0), ("61", None), ("0", None), ("-1", None), ("1e9", None),
     ("nan", None), ("Wed, 25 Nov 2026 10:00:00 GMT", None), ("", None)],
)  # fmt: skip
def test_a_wait_is_believed_up_to_a_minute(
    script: Script, said: str, believed: float | None
) -> None:
    script(answer(429, {"code": 20429}, Retry_After=said))
    assert messenger(script.url).send(MESSAGE).retry_after == believed


def test_a_template_is_sent_with_its_values_as_json_text(script: Script) -> None:
    script(answer(201, CREATED, Date="Tue, 24 Nov 2026 12:00:05 GMT"))
    got = messenger(script.url).send(MESSAGE)
    form = script.requests[0].form
    assert json.loads(form.pop("ContentVariables")) == {"1": 'Añá "x"'}
    assert form == {
        "To": "whatsapp:+5215512345678",
        "From": "whatsapp:+14155238886",
        "ContentSid": CONTENT,
        "StatusCallback": "https://recovery.example/webhooks/twilio/status/t0ken",
        "ValidityPeriod": "3600",
    }
    assert script.requests[0].headers["user-agent"].startswith("twilio-python/")
    assert (got.status, got.http_status) == ("queued", 201)
    assert got.provider_at == datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)


def test_a_body_goes_by_the_messaging_service_where_no_sender_is_named(script: Script) -> None:
    one = messenger(script(answer(201, CREATED)).url, messaging_service_sid="MG" + "d" * 32)
    one.send(replace(MESSAGE, sender=None, content_sid=None, body="Hola 👋", valid_for=None))
    form = script.requests[0].form
    assert form["MessagingServiceSid"] == "MG" + "d" * 32
    assert form["Body"] == "Hola 👋"
    assert not {"From", "ContentSid", "ContentVariables", "ValidityPeriod"} & set(form)


def test_connections_are_kept_but_not_after_five_idle_seconds(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = messenger(script(answer(201, CREATED)).url)
    one.send(MESSAGE)
    one.send(MESSAGE)
    assert script.connections == 1
    later = uptime() + 5.1
    monkeypatch.setattr(wire, "uptime", lambda: later)
    assert one.send(MESSAGE).result is A
    assert script.connections == 2


def test_who_is_late_takes_no_turn_and_whose_turn_comes_late_is_not_sent(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = messenger(script(answer(201, CREATED)).url)
    now, turns = [100.0], []
    monkeypatch.setattr(client, "uptime", lambda: now[0])

    def take() -> None:
        turns.append(now[0])
        now[0] += 2

    monkeypatch.setattr(one, "_pace", SimpleNamespace(take=take))
    results = [one.send(replace(MESSAGE, leave_by=moment)) for moment in (99.0, 101.0, 105.0)]
    assert [(found.result, found.code) for found in results] == [
        (N, HELD_UP),
        (N, HELD_UP),
        (A, None),
    ]
    assert turns == [100.0, 102.0]
    assert len(script.requests) == 1


def test_who_is_late_once_the_connection_stands_leaves_it_to_the_next(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = messenger(script(answer(201, CREATED)).url)
    connect = wire.HTTPConnection.connect
    now = [100.0]

    def slowly(connection: wire.HTTPConnection) -> None:
        now[0] += 3
        connect(connection)

    monkeypatch.setattr(wire.HTTPConnection, "connect", slowly)
    for module in (client, http, wire):
        monkeypatch.setattr(module, "uptime", lambda: now[0])
    found = [one.send(replace(MESSAGE, leave_by=now[0] + 1)) for _ in range(2)]
    assert [(sent.result, sent.code) for sent in found] == [(N, HELD_UP), (A, None)]
    assert (script.connections, len(script.requests)) == (1, 1)


def test_a_connection_the_provider_closed_is_not_used_again(script: Script) -> None:
    script(raw(CHUNKED), answer(201, CREATED))
    one = messenger(script.url)
    one.send(MESSAGE)
    time.sleep(0.05)
    assert one.send(MESSAGE).result is A
    assert (script.connections, len(script.requests)) == (2, 2)


def test_many_threads_send_each_message_once(script: Script) -> None:
    one = messenger(script(answer(201, CREATED)).url)

    def work() -> None:
        for _ in range(20):
            assert one.send(MESSAGE).result is A

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(script.requests) == 320
    assert script.connections <= 16


def test_missing_credentials_are_named_at_the_first_use() -> None:
    one = messenger("http://127.0.0.1:9", account_sid=None, auth_token=None)
    with pytest.raises(ConfigurationError, match=r"ACCOUNT_SID and RECOVERY_TWILIO__AUTH_TOKEN"):
        one.send(MESSAGE)


def test_no_log_line_holds_a_number(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    one = messenger(script(answer(201, CREATED)).url)
    one.send(MESSAGE)
    script(answer(200, {"messages": []}))
    one.messages_to("+5215512345678", since=NOW)
    assert "5512345678" not in caplog.text
