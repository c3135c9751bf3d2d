"""A call that was ticked off in Keap and told here as well is one call, not two."""

import pytest

from recovery.adapters.keap.client import KeapClient
from recovery.domain.case import Disposition
from recovery.errors import Call, PermanentFailure
from recovery.services.record.service import CallResult
from tests.installation import Home

REP = "rep@firm.example"


@pytest.fixture
def contact(home: Home) -> str:
    """Somebody whose first call is in the queue here, and a task in Keap."""
    contact = home.contact(tags=[])
    home.send()
    home.run("record")
    return contact


def tick(home: Home, contact: str) -> None:
    task = home.case(contact)["keap_task_id"]
    home.keap("PATCH", f"/tasks/{task}?update_mask=completed", json={"completed": True})


def told_here(home: Home, contact: str, result: Disposition = Disposition.NO_ANSWER) -> None:
    home.fresh.record.dispose(CallResult(contact, result, REP))
    home.run("route", "reach")


def open_tasks(home: Home, contact: str) -> list[str]:
    return [one["id"] for one in home.shown(contact)["tasks"] if not one["completed"]]


@pytest.mark.parametrize("ticked_first", [True, False])
def test_the_next_call_is_still_to_be_made_and_has_a_task_of_its_own(
    home: Home, contact: str, *, ticked_first: bool
) -> None:
    home.move(minutes=5)
    if ticked_first:
        tick(home, contact)
    told_here(home, contact)
    if not ticked_first:
        home.move(minutes=1)
        tick(home, contact)
    home.run("record")
    assert open_tasks(home, contact) == [home.case(contact)["keap_task_id"]]
    home.next_day(7)
    home.run("record")
    assert home.step(contact, "c2")["state"] == "queued"


def test_a_call_that_is_due_at_once_is_not_taken_for_made(home: Home, contact: str) -> None:
    home.next_day(2)
    told_here(home, contact, Disposition.BUSY)
    tick(home, contact)
    home.run("record")
    home.move(minutes=5)
    home.run("record")
    assert home.step(contact, "c2")["state"] == "queued"
    assert len(open_tasks(home, contact)) == 1


def test_the_task_of_the_next_call_counts_once_it_is_in_keap(home: Home, contact: str) -> None:
    told_here(home, contact)
    home.run("record")
    home.next_day(7)
    tick(home, contact)
    home.run("record")
    assert home.step(contact, "c2")["disposition"] == "done_in_keap"


def test_a_task_whose_date_keap_refuses_gets_no_second_one_beside_it(
    home: Home, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermanentFailure(Call("keap", "updateTask", status=400))

    monkeypatch.setattr(KeapClient, "redate_task", refuses)
    home.move(minutes=5)
    told_here(home, contact)
    home.next_day(7)
    home.run("record", "route", "reach")
    home.run("record")
    assert open_tasks(home, contact) == [home.case(contact)["keap_task_id"]]
