"""Work side by side: all of it, or nothing more after a failure."""

from threading import Barrier, Event

import pytest

from recovery.errors import Call, QuotaExhausted
from recovery.services.record.side_by_side import side_by_side


def test_work_that_waits_for_each_other_is_done_together() -> None:
    meeting = Barrier(4)
    done: list[int] = []

    def work(item: int) -> None:
        meeting.wait(timeout=5)
        done.append(item)

    side_by_side(range(4), work, threads=4)
    assert sorted(done) == [0, 1, 2, 3]


def test_after_a_failure_nothing_more_begins() -> None:
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        raise QuotaExhausted(Call("keap", "create note"))

    with pytest.raises(QuotaExhausted):
        side_by_side(range(400), work, threads=1)
    assert begun == [0]


def test_what_had_begun_before_a_failure_is_done_to_its_end() -> None:
    both_begun, failed = Barrier(2), Event()
    ended: list[int] = []

    def work(item: int) -> None:
        both_begun.wait(timeout=5)
        if item == 0:
            failed.set()
            raise QuotaExhausted(Call("keap", "create note"))
        failed.wait(timeout=5)
        ended.append(item)

    with pytest.raises(QuotaExhausted):
        side_by_side(range(2), work, threads=2)
    assert ended == [1]


class Death(BaseException):
    """The process dies."""


def test_a_death_is_not_swallowed() -> None:
    def work(_: int) -> None:
        raise Death

    with pytest.raises(Death):
        side_by_side(range(3), work, threads=2)
