"""The plan: which contenders run, in turn, at what pace."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.place import FULL_SPEED

#: Contacts behind the messages, for each contact of the pull: only some 9 % of them are due.
REACH_FROM = 2


@dataclass(frozen=True, slots=True)
class Round:
    """Contenders that take turns at one latency."""

    names: Sequence[str]
    latency_ms: int = 0
    source: str = "pull"
    messages: int = 0
    messages_per_second: float = FULL_SPEED
    #: What these results are called where it is not the contenders' names.
    suffix: str = ""


SENDS = ("reach", "sdk", "sdk_over_ours")


def rounds(messages: int) -> list[Round]:
    """All but Prefect's."""
    return [
        Round(("pull", "pull_bare", "pull_by_hand")),
        Round(("pull", "pull_bare"), latency_ms=50),
        Round((*SENDS, "sockets"), source="reach", messages=messages),
        Round(SENDS, latency_ms=50, source="reach", messages=messages),
        # A quarter of a minute: of three seconds the start of a run would be a fifth.
        paced("reach", 80, min(1_200, messages)),
        Round(("jsonl", "jsonl_bare", "workbook", "workbook_bare")),
        Round(("callbacks",), source="reach", messages=min(1000, messages)),
        paced("callbacks", 500, min(600, messages)),
    ]


def prefects(messages: int) -> list[Round]:
    """One task a message."""
    return [Round(("prefect",), latency, source="reach", messages=messages) for latency in (0, 50)]


def paced(name: str, per_second: int, messages: int) -> Round:
    """One contender at a steady pace."""
    return Round(
        (name,),
        source="reach",
        messages=messages,
        messages_per_second=per_second,
        suffix=f"_at_{per_second}",
    )


def key_of(name: str, turn: Round) -> str:
    """What the results of a contender in a round are called."""
    return f"{name}{turn.suffix}@{turn.latency_ms}"
