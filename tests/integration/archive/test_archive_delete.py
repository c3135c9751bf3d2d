"""Deleting: what happens in doubt, and that a kill at any point loses nothing."""

from collections import Counter, deque

import pytest
import sqlalchemy as sa

from recovery.adapters.db import agreements
from recovery.adapters.db.archive import deletion
from recovery.adapters.db.audit import audit, broken_at
from recovery.adapters.db.cases import held_case
from recovery.adapters.db.imports import SqlImportStore
from recovery.adapters.db.tables import ops, people
from recovery.domain.imported import agreed
from recovery.errors import (
    Call,
    ConfigurationError,
    HeldUp,
    InDoubt,
    PermanentFailure,
    QuotaExhausted,
    Refusal,
    TemporaryFailure,
)
from recovery.services.archive import removal
from tests.archive_world import NOW, World, policy_with
from tests.meanwhile import ON_POSTGRESQL, meanwhile

LOST = Call("keap", "delete contact")


def many(world, number):
    for one in range(1, number + 1):
        world.unrecovered(str(one))
    return world.ready_to_delete()


def test_a_deletion_leaves_a_tombstone_an_audit_and_a_closed_case(world):
    case = world.unrecovered("1", stopped=True)
    batch_id = world.ready_to_delete()
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.left, result.paused) == (1, 0, False)
    assert world.crm.contacts == {}
    row = world.case(case)
    assert (row["state"], row["end"]) == ("closed", "deleted")
    assert world.count(people.OpenKeyRow) == 0
    (tombstone,) = world.rows(ops.TombstoneRow)
    assert tombstone["keys"] == [world.keys.email("c1@example.com")]
    assert (tombstone["stopped"], tombstone["confirmed_at"]) == (True, NOW)
    assert world.count(ops.TombstoneKeyRow) == 1
    actions = [row["action"] for row in world.rows(ops.AuditRow)]
    assert actions == [
        "batch.archived",
        "user.added",
        "batch.approved",
        "batch.delete_begun",
        "contact.delete_intended",
        "contact.deleted",
    ]
    assert broken_at(world.database) is None
    kinds = [row["kind"] for row in world.rows(people.OutcomeRow)]
    assert kinds[:3] == ["archived", "approved", "deleted"]
    assert world.count(people.ContactRow) == 0


def test_the_first_few_go_and_the_rest_waits_for_a_word(world):
    batch_id = many(world, 25)
    first = world.deletion.delete(batch_id)
    assert (first.deleted, first.left, first.paused) == (10, 15, True)
    again = world.deletion.delete(batch_id)
    assert (again.deleted, again.left, again.paused) == (0, 15, True)
    rest = world.deletion.delete(batch_id, everything=True)
    assert (rest.deleted, rest.left, rest.paused) == (15, 0, False)
    assert world.archive.summary(batch_id).batch.state == "done"


@ON_POSTGRESQL
def test_words_of_a_list_that_is_read_meanwhile_go_with_whom_they_are_of(world, monkeypatch):
    batch = many(world, 1)
    lists = SqlImportStore(world.database, world.keys, contacts_per_person=4)
    other = meanwhile(
        monkeypatch, agreements, "_agree", lambda: world.deletion.delete(batch, everything=True)
    )
    line = {"contact": "1", "date": "2026-09-01", "source": "a fair", "text": "Ana said yes"}
    lists.agree([agreed(line, region=None, today=NOW.date())], NOW)
    other.join()
    assert [row["text"] for row in world.rows(people.ConsentRow)] == [""]


def test_a_deletion_costs_one_call_a_contact_beyond_the_reading(world):
    batch_id = many(world, 100)
    world.crm.calls.clear()
    world.deletion.delete(batch_id, everything=True)
    calls = Counter(name for name, _ in world.crm.calls)
    assert calls["delete_contact"] == calls["full_record"] == 100
    assert len(world.crm.calls) - calls["full_record"] <= 110


def test_more_than_the_policys_share_is_refused_with_the_mend(tmp_path, database):
    world = World(tmp_path, database)
    for one in range(1, 4):
        world.unrecovered(str(one))
    batch_id = world.ready_to_delete()
    world.policy = policy_with(delete={"max_share": 0.5})
    world.wire()
    for act in (
        lambda: world.deletion.delete(batch_id),
        lambda: world.approvals.approve(batch_id, as_="boss@example.com"),
    ):
        with pytest.raises(Refusal, match=r"delete\.max_share = 0\.5 allows 1 of 3"):
            act()
    assert world.crm.asked("delete_contact") == []
    world.close()


