"""Keap may do late what nobody waits for any more: it is looked for once it has had the time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.keap.wire import Wire
from recovery.domain.case import CaseEnd, Disposition
from recovery.services.record.by_person import CallResult
from tests.installation import Crash, Home, policy_file
from tests.stopped_clock import nobody_waits
from tests.writebacks import with_a_call

GOALS = 'goals = { integration = "recovery", unrecovered = "lost" }\n'
REP = "rep@firm.example"


@pytest.fixture
def home(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    return make_home(policy=policy_file(tmp_path, GOALS))


def unrecovered(home: Home) -> str:
    contact = home.contact(phones=[])
    home.run("pull", "route")
    return contact


def dies_with_it_on_the_wire(home: Home, path: str) -> None:
    """A run sends this, is gone before it hears of it, and Keap does it in 90 seconds."""
    home.faults("execute_later", match=path)
    send = Wire._send

    def dies(self: Wire, *given: Any) -> Any:
        try:
            return send(self, *given)
        except requests.RequestException:
            raise Crash from None

    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(Wire, "_send", dies)
        with pytest.raises(Crash):
            home.fresh.stages.record()
    with home.fresh.database.begin() as connection:
        connection.execute(sa.text("UPDATE lease SET pid = 999999999, started = '1'"))
    home.restart()


def runs(home: Home, minutes: int = 4) -> None:
    """A supervisor starts it again at once, and a minute later, and so on."""
    home.run("record")
    for _ in range(minutes):
        home.move(minutes=1)
        home.run("record")


def owed(home: Home) -> list[Any]:
    return home.rows("SELECT kind, state FROM outbox WHERE state NOT IN ('done', 'dropped')")


@pytest.mark.parametrize("kind", ["notes", "tasks"])
def test_what_a_dead_process_sent_is_there_once(home: Home, kind: str) -> None:
    contact = unrecovered(home) if kind == "notes" else with_a_call(home)
    dies_with_it_on_the_wire(home, f"POST .*/{kind}$")
    runs(home)
    assert len(home.shown(contact)[kind]) == 1
    assert owed(home) == []


@pytest.mark.parametrize("kind", ["notes", "tasks"])
def test_so_is_what_broke_off_and_came_later(home: Home, kind: str) -> None:
    contact = unrecovered(home) if kind == "notes" else with_a_call(home)
    home.faults("execute_later", match=f"POST .*/{kind}$")
    runs(home)
    assert len(home.shown(contact)[kind]) == 1
    assert owed(home) == []


def test_a_goal_that_came_later_is_listed_and_not_repeated(home: Home) -> None:
    contact = unrecovered(home)
    dies_with_it_on_the_wire(home, "goals/achieve")
    runs(home)
    assert len(home.written("goal_achieved", contact)) == 1
    assert owed(home) == [{"kind": "goal", "state": "failed"}]


def dies_at_the_task(home: Home, queue: Callable[[], None]) -> None:
    dies_with_it_on_the_wire(home, "POST .*/tasks$")
    queue()


def breaks_off_with_the_next_one_in_hand(home: Home, queue: Callable[[], None]) -> None:
    queue()
    home.faults("execute_later", match="POST .*/tasks$")


@pytest.mark.parametrize("trouble", [dies_at_the_task, breaks_off_with_the_next_one_in_hand])
def test_the_next_call_waits_for_the_task_that_may_still_come(
    home: Home, trouble: Callable[[Home, Callable[[], None]], None]
) -> None:
    contact = with_a_call(home)
    due_at = home.now + timedelta(days=2)

    def queue() -> None:
        payload = {"due_at": due_at.isoformat(), "owner_id": None}
        with home.fresh.database.begin() as connection:
            case = home.case(contact)
            keap_writes.write_back(
                connection, case, "task", home.now, key="task:2", payload=payload
            )

    trouble(home, queue)
    runs(home)
    (task,) = home.shown(contact)["tasks"]
    assert task["due_time"].startswith(f"{due_at:%Y-%m-%dT%H:%M}")
    assert owed(home) == []


@pytest.mark.parametrize("how", ["dies", "breaks off"])
def test_a_task_that_may_still_come_is_ticked_off_where_the_case_ends(home: Home, how: str) -> None:
    contact = with_a_call(home)
    if how == "dies":
        dies_with_it_on_the_wire(home, "POST .*/tasks$")
    else:
        home.faults("execute_later", match="POST .*/tasks$")
        home.run("record")
    home.fresh.by_person.close_case(contact, reason="moved away", actor=REP)
    runs(home)
    (task,) = home.shown(contact)["tasks"]
    assert task["completed"]
    assert owed(home) == []


def test_the_next_story_waits_for_the_note_that_may_still_come(home: Home) -> None:
    contact = unrecovered(home)
    dies_with_it_on_the_wire(home, "POST .*/notes$")
    with home.fresh.database.begin() as connection:
        cases.close(connection, home.case(contact), CaseEnd.RECOVERED, home.now)
    runs(home)
    (note,) = home.shown(contact)["notes"]
    assert "No recuperado" not in note["title"]
    assert owed(home) == []


def test_a_tag_that_comes_later_does_not_outlive_its_truth(home: Home) -> None:
    contact = with_a_call(home)
    engaged = home.fresh.policy.tags.engaged
    home.fresh.by_person.dispose(CallResult(contact, Disposition.SPOKE, REP))
    dies_with_it_on_the_wire(home, "applyTags")
    home.fresh.by_person.close_case(contact, reason="moved away", actor=REP)
    runs(home)
    assert engaged not in home.tags(contact)
    assert owed(home) == []


def test_an_opt_in_that_comes_later_does_not_outlive_their_no(home: Home) -> None:
    contact = home.contact("MANUAL", tags=[])
    home.send()
    home.fresh.by_person.dispose(CallResult(contact, Disposition.CONSENT, REP))
    dies_with_it_on_the_wire(home, "PATCH .*/emailAddresses")
    with home.fresh.database.begin() as connection:
        case = home.case(contact)
        keap_writes.write_back(connection, case, "opt_out", home.now, key="opt-out", payload={})
    runs(home)
    shown = home.shown(contact)["contact"]["email_addresses"][0]
    assert shown["is_opt_in"] is False
    assert owed(home) == []


@pytest.mark.parametrize("kind", ["notes", "tasks"])
def test_what_keap_surely_did_not_take_is_tried_a_minute_later(
    home: Home, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_waits(monkeypatch)
    contact = unrecovered(home) if kind == "notes" else with_a_call(home)
    home.faults(*["rate_limited"] * 6, match=f"POST .*/{kind}$")
    home.run("record")
    assert home.shown(contact)[kind] == []
    home.move(minutes=1)
    home.run("record")
    assert len(home.shown(contact)[kind]) == 1
