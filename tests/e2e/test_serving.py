"""`recovery serve`, whole: one command brings everything up, and one signal takes it down."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from flows import environment
from flows.children import Child
from flows.deploying import PROJECT
from flows.leftovers import remember
from flows.server import free_port
from tests.installation import MEXICAN, Home

MAIN = "from recovery.cli import main; main()"


def test_one_command_serves_everything_and_one_signal_ends_it(
    make_home: Callable[..., Home],
) -> None:
    home = make_home()
    home.contact(phones=[MEXICAN])
    left = a_killed_one_left(home.settings.home / "prefect")
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
        env={
            **os.environ,
            **environment.of_settings(home.settings),
            "PYTHONPATH": str(PROJECT),
        },
        cwd=home.settings.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as served:
        try:
            lines = read_until(served, "everything runs")
            assert left.wait(1) == -signal.SIGKILL
            assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).text == "ok"
            api = (home.settings.home / "prefect" / "server.url").read_text() + "/api"
            state = run(api, "pull")
            assert (state["type"], state["message"]) == ("COMPLETED", PULLED), (lines, state)
            children = processes(home.settings.home)
            assert len(children) >= 3
            began = time.monotonic()
            served.send_signal(signal.SIGTERM)
            said = served.communicate(timeout=20)[0]
        finally:
            served.terminate()
            served.wait(20)
    assert time.monotonic() - began < 10
    assert served.returncode == 0
    assert said.split("\n")[-2:] == ["stopped", ""]
    assert not processes(home.settings.home)


PULLED = "1 contacts read, 1 cases opened"


def a_killed_one_left(folder: Path) -> "subprocess.Popen[bytes]":
    """A process of an earlier `serve` that was killed itself."""
    sleeps = ["-c", "import time; time.sleep(600)"]
    child = Child("sleeper", sleeps, {"PREFECT_HOME": str(folder)}, folder / "log")
    child.start()
    remember(folder, [child])
    assert child.process
    return child.process


def read_until(served: "subprocess.Popen[str]", sign: str) -> list[str]:
    """The lines up to the one with this sign."""
    assert served.stdout
    lines = []
    for line in served.stdout:
        lines.append(line)
        if sign in line:
            return lines
    raise AssertionError(lines)


def run(api: str, deployment: str) -> dict[str, str]:
    """Starts a deployment as its button in the UI does; how the run ended."""
    made = asked("GET", f"{api}/deployments/name/{deployment}/{deployment}")["id"]
    run = asked("POST", f"{api}/deployments/{made}/create_flow_run")["id"]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        state: dict[str, str] = asked("GET", f"{api}/flow_runs/{run}")["state"]
        if state["type"] not in ("SCHEDULED", "PENDING", "RUNNING"):
            return state
        time.sleep(0.3)
    raise AssertionError(state)


def asked(method: str, url: str) -> dict[str, Any]:
    """The server's answer; on SQLite it says 503 while another of its loops writes."""
    until = time.monotonic() + 20
    while True:
        body = {} if method == "POST" else None
        answer = requests.request(method, url, json=body, timeout=20)
        if answer.status_code != 503 or time.monotonic() > until:
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.3)


def processes(home: Path) -> list[str]:
    """Living processes that were started for this home."""
    mark = f"RECOVERY_HOME={home.absolute()}".encode()
    other = f"PREFECT_HOME={home.absolute()}/prefect".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if (mark in variables or other in variables) and command:
            found.append(command)
    return found
