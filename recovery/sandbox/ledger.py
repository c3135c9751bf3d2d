"""The sandbox's own account of what it accepted: the judge in chaos tests."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol


class TellsTime(Protocol):
    """What a ledger needs of a clock."""

    def now(self) -> datetime: ...


class Ledger:
    """Numbered JSON lines, written before an answer is sent; nothing is changed or dropped."""

    def __init__(self, clock: TellsTime) -> None:
        self._clock = clock
        self._lines: list[str] = []

    def append(self, kind: str, **fields: Any) -> int:
        """The number of the new line, counted from 1."""
        number = len(self._lines) + 1
        head = {"n": number, "kind": kind, "at": self._clock.now().isoformat()}
        real = {"real_at": datetime.now(UTC).isoformat()}
        line = json.dumps(head | fields | real, ensure_ascii=False, separators=(",", ":"))
        self._lines.append(line)
        return number

    def lines(self, since: int = 0) -> Iterator[str]:
        """The lines after number `since`, oldest first."""
        return islice(self._lines, max(since, 0), len(self._lines))

    def records(self, since: int = 0) -> Iterator[dict[str, Any]]:
        """The same lines, parsed."""
        return (json.loads(line) for line in self.lines(since))

    def __len__(self) -> int:
        return len(self._lines)
