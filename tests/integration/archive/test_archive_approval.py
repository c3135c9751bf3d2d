"""Approvals: who may give one, with what proof, for how long, and for which set."""

from collections import deque

import pytest

from recovery.adapters.db.tables import ops, people
from recovery.errors import Refusal
from recovery.services.users.service import Role
from tests.archive_world import World


@pytest.fixture
def world(world):
    world.unrecovered("1")
    return world


def refused(world, batch_id, match):
    with pytest.raises(Refusal, match=match):
        world.deletion.delete(batch_id)
    assert world.crm.asked("delete_contact") == []


def test_without_an_approval_nobody_is_deleted(world):
    refused(world, world.built(), "no valid approval")


def test_an_approval_runs_out(world):
    batch_id = world.ready_to_delete()
    world.clock.move(hours=24, seconds=1)
    refused(world, batch_id, "no valid approval")
    world.clock.move(seconds=30)
    world.approvals.approve(batch_id, as_=_second(world), code=world.code_of(world.second))
    assert world.deletion.delete(batch_id).deleted == 1


def _second(world):
    world.second = world.manager("second@example.com")
    return world.second.email


def test_an_approval_that_runs_out_half_way_stops_the_rest(world):
    for one in range(2, 20):
        world.unrecovered(str(one))
    batch_id = world.ready_to_delete()
    world.crm.before["full_record", "5"] = deque([lambda: world.clock.move(days=2)])
    with pytest.raises(Refusal, match="ran out"):
        world.deletion.delete(batch_id)
    assert world.crm.asked("delete_contact") == ["1", "2", "3", "4"]


def test_an_approval_is_given_once(world):
    batch_id = world.ready_to_delete()
    other = world.manager("other@example.com")
    with pytest.raises(Refusal, match="approved already"):
        world.approvals.approve(batch_id, as_=other.email, code=world.code_of(other))
    assert world.count(ops.ApprovalRow) == 1


def test_an_approval_is_for_one_set_and_batch_only(world):
    world.ready_to_delete()
    world.unrecovered("2")
    refused(world, world.built(), "no valid approval")


def test_an_approval_of_an_older_list_is_worth_nothing(world):
    batch_id = world.ready_to_delete()
    with world.database.begin() as connection:
        connection.exec_driver_sql("UPDATE approval SET set_sha256 = 'another'")
    refused(world, batch_id, "no valid approval")


def test_who_built_a_batch_does_not_approve_it(world):
    boss = world.manager()
    batch_id = world.archive.build(as_=boss.email).batch.id
    with pytest.raises(Refusal, match="second_person"):
        world.approvals.approve(batch_id, as_=boss.email, code=world.code_of(boss))


def test_one_person_is_enough_where_the_policy_says_so(tmp_path, database):
    world = World(tmp_path, database, approval={"second_person": False})
    world.unrecovered("1")
    boss = world.manager()
    batch_id = world.archive.build(as_=boss.email).batch.id
    world.approvals.approve(batch_id, as_=boss.email, code=world.code_of(boss))
    assert world.deletion.delete(batch_id).deleted == 1
    world.close()


def test_a_rep_a_stranger_and_a_locked_user_approve_nothing(world):
    batch_id = world.built()
    rep = world.manager("rep@example.com", Role.REP)
    locked = world.manager("locked@example.com", Role.ADMIN)
    world.users.deactivate(locked.email)
    for user, why in ((rep, "rep cannot"), (locked, "locked")):
        with pytest.raises(Refusal, match=why):
            world.approvals.approve(batch_id, as_=user.email, code=world.code_of(user))
    with pytest.raises(Refusal, match="users add"):
        world.approvals.approve(batch_id, as_="nobody@example.com", code="123456")


def test_an_approver_who_is_locked_afterwards_approved_nothing(world):
    batch_id = world.ready_to_delete()
    world.users.deactivate("boss@example.com")
    refused(world, batch_id, "locked")


