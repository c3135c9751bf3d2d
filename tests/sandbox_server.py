"""A sandbox on a free loopback port, in a thread of the test's own process."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import requests
import uvicorn

from recovery.sandbox import Options, build_app
from recovery.sandbox.app import server_config
from recovery.sandbox.twilio.state import Account
from recovery.sandbox.world import World

#: One for all: a session a request, and what the shell says of proxies, would be most of its time.
HTTP = requests.Session()
HTTP.trust_env = False
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Running:
    """Where it is, what is behind it, and the loop it lives in."""

    url: str
    world: World
    twilio: Account
    options: Options

    def ledger(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The ledger's lines, of one kind if given."""
        return [row for row in self.world.ledger.records() if kind in (None, row["kind"])]

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """GET, or POST where there is a body, of a control endpoint."""
        url = f"{self.url}/_sandbox{path}"
        answer = HTTP.post(url, json=body, timeout=60) if body else HTTP.get(url, timeout=9)
        answer.raise_for_status()
        return answer.json()

    def move(self, to: datetime) -> int:
        """Moves sandbox time; how many events that fired."""
        return int(self.control("/clock", {"now": to.isoformat()})["fired"])


@contextmanager
def running(**given: Any) -> Iterator[Running]:
    """A sandbox for as long as the block lasts; virtual time from MONDAY unless told otherwise."""
    # Named, the protocol makes asyncio switch Nagle off: else each answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        defaults: dict[str, Any] = {"contacts": 200, "start": MONDAY, "hang_s": 1.0}
        options = replace(Options(), **{**defaults, **given, "port": listener.getsockname()[1]})
        app = build_app(options)
        server = _Server(server_config(options, app))
        thread = threading.Thread(target=server.serve_on, args=(listener,), daemon=True)
        thread.start()
        try:
            yield Running(options.url, app.state.world, app.state.twilio, options)
        finally:
            server.stop()
            thread.join(10)


class _Server(uvicorn.Server):
    """Ends at once when told, where uvicorn takes a fifth of a second: each test stops one."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop, self._told = asyncio.new_event_loop(), asyncio.Event()

    def serve_on(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self.serve(sockets=[listener]))

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self.lifespan.shutdown()
