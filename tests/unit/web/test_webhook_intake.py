"""Group commit: what comes together is written together, and each caller learns of its own."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from recovery.errors import StorageFull
from recovery.services.inbox import Callback, Received
from recovery.web import intake
from recovery.web.intake import Intake


def callback(number: int) -> Callback:
    return Callback("token", f"SM{number}", "sent", "", datetime(2026, 11, 23, tzinfo=UTC), {})


def test_what_comes_during_a_write_shares_the_next_one() -> None:
    groups: list[int] = []
    gate = threading.Event()

    def keep(received: Sequence[Received]) -> None:
        groups.append(len(received))
        gate.wait(5)

    async def scene() -> None:
        taken = Intake(keep)
        puts = [asyncio.create_task(taken.put(callback(0)))]
        while not groups:
            await asyncio.sleep(0)
        puts += [asyncio.create_task(taken.put(callback(number))) for number in range(1, 700)]
        await asyncio.sleep(0)
        assert not any(put.done() for put in puts)  # nobody is answered before it is durable
        gate.set()
        await asyncio.gather(*puts)
        taken.close()

    asyncio.run(scene())
    assert groups == [1, 500, 199]


def test_a_failed_group_fails_for_itself_alone() -> None:
    def keep(received: Sequence[Received]) -> None:
        if received[0].sid == "SM0":
            raise StorageFull

    async def scene() -> list[object]:
        taken = Intake(keep)
        first = asyncio.create_task(taken.put(callback(0)))
        await asyncio.wait([first])
        second = asyncio.create_task(taken.put(callback(1)))
        return list(await asyncio.gather(first, second, return_exceptions=True))

    first, second = asyncio.run(scene())
    assert isinstance(first, StorageFull)
    assert second is None


def test_a_caller_who_hangs_up_takes_nobody_along() -> None:
    kept: list[str] = []
    gate = threading.Event()

    def keep(received: Sequence[Received]) -> None:
        gate.wait(5)
        kept.extend(one.sid for one in received)

    async def scene() -> None:
        taken = Intake(keep)
        puts = [asyncio.create_task(taken.put(callback(number))) for number in range(3)]
        await asyncio.sleep(0)
        puts[1].cancel()
        gate.set()
        await asyncio.gather(*puts, return_exceptions=True)

    asyncio.run(scene())
    assert sorted(kept) == ["SM0", "SM1", "SM2"]


def test_memory_is_not_for_the_taking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 2)
    gate = threading.Event()

    async def scene() -> None:
        taken = Intake(lambda _: gate.wait(5) and None)
        puts = [asyncio.create_task(taken.put(callback(number))) for number in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StorageFull):
            await taken.put(callback(3))
        gate.set()
        await asyncio.gather(*puts)

    asyncio.run(scene())
