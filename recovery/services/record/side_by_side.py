"""Work that waits for others, done side by side; after a failure nothing more begins."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")


def side_by_side(items: Iterable[T], work: Callable[[T], None], *, threads: int) -> None:
    """Raises the first failure once everything that had begun is at its end."""
    with ThreadPoolExecutor(threads, thread_name_prefix="beside") as pool:
        begun = [pool.submit(work, item) for item in items]
        done, _ = wait(begun, return_when=FIRST_EXCEPTION)
        failed = [one for one in begun if one in done and one.exception()]
        if failed:
            pool.shutdown(cancel_futures=True)
            failed[0].result()
