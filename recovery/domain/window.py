"""An opening within one local day."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` on, up to but without `closes`, on the wall clock."""

    opens: time
    closes: time

    def has(self, moment: time) -> bool:
        """Is this time of the day within?"""
        return self.opens <= moment < self.closes


#: A day of which no rule says anything; `time` knows no 24:00.
ALL_DAY = Window(time.min, time.max)


def common(*windows: Window | None) -> Window | None:
    """What all of them allow; None when one is closed or they do not meet."""
    opens, closes = time.min, time.max
    for window in windows:
        if window is None:
            return None
        opens, closes = max(opens, window.opens), min(closes, window.closes)
    return Window(opens, closes) if opens < closes else None
