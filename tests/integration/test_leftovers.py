"""What a killed run leaves behind holds up nobody: the next one ends it."""

import time
from pathlib import Path

from flows.children import Child
from flows.leftovers import remember
from flows.server import free_folder


def test_the_server_of_a_killed_run_is_ended_by_the_next(tmp_path: Path) -> None:
    sleeps = ["-c", "import time; print('up', flush=True); time.sleep(600)"]
    child = Child("server", sleeps, {"PREFECT_HOME": str(tmp_path)}, tmp_path / "log")
    child.start()
    # Just after its start the kernel does not tell yet what a process was given.
    while "up" not in (tmp_path / "log").read_text():
        time.sleep(0.01)
    remember(tmp_path, [child])
    assert child.process
    with free_folder(tmp_path) as folder:
        assert folder == tmp_path
        assert child.process.wait(10) < 0


def test_a_living_run_keeps_its_server_and_the_books(tmp_path: Path) -> None:
    with free_folder(tmp_path) as first, free_folder(tmp_path) as second:
        assert first == tmp_path != second
