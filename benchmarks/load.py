"""Raw HTTP posts over kept-alive sockets on one event loop: cheap enough to load anything."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvloop

from recovery.sandbox.options import TWILIO_ACCOUNT


def posts(
    url: str, requests: Sequence[bytes], *, connections: int, per_second: float = 0
) -> list[float]:
    """Posts all and answers the seconds each took; RuntimeError where one is not taken.

    With a pace a request's time runs from when it should have left, so that a stall shows in all
    that it held up.
    """
    return uvloop.run(_all(url, _Timetable(requests, per_second), connections))


class _Timetable:
    """Hands out requests with the moment each is to leave; without a pace, now."""

    def __init__(self, requests: Sequence[bytes], per_second: float) -> None:
        self._left = enumerate(requests)
        self._gap = 1 / per_second if per_second else 0
        self._began = time.perf_counter()

    async def __aiter__(self) -> AsyncIterator[tuple[float, bytes]]:
        for number, request in self._left:
            now = time.perf_counter()
            leaves_at = self._began + number * self._gap if self._gap else now
            await asyncio.sleep(max(0, leaves_at - now))
            yield leaves_at, request


async def _all(url: str, requests: _Timetable, connections: int) -> list[float]:
    took: list[float] = []
    await asyncio.gather(*(_connection(url, requests, took) for _ in range(connections)))
    return took


async def _connection(url: str, requests: _Timetable, took: list[float]) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    async for leaves_at, request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        await reader.readexactly(_length(head))
        took.append(time.perf_counter() - leaves_at)
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
