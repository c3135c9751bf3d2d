"""How Python looks after the memory of every process of ours."""

import gc

#: New objects before Python looks for circles among them: with its own 700 a quarter of a pull's
#: time went there, since a page is thousands of rows and no circles.
COLLECT_AFTER = (10_000, 20, 20)


def collect_seldom() -> None:
    """From here on, in this process."""
    gc.set_threshold(*COLLECT_AFTER)
