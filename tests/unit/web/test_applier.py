"""The thread that applies: woken, never overtaken by an error, and last at work."""

import threading

from recovery.web.applier import Applier, Apply, Work
from recovery.web.metrics import Metrics


def applier(*works: tuple[str, Apply]) -> Applier:
    return Applier([Work(name, do) for name, do in works], Metrics())


def test_a_failing_work_does_not_keep_the_next_from_its_turn() -> None:
    done: list[str] = []

    def broken() -> int:
        raise OSError("ana@example.com")

    one = applier(("ingest", broken), ("apply", lambda: done.append("apply")))
    assert one.turn() is False
    assert done == ["apply"]


def test_it_works_at_the_start_when_woken_and_at_the_end() -> None:
    turns: list[int] = []
    began, again = threading.Event(), threading.Event()

    def apply() -> None:
        turns.append(1)
        (again if began.is_set() else began).set()

    one = applier(("apply", apply))
    one.start()
    assert began.wait(2)
    one.wake()
    assert again.wait(2)
    before = len(turns)
    one.stop()
    assert len(turns) > before
