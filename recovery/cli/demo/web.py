"""The web app of a demo in a thread: Twilio's callbacks come to it over real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recovery.bootstrap import Recovery
from recovery.cli.servers import web_app
from recovery.errors import RecoveryError

_READY_S = 20.0


@contextmanager
def serving(recovery: Recovery, *, port: int) -> Iterator[None]:
    """Answers on loopback for as long as the block lasts."""
    from recovery.web.serve import server

    web = server(web_app(recovery), host="127.0.0.1", port=port)
    thread = threading.Thread(target=web.run, name="web", daemon=True)
    thread.start()
    try:
        _wait(lambda: web.started, thread)
        yield
    finally:
        web.should_exit = True
        thread.join(_READY_S)


def _wait(is_ready: Callable[[], bool], thread: threading.Thread) -> None:
    until = time.monotonic() + _READY_S
    while not is_ready():
        if time.monotonic() > until or not thread.is_alive():
            raise RecoveryError("the web app did not start: is the port free? Try another --port")
        time.sleep(0.02)
