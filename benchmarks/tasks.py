"""One Prefect task a contact: the shape a workflow engine suggests."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.contender import Done, Job
from benchmarks.place import THREADS, Place
from benchmarks.sends import arguments, client

#: The server writes its books for a while after the last task; at most so long is waited.
_REST_S = 9.0


def prefect(place: Place) -> Job:
    """Bare SDK sends, each its own task, 32 at a time; the server's CPU counts, as it must run."""
    from flows import environment

    api, number = (place.shared / "prefect.txt").read_text().split()
    os.environ.update(environment.of_client(place.own / "prefect", api))
    pid, job = int(number), _flow(place)

    def run() -> Done:
        before, began = cpu_of_tree(pid), time.perf_counter()
        units = job()
        seconds = time.perf_counter() - began
        _until_at_rest(pid)
        return Done(units, seconds=seconds, server_cpu=cpu_of_tree(pid) - before)

    return run


def _flow(place: Place) -> Callable[[], int]:
    from prefect import flow, task
    from prefect.task_runners import ThreadPoolTaskRunner
    from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]

    messages, forms = client(place, TwilioHttpClient()).messages, place.forms()

    @task(retries=0)
    def send(number: int) -> None:
        messages.create(**arguments(forms[number]))

    runner: Any = ThreadPoolTaskRunner(max_workers=THREADS)

    @flow(task_runner=runner)
    def send_all(count: int) -> int:
        return sum(future.wait() is None for future in send.map(range(count)))

    return lambda: send_all(len(forms))


def _until_at_rest(pid: int) -> None:
    until, used = time.monotonic() + _REST_S, cpu_of_tree(pid)
    while time.monotonic() < until:
        time.sleep(1.5)
        before, used = used, cpu_of_tree(pid)
        if used - before < 0.1:
            return


def cpu_of_tree(pid: int) -> float:
    """CPU seconds of a process and of all it started; 0 where there is no /proc."""
    found = [stat for path in Path("/proc").glob("[0-9]*/stat") if (stat := _stat(path))]
    family = {pid}
    for one, parent, _ in sorted(found):
        if parent in family:
            family.add(one)
    ticks = sum(used for one, _, used in found if one in family)
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(path.parent.name), int(fields[1]), int(fields[11]) + int(fields[12])
