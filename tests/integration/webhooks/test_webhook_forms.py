"""Forms and bodies of every shape, as Twilio and as strangers send them."""

import json
import socket

import pytest
from webhook_world import (
    INBOUND,
    PUBLIC,
    STATUS,
    Twilio,
    World,
    encoded,
    eventually,
    inbound_fields,
    refused,
    sid,
    signed,
    status_fields,
)

from recovery.web import form


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
