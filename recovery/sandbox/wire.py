"""The wire between a client and the vendors: sandbox date, latency, and what goes wrong on it."""

import asyncio
import contextlib
import json
import socket
import struct
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recovery.sandbox.faults import Fault
from recovery.sandbox.world import World

#: A server may send any of these: nothing, now, the past, never, a date.
ODD_RETRY_AFTER = (None, b"0", b"-1", b"1000000000", b"Wed, 21 Oct 2026 07:28:00 GMT")
#: How long a vendor may be at what nobody listens to any more, in sandbox time.
LATE = timedelta(seconds=90)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>"


class Wire:
    """Middleware around everything; control endpoints pass without delay or fault."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, self._dated(send))
        else:
            # Who died in the middle of a request is no trouble of the vendor's.
            with contextlib.suppress(ClientDisconnect):
                await self._vendor(scope, receive, send)

    async def _vendor(self, scope: Scope, receive: Receive, send: Send) -> None:
        world = self._world
        world.requests = number = world.requests + 1
        fault = world.faults.decide(f"{scope['method']} {scope['path']}", number)
        if world.options.latency_ms:
            await asyncio.sleep(world.options.latency_ms / 1000)
        if fault is None:
            await self._app(scope, receive, self._dated(send))
        else:
            await _Trouble(self._app, world, number)(fault, scope, receive, send)

    def _dated(self, send: Send) -> Send:
        date = format_datetime(self._world.clock.now(), usegmt=True).encode()

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        return dated


class _Trouble:
    """One request that goes wrong."""

    def __init__(self, app: ASGIApp, world: World, number: int) -> None:
        self._app = app
        self._hang_s = world.options.hang_s
        self._clock = world.clock
        self._chance = world.random("trouble", number)

    async def __call__(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        match fault:
            case Fault.TIMEOUT:
                await self._hang(receive, send)
            case Fault.SERVER_ERROR:
                status = self._chance.choice((500, 503))
                await _answer(send, status, _error(scope, status))
            case Fault.RATE_LIMITED:
                await self._rate_limited(scope, send)
            case Fault.EXECUTE_LATER:
                await self._execute_later(scope, receive)
                await _reset(send)
            case _:
                status, headers, body = await self._execute(scope, receive)
                await self._after(fault, scope, receive, send, (status, headers, body))

    async def _execute(self, scope: Scope, receive: Receive) -> tuple[int, Any, bytes]:
        answer: dict[str, Any] = {"status": 500, "headers": [], "body": bytearray()}

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"], answer["headers"] = message["status"], message["headers"]
            else:
                answer["body"] += message.get("body", b"")

        await self._app(scope, receive, keep)
        return answer["status"], answer["headers"], bytes(answer["body"])

    async def _execute_later(self, scope: Scope, receive: Receive) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)

        async def whole() -> Message:
            return {"type": "http.request", "body": body}

        async def late() -> None:
            await self._execute(scope, whole)

        self._clock.schedule(self._clock.now() + LATE, late)

    async def _after(
        self,
        fault: Fault,
        scope: Scope,
        receive: Receive,
        send: Send,
        answer: tuple[int, Any, bytes],
    ) -> None:
        match fault:
            case Fault.EXECUTE_THEN_TIMEOUT:
                await self._hang(receive, send)
            case Fault.EXECUTE_THEN_500:
                await _answer(send, 500, _error(scope, 500))
            case Fault.EXECUTE_THEN_RESET:
                await _reset(send)
            case Fault.BROKEN_ANSWER:
                broken = self._chance.choice((answer[2][: len(answer[2]) // 2], HTML, b""))
                await _answer(send, 200, broken)
            case _:
                await self._drip(send, answer)

    async def _rate_limited(self, scope: Scope, send: Send) -> None:
        retry_after = self._chance.choice(ODD_RETRY_AFTER)
        extra = [(b"retry-after", retry_after)] if retry_after else []
        await _answer(send, 429, _error(scope, 429), extra)

    async def _hang(self, receive: Receive, send: Send) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_client_gone(receive), self._hang_s)
        await _reset(send)

    async def _drip(self, send: Send, answer: tuple[int, Any, bytes]) -> None:
        status, headers, body = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        seconds = min(len(body), int(self._hang_s))
        for at in range(seconds):
            await send({"type": "http.response.body", "body": body[at : at + 1], "more_body": True})
            await asyncio.sleep(1)
        await send({"type": "http.response.body", "body": body[seconds:]})


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reset(send: Send) -> None:
    """Cuts the TCP connection with RST, which ASGI has no word for: `send` is uvicorn's own."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError
    connection: socket.socket = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):  # the client may have gone, and the socket with it
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
    await asyncio.sleep(0.01)  # until uvicorn knows, lest it complain of an unanswered request


async def _answer(
    send: Send, status: int, body: bytes, extra: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *(extra or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _error(scope: Scope, status: int) -> bytes:
    """The body that this vendor sends with 429, 500 or 503."""
    if not scope["path"].startswith(("/crm", "/token")):
        code, text = (20429, "Too Many Requests") if status == 429 else (20500, "Internal error")
        return json.dumps(
            {
                "code": code,
                "message": text,
                "more_info": f"https://www.twilio.com/docs/errors/{code}",
                "status": status,
            }
        ).encode()
    if status == 429:
        return json.dumps(
            {
                "code": "429",
                "message": "Quota Exceeded",
                "status": "Request Throttled",
                "details": None,
            }
        ).encode()
    return json.dumps(
        {"code": status, "message": "Internal error", "status": "INTERNAL", "details": []}
    ).encode()
