"""Runs one contender in a process of its own and prints what it took, as one line of JSON.

`python -m benchmarks.contender NAME PLACE`: imports and preparation are outside what is measured.
"""

import cProfile
import importlib
import io
import json
import pstats
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.place import Place


@dataclass(frozen=True, slots=True)
class Done:
    """How many units a job did; `seconds` where not all of its time counts."""

    units: int
    seconds: float | None = None
    #: CPU that a server of the contender's own used for it.
    server_cpu: float = 0.0
    #: Seconds within which 99 of 100 requests were answered.
    p99: float | None = None


Job = Callable[[], Done]
_STATUS = Path("/proc/self/status")
#: Where each contender is; a module is loaded only in the processes that need it.
MODULES = {
    "prepare": "preparing",
    "pull": "pulls", "pull_bare": "pulls", "pull_by_hand": "pulls",
    "reach": "sends", "sdk": "sends", "sdk_over_ours": "sends", "sockets": "sends",
    "prefect": "tasks",
    "jsonl": "archives", "jsonl_bare": "archives",
    "callbacks": "callbacks", "applying": "callbacks",
    "workbook": "archives", "workbook_bare": "archives",
}  # fmt: skip


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory this program held since it began."""
    if _STATUS.exists():
        # Linux starts a child's `ru_maxrss` at what its parent held; this is the program's own.
        line = next(one for one in _STATUS.read_text().splitlines() if one.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measured(job: Job) -> dict[str, Any]:
    """Seconds, CPU seconds, units, and the peak memory of the process in MB."""
    cpu, began = cpu_seconds(), time.perf_counter()
    done = job()
    seconds = time.perf_counter() - began
    return {
        "seconds": done.seconds or seconds,
        "cpu": cpu_seconds() - cpu + done.server_cpu,
        "units": done.units,
        "peak_mb": peak_mb(),
        "p99": done.p99,
    }


def profiled(job: Job, lines: int = 14) -> dict[str, Any]:
    """The functions in which the main thread spent most; others wait or post."""
    profile = cProfile.Profile()
    profile.runcall(job)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(lines)
    table = text.getvalue().partition("ncalls")
    return {"profile": (table[1] + table[2]).rstrip()}


def run(name: str, place: Place, *, profile: bool = False) -> dict[str, Any]:
    """One contender, here and now."""
    module = importlib.import_module(f"benchmarks.{MODULES[name]}")
    job: Job = getattr(module, name)(place)
    return profiled(job) if profile else measured(job)


if __name__ == "__main__":
    found = run(sys.argv[1], Place.from_json(sys.argv[2]), profile="--profile" in sys.argv)
    print(json.dumps(found), flush=True)
