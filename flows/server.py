"""The Prefect server: joined where one is, else started as a child on loopback."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flows import environment
from recovery.errors import RecoveryError

#: A new home takes about 6 s on two idle cores, and several times that on busy ones.
START_WITHIN = 120.0
STOP_WITHIN = 5.0
_LOOPBACK = "127.0.0.1"
_ADDRESS = "server.url"


class ServerUnavailable(RecoveryError):
    """There is no Prefect server, and none could be started."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Prefect server answers; `process` is None for one that somebody else started."""

    url: str
    home: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        """The address for PREFECT_API_URL."""
        return f"{self.url}/api"


@contextmanager
def running_server(home: Path, port: int | None = None) -> Iterator[Server]:
    """A server of our own under `home`, answering; any free port unless told otherwise.

    Raises ServerUnavailable when it does not answer within two minutes.
    """
    server = launch(home, port or free_port())
    try:
        wait_for(server)
        yield server
    finally:
        stop(server)


@contextmanager
def joined_or_running(home: Path) -> Iterator[Server]:
    """The server at PREFECT_API_URL, else the one `serve` runs for this home, else a new one."""
    joined = configured(home) or served(home)
    if joined:
        yield joined
        return
    with running_server(home) as server:
        yield server


def configured(home: Path) -> Server | None:
    """The server that PREFECT_API_URL or a Prefect profile names; it must answer."""
    from prefect.settings import PREFECT_API_URL

    api = PREFECT_API_URL.value()
    if not api:
        return None
    server = Server(api.rstrip("/").removesuffix("/api"), home)
    if not answers(server):
        raise ServerUnavailable(
            f"no Prefect server answers at {api}: start it, or unset PREFECT_API_URL to use one "
            "of our own"
        )
    return server


def served(home: Path) -> Server | None:
    """The server that another process of this installation started and still runs."""
    try:
        url = (home / _ADDRESS).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    server = Server(url, home)
    return server if url and answers(server) else None


def launch(home: Path, port: int) -> Server:
    """Starts a server and returns at once: `wait_for` it later, and `stop` it in the end."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    arguments = ["server", "start", "--host", _LOOPBACK, "--port", str(port)]
    url = f"http://{_LOOPBACK}:{port}"
    variables = {
        **environment.of_server(home),
        "PREFECT_SERVER_API_HOST": _LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
    }
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C reaches us alone, and we end the children in their order.
            start_new_session=True,
        )
    return Server(url, home, process)


def wait_for(server: Server, *, within: float = START_WITHIN) -> None:
    """Returns when the server answers, and lets others find it."""
    until = time.monotonic() + within
    while not answers(server):
        ended = server.process is not None and server.process.poll() is not None
        if ended or time.monotonic() > until:
            raise ServerUnavailable(
                f"the Prefect server did not start: see {server.home / 'server.log'}. The stages "
                "also run without it: `recovery pull`, `route`, `reach`, `record`, `archive`"
            )
        time.sleep(0.1)
    (server.home / _ADDRESS).write_text(server.url, encoding="ascii")


def answers(server: Server) -> bool:
    """Does its API say that it is well?"""
    try:
        with urllib.request.urlopen(f"{server.api}/health", timeout=3) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def stop(server: Server) -> None:
    """Ends the server that we started, and its own children."""
    with suppress(OSError):
        if (server.home / _ADDRESS).read_text(encoding="ascii") == server.url:
            (server.home / _ADDRESS).unlink()
    if server.process is not None:
        end(server.process)


def end(process: subprocess.Popen[bytes], *, within: float = STOP_WITHIN) -> None:
    """Asks a child to end; after `within` seconds its whole process group is killed."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        _kill_group(process)
        process.wait(within)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])
