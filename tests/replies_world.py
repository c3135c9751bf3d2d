"""People who have our first message and write back."""

from typing import Any

from recovery.services.record.service import RecordCounts
from tests.installation import MEXICAN, Home


def reached(home: Home, status: str = "HARD_BOUNCE", **more: Any) -> str:
    """Somebody who has our first message on the phone."""
    contact = home.contact(status, **more)
    home.send()
    home.move(minutes=2)
    home.run("record")
    return contact


def answer(home: Home, phone: str = MEXICAN, body: str = "", **more: Any) -> None:
    """They write, and a minute later `record` runs."""
    home.says(phone, body, **more)
    home.move(minutes=1)
    home.run("record")


def settle(home: Home, times: int = 3) -> None:
    """The engine's next turns, five minutes apart."""
    for _ in range(times):
        home.move(minutes=5)
        home.run("record", "route", "reach")


def texts(home: Home, phone: str = MEXICAN) -> list[str]:
    """What we wrote to this number, in order."""
    return [m["body"] for m in home.messages(phone)]


def counts() -> RecordCounts:
    """Where a listening that no run of `record` began writes what it counted."""
    return RecordCounts()
