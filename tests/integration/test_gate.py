"""A broken promise shuts sending and deleting, at once and for every process, until a person has
looked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import SqlPromiseStore
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.tables import ops
from recovery.errors import PromiseBroken
from recovery.services.promises import Finding
from recovery.services.reach import service as reach_module
from tests.archive_world import NOW, World
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Home

BROKEN = Finding("I4", "nothing is started after a stop", 1, ("7",))
FORGOTTEN = "UPDATE recovery_case SET next_act = NULL, route_at = NULL"
REMEMBERED = "UPDATE recovery_case SET next_act = 'message', route_at = opened_at"


def latch(home: Home) -> None:
    SqlPromiseStore(home.another().database).latch([BROKEN], home.now)


def do(home: Home, statement: str) -> None:
    with home.fresh.database.begin() as connection:
        connection.execute(sa.text(statement))


def test_another_process_finds_the_gate_shut_and_sends_nothing(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    latch(home)
    report = home.fresh.stages.reach()
    assert "I4 is broken" in str(report.broken)
    assert home.messages() == []


def test_a_text_that_waits_behind_the_gate_keeps_nothing_else_from_being_recorded(
    home: Home,
) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    home.fresh.reps.writing.write("ana@firm.example", int(home.case(contact)["id"]), "hola")
    latch(home)
    report = home.fresh.stages.record()
    assert (report.broken, report.counts["texts_of_reps"]) == (None, 0)
    assert home.step(contact, "w1")["state"] == "intended"


def test_it_shuts_between_two_groups_of_one_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for phone in (MEXICAN, BRAZILIAN, COLOMBIAN):
        home.contact(phones=[phone])
    home.run("pull", "route")
    whole = SqlReachStore.begin_sending

    def then_latched(self: SqlReachStore, *given: Any, **more: Any) -> Any:
        answer = whole(self, *given, **more)
        latch(home)
        return answer

    monkeypatch.setattr(reach_module, "GROUP", 1)
    monkeypatch.setattr(SqlReachStore, "begin_sending", then_latched)
    assert "I4 is broken" in str(home.fresh.stages.reach().broken)
    assert len(home.messages()) == 1
    assert home.rows("SELECT id FROM attempt WHERE state = 'sending'") == []


def test_no_answer_leaves_but_keap_is_told(home: Home) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "mi correo nuevo es ana.nueva@empresa.com")
    latch(home)
    home.move(minutes=1)
    report = home.fresh.stages.record()
    assert report.skipped["promise_broken"] == 1
    assert (report.broken, len(home.messages())) == (None, 1)
    assert home.case(contact)["state"] == "confirming"


def test_what_an_end_of_run_finds_stays_shut_until_a_person_looks(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    assert home.fresh.promises.end_of_run() == []
    do(home, FORGOTTEN)
    (found,) = home.fresh.promises.end_of_run()
    assert found.number == "I9"
    do(home, REMEMBERED)
    assert [one.number for one in home.fresh.promises.end_of_run()] == ["I9"]
    assert all(one.holds for one in home.fresh.promises.examine())
    home.run("route", "reach")
    assert len(home.messages()) == 1


def test_looking_at_a_promise_that_is_still_broken_opens_nothing(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    do(home, FORGOTTEN)
    assert [one.number for one in home.fresh.promises.examine() if not one.holds] == ["I9"]
    with pytest.raises(PromiseBroken, match="doctor --invariants"):
        home.another().promises.must_hold()


@pytest.fixture
def world(tmp_path: Path, database: Database) -> Iterator[World]:
    world = World(tmp_path, database)
    yield world
    world.close()


def test_it_shuts_between_two_deletions_of_one_batch(world: World) -> None:
    for contact in ("1", "2", "3"):
        world.unrecovered(contact)
    batch_id = world.ready_to_delete()
    delete = world.crm.delete_contact

    def then_latched(contact_id: Any, **more: Any) -> None:
        delete(contact_id, **more)
        SqlPromiseStore(world.database).latch([BROKEN], NOW)

    world.crm.delete_contact = then_latched
    with pytest.raises(PromiseBroken):
        world.deletion.delete(batch_id)
    assert sorted(world.crm.contacts) == ["2", "3"]
    assert world.count(ops.ArchiveItemRow, state="archived") == 2
