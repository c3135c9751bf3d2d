"""Keap's calls of a day: who gets them first, and when they will not do."""

import pytest

from recovery.services.budget import Ahead, Budget
from recovery.services.ports import Usage


class Counted:
    """What lies ahead, as counted."""

    def __init__(self, ahead: Ahead) -> None:
        self._ahead = ahead

    def ahead(self) -> Ahead:
        return self._ahead


def a_budget(usage: Usage, **more: int) -> Budget:
    plain = {"contacts": 0, "addresses": 0, "messages": 0, "writes": 0, "to_archive": 0}
    ahead = Ahead(**{**plain, **more})
    return Budget(store=Counted(ahead), usage=lambda: usage, a_day=30_000, kept=3_000)


def test_a_run_asks_for_pages_sets_writes_and_records() -> None:
    plan = a_budget(
        Usage(0, None), contacts=100_000, addresses=20_001, messages=1_001, writes=7, to_archive=10
    ).plan()
    assert plan.calls == {"record": 7, "pull": 3 + 100 + 21, "reach": 11 + 3, "archive": 80}
    assert plan.warning is None


@pytest.mark.parametrize(
    ("usage", "short_at"),
    [
        (Usage(0, 8000), None),
        (Usage(0, 5000), "archive"),  # 3,000 of them are kept for what people say
        (Usage(29_950, None), "pull"),
        (Usage(29_950, 9_000), "pull"),  # our own count is the stricter one
        (Usage(100, 0), "record"),
    ],
)
def test_the_stage_for_which_they_will_not_do_is_named_beforehand(
    usage: Usage, short_at: str | None
) -> None:
    plan = a_budget(usage, contacts=100_000, writes=5, to_archive=500).plan()
    assert plan.short_at == short_at
    assert (plan.warning is None) is (short_at is None)
    if short_at:
        assert f"`{short_at}` stops cleanly" in str(plan.warning)