def test_the_second_factor_is_asked_for_and_good_once(world):
    batch_id = world.built()
    boss = world.manager()
    with pytest.raises(Refusal, match="--code"):
        world.approvals.approve(batch_id, as_=boss.email)
    with pytest.raises(Refusal, match="wrong or too old"):
        world.approvals.approve(batch_id, as_=boss.email, code="000000")
    code = world.code_of(boss)
    world.users.check_factor(boss.email, code)
    with pytest.raises(Refusal, match="used already"):
        world.approvals.approve(batch_id, as_=boss.email, code=code)
    world.clock.move(minutes=5)
    with pytest.raises(Refusal, match="wrong or too old"):
        world.approvals.approve(batch_id, as_=boss.email, code=code)


def test_guessing_is_stopped_after_five_wrong_codes(world):
    boss = world.manager()
    for _ in range(5):
        with pytest.raises(Refusal, match="wrong"):
            world.users.check_factor(boss.email, "000000")
    with pytest.raises(Refusal, match="ten minutes"):
        world.users.check_factor(boss.email, world.code_of(boss))
    world.clock.move(minutes=11)
    world.users.check_factor(boss.email, world.code_of(boss))


def test_a_user_without_a_second_factor_is_told_how_to_get_one(world):
    batch_id = world.built()
    world.insert(
        ops.UserRow,
        email="old@example.com",
        role="admin",
        created_at=world.clock(),
        language="en",
    )
    with pytest.raises(Refusal, match="recovery users factor"):
        world.approvals.approve(batch_id, as_="old@example.com", code="123456")


def test_a_word_is_enough_where_the_policy_asks_for_no_factor(tmp_path, database):
    world = World(tmp_path, database, approval={"second_factor": False})
    world.unrecovered("1")
    boss, batch_id = world.manager(), world.built()
    world.approvals.approve(batch_id, as_=boss.email)
    assert world.deletion.delete(batch_id).deleted == 1
    world.close()


def test_a_printed_code_is_good_once_for_ten_minutes_and_one_batch(world):
    boss, batch_id = world.manager(), world.built()
    code = world.approvals.code(batch_id, as_=boss.email, factor=world.code_of(boss))
    world.unrecovered("2")
    other = world.built()
    for wrong in ("AAAAA-AAAAA", ""):
        with pytest.raises(Refusal, match="code is wrong"):
            world.approvals.approve_by_code(batch_id, code=wrong)
    with pytest.raises(Refusal, match="code is wrong"):
        world.approvals.approve_by_code(other, code=code)
    approval = world.approvals.approve_by_code(batch_id, code=code.lower())
    assert approval.approver == boss.email
    with pytest.raises(Refusal, match="code is wrong"):
        world.approvals.approve_by_code(batch_id, code=code)
    assert world.deletion.delete(batch_id).deleted == 1
    assert world.count(people.OutcomeRow, kind="approved", actor=boss.email) == 1


def test_a_printed_code_grows_old(world):
    boss, batch_id = world.manager(), world.built()
    code = world.approvals.code(batch_id, as_=boss.email, factor=world.code_of(boss))
    world.clock.move(minutes=10, seconds=1)
    with pytest.raises(Refusal, match="older than 10 minutes"):
        world.approvals.approve_by_code(batch_id, code=code)


def test_a_code_is_kept_as_a_hash_and_a_secret_sealed(world):
    boss, batch_id = world.manager(), world.built()
    code = world.approvals.code(batch_id, as_=boss.email, factor=world.code_of(boss))
    stored = str(world.rows(ops.ApprovalCodeRow) + world.rows(ops.UserRow))
    for secret in (code, code.replace("-", ""), boss.totp_secret, boss.password):
        assert secret not in stored


def test_a_batch_of_another_account_is_refused(world):
    batch_id = world.ready_to_delete()
    with world.database.begin() as connection:
        connection.exec_driver_sql("UPDATE archive_batch SET account = 'Other'")
    refused(world, batch_id, "another Keap account")


def test_an_address_is_added_once_and_shown_how_to_sign_in(world):
    ana = world.users.add(" Ana@Example.com ", Role.ADMIN)
    assert ana.email == "ana@example.com"
    assert ana.otpauth_uri.startswith("otpauth://totp/Recovery:ana%40example.com?secret=")
    with pytest.raises(Refusal, match="exists already"):
        world.users.add("ana@example.com", Role.REP)
    with pytest.raises(Refusal, match="not an e-mail"):
        world.users.add("ana", Role.REP)
