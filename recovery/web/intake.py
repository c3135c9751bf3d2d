"""Group commit: requests that come at the same time share one transaction and its sync."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from recovery.errors import StorageFull
from recovery.services.inbox import Received

#: Rows of one transaction: about 5 ms of writing.
MOST_AT_ONCE = 500
#: Requests that may wait; each is rightly signed, so this is a limit of memory, not of rights.
MOST_WAITING = 10_000

Waiter = tuple[Received, "asyncio.Future[None]"]


class Intake:
    """Gathers what requests bring while the previous group is being written."""

    def __init__(self, keep: Callable[[Sequence[Received]], None]) -> None:
        self._keep = keep
        self._waiting: list[Waiter] = []
        self._writer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inbox")

    async def put(self, received: Received) -> None:
        """Returns when it is durable; raises what `keep` raised for its group."""
        if len(self._waiting) >= MOST_WAITING:
            raise StorageFull("too many callbacks wait for the database: is it locked?")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((received, done))
        if self._writer is None:
            self._writer = loop.create_task(self._write())
        await done

    def close(self) -> None:
        """Waits for the group that is being written."""
        self._thread.shutdown(wait=True)

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._write_group(group)
        finally:
            self._writer = None

    async def _write_group(self, group: list[Waiter]) -> None:
        loop = asyncio.get_running_loop()
        rows = [received for received, _ in group]
        try:
            await loop.run_in_executor(self._thread, self._keep, rows)
        except Exception as error:  # noqa: BLE001 (each waiting request answers for itself)
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
                    done.exception()  # whoever hung up never looks: that is no warning
        else:
            for _, done in group:
                if not done.done():
                    done.set_result(None)
