"""docs/benchmarks.md, written whole from one run."""

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

from benchmarks.plan import REACH_FROM
from benchmarks.queue import section
from benchmarks.results import Results
from benchmarks.targets import Target, judged

_PACKAGES = ("twilio", "requests", "sqlalchemy", "sqlmodel", "prefect", "urllib3", "xlsxwriter")
_TITLES = {
    "pull@0": "**pull**: page to stored, opened case",
    "pull_bare@0": "same pages parsed, finished rows inserted",
    "pull_by_hand@0": "the same, with numbers, zones and hashes read by a plain script",
    "pull@50": "**pull**, 50 ms",
    "pull_bare@50": "same pages parsed, finished rows inserted, 50 ms",
    "reach@0": "**reach**: claim, checks, send, record, all committed",
    "sdk@0": "bare Twilio SDK, 32 threads, nothing stored",
    "sdk_over_ours@0": "bare SDK over our HTTP client, nothing stored",
    "sockets@0": "raw sockets: the limit of machine and server",
    "reach@50": "**reach**, 50 ms",
    "sdk@50": "bare Twilio SDK, 32 threads, 50 ms",
    "sdk_over_ours@50": "bare SDK over our HTTP client, 50 ms",
    "prefect@0": "one Prefect task a contact, server included",
    "prefect@50": "one Prefect task a contact, 50 ms",
    "reach_at_80@0": "**reach** at a steady 80 messages/s",
    "jsonl@0": "**archive** to verified JSON lines",
    "jsonl_bare@0": "json.dumps to a file, one sync",
    "workbook@0": "**archive** to compared workbook",
    "workbook_bare@0": "xlsxwriter alone, cells made before",
    "callbacks@0": "**callbacks**, signed, on the disk before the answer, as fast as it goes",
    "callbacks_at_500@0": "**callbacks** at a steady 500/s",
    "applying@0": "what locks the database against callbacks: applying those that are stored",
}


def render(results: Results, *, repetitions: int) -> str:
    """The whole page."""
    return "\n".join(_lines(results, repetitions)) + "\n"


def _lines(results: Results, repetitions: int) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`; nothing here was typed by hand, and no test depends on it."
    yield (
        "Only ratios carry over to other machines: all contenders of a table took turns in one "
        "run, each in a process of its own, and the figures are medians of "
        f"{repetitions} repetitions."
    )
    yield ""
    yield from _circumstances(results)
    yield from _targets(results)
    yield from _contenders(results)
    if results.pages:
        yield from section(results.pages)
    yield from _profiles(results)


def _circumstances(results: Results) -> Iterator[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield f"- Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield (
        f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python "
        + (sys.version.split()[0])
    )
    yield (
        f"- Load average of its last 15 minutes: {os.getloadavg()[2]:.0f}. Above the number of "
        "cores others were at work too: figures by the second, and of few milliseconds, then say "
        "little."
    )
    yield f"- {packages}"
    yield (
        "- Server: `benchmarks/server.py`, in a process of its own. It serves the sandbox's own "
        "answers (equal seed, everybody agreed to WhatsApp) as bytes made once, because the "
        "sandbox, which works each of them out, would be the limit itself."
    )
    contacts, addresses = results.counted["contacts"], results.counted["addresses"]
    yield (
        f"- {contacts:,} contacts and {addresses:,} undeliverable addresses are pulled; the "
        f"messages are those due at once in an account {REACH_FROM} times that size."
    )
    yield ""


def _targets(results: Results) -> Iterator[str]:
    yield "## Targets"
    yield ""
    yield "| what | measured | target | |"
    yield "|---|---|---|---|"
    for target in judged(results):
        yield _verdict(target, results)
    yield ""


def _verdict(target: Target, results: Results) -> str:
    sign = "≤" if target.at_most else "≥"
    value = _number(target.value(results))
    held = "kept" if target.holds(results) else "**missed**"
    if target.what.startswith("beyond"):
        held = "reached" if target.holds(results) else "not reached"
    unit = target.unit
    return f"| {target.what} | {value}{unit} | {sign} {_number(target.limit)}{unit} | {held} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def _contenders(results: Results) -> Iterator[str]:
    yield "## Contenders"
    yield ""
    yield "| contender | units | seconds | units/s | CPU ms a unit | peak MB |"
    yield "|---|---|---|---|---|---|"
    for name, title in _TITLES.items():
        if results.has(name):
            yield _contender(results, name, title)
    yield ""
    yield (
        "A unit is a contact, a message, a row or a callback. CPU is user and system time of the "
        "contender's process (of Prefect's, also its server's until it is at rest); peak memory "
        "is the most that process itself held (on Linux `VmHWM`). Prefect runs fewer messages and "
        "is compared by the message. Of the callbacks CPU and memory are the sender's, not the "
        "web app's."
    )
    yield ""


def _contender(results: Results, name: str, title: str) -> str:
    units, seconds = results.median(name, "units"), results.median(name, "seconds")
    rate, cost = results.median(name, "rate"), results.median(name, "cost")
    peak = results.median(name, "peak_mb")
    return f"| {title} | {units:,.0f} | {seconds:.2f} | {rate:,.0f} | {cost:.3f} | {peak:.0f} |"


def _profiles(results: Results) -> Iterator[str]:
    if not results.profiles:
        return
    yield "## Where the time of what missed its target goes"
    yield ""
    yield "The main thread under cProfile, which makes everything slower; a run of its own."
    for name, profile in results.profiles.items():
        yield f"\n### {_TITLES[name].replace('**', '')}\n\n```\n{profile}\n```"
