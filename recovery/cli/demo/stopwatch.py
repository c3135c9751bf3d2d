"""Where the demo's minute goes, in real seconds by part."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up real time; parts do not overlap."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._parts: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        """Counts the block's time for a part."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._parts[part] += time.perf_counter() - began

    def __str__(self) -> str:
        whole = time.perf_counter() - self._began
        slowest = sorted(self._parts.items(), key=lambda part: -part[1])
        parts = (f"{part} {seconds:.0f} s" for part, seconds in slowest)
        return f"{whole:.0f} s ({', '.join(parts)})"
