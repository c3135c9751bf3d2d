"""The clock by which checks and rights grow old: nobody sets it, and it goes on in suspension."""

import time

#: Linux's monotonic clock stands still while a machine is suspended; that of the others does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def uptime() -> float:
    """Seconds since some fixed moment, those included in which a laptop's lid was closed."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
