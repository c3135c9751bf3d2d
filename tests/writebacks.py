"""People of whom Keap is owed something, and the runs in which it is told."""

from typing import Any

from tests.installation import Home


def with_a_call(home: Home, **more: Any) -> str:
    """Somebody whose first call is in the queue here."""
    contact = home.contact(tags=[], **more)
    home.send()
    return contact


def later(home: Home, times: int = 3) -> None:
    """Some runs of `record` later."""
    for _ in range(times):
        home.move(minutes=5)
        home.run("record")
