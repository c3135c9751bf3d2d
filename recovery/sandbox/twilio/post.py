"""A small HTTP client for webhooks: keep-alive, loopback only, a tenth of a library's CPU."""

import asyncio
import contextlib
import ssl
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

from recovery.sandbox.options import LOOPBACK

CONNECT_S, TOTAL_S = 5.0, 15.0
_MANY_AT_ONCE = 16

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the receiver said; only bodies of a stated length are read."""

    status: int
    body: bytes = b""
    stays_open: bool = False


class NotConnectedError(Exception):
    """The receiver could not be reached at all; nothing was sent."""


class NotAnsweredError(Exception):
    """Something was sent, and no readable answer came in time."""


@dataclass(slots=True)
class Poster:
    """Posts forms; keeps connections open between posts."""

    _idle: defaultdict[str, list[Stream]] = field(default_factory=lambda: defaultdict(list))
    _keeper: asyncio.Task[None] | None = None
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MANY_AT_ONCE))

    async def post(self, url: str, fields: Fields, *, headers: dict[str, str]) -> int:
        """The receiver's status. Raises NotConnectedError or NotAnsweredError."""
        return (await self.exchange(url, fields, headers=headers)).status

    async def exchange(self, url: str, fields: Fields, *, headers: dict[str, str]) -> Answered:
        """As `post`, with the body of the answer."""
        parts = urlsplit(url)
        if parts.hostname not in LOOPBACK:
            msg = "the sandbox calls loopback addresses only"
            raise NotConnectedError(msg)
        self._keeper = self._keeper or asyncio.create_task(self._close_at_the_end())
        async with self._room:
            return await self._exchange(parts, _request(parts, fields, headers))

    async def _close_at_the_end(self) -> None:
        """Waits to be cancelled with the loop, and leaves no connection behind."""
        try:
            await asyncio.Event().wait()
        finally:
            for _, writer in [stream for streams in self._idle.values() for stream in streams]:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

    async def _exchange(self, parts: SplitResult, request: bytes) -> Answered:
        while self._idle[parts.netloc]:
            try:
                return await self._send(parts.netloc, self._idle[parts.netloc].pop(), request)
            except NotAnsweredError as error:
                if isinstance(error.__cause__, TimeoutError):
                    raise
                # closed by the receiver while it was idle
        return await self._send(parts.netloc, await _connect(parts), request)

    async def _send(self, netloc: str, stream: Stream, request: bytes) -> Answered:
        reader, writer = stream
        try:
            writer.write(request)
            answered = await asyncio.wait_for(_answer(reader), TOTAL_S)
        except (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            writer.close()
            raise NotAnsweredError(type(error).__name__) from error
        if answered.stays_open:
            self._idle[netloc].append(stream)
        else:
            writer.close()
        return answered


async def _connect(parts: SplitResult) -> Stream:
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    try:
        opening = asyncio.open_connection(parts.hostname, port, ssl=secure)
        return await asyncio.wait_for(opening, CONNECT_S)
    except (OSError, TimeoutError) as error:
        raise NotConnectedError(type(error).__name__) from error


def _request(parts: SplitResult, fields: Fields, headers: dict[str, str]) -> bytes:
    body = urlencode(fields).encode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc.rsplit('@', 1)[-1]}",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> Answered:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status_line, *rest = head.split("\r\n")
    headers = dict(line.split(":", 1) for line in rest if ":" in line)
    status = int(status_line.split()[1])
    length = headers.get("content-length", "").strip()
    body = await reader.readexactly(int(length)) if length.isdecimal() else b""
    whole = length.isdecimal() or status == 204
    return Answered(status, body, whole and "close" not in headers.get("connection", ""))
