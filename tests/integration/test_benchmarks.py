"""The benchmarks run from end to end; what they measure decides nothing here."""

import subprocess
import sys

from benchmarks.bench import measure
from benchmarks.page import render

CHOSEN = ("reach@0", "sdk@0")


def test_a_tiny_run_takes_turns_and_writes_its_page():
    results = measure(
        contacts=50, repetitions=1, prefect=0, messages=5, profiles=False, only=CHOSEN
    )

    page = render(results, repetitions=1)

    assert {name: runs[0]["units"] for name, runs in results.runs.items()} == dict.fromkeys(
        CHOSEN, 5
    )
    assert "| **reach**: claim, checks, send, record, all committed | 5 |" in page
    assert "| reach at 0 ms: messages/s against the bare SDK" in page


def test_the_peak_of_a_contender_is_its_own_and_not_its_parents():
    held = bytearray(200 * 1024 * 1024)
    command = [sys.executable, "-c", "from benchmarks.contender import peak_mb; print(peak_mb())"]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 1 < float(child.stdout) < len(held) / 1024 / 1024
