"""The checks of `recovery doctor`: each answers with findings, a line and its mend apiece."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is; WRONG is a setting, BROKEN something that fails while running."""

    FINE = "ok"
    NOTE = "note"
    BROKEN = "failed"
    WRONG = "misconfigured"

    @property
    def mark(self) -> str:
        """The sign before the line."""
        return {Level.FINE: "✓", Level.NOTE: "!"}.get(self, "✗")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do about it."""

    level: Level
    what: str
    found: str
    mend: str = ""


def fine(what: str, found: str) -> Finding:
    """As it should be."""
    return Finding(Level.FINE, what, found)


def hint(what: str, found: str, mend: str) -> Finding:
    """Works, with a limit somebody should know of."""
    return Finding(Level.NOTE, what, found, mend)


def broken(what: str, found: str, mend: str) -> Finding:
    """Fails at run time."""
    return Finding(Level.BROKEN, what, found, mend)


def wrong(what: str, found: str, mend: str) -> Finding:
    """A setting is missing or wrong."""
    return Finding(Level.WRONG, what, found, mend)
