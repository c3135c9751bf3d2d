"""`make mutants`: puts one bug at a time into a copy of the sources and wants to see red."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.catalogue import ROOT, Bug, bugs

SOURCES = ("recovery", "flows", "templates", "tests")
FILES = ("pyproject.toml", "prefect.yaml")
LANES = 2
#: pytest's word for: tests ran, and some failed. A suite that cannot start proves nothing.
SOME_FAILED = 1


@contextmanager
def a_copy() -> Iterator[Path]:
    """The sources in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="recovery-mutant-") as folder:
        root = Path(folder)
        without = shutil.ignore_patterns("__pycache__", ".*")
        for name in SOURCES:
            shutil.copytree(ROOT / name, root / name, ignore=without)
        for name in FILES:
            shutil.copy(ROOT / name, root)
        yield root


def tested(root: Path, tests: tuple[str, ...], *more: str) -> "subprocess.CompletedProcess[str]":
    """Runs these tests on the sources in this folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    # Old bytecode of a file that is changed within a second would hide the change.
    only = {"RECOVERY_TEST_DATABASE": "sqlite", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*command, *more, *tests],
        cwd=root,
        env={**os.environ, **only},
        capture_output=True,
        text=True,
        check=False,
    )


def verdict(bug: Bug) -> str | None:
    """Why this bug counts as missed; None where its tests fail by it."""
    with a_copy() as root:
        bug.put_into(root)
        run = tested(root, bug.tests, "--exitfirst")
    if run.returncode == SOME_FAILED:
        return None
    return "no test noticed it" if run.returncode == 0 else f"its tests do not run:\n{run.stdout}"


def healthy(chosen: list[Bug]) -> bool:
    """Without any bug all of these tests pass: else their red would say nothing."""
    tests = tuple(dict.fromkeys(test for bug in chosen for test in bug.tests))
    with a_copy() as root:
        run = tested(root, tests)
    if run.returncode:
        sys.stdout.write(f"{run.stdout}\nnot every test passes without a bug: mend that first\n")
    return run.returncode == 0


def main() -> int:
    """All bugs, or those named on the command line; 1 when one of them was missed."""
    wanted = set(sys.argv[1:])
    chosen = [bug for bug in bugs() if not wanted or bug.name in wanted]
    began = time.monotonic()
    if not healthy(chosen):
        return 1
    missed = 0
    with ThreadPoolExecutor(LANES) as pool:
        for bug, why in zip(chosen, pool.map(verdict, chosen), strict=True):
            missed += why is not None
            sys.stdout.write(f"{'missed' if why else 'caught'}  {bug.name}  {why or ''}\n")
            sys.stdout.flush()
    caught = len(chosen) - missed
    sys.stdout.write(f"{caught} of {len(chosen)} in {time.monotonic() - began:.0f} s\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
