"""The server all contenders talk to: the sandbox's own answers, at the price of a bare socket.

The sandbox works out each of its answers, which would make it the limit of what is measured. Here
an answer to a GET of Keap is worked out once and served as bytes from then on, a message is
answered from a pattern, and all else goes to the sandbox itself. `_bench` paths steer and count.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httptools
import uvloop

from recovery.sandbox import Options, build_app
from recovery.sandbox.app import Sandbox
from recovery.sandbox.catalogue import TAGS

#: A Monday; contenders run six hours later, when it is day in all of America and in Spain.
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_DATE = b"date: Mon, 23 Nov 2026 16:00:00 GMT\r\n"
Headers = list[tuple[bytes, bytes]]
Answer = Callable[["Exchange"], Awaitable[bytes]]


class Exchange(asyncio.Protocol):
    """One connection; requests on it come one after the other."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client came."""
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.target, self.body = b"", b""
        self.headers: Headers = []

    def on_url(self, url: bytes) -> None:
        """The request's target."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        self.body += body

    def on_message_complete(self) -> None:
        """A whole request came: answered now, or after the latency."""
        self.method: str = self._parser.get_method().decode()
        self._desk.receive(self)

    def write(self, answer: bytes) -> None:
        """Sends a whole answer, unless the client left."""
        if not self._transport.is_closing():
            self._transport.write(answer)  # type: ignore[attr-defined]


class Desk:
    """Answers requests and counts them by kind."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._kept: dict[bytes, bytes] = {}
        self._latency_s = 0.0
        self._calls: Counter[str] = Counter()
        self._sids = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()

    def receive(self, exchange: Exchange) -> None:
        """Answers at once where it can: from memory, or from the pattern of a message."""
        path = exchange.target.decode()
        if path.startswith("/_bench/"):
            exchange.write(self._steered(path))
        elif exchange.method == "POST" and path.endswith("/Messages.json"):
            self._calls["messages"] += 1
            self._late(exchange, self._message(exchange.body))
        elif exchange.target in self._kept and exchange.method == "GET":
            self._calls[_kind(path)] += 1
            self._late(exchange, self._kept[exchange.target])
        else:
            self._calls[_kind(path)] += 1
            task = self._loop.create_task(self._ask_sandbox(exchange))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _late(self, exchange: Exchange, answer: bytes) -> None:
        if self._latency_s:
            self._loop.call_later(self._latency_s, exchange.write, answer)
        else:
            exchange.write(answer)

    def _steered(self, path: str) -> bytes:
        match path.split("/")[2:]:
            case ["latency", ms]:
                self._latency_s = float(ms) / 1000
            case ["reset"]:
                self._calls.clear()
            case ["pages"]:
                return whole(200, json.dumps(self._pages()).encode())
            case _:
                pass
        return whole(200, json.dumps(self._calls).encode())

    def _pages(self) -> list[str]:
        """What a pull asked for: the pages of addresses and contacts, in their order."""
        targets = [target.decode() for target in self._kept]
        return [t for t in targets if _kind(t) in ("contacts", "emailAddresses") and "1000" in t]

    def _message(self, body: bytes) -> bytes:
        form = parse_qs(body.decode())
        self._sids += 1
        answer = _MESSAGE | {
            "to": form["To"][0],
            "from": form["From"][0],
            "sid": f"SM{self._sids:032x}",
        }
        return whole(201, json.dumps(answer).encode())

    async def _ask_sandbox(self, exchange: Exchange) -> None:
        status, body = await _through(self._sandbox, exchange)
        answer = whole(status, body)
        if exchange.method == "GET" and exchange.target.startswith(b"/crm/") and status == 200:
            self._kept[exchange.target] = answer
        self._late(exchange, answer)


def whole(status: int, body: bytes) -> bytes:
    """An HTTP answer with this JSON."""
    return b"HTTP/1.1 %d OK\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n%s" % (
        status,
        _DATE,
        len(body),
        body,
    )


_MESSAGE: dict[str, Any] = {
    "account_sid": Options().twilio_account_sid,
    "api_version": "2010-04-01",
    "body": "Hola, Ana. Te escribimos de Casa Prado porque tu correo ya no recibe.",
    "date_created": "Mon, 23 Nov 2026 16:00:00 +0000",
    "date_sent": None,
    "date_updated": "Mon, 23 Nov 2026 16:00:00 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "status": "queued",
    "subresource_uris": {},
    "uri": "/2010-04-01/Accounts/Messages",
}


def _kind(path: str) -> str:
    """What a call is counted as: `contacts`, `emailAddresses`, …, `sandbox`."""
    parts = urlsplit(path).path.strip("/").split("/")
    if parts[0] == "_sandbox":
        return "sandbox"
    return parts[3] if parts[0] == "crm" and len(parts) > 3 else "twilio"


async def _through(app: Sandbox, exchange: Exchange) -> tuple[int, bytes]:
    url = urlsplit(exchange.target.decode())
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": exchange.method, "path": url.path, "raw_path": url.path.encode(),
        "query_string": url.query.encode(), "root_path": "", "headers": exchange.headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    status, pieces = 500, []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": exchange.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        pieces.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(pieces)


def prepared(contacts: int, seed: int) -> Sandbox:
    """A sandbox in which everybody agreed to WhatsApp, so that there is much to send."""
    app = build_app(Options(contacts=contacts, seed=seed, start=START))
    agreed = next(tag["id"] for tag in TAGS if tag["name"] == "WhatsApp opt-in")
    for contact in app.state.world.contacts.values():
        if agreed not in contact["tag_ids"]:
            contact["tag_ids"].append(agreed)
    return app


async def _serve(contacts: int, seed: int) -> None:
    app = prepared(contacts, seed)
    app.state.world.clock.start()
    desk = Desk(app)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Exchange(desk), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serves until it is killed; the first line printed is the port."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    uvloop.run(_serve(given.contacts, given.seed))


if __name__ == "__main__":
    main()
