"""One thread of the web app that applies what was stored, within a second of its coming."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from recovery.web.metrics import Metrics

_LOG = logging.getLogger(__name__)
#: Does some of what is to be done and says how much it was: another turn follows until it is none.
Apply = Callable[[], int | None]
#: Seconds to gather what comes together, to wait after a failure, and between looks for rows that
#: another process stored.
GATHER, AFTER_FAILURE, LOOK = 0.2, 1.0, 5.0
#: Seconds this thread may compute while a request waits for the interpreter; Python's 5 ms, several
#: times a request, were half of what an answer took.
_SWITCH_AFTER = 0.0005


@dataclass(frozen=True, slots=True)
class Work:
    """One thing done at each turn, by the name it has in metrics."""

    name: str
    do: Apply


@dataclass(frozen=True, slots=True)
class Talking:
    """What is done with replies: understood at once, answered over the network in its own time."""

    understand: Apply
    answer: Apply


class Applier:
    """Does its works in order whenever it is woken; a failure is logged by its class only, since
    its text may hold what a person wrote."""

    def __init__(self, works: list[Work], metrics: Metrics) -> None:
        self._works = works
        self._metrics = metrics
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._did_something = False
        self._thread = threading.Thread(target=self._run, name="applier", daemon=True)

    def start(self) -> None:
        """Begins with a turn, for what a process before this one left."""
        sys.setswitchinterval(_SWITCH_AFTER)
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    def stop(self) -> None:
        """Ends after a last turn, so that what was answered is applied if it can be."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            well = self.turn()
            if well and not self._did_something:
                self._wake.wait(LOOK)
            self._stop.wait(GATHER if well else AFTER_FAILURE)
        self.turn()

    def turn(self) -> bool:
        """Does each work once; whether all went well."""
        went_well, self._did_something = True, False
        for work in self._works:
            went_well &= self._do(work)
        return went_well

    def _do(self, work: Work) -> bool:
        began = time.perf_counter()
        try:
            count = work.do()
        except Exception as error:  # noqa: BLE001 (the thread outlives every error)
            _LOG.error("%s failed and is tried again (%s)", work.name, type(error).__name__)
            self._metrics.apply_errors.labels(work.name).inc()
            return False
        self._did_something |= bool(count)
        if work.name == "apply":
            self._metrics.apply_seconds.observe(time.perf_counter() - began)
            self._metrics.last_apply.set_to_current_time()
        if work.name in ("apply", "understand"):
            self._metrics.applied.inc(count or 0)
        return True
