"""Sends in flight, where the machine has no thread left for one of them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from recovery.services.pipeline import Pipeline, Started
from recovery.services.ports import Messenger, SendAnswer, SendResult

ACCEPTED = SendAnswer(SendResult.ACCEPTED, sid="SM" + "a" * 32)


def started(number: int) -> Started:
    return Started(number, number, f"token{number}", "+525512345678", "HX", {}, 60)


@pytest.mark.timeout(10)
def test_what_no_thread_takes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ThreadPoolExecutor.submit

    def submit(pool: ThreadPoolExecutor, work: Any, one: Started, *more: Any) -> Any:
        if one.attempt_id == 2:
            raise RuntimeError("can't start new thread")
        return whole(pool, work, one, *more)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit)
    with Pipeline(cast("Messenger", None), lambda *_: ACCEPTED, 1) as pipeline:
        with pytest.raises(RuntimeError):
            pipeline.post([started(1), started(2), started(3)])
        answered = [one for some in pipeline.answers(room=0) for one in some]
    assert [one.started.attempt_id for one in answered] == [1]
