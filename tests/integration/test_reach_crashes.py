"""Whoever sends may die at any moment: each step has left at most once, and no answer is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.services.ports import SendAnswer, SendResult
from tests.installation import Crash, Home
from tests.reach_world import check_ledger, settled_by_record


def crash(*_: Any, **__: Any) -> Any:
    raise Crash


def before(broken: Callable[..., Any]) -> Callable[..., Any]:
    del broken
    return crash


def after(whole: Callable[..., Any]) -> Callable[..., Any]:
    def run(*given: Any, **more: Any) -> Any:
        whole(*given, **more)
        raise Crash

    return run


def nothing_left(*_: Any) -> SendAnswer:
    return SendAnswer(SendResult.IN_DOUBT)


POINTS = [
    ("intend", before, 1),
    ("intend", after, 1),
    ("begin_sending", before, 1),
    ("begin_sending", after, 0),
    ("settle", before, 1),
    ("settle", after, 1),
]


@pytest.mark.parametrize(("method", "when", "expected"), POINTS)
def test_a_crash_at_any_commit_never_sends_twice_and_loses_no_message(
    home: Home, method: str, when: Any, expected: int
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, method, when(getattr(SqlReachStore, method)))
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.restart()
    home.run("record", "pull", "route", "reach", "record")
    state = settled_by_record(home, contact)
    home.run("route", "reach")
    assert len(home.messages()) == expected
    check_ledger(home)
    assert state in (("delivered", "read") if expected else ("absent",))


def test_what_was_only_intended_is_sent_once_after_a_full_pull_and_a_routing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "begin_sending", crash)
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.change(contact, fields={"given_name": "Anita"})
    home.next_day(8)
    home.restart()
    home.send()
    home.send()
    assert [m["variables"]["1"] for m in home.messages()] == ["Anita"]


@pytest.mark.parametrize("left", [True, False])
def test_a_kill_while_the_request_is_out_is_settled_by_listing(home: Home, left: bool) -> None:
    contact = home.contact()
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "settle", crash)
        if not left:
            broken.setattr(TwilioMessenger, "send", nothing_left)
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    home.restart()
    home.run("record")
    assert home.step(contact)["state"] == "in_doubt"
    home.move(minutes=3)
    home.run("record", "route", "reach")
    assert (home.step(contact)["sid"] is not None) is left
    home.move(minutes=9)
    home.run("record")
    home.move(minutes=60)
    home.run("record", "route", "reach")
    assert home.step(contact)["state"] == ("delivered" if left else "absent")
    assert len(home.messages()) == left


def test_a_quota_that_ends_between_two_groups_loses_no_answer(home: Home) -> None:
    for n in range(4):
        home.contact(phones=[f"+5255{10_000_000 + n}"])
    home.run("pull", "route")
    whole = SqlReachStore.due
    calls: list[int] = []

    def due(self: SqlReachStore, ids: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Crash
        return whole(self, ids)

    service = home.fresh.reach
    service._group = 2
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlReachStore, "due", due)
        with home.fresh.leases.hold("reach") as lease, pytest.raises(Crash):
            service.run(home.fresh.template_service.approved(), lease)
    states = home.rows("SELECT state FROM attempt")
    assert {row["state"] for row in states} == {"accepted"}
