"""A run: servers, folders and children, and what each contender measured in its turn."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.place import Place
from benchmarks.plan import REACH_FROM, Round, key_of, prefects, rounds
from benchmarks.queue import measure as measure_pages
from benchmarks.results import Measured, Results, value
from benchmarks.targets import missed


class Bench:
    """Servers, folders and children of one run."""

    def __init__(
        self, folder: Path, *, contacts: int, repetitions: int, only: Collection[str]
    ) -> None:
        self._folder = folder
        self._repetitions = repetitions
        self._only = only
        wanted = {turn.source for turn in rounds(0) if self._chosen(turn)} if only else None
        sources = {"pull": contacts, "reach": contacts * REACH_FROM}
        self._contacts = {name: n for name, n in sources.items() if not wanted or name in wanted}
        self._urls: dict[str, str] = {}
        self._count = 0
        self.results = Results()

    @contextmanager
    def servers(self) -> Iterator[None]:
        """Two of the same server: one for pulls, one with more contacts for messages."""
        children = []
        try:
            for source, contacts in self._contacts.items():
                children.append(_server(contacts))
                self._urls[source] = f"http://127.0.0.1:{int(_first_line(children[-1]))}"
            yield
        finally:
            for child in children:
                child.kill()
                child.communicate()

    def prepare(self) -> int:
        """Pulls and routes once for each source; answers the messages due."""
        found = {}
        for source in self._urls:
            (self._folder / source).mkdir()
            _say(f"preparing {self._contacts[source]:,} contacts …")
            found[source] = self._run("prepare", self._place(source))["units"]
            counted = (self._folder / source / "counted.json").read_text()
            self.results.counted = self.results.counted or json.loads(counted)
        return int(found.get("reach", 0))

    def _chosen(self, turn: Round) -> list[str]:
        return [n for n in turn.names if not self._only or key_of(n, turn) in self._only]

    @contextmanager
    def prefect(self) -> Iterator[None]:
        """A Prefect server that the contender `prefect` finds."""
        command = [sys.executable, "-m", "benchmarks.taskserver", str(self._folder / "prefect")]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=_quiet()) as child:
            (self._folder / "reach" / "prefect.txt").write_text(_first_line(child))
            try:
                yield
            finally:
                child.communicate("")

    def run_all(self, turns: Iterable[Round]) -> None:
        """One round after the other."""
        for turn in turns:
            self._run_round(turn)

    def _run_round(self, turn: Round) -> None:
        """Each contender in its turn, A B C A B C …"""
        names = self._chosen(turn)
        if not names:
            return
        place = replace(
            self._place(turn.source),
            messages=turn.messages,
            messages_per_second=turn.messages_per_second,
        )
        self._steer(turn.source, f"latency/{turn.latency_ms}")
        for repetition in range(self._repetitions):
            for name in names:
                self._steer(turn.source, "reset")
                measured = self._run(name, place)
                key = key_of(name, turn)
                self.results.runs[key].append(measured)
                if key == "pull@0":
                    self.results.calls = self._steer(turn.source, "calls")
                _say(f"{key:16} {repetition + 1}: {_shown(measured)}")

    def profile_all(self, names: Iterable[str]) -> None:
        """Where the time of those goes that missed their target."""
        for name in names:
            _say(f"{name} missed its target: profiling it …")
            self._profile(name)

    def _profile(self, name: str) -> None:
        """Where a contender's main thread spends its time, once more and apart."""
        contender = name.partition("@")[0]
        source = "reach" if contender in ("reach", "applying") else "pull"
        place = self._place(source)
        self._steer(source, "latency/0")
        found = self._run(contender, place, "--profile")
        self.results.profiles[name] = found["profile"]

    def _steer(self, source: str, what: str) -> dict[str, int]:
        with urllib.request.urlopen(f"{self._urls[source]}/_bench/{what}", timeout=60) as answer:
            found: dict[str, int] = json.load(answer)
        return found

    def _place(self, source: str) -> Place:
        return Place(self._urls[source], self._folder / source, self._folder)

    def _run(self, name: str, place: Place, *options: str) -> Measured:
        self._count += 1
        own = self._folder / f"own{self._count}"
        own.mkdir()
        place = replace(place, own=own)
        command = [sys.executable, "-m", "benchmarks.contender", name, place.to_json(), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_quiet())
        if done.returncode:
            raise RuntimeError(f"{name} broke:\n{done.stderr[-3000:]}")
        found: Measured = json.loads(done.stdout.splitlines()[-1])
        return found


def _first_line(child: "subprocess.Popen[str]") -> str:
    assert child.stdout
    return child.stdout.readline()


def _server(contacts: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.server", "--contacts", str(contacts)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _quiet() -> dict[str, str]:
    """Nobody's own settings may change what is measured."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RECOVERY_")}


def _shown(measured: Measured) -> str:
    rate, cost = value(measured, "rate"), value(measured, "cost")
    took, peak = measured["seconds"], measured["peak_mb"]
    return f"{took:6.2f} s {rate:8,.0f}/s {cost:7.3f} ms CPU {peak:5.0f} MB"


def _say(text: str) -> None:
    print(text, flush=True)


def measure(
    *,
    contacts: int,
    repetitions: int,
    prefect: int,
    messages: int,
    profiles: bool = True,
    only: Collection[str] = (),
) -> Results:
    """The whole run; prints what it does as it goes."""
    with TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder), contacts=contacts, repetitions=repetitions, only=only)
        with bench.servers():
            due = bench.prepare()
            bench.run_all(rounds(min(messages, due)))
            if prefect:
                with bench.prefect():
                    bench.run_all(prefects(min(prefect, due)))
            if not only or "queue" in only:
                _say("a rep's pages …")
                bench.results.pages = measure_pages()
            if profiles:
                bench.profile_all(missed(bench.results))
    return bench.results
