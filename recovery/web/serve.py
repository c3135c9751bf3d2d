"""Serves the web app until it is told to stop; requests under way are answered first."""

import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from recovery.web.pages.site import Site
from recovery.web.patience import PatientProtocol

#: Seconds that requests under way have left after SIGTERM.
_GRACE = 10


class _Server(uvicorn.Server):
    """Tells pages that listen that it is over: they are requests under way for minutes; and keeps
    Python from looking at all that was loaded while somebody waits."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # What was loaded to start stays: no look for circles of objects goes through it again,
        # which held up every request for as long as it took.
        gc.collect()
        gc.freeze()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        site: Site | None = getattr(getattr(self.config.app, "state", None), "site", None)
        if site:
            site.pulse.close()
        await super().shutdown(sockets)


def server(app: FastAPI, *, host: str, port: int) -> uvicorn.Server:
    """A server that trusts no proxy's headers and logs no addresses."""
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=PatientProtocol,
            loop="asyncio" if sys.platform == "win32" else "uvloop",
            ws="none",
            lifespan="on",
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_GRACE,
        )
    )


def run(app: FastAPI, *, host: str, port: int) -> None:
    """Returns after SIGINT or SIGTERM, when all was answered and applied."""
    with _signals_end_here():
        server(app, host=host, port=port).run()


@contextmanager
def _signals_end_here() -> Iterator[None]:
    # uvicorn raises a signal anew once it has stopped: a stop that was asked for is no failure.
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, lambda *_: None)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
