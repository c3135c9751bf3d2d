"""Who is spared although a deletion is approved: whatever happened meanwhile keeps them."""

from datetime import timedelta

import pytest

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables import ops, people
from tests.archive_world import NOW, World


def _edits(world, case):
    world.crm.contacts["1"]["given_name"] = "Somebody"


def _heals(world, case):
    world.crm.set_status("c1@example.com", "SINGLE_OPT_IN")


def _opens_mail(world, case):
    world.crm.set_status("c1@example.com", "HARD_BOUNCE", last_open_time=NOW.isoformat())


def _answers(world, case):
    world.reply(case, "other")


def _unread(world, case):
    world.reply(case, None)


def _answers_from_the_shared_phone(world, case):
    world.insert(people.ContactKeyRow, key="pn-shared", contact_id="1")
    world.reply(None, "new_email", number_key="pn-shared")


def _speaks(world, case):
    world.attempt(case, "1", channel="call", state="done", disposition="callback")


def _reopens(world, case):
    with world.database.begin() as connection:
        connection.exec_driver_sql("UPDATE recovery_case SET state = 'engaged'")


def _recovers_in_another_case(world, case):
    values = {"state": "closed", "end": "recovered", "closed_at": NOW}
    other = world.insert(people.CaseRow, **{**_case_like(world, case), **values})
    world.insert(people.CaseContactRow, case_id=other, contact_id="1")


def _case_like(world, case):
    return {name: value for name, value in world.case(case).items() if name != "id"}


def _protected(world, case):
    world.crm.tag("1", "VIP")


def _orders(world, case):
    world.crm.parts["1"]["orders"].append({"id": "1", "status": "SENT"})


def _sending(world, case):
    world.attempt(case, "1", state="sending")


def _in_doubt(world, case):
    world.attempt(case, "1", state="in_doubt")


def _queued(world, case):
    world.attempt(case, "1", channel="call", state="queued")


def _twin_works(world, case):
    world.crm.add("99", "other@example.com", "CONFIRMED")
    for contact in ("1", "99"):
        world.insert(people.ContactKeyRow, key="p-shared", contact_id=contact)


@pytest.mark.parametrize(
    ("happens", "reason", "state"),
    [
        (_edits, "changed", "open"),
        (_heals, "status_healed", "open"),
        (_opens_mail, "came_back", "open"),
        (_answers, "answered", "open"),
        (_unread, "answered", "open"),
        (_answers_from_the_shared_phone, "answered", "open"),
        (_speaks, "answered", "open"),
        (_reopens, "reopened", "engaged"),
        (_recovers_in_another_case, "recovered", "open"),
        (_protected, "changed", "open"),
        (_orders, "changed", "open"),
        (_sending, "open_attempt", "open"),
        (_in_doubt, "message_in_doubt", "open"),
        (_queued, "open_call", "open"),
        (_twin_works, "twin_is_deliverable", "open"),
    ],
)
def test_whatever_happens_after_the_approval_spares(world, happens, reason, state):
    case = world.unrecovered("1")
    batch_id = world.ready_to_delete()
    happens(world, case)
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.spared) == (0, {reason: 1})
    assert world.crm.asked("delete_contact") == []
    assert "1" in world.crm.contacts
    assert world.case(case)["state"] == state
    assert world.count(ops.TombstoneRow) == 0
    assert world.count(people.OutcomeRow, kind="spared") == 1


def test_a_stop_spares_nobody(world):
    case = world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.reply(case, "stop")
    assert world.deletion.delete(batch_id).deleted == 1


def test_an_old_answer_from_before_the_case_spares_nobody(world):
    world.unrecovered("1")
    world.insert(people.ContactKeyRow, key="p-own", contact_id="1")
    old = NOW - timedelta(days=400)
    world.reply(None, "other", number_key="p-own", received_at=old)
    assert world.deletion.delete(world.ready_to_delete()).deleted == 1


def test_who_left_the_case_since_is_not_deleted_with_it(world):
    case = world.unrecovered("1", "2")
    batch = world.ready_to_delete()
    with world.database.begin() as connection:
        open_key = table(people.OpenKeyRow)
        connection.execute(open_key.delete().where(open_key.c.key == "c2"))
    assert world.deletion.delete(batch).deleted == 1
    assert world.item("2")["reason"] == "reopened"
    assert world.case(case)["end"] == "deleted"


def test_an_office_number_makes_nobody_a_twin(world):
    world.unrecovered("1")
    world.crm.add("99", "other@example.com", "CONFIRMED")
    for contact in ("1", "99", "100", "101", "102"):
        world.insert(people.ContactKeyRow, key="p-office", contact_id=contact)
    assert world.deletion.delete(world.ready_to_delete()).deleted == 1


@pytest.mark.parametrize("allowed", [False, True])
def test_never_reached_people_stay_unless_the_policy_lets_them_go(tmp_path, database, allowed):
    world = World(tmp_path, database, delete={"never_called": allowed})
    world.unrecovered("1", reached=False)
    world.unrecovered("2")
    result = world.deletion.delete(world.ready_to_delete())
    assert result.deleted == 1 + allowed
    assert ("1" in world.crm.contacts) is not allowed
    world.close()