@ON_POSTGRESQL
def test_who_puts_a_call_right_and_a_deletion_do_not_wait_for_each_other(world, monkeypatch):
    case_id = world.unrecovered("1")
    batch_id = world.ready_to_delete()
    done = []

    def put_right():
        with world.database.begin() as connection:
            held_case(connection, case_id)
            audit(connection, "call.corrected", at=NOW, actor="rep@example.com", about="case")
        done.append(True)

    other = meanwhile(monkeypatch, deletion, "_record", put_right)
    assert world.deletion.delete(batch_id).deleted == 1
    other.join()
    assert done


def test_nothing_is_touched_where_deleting_is_not_allowed(world):
    batch_id = many(world, 1)

    def forbidden():
        raise ConfigurationError("RECOVERY_LIVE_DELETING is off")

    world.allowed = forbidden
    with pytest.raises(ConfigurationError):
        world.deletion.delete(batch_id)
    assert world.crm.asked("delete_contact") == []


def test_one_case_of_two_contacts_ends_when_both_are_decided(world):
    case = world.unrecovered("1", "2")
    batch_id = world.ready_to_delete()
    world.crm.contacts["2"]["given_name"] = "Changed"
    world.deletion.delete(batch_id)
    assert world.case(case)["end"] == "deleted"
    assert set(world.crm.contacts) == {"2"}


def test_who_others_deleted_is_gone_and_not_ours(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    del world.crm.contacts["1"]
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.gone) == (0, 1)
    assert world.count(ops.TombstoneRow) == 0


