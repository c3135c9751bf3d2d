"""Two managers decide about one thing at the same moment: the first word counts. On SQLite only one
writes."""

from collections import Counter
from typing import Any

import pytest

from recovery.adapters.db.archive.approvals import SqlApprovalStore
from recovery.adapters.db.record import wins
from recovery.adapters.db.users import store as users
from recovery.services.users.service import Role
from recovery.services.users.user import User
from tests.archive_world import World
from tests.installation import Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile

Patch = pytest.MonkeyPatch


@ON_POSTGRESQL
def test_a_free_win_is_approved_or_rejected_and_never_both(home: Home, monkeypatch: Patch) -> None:
    for who in ("boss@firm.example", "chief@firm.example"):
        home.fresh.users.add(who, Role.MANAGER)
    contact = home.contact(email="vieja@example.com")
    both = [
        {"email": email, "field": f"EMAIL{n}"}
        for n, email in enumerate(("vieja@example.com", "casa@example.com"), start=1)
    ]
    home.change(contact, fields={"email_addresses": both})
    home.change(contact, email_status={"casa@example.com": "SINGLE_OPT_IN"})
    home.run("pull", "route")
    rejects, said = home.another().wins.reject, Counter[str]()

    def reject() -> None:
        said.update(rejects([contact], as_="chief@firm.example").skipped)

    other = meanwhile(monkeypatch, wins, "_take", reject)
    assert home.fresh.wins.approve([contact], as_="boss@firm.example").contacts == [contact]
    other.join()
    assert home.case(contact)["state"] == "consented"
    assert said["decided_meanwhile"] == 1


@ON_POSTGRESQL
def test_a_batch_has_one_approval(tmp_path, database, monkeypatch: Patch) -> None:
    world = World(tmp_path, database, approval={"second_factor": False})
    world.unrecovered("1")
    batch = world.built()
    for who in ("boss@example.com", "chief@example.com"):
        world.manager(who)
    approvable = SqlApprovalStore(world.database, world.policy).approvable(batch)
    store = SqlApprovalStore(world.database, world.policy)
    at, until = world.clock(), world.clock().replace(hour=23)
    given: list[Any] = []

    def give(approver: str) -> None:
        given.append(store.give(approvable, approver=approver, method="word", at=at, until=until))

    other = meanwhile(monkeypatch, SqlApprovalStore, "_tell", lambda: give("chief@example.com"))
    give("boss@example.com")
    other.join()
    assert [one.approver for one in given if one] == ["boss@example.com"]
    world.close()


@ON_POSTGRESQL
def test_two_admins_who_lock_each_other_out_leave_one(home: Home, monkeypatch: Patch) -> None:
    both = ("boss@firm.example", "chief@firm.example")
    for who in both:
        home.fresh.users.add(who, Role.ADMIN)
    store, theirs = (users.SqlUserStore(p.database) for p in (home.fresh, home.another()))
    locks = {"active": False, "at": home.now}
    other = meanwhile(
        monkeypatch, users, "audit", lambda: theirs.set_active(both[0], by=both[1], **locks)
    )
    assert store.set_active(both[1], by=both[0], **locks)
    other.join()
    assert home.rows("SELECT email FROM user_account WHERE active") == [{"email": both[0]}]


@ON_POSTGRESQL
def test_who_is_invited_by_two_at_once_is_added_once(home: Home, monkeypatch: Patch) -> None:
    store, theirs = (users.SqlUserStore(p.database) for p in (home.fresh, home.another()))
    new = User("ana@firm.example", Role.REP, active=True, language="en", totp=None)
    added: list[bool] = []

    def add() -> None:
        added.append(theirs.add(new, at=home.now, by="chief@firm.example"))

    other = meanwhile(monkeypatch, users, "audit", add)
    added.append(store.add(new, at=home.now, by="boss@firm.example"))
    other.join()
    assert sorted(added) == [False, True]
