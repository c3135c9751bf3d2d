"""Work that waits for others, done side by side; after a failure nothing more begins."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def side_by_side(items: Iterable[T], work: Callable[[T], None], *, threads: int) -> None:
    """Raises the first failure once everything that had begun is at its end."""
    failed = Event()

    def begin(item: T) -> None:
        if failed.is_set():
            return
        try:
            work(item)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(threads, thread_name_prefix="beside") as pool:
        for begun in [pool.submit(begin, item) for item in items]:
            begun.result()
