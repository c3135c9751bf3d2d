"""What a run measured."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Measured = dict[str, Any]


@dataclass(slots=True)
class Results:
    """What each contender measured, by name and latency."""

    runs: dict[str, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    #: Calls of a pull by kind, and the rows that they brought.
    calls: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)
    #: Of a rep's pages, small and large, in milliseconds.
    pages: dict[str, list[float]] = field(default_factory=dict)

    def median(self, name: str, what: str) -> float:
        """The median over all repetitions; `rate` is units a second, `cost` CPU ms a unit."""
        return median(value(run, what) for run in self.runs[name])

    def has(self, *names: str) -> bool:
        """Were all of them run?"""
        return all(name in self.runs for name in names)


def value(run: Measured, what: str) -> float:
    """One measurement of one run; `rate` and its like are worked out."""
    match what:
        case "rate":
            return float(run["units"] / run["seconds"])
        case "cost":
            return float(run["cpu"] / run["units"] * 1000)
        case "load":
            return float(run["cpu"] / run["seconds"])
        case _:
            return float(run[what])
