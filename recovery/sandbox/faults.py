"""Which request goes wrong, and how: a function of seed and request number, to be repeated."""

import re
from collections import deque
from collections.abc import Iterable
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """Ways in which an API goes wrong; the first eight concern any request."""

    EXECUTE_THEN_TIMEOUT = "execute_then_timeout"
    TIMEOUT = "timeout"
    EXECUTE_THEN_500 = "execute_then_500"
    SERVER_ERROR = "server_error"
    EXECUTE_THEN_RESET = "execute_then_reset"
    RATE_LIMITED = "rate_limited"
    BROKEN_ANSWER = "broken_answer"
    SLOW_DRIP = "slow_drip"
    #: By script alone: the connection breaks at once, and what was asked for is done in 90 seconds.
    EXECUTE_LATER = "execute_later"
    LATE_CREATE = "late_create"
    LIST_LAG = "list_lag"
    CALLBACK_EARLY = "callback_early"
    CALLBACK_DUPLICATE = "callback_duplicate"
    CALLBACK_REORDER = "callback_reorder"
    CALLBACK_MISSING = "callback_missing"
    PAGE_MUTATION = "page_mutation"
    TOKEN_EXPIRED = "token_expired"
    #: Not by rate: while it is set Keap's list of e-mail statuses does not exist.
    STATUSES_MISSING = "statuses_missing"


HTTP_FAULTS = frozenset(list(Fault)[:8])


class Faults:
    """The plan of what goes wrong; changed while running by the control endpoint."""

    def __init__(self, *, seed: int, rate: float = 0, kinds: Iterable[str] = ()) -> None:
        self._seed = seed
        self.plan(rate=rate, kinds=kinds)

    def plan(
        self,
        *,
        rate: float = 0,
        kinds: Iterable[str] = (),
        match: str = "",
        script: Iterable[str] = (),
    ) -> None:
        """Replaces the plan; raises ValueError on an unknown kind, a bad rate or pattern.

        `match` is a pattern searched in "METHOD /path"; `script` lists the faults of the next
        matching requests, one each ("none" spares one), before the rate counts again.
        """
        if not 0 <= rate <= 1:
            msg = f"a fault rate is between 0 and 1, not {rate}"
            raise ValueError(msg)
        self.rate = rate
        self.kinds = _named(kinds)
        self.match = re.compile(match)
        self.script = deque(None if kind == "none" else Fault(kind) for kind in script)
        self._of_http = sorted(self.kinds & HTTP_FAULTS)

    def decide(self, path: str, seq: int) -> Fault | None:
        """What happens to request number `seq`; `path` is "METHOD /path"."""
        if not self.script and (not self.rate or not self._of_http):
            return None
        if not self.match.search(path):
            return None
        if self.script:
            return self.script.popleft()
        chance = Random(f"{self._seed}:fault:{seq}")
        return chance.choice(self._of_http) if chance.random() < self.rate else None

    def happens(self, kind: Fault, *key: object) -> bool:
        """Whether a fault beyond HTTP strikes the thing named by `key`."""
        if kind not in self.kinds or not self.rate:
            return False
        chance = Random(f"{self._seed}:{kind}:{key}")
        return chance.random() < self.rate

    def is_set(self, kind: Fault) -> bool:
        """Whether the kind is in the plan, whatever the rate."""
        return kind in self.kinds


def _named(kinds: Iterable[str]) -> frozenset[Fault]:
    names = {kind.strip() for kind in kinds if kind.strip()}
    if "all" in names:
        return frozenset(Fault) - {Fault.STATUSES_MISSING}
    return frozenset(Fault(name) for name in names) or HTTP_FAULTS