def test_a_404_to_our_only_delete_was_somebody_elses(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", PermanentFailure(Call("keap", "delete", 404)))
    assert world.deletion.delete(batch_id).gone == 1


def test_a_delete_keap_refuses_for_good_spares(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", PermanentFailure(Call("keap", "delete", 409)))
    assert world.deletion.delete(batch_id).spared == {"refused_by_keap": 1}
    assert world.count(ops.TombstoneRow) == 0


def test_a_lost_answer_to_a_delete_that_worked_counts_as_deleted(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", InDoubt(LOST), done=True)
    assert world.deletion.delete(batch_id).deleted == 1
    assert world.crm.asked("delete_contact") == ["1"]


def test_a_doubt_that_changed_nothing_is_looked_at_again_three_times_at_most(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", *[InDoubt(LOST)] * 9)
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.in_doubt, result.left) == (0, 1, 1)
    assert len(world.crm.asked("delete_contact")) == 3
    world.deletion.delete(batch_id)
    assert len(world.crm.asked("delete_contact")) == 3
    del world.crm.contacts["1"]
    assert world.deletion.delete(batch_id).deleted == 1


def test_in_doubt_and_changed_meanwhile_is_spared(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()

    def lost_while_somebody_edits():
        world.crm.contacts["1"]["given_name"] = "Edited"
        raise InDoubt(LOST)

    world.crm.trouble("delete_contact", "1", InDoubt(LOST))
    world.crm.before["delete_contact", "1"][0] = lost_while_somebody_edits
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.spared) == (0, {"changed": 1})


def test_a_delete_whose_turn_comes_late_waits_for_another_look(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", *[HeldUp(LOST)] * 2)
    before = len(world.crm.asked("full_record"))
    assert world.deletion.delete(batch_id).deleted == 1
    assert len(world.crm.asked("full_record")) - before == 3


def test_a_delete_that_is_always_late_leaves_everybody_where_they_are(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", *[HeldUp(LOST)] * 9)
    with pytest.raises(HeldUp):
        world.deletion.delete(batch_id)
    assert list(world.crm.contacts) == ["1"]
    assert world.archive.summary(batch_id).waiting == 1


def test_a_delete_that_was_late_and_then_in_doubt_is_looked_at_once_more(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", *[HeldUp(LOST)] * 3)
    world.crm.trouble("delete_contact", "1", InDoubt(LOST), done=True)
    before = len(world.crm.asked("full_record"))
    assert world.deletion.delete(batch_id).deleted == 1
    assert len(world.crm.asked("full_record")) - before == 5


def test_a_delete_that_was_late_and_then_always_in_doubt_is_in_doubt_and_not_late(world):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.trouble("delete_contact", "1", HeldUp(LOST), *[InDoubt(LOST)] * 9)
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.in_doubt, result.left) == (0, 1, 1)
    assert len(world.crm.asked("delete_contact")) == 4


@pytest.mark.parametrize(("seconds", "good_for"), [(0, 2), (27, 2), (29, 1), (40, -10)])
def test_a_look_ages_from_its_first_question(world, monkeypatch, seconds, good_for):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    now, left = [1000.0], []
    monkeypatch.setattr(removal, "uptime", lambda: now[0])
    world.crm.before["full_record", "1"] = deque([lambda: now.append(now.pop() + seconds)])
    delete = world.crm.delete_contact

    def noted(contact_id, *, leave_by):
        left.append(leave_by - now[0])
        delete(contact_id, leave_by=leave_by)

    monkeypatch.setattr(world.crm, "delete_contact", noted)
    world.deletion.delete(batch_id)
    assert left == [good_for]


def test_yes_from_keap_and_yet_there_is_no_loop(world, monkeypatch):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    monkeypatch.setattr(
        type(world.crm),
        "delete_contact",
        lambda crm, c, **_: crm.calls.append(("delete_contact", c)),
    )
    result = world.deletion.delete(batch_id)
    assert (result.deleted, result.in_doubt) == (0, 1)
    assert len(world.crm.asked("delete_contact")) == 3


@pytest.mark.parametrize("error", [TemporaryFailure, QuotaExhausted])
def test_a_delete_that_was_not_sent_is_taken_back_and_goes_on_later(world, error):
    batch_id = many(world, 3)
    world.crm.trouble("delete_contact", "2", error(LOST))
    with pytest.raises(error):
        world.deletion.delete(batch_id)
    assert world.item("2")["state"] == "archived"
    assert world.count(ops.TombstoneRow, contact_id="2") == 0
    assert world.deletion.delete(batch_id).left == 0
    assert world.crm.contacts == {}


def test_after_a_kill_on_the_wire_the_contact_itself_is_asked_for_not_a_list(world, monkeypatch):
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    world.crm.before["delete_contact", "1"] = deque([_die])
    with pytest.raises(Killed):
        world.deletion.delete(batch_id)
    assert world.item("1")["state"] == "intended"
    # A list may be partial by the key's rights: alone it proves nothing after a doubt.
    monkeypatch.setattr(world.crm, "contacts_by_id", lambda ids: ())
    world.crm.contacts["1"]["given_name"] = "Edited"
    assert world.deletion.delete(batch_id).spared == {"changed": 1}


def _die():
    raise Killed


class Killed(BaseException):
    """The process ends here."""


def test_killed_at_every_step_the_next_call_finishes_without_a_double(world, monkeypatch):
    """Every call of store and Keap is a point: before it and after it, one after the other."""
    batch_id = many(world, 8)
    crm = world.crm
    names = ["use_approval", "intend", "doubt", "settle", "close", "undecided"]
    steps = {"n": 0, "kill_at": None}

    def fragile(owner, name):
        real = getattr(owner, name)

        def call(*args, **kwargs):
            _tick(steps)
            result = real(*args, **kwargs)
            _tick(steps)
            return result

        monkeypatch.setattr(owner, name, call)

    for name in names:
        fragile(deletion.SqlDeletionStore, name)
    for name in ("full_record", "delete_contact", "contacts_by_id"):
        fragile(crm, name)
    kills = 0
    for kill_at in range(1, 400):
        steps.update(n=0, kill_at=kill_at)
        try:
            world.deletion.delete(batch_id, everything=True)
        except Killed:
            kills += 1
        else:
            break
    summary = world.archive.summary(batch_id)
    assert kills >= 8
    assert (summary.deleted, summary.gone, summary.waiting, summary.in_doubt) == (8, 0, 0, 0)
    assert summary.batch.state == "done"
    assert world.count(ops.TombstoneRow) == 8
    assert all(row["confirmed_at"] for row in world.rows(ops.TombstoneRow))
    assert broken_at(world.database) is None


def _tick(steps):
    steps["n"] += 1
    if steps["n"] == steps["kill_at"]:
        raise Killed


def test_an_edited_list_is_refused(world):
    batch_id = many(world, 2)
    with world.database.begin() as connection:
        connection.exec_driver_sql("UPDATE archive_item SET contact_id = '77' WHERE line = 2")
    with pytest.raises(Refusal, match="edited"):
        world.deletion.delete(batch_id)
    assert world.crm.asked("delete_contact") == []


def unguarded(connection):
    """Whoever owns the database can switch off what keeps the audit append-only."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    for name in connection.execute(sa.text(query)).scalars().all():
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit SET actor = 'x' WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
        "UPDATE audit SET at = '2020-01-01 00:00:00' WHERE id = 1",
    ],
)
def test_a_touched_audit_is_noticed(world, harm):
    world.deletion.delete(many(world, 2))
    assert broken_at(world.database) is None
    with world.database.begin() as connection:
        unguarded(connection)
        connection.execute(sa.text(harm))
    assert broken_at(world.database) is not None
