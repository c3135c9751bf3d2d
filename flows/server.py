"""The Prefect server: joined where one is, else started as a child on loopback."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows import environment
from flows.children import Child
from flows.leftovers import end_leftovers, forget, remember
from recovery.adapters.files.lock import FileLocks
from recovery.errors import NothingToDo, RecoveryError

#: A new home takes about 6 s on two idle cores, and several times that on busy ones.
START_WITHIN = 120.0
_LOOPBACK = "127.0.0.1"
_ADDRESS = "server.url"


class ServerUnavailable(RecoveryError):
    """There is no Prefect server, and none could be started."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a Prefect server answers; one that others started is no child, and a foreign one no
    home."""

    url: str
    home: Path | None = None
    child: Child | None = None

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
        remember(home, [server.child] if server.child else [])
        wait_for(server)
        yield server
    finally:
        stop(server)
        forget(home)


@contextmanager
def joined_or_running(home: Path) -> Iterator[Server]:
    """The server at PREFECT_API_URL, else the one `serve` runs for this home, else a new one."""
    with ExitStack() as stack:
        server = configured() or served(home)
        yield server or stack.enter_context(running_server(stack.enter_context(free_folder(home))))


@contextmanager
def free_folder(home: Path) -> Iterator[Path]:
    """The home; while another server of ours keeps its books there, a passing folder beside it."""
    with ExitStack() as stack:
        try:
            stack.enter_context(only_server(home))
            end_leftovers(home)
            folder = home
        except NothingToDo:
            passing = TemporaryDirectory(prefix="beside-", dir=home, ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(passing))
        yield folder


def only_server(home: Path) -> AbstractContextManager[None]:
    """The right to run the server of this home; raises NothingToDo while another has it.

    Two servers on one SQLite file hinder each other for seconds at a time.
    """
    return FileLocks(home)("server")


def configured() -> Server | None:
    """The server that PREFECT_API_URL or a Prefect profile names; it must answer."""
    from prefect.settings import PREFECT_API_URL

    api = PREFECT_API_URL.value()
    if not api:
        return None
    server = Server(api.rstrip("/").removesuffix("/api"))
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
    address = ["--host", _LOOPBACK, "--port", str(port)]
    variables = {
        **environment.of_server(home),
        "PREFECT_SERVER_API_HOST": _LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
    }
    command = ["-m", "prefect", "server", "start", *address]
    child = Child("Prefect server", command, variables, home / "server.log")
    child.start()
    return Server(f"http://{_LOOPBACK}:{port}", home, child)


def wait_for(server: Server, *, within: float = START_WITHIN) -> None:
    """Returns when the server answers; ServerUnavailable when it ends or is late."""
    until = time.monotonic() + within
    while not answers(server):
        ended = server.child is not None and not server.child.lives
        if ended or time.monotonic() > until:
            raise ServerUnavailable(
                f"the Prefect server did not start: see server.log in {server.home}. The stages "
                "also run without it: `recovery pull`, `route`, `reach`, `record`, `archive`"
            )
        time.sleep(0.1)


@contextmanager
def announced(server: Server, home: Path) -> Iterator[None]:
    """Lets `recovery run` of the same home find the server."""
    address = home / _ADDRESS
    address.write_text(server.url, encoding="ascii")
    try:
        yield
    finally:
        address.unlink(missing_ok=True)


def answers(server: Server) -> bool:
    """Does its API say that it is well?"""
    try:
        with urllib.request.urlopen(f"{server.api}/health", timeout=3) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def stop(server: Server) -> None:
    """Ends the server, where it is ours."""
    if server.child is not None:
        server.child.end()


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])
