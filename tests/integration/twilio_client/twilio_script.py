"""A provider on loopback that answers byte by byte as a test scripts it."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: Writes one answer; the connection is kept when it returns true.
Reply = Callable[[socket.socket, threading.Event], bool]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


@dataclass
class Script:
    """Answers in order, the last for ever; everything that was asked is kept."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def __call__(self, *replies: Reply) -> "Script":
        self.replies = list(replies)
        return self

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def running_script() -> Iterator[Script]:
    script, stop = Script(), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    script.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=_accept, args=(listener, script, stop), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _accept(listener: socket.socket, script: Script, stop: threading.Event) -> None:
    with suppress(OSError):
        while not stop.is_set():
            connection, _ = listener.accept()
            script.connections += 1
            args = (connection, script, stop)
            threading.Thread(target=_serve, args=args, daemon=True).start()


def _serve(connection: socket.socket, script: Script, stop: threading.Event) -> None:
    with connection, suppress(OSError), connection.makefile("rb") as reader:
        while (request := _read(reader)) is not None:
            script.requests.append(request)
            if not script.next_reply()(connection, stop):
                return


def _read(reader: Any) -> Request | None:
    line = reader.readline().decode("latin-1").split()
    if len(line) < 2:  # somebody hung up, or speaks TLS
        return None
    headers: dict[str, str] = {}
    while (header := reader.readline().decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    return Request(line[0], line[1], headers, reader.read(int(headers.get("content-length", 0))))


def raw(content: bytes, *, keep: bool = False) -> Reply:
    def reply(connection: socket.socket, stop: threading.Event) -> bool:
        connection.sendall(content)
        return keep

    return reply


def answer(
    status: int,
    payload: object = None,
    *,
    kind: str = "application/json",
    text: str | None = None,
    **headers: str,
) -> Reply:
    body = (json.dumps(payload) if text is None else text).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body, keep=True)


def silence(connection: socket.socket, stop: threading.Event) -> bool:
    """Never answers."""
    stop.wait(20)
    return False


def drip(content: bytes, *, every: float) -> Reply:
    """A byte at a time, never so slowly that a read would time out."""

    def reply(connection: socket.socket, stop: threading.Event) -> bool:
        for byte in content:
            connection.sendall(bytes([byte]))
            if stop.wait(every):
                break
        return False

    return reply


def reset_after(content: bytes) -> Reply:
    """A part of an answer, then a TCP reset."""

    def reply(connection: socket.socket, stop: threading.Event) -> bool:
        connection.sendall(content)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        return False

    return reply
