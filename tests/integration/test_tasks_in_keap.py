"""Tasks in Keap: one open one a case, true of its own call, whoever works it and wherever."""

import pytest
import sqlalchemy as sa

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import UserRow
from recovery.adapters.keap.client import KeapClient
from recovery.domain.case import Disposition
from recovery.domain.contact import ContactId
from recovery.errors import Call, PermanentFailure
from recovery.services.record.by_person import CallResult
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.writebacks import later, with_a_call

REP = "rep@firm.example"


@pytest.fixture
def contact(home: Home) -> str:
    """Somebody whose first call is in the queue here, and a task in Keap."""
    contact = with_a_call(home)
    home.run("record")
    return contact


def tick(home: Home, contact: str) -> None:
    task = home.case(contact)["keap_task_id"]
    home.keap("PATCH", f"/tasks/{task}?update_mask=completed", json={"completed": True})


def told_here(home: Home, contact: str, result: Disposition = Disposition.NO_ANSWER) -> None:
    home.fresh.by_person.dispose(CallResult(contact, result, REP))
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


def test_a_stop_right_after_a_lost_task_ends_that_task_too(home: Home) -> None:
    contact = with_a_call(home)
    home.faults("execute_then_500", match="POST .*/tasks")
    home.run("record")
    assert home.case(contact)["keap_task_id"] is None
    home.fresh.by_person.dispose(CallResult(contact, Disposition.DO_NOT_CONTACT, REP))
    later(home)
    (task,) = home.shown(contact)["tasks"]
    assert task["completed"] is True


def test_the_moved_task_names_the_number_of_its_own_call(home: Home) -> None:
    contact = home.contact(tags=[], phones=(MEXICAN, BRAZILIAN))
    home.run("pull", "route", "reach", "record")
    (first,) = home.shown(contact)["tasks"]
    assert MEXICAN in first["description"]
    query = {"update_mask": "description"}
    body = {"description": f"{first['description']} Prefiere las tardes."}
    home.keap("PATCH", f"/tasks/{first['id']}", params=query, json=body)
    wrong = CallResult(contact, Disposition.WRONG_NUMBER, REP)
    home.fresh.by_person.dispose(wrong)
    home.run("route", "reach", "record")
    (moved,) = home.shown(contact)["tasks"]
    assert moved["id"] == first["id"]
    assert moved["description"] == body["description"].replace(MEXICAN, BRAZILIAN)


def test_one_task_a_case_is_moved_and_in_the_end_completed(home: Home) -> None:
    contact = with_a_call(home)
    home.run("record")
    (first,) = home.shown(contact)["tasks"]
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    home.run("route", "reach", "record")
    (moved,) = home.shown(contact)["tasks"]
    assert moved["id"] == first["id"]
    assert moved["due_time"] > first["due_time"]
    home.change(contact, status="CONFIRMED")
    home.next_day()
    home.run("pull", "record")
    (ended,) = home.shown(contact)["tasks"]
    assert ended["completed"] is True


def test_a_task_is_true_of_each_call_and_keeps_what_people_wrote_into_it(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"public_url": "https://ventas.example.com"})
    home.restart()
    contact = with_a_call(home)
    home.run("record")
    (task,) = home.shown(contact)["tasks"]
    text = task["description"]
    assert text.startswith("Llamar al +525512345678. ")
    assert f"https://ventas.example.com/queue/{home.case(contact)['id']}" in text
    query = {"update_mask": "description"}
    body = {"description": f"{text} Prefiere las tardes."}
    home.keap("PATCH", f"/tasks/{task['id']}", params=query, json=body)
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    home.run("route", "reach", "record")
    (moved,) = home.shown(contact)["tasks"]
    assert moved["due_time"] > task["due_time"]
    assert moved["description"] == f"{text} Prefiere las tardes."


def test_the_owner_gets_the_task_while_they_work_there(home: Home) -> None:
    theirs = with_a_call(home, owner_id="5")
    orphan = with_a_call(home, phones=[BRAZILIAN], owner_id="9")
    home.run("record")
    assert assignee(home, theirs) == "5"
    assert assignee(home, orphan) == "1"


def assignee(home: Home, contact: str) -> str:
    (task,) = home.shown(contact)["tasks"]
    return str(task.get("assigned_to_user_id") or task["assigned_to_user"]["id"])


def test_a_task_that_somebody_deleted_is_made_again(home: Home) -> None:
    contact = with_a_call(home)
    home.run("record")
    (task,) = home.shown(contact)["tasks"]
    home.keap("DELETE", f"/tasks/{task['id']}")
    home.fresh.by_person.dispose(CallResult(contact, Disposition.BUSY, REP))
    home.run("route", "reach", "record")
    (again,) = home.shown(contact)["tasks"]
    assert again["id"] != task["id"]


def hire(home: Home, rep: str, keap_user_id: str | None) -> None:
    """A user of ours who is this user of Keap's."""
    row = {"email": rep, "role": "rep", "created_at": home.now, "keap_user_id": keap_user_id}
    with home.fresh.database.begin() as connection:
        more = {"active": True, "totp_used": 0, "language": "es"}
        connection.execute(table(UserRow).insert().values(**row, **more))


def test_who_is_given_the_person_has_the_task_in_keap_too(home: Home) -> None:
    hire(home, "luis@firm.example", "3")
    contact = with_a_call(home, owner_id="5")
    queue, case = home.fresh.reps.queue, int(home.case(contact)["id"])
    home.run("record")
    for rep, user in (("luis@firm.example", "3"), (None, "5"), ("luis@firm.example", "3")):
        home.move(minutes=1)
        queue.assign([case], rep, by="boss@firm.example")
        home.run("record")
        assert assignee(home, contact) == user
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    home.run("route", "reach", "record")
    assert assignee(home, contact) == "3"
    given = home.rows("SELECT * FROM outbox WHERE kind = 'task_owner' AND state = 'done'")
    assert len(given) == 3


def test_a_task_that_keap_gets_later_is_made_for_who_was_given_the_person(home: Home) -> None:
    hire(home, "luis@firm.example", "3")
    hire(home, "new@firm.example", None)
    contact = home.contact(tags=[], owner_id="5")
    home.run("pull", "route")
    home.fresh.reps.queue.assign(
        [int(home.case(contact)["id"])], "luis@firm.example", by="boss@firm.example"
    )
    home.next_day()
    home.run("reach", "record")
    assert assignee(home, contact) == "3"
    home.fresh.reps.queue.assign(
        [int(home.case(contact)["id"])], "new@firm.example", by="boss@firm.example"
    )
    home.run("record")
    assert assignee(home, contact) == "3"  # Keap does not know who that is


def test_a_task_that_was_given_up_in_doubt_is_found_by_the_next_call(home: Home) -> None:
    contact = with_a_call(home)
    home.faults("execute_then_500", match="POST .*/tasks")
    home.run("record")
    with home.fresh.database.begin() as connection:
        given_up = sa.text("UPDATE outbox SET state = 'failed' WHERE kind = 'task'")
        connection.execute(given_up)
    home.next_day(3)
    home.run("route", "reach")
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    home.next_day(4)
    home.run("route", "reach", "record")
    assert len(home.shown(contact)["tasks"]) == 1


def test_a_task_that_was_ticked_off_is_never_found_again(home: Home) -> None:
    contact = with_a_call(home)
    home.run("record")
    (task,) = home.shown(contact)["tasks"]
    home.keap("PATCH", f"/tasks/{task['id']}?update_mask=completed", json={"completed": True})
    marker = task["title"].split()[0]
    assert home.fresh.crm.find_task(ContactId(contact), marker) is None
