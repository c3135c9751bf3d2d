"""`recovery serve`: Prefect, its worker and the web app in one command, until told to stop."""

import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from prefect.client.orchestration import get_client

from flows import environment, server
from flows.children import Child
from flows.deploying import ALERTS, POOL, end_dead_runs, make_ready, who_is_told
from flows.leftovers import end_leftovers, remember
from flows.recover import at_server
from flows.server import Server
from recovery.bootstrap import Recovery

Say = Callable[[str], None]
_PREFECT_PORT = 4200
_LOOK_EVERY = 0.5
_WEB_WITHIN = 30.0
_MAIN = "from recovery.cli import main; main()"


def serve(recovery: Recovery, *, host: str, port: int, say: Say) -> None:
    """Returns after SIGINT or SIGTERM, when every process it started has ended.

    Raises ServerUnavailable or ConfigurationError when it cannot begin, NothingToDo where another
    `serve` is at work on this home. Only the main thread can call it, for the signals.
    """
    with _until_told(say), ExitStack() as stack:
        prefect = stack.enter_context(_server(recovery, say))
        stack.enter_context(at_server(prefect.api))
        children = _children(recovery, prefect, host=host, port=port)
        variables = environment.of_client(prefect.home, prefect.api)
        if prefect.child is not None:
            end_dead_runs("its worker was gone; the next run goes on where this one was")
        account, log = recovery.settings.account, _folder(recovery) / "deploy.log"
        number = make_ready(variables=variables, log=log, account=account)
        say(f"deployed for {account}: {number} deployments of prefect.yaml, {prefect.url}")
        say(_who_is_told())
        with _running(children, prefect, say):
            _say_web(f"http://{host}:{port}", say)
            say("everything runs; Ctrl-C stops it")
            everything = [*children, *_own(prefect)]
            Watch(everything, say, lambda: remember(_folder(recovery), everything)).watch()


def _who_is_told() -> str:
    with get_client(sync_client=True) as client:
        told = who_is_told(client) is not None
    if told:
        return f"alerts: by the notification block `{ALERTS}`"
    return (
        f"alerts: in Prefect's event feed and `recovery doctor` only; make a notification block "
        f"named `{ALERTS}` in Prefect (Blocks) and start again, and somebody is told"
    )


@contextmanager
def _server(recovery: Recovery, say: Say) -> Iterator[Server]:
    joined = server.configured()
    if joined:
        say(f"Prefect: joined the server at {joined.url}")
        yield joined
        return
    home = _folder(recovery)
    with server.only_server(home):
        if end_leftovers(home):
            say("ended what a killed `recovery serve` had left running")
        say("Prefect: starting a server of our own (a few seconds; longer the first time) …")
        with server.running_server(home, _port()) as ours, server.announced(ours, home):
            say(f"Prefect: {ours.url} (runs, schedules, forms)")
            yield ours


@contextmanager
def _running(children: list[Child], prefect: Server, say: Say) -> Iterator[None]:
    """The children, from here on; all are asked to end before one is waited for."""
    try:
        for child in children:
            child.start()
        say(f"worker: looks for runs of the pool `{POOL}` every 5 seconds")
        yield
    finally:
        for child in children:
            child.ask_to_end()
        for child in children:
            child.end()
        if prefect.child is not None and prefect.child.lives:
            end_dead_runs("`recovery serve` was stopped; the next run goes on where this one was")


def _children(recovery: Recovery, prefect: Server, *, host: str, port: int) -> list[Child]:
    settings = environment.of_settings(recovery.settings)
    variables = {**environment.of_client(prefect.home, prefect.api), **settings}
    folder = _folder(recovery)
    worker = ["-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    name = ["--name", f"recovery on {socket.gethostname()}"]
    web = ["-c", _MAIN, "web", "--host", host, "--port", str(port)]
    return [
        Child("worker", [*worker, *name], variables, folder / "worker.log"),
        Child("web app", web, variables, recovery.settings.home / "web.log"),
    ]


def _own(prefect: Server) -> list[Child]:
    return [prefect.child] if prefect.child else []


@dataclass(slots=True)
class Watch:
    """Starts children again that end by themselves, each time after a longer pause."""

    children: list[Child]
    say: Say
    on_start: Callable[[], None]
    _ends: dict[str, int] = field(default_factory=dict)
    _again_at: dict[str, float] = field(default_factory=dict)

    def watch(self) -> None:
        """Looks twice a second, for ever."""
        self.on_start()
        while True:
            time.sleep(_LOOK_EVERY)
            for child in self.children:
                if not child.lives:
                    self._mend(child)

    def _mend(self, child: Child) -> None:
        now = time.monotonic()
        due = self._again_at.pop(child.title, None)
        if due is None:
            ends = self._ends[child.title] = self._ends.get(child.title, 0) + 1
            pause = min(60, 2 ** (ends - 1))
            self._again_at[child.title] = now + pause
            self.say(f"{child.title}: ended, starts again in {pause} s; see {child.log}")
        elif now >= due:
            child.start()
            self.on_start()
            self.say(f"{child.title}: started again")
        else:
            self._again_at[child.title] = due


@contextmanager
def _until_told(say: Say) -> Iterator[None]:
    """SIGINT or SIGTERM leaves the block; a second one does not disturb the clearing up."""
    told = False

    def tell(_number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if not told:
            told = True
            say("stopping …")
            raise KeyboardInterrupt

    before = {one: signal.signal(one, tell) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        if not told:
            raise
        say("stopped")
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _say_web(url: str, say: Say) -> None:
    until = time.monotonic() + _WEB_WITHIN
    while not _is_well(url):
        if time.monotonic() > until:
            say("web app: does not answer yet; see web.log in the home")
            return
        time.sleep(0.2)
    say(f"web app: {url} (webhooks, /healthz, /readyz, /metrics)")


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _folder(recovery: Recovery) -> Path:
    return recovery.settings.home / "prefect"


def _port() -> int:
    """Prefect's usual port, where nobody has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", _PREFECT_PORT))
        except OSError:
            return server.free_port()
    return _PREFECT_PORT
