"""The web app of a home, served for as long as a block lasts."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from recovery.cli.servers import web_app
from recovery.web.serve import server
from tests.installation import Home

T = TypeVar("T")


class _Hasty:
    """`asyncio` for a server that looks twenty times as often whether it is to end."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 20)


@contextmanager
def quick_servers() -> Iterator[None]:
    """Servers of this process end at once; uvicorn's take a fifth of a second, a test each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("uvicorn.server.asyncio", _Hasty())
        yield


def free_address() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def serving(home: Home) -> Iterator[None]:
    """Serves at the home's public address, as a process of its own would."""
    place = urlsplit(home.settings.public_url or "")
    web = server(web_app(home.another()), host=str(place.hostname), port=place.port or 0)
    thread = threading.Thread(target=web.run, daemon=True)
    thread.start()
    try:
        eventually(lambda: web.started)
        yield
    finally:
        web.should_exit = True
        thread.join(15)


def eventually(found: Callable[[], T], *, within: float = 10) -> T:
    """What is found in the end; AssertionError when nothing is."""
    ends_at = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < ends_at, "it did not come about"
        time.sleep(0.01)
    return value
