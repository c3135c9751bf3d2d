"""Who builds or deletes is alone at it, on all machines of a database, for as long as it takes."""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db import lease
from recovery.adapters.db.attention import SqlAttentionStore
from recovery.adapters.db.engine import Database
from recovery.adapters.db.tables import ops
from recovery.adapters.files.archive_file import Draft
from recovery.errors import NothingToDo
from tests.archive_world import World
from tests.stopped_clock import a_minute_of_work, keepers_look_often, nobody_keeps


class Machine:
    """Another machine with the same database, Keap and time, and a home folder of its own."""

    def __init__(self, world: World, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.world = World(folder, Database(str(world.database.url.render_as_string(False))))
        self.world.clock, self.world.crm = world.clock, world.crm
        self.world.wire()
        self._patch = patch

    def __call__(self, work: Callable[[World], Any]) -> Any:
        """What it does."""
        with self._patch.context() as there:
            there.setattr(lease, "_HOST", "elsewhere")
            return work(self.world)


@pytest.fixture
def elsewhere(world, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    machine = Machine(world, folder, monkeypatch)
    yield machine
    machine.world.close()


def build(world):
    return world.archive.build()


def delete(batch_id):
    return lambda world: world.deletion.delete(batch_id, everything=True)


def once(world, method, contact_id, meanwhile):
    """Happens before Keap is asked for this, the first time."""
    world.crm.before[method, contact_id] = deque([meanwhile])


def read(world, batch_id):
    path = world.archives / f"archive-{batch_id}.jsonl"
    return [json.loads(line)["contact_id"] for line in path.read_text("ascii").splitlines()]


def dead(world):
    return SqlAttentionStore(world.database).dead(world.clock())


@pytest.fixture(params=["build", "delete"])
def minute(request, world, elsewhere, monkeypatch):
    """A minute of work, after which another machine builds, or deletes this batch."""
    keepers_look_often(monkeypatch)
    times = []

    def passes(batch_id):
        times.append(batch_id)
        a_minute_of_work(world.database, world.clock.move, world.clock)
        assert dead(world) == []
        with pytest.raises(NothingToDo, match="works on archive"):
            elsewhere(build if request.param == "build" else delete(batch_id))

    yield passes
    assert len(times) == 1


def test_a_build_of_more_than_a_minute_is_alone_all_the_while(world, minute):
    world.unrecovered("1")
    older = world.ready_to_delete()
    world.unrecovered("2", "3")
    once(world, "full_record", "3", lambda: minute(older))
    built = world.archive.build()
    assert read(world, built.batch.id) == ["2", "3"]
    assert world.archive.verify(built.batch.id).waiting == 2
    assert world.item("1")["state"] == "archived"


def test_a_deletion_of_more_than_a_minute_is_alone_all_the_while(world, minute):
    world.unrecovered("1", "2")
    batch_id = world.ready_to_delete()
    world.unrecovered("3")
    once(world, "delete_contact", "1", lambda: minute(batch_id))
    assert world.deletion.delete(batch_id).deleted == 2
    assert world.crm.asked("delete_contact") == ["1", "2"]


@pytest.mark.parametrize("where", ["reading", "sealing"])
def test_a_build_that_stood_still_while_another_machine_built_changes_nothing(
    world, elsewhere, monkeypatch, where
):
    nobody_keeps(monkeypatch)
    world.unrecovered("1", "2")
    built = []

    def stand_still():
        world.clock.move(seconds=61)
        monkeypatch.setattr(Draft, "seal", seal)
        built.append(elsewhere(build))

    def seal_late(*given):
        stand_still()
        return seal(*given)

    seal = Draft.seal
    if where == "reading":
        once(world, "full_record", "2", stand_still)
    else:
        monkeypatch.setattr(Draft, "seal", seal_late)
    with pytest.raises(NothingToDo, match="stood still"):
        world.archive.build()
    batch_id = built[0].batch.id
    assert read(elsewhere.world, batch_id) == ["1", "2"]
    assert elsewhere(lambda there: there.archive.verify(batch_id)).waiting == 2
    assert [row["state"] for row in world.rows(ops.ArchiveItemRow)] == ["archived"] * 2


def test_a_deletion_that_stood_still_while_another_machine_deleted_changes_nothing(
    world, elsewhere, monkeypatch
):
    nobody_keeps(monkeypatch)
    world.unrecovered("1", "2")
    batch_id = world.ready_to_delete()
    elsewhere.world.archives.symlink_to(world.archives)

    def stand_still():
        world.clock.move(seconds=61)
        assert elsewhere(delete(batch_id)).deleted == 2

    once(world, "delete_contact", "1", stand_still)
    with pytest.raises(NothingToDo, match="stood still"):
        world.deletion.delete(batch_id)
    assert {row["state"] for row in world.rows(ops.ArchiveItemRow)} == {"deleted"}
    assert world.count(ops.TombstoneRow) == 2
    assert world.archive.summary(batch_id).batch.state == "done"


def test_a_build_beside_one_that_stands_still_here_leaves_its_file_alone(world, monkeypatch):
    nobody_keeps(monkeypatch)
    world.unrecovered("1", "2")
    told = []

    def stand_still():
        world.clock.move(seconds=61)
        with pytest.raises(NothingToDo, match="let it go on, or end it") as refused:
            world.archive.build()
        told.append(refused)

    once(world, "full_record", "2", stand_still)
    with pytest.raises(NothingToDo, match="stood still"):
        world.archive.build()
    assert told
    batch_id = world.built()
    assert read(world, batch_id) == ["1", "2"]
    assert world.archive.verify(batch_id).waiting == 2
