"""Raw HTTP posts over kept-alive sockets on one event loop: cheap enough to load anything."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvloop

from recovery.sandbox.options import TWILIO_ACCOUNT


def posts(url: str, requests: Sequence[bytes], *, connections: int) -> list[float]:
    """Posts all and answers the seconds each took; RuntimeError where one is not taken."""
    return uvloop.run(_all(url, iter(requests), connections))


async def _all(url: str, requests: Iterator[bytes], connections: int) -> list[float]:
    took: list[float] = []
    await asyncio.gather(*(_connection(url, requests, took) for _ in range(connections)))
    return took


async def _connection(url: str, requests: Iterator[bytes], took: list[float]) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        await reader.readexactly(_length(head))
        took.append(time.perf_counter() - began)
    writer.close()


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)


def post(path: str, fields: Mapping[str, Any], **headers: str) -> bytes:
    """A whole request with a form."""
    body = urlencode(fields).encode()
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\n{lines}"
        f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body


def requests_of(forms: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Messages as requests."""
    path = f"/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Messages.json"
    return [post(path, form) for form in forms]
