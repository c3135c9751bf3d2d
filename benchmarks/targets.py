"""What is promised, as ratios of one run, and whether it was kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from benchmarks.results import Results

#: Rows of a page of Keap's, at most.
_PAGE = 1000
#: CPU ms a message of the bare SDK on the machine for which shares of a core were set: by it they
#: are carried over, as only ratios are.
_SDK_THERE = 0.84


@dataclass(frozen=True, slots=True)
class Target:
    """One promise: `value` must be at least (or at most) `limit`; `who` is profiled if not."""

    what: str
    needs: tuple[str, ...]
    value: Callable[[Results], float]
    limit: float
    unit: str = "×"
    at_most: bool = False
    who: str = ""

    def holds(self, results: Results) -> bool:
        """Was it kept?"""
        value = self.value(results)
        return value <= self.limit if self.at_most else value >= self.limit


def rate_against(one: str, other: str) -> Callable[[Results], float]:
    """Units a second of one contender in those of another."""
    return lambda r: r.median(one, "rate") / r.median(other, "rate")


def cost_against(one: str, other: str) -> Callable[[Results], float]:
    """CPU a unit of one contender in that of another."""
    return lambda r: r.median(one, "cost") / r.median(other, "cost")


def share_there(results: Results) -> float:
    """The share of a core at the steady pace, by what the bare SDK costs here and there."""
    return results.median("reach_at_80@0", "load") * _SDK_THERE / results.median("sdk@0", "cost")


def least_calls(results: Results) -> int:
    """Full pages of addresses and of contacts, and none to see that there is no more."""
    return ceil(results.counted["addresses"] / _PAGE) + ceil(results.counted["contacts"] / _PAGE)


def calls_against_least(results: Results) -> float:
    """List calls of a first pull in the fewest that give all rows."""
    made = results.calls.get("contacts", 0) + results.calls.get("emailAddresses", 0)
    return made / least_calls(results)


TARGETS = (
    Target("reach at 0 ms: messages/s against the bare SDK, 32 threads, nothing stored",
           ("reach@0", "sdk@0"), rate_against("reach@0", "sdk@0"), 0.7, who="reach@0"),
    Target("reach at 0 ms: messages/s against one Prefect task a contact",
           ("reach@0", "prefect@0"), rate_against("reach@0", "prefect@0"), 5, who="reach@0"),
    Target("reach at 0 ms: CPU of a Prefect task, its server included, against a message of ours",
           ("reach@0", "prefect@0"), cost_against("prefect@0", "reach@0"), 15, who="reach@0"),
    Target("beyond: reach at 0 ms against the bare SDK over our own HTTP client",
           ("reach@0", "sdk_over_ours@0"), rate_against("reach@0", "sdk_over_ours@0"), 1),
    Target("reach at 50 ms: messages/s against the bare SDK with as many threads",
           ("reach@50", "sdk@50"), rate_against("reach@50", "sdk@50"), 0.8, who="reach@50"),
    Target("CPU a message, claim to record, against the bare SDK's",
           ("reach@0", "sdk@0"), cost_against("reach@0", "sdk@0"), 1.6, at_most=True,
           who="reach@0"),
    Target("share of a core at a steady 80 messages/s", ("reach_at_80@0",),
           lambda r: r.median("reach_at_80@0", "load"), 0.15, unit="", at_most=True,
           who="reach@0"),
    Target(f"the same on the machine of the target, where the bare SDK takes {_SDK_THERE} ms",
           ("reach_at_80@0", "sdk@0"), share_there, 0.15, unit="", at_most=True),
    Target("pull, page to stored case: contacts/s against inserting the finished rows",
           ("pull@0", "pull_bare@0"), rate_against("pull@0", "pull_bare@0"), 0.5, who="pull@0"),
    Target("the same against a script that reads numbers and hashes too",
           ("pull@0", "pull_by_hand@0"), rate_against("pull@0", "pull_by_hand@0"), 0.5),
    Target("pull at 50 ms against inserting the finished rows",
           ("pull@50", "pull_bare@50"), rate_against("pull@50", "pull_bare@50"), 0.5),
    Target("Keap's list calls of a first pull against the fewest possible", ("pull@0",),
           calls_against_least, 1.05, at_most=True),
    Target("callbacks stored a second", ("callbacks@0",),
           lambda r: r.median("callbacks@0", "rate"), 500, unit="/s"),
    Target("callbacks at a steady 500/s: answered within, 99 of 100", ("callbacks_at_500@0",),
           lambda r: r.median("callbacks_at_500@0", "p99") * 1000, 50, unit=" ms", at_most=True,
           who="applying@0"),
    Target("archive to verified JSON lines against json.dumps to a file",
           ("jsonl@0", "jsonl_bare@0"), rate_against("jsonl@0", "jsonl_bare@0"), 0.5,
           who="jsonl@0"),
    Target("archive to a compared workbook against xlsxwriter alone",
           ("workbook@0", "workbook_bare@0"), rate_against("workbook@0", "workbook_bare@0"), 0.5,
           who="workbook@0"),
)  # fmt: skip


def judged(results: Results) -> Iterator[Target]:
    """The targets of which everything was measured."""
    return (target for target in TARGETS if results.has(*target.needs))


def missed(results: Results) -> list[str]:
    """Who must be profiled, each once."""
    found = [t.who for t in judged(results) if t.who and not t.holds(results)]
    return list(dict.fromkeys(found))
