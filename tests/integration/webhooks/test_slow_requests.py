"""Whoever sends a request's head slowly, or without end, keeps no connection for long."""

import socket
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from webhook_world import Twilio

from recovery.web import patience


def connected(twilio: Twilio) -> socket.socket:
    return socket.create_connection((twilio.pool.host, twilio.pool.port or 0), timeout=5)


def is_closed(connection: socket.socket) -> bool:
    """Also where the end of an earlier answer is still on its way."""
    try:
        while connection.recv(1000):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize("said", [b"", b"POST /webhooks/twilio/inbound HTTP/1.1\r\nA: b\r\n"])
def test_a_head_that_never_ends_is_given_up(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.2)
    with connected(twilio) as connection:
        connection.sendall(said)
        began = time.monotonic()
        assert is_closed(connection)
        assert time.monotonic() - began < 3


def test_a_head_without_end_is_cut_off(twilio: Twilio) -> None:
    with connected(twilio) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X-A: " + b"a" * patience.LARGEST_HEAD)
        assert is_closed(connection)


def test_a_second_slow_request_on_a_kept_connection_is_given_up_too(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.2)
    with connected(twilio) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        assert is_closed(connection)


def test_who_answers_slowly_is_not_hurried(twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.2)
    connection = HTTPConnection(twilio.pool.host, twilio.pool.port, timeout=5)
    with closing(connection):
        connection.connect()
        connection.auto_open = 0  # it is this connection that is kept
        for _ in range(2):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"ok")
            time.sleep(0.3)  # kept alive: no head is awaited
