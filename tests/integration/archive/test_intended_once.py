"""Of two processes that look at one contact at once one may delete; on SQLite only one writes."""

import threading

import pytest

from recovery.adapters.db.archive.deletion import SqlDeletionStore
from recovery.domain.archive import ItemState
from tests.archive_world import NOW, World
from tests.databases import KINDS, POSTGRESQL


@pytest.mark.parametrize("migrated", [kind for kind in KINDS if kind == POSTGRESQL], indirect=True)
def test_of_two_that_intend_a_deletion_at_once_one_deletes(world: World) -> None:
    world.unrecovered("1")
    batch = world.archive.finished(world.ready_to_delete())
    store = SqlDeletionStore(world.database, world.policy)
    approval = store.use_approval(batch, now=NOW)
    assert approval is not None
    (item,) = store.undecided(batch.id, state=ItemState.ARCHIVED, limit=9)
    may_delete: list[bool] = []

    def intend(decide) -> None:
        may_delete.append(
            store.intend(item, approval=approval, decide=decide, email_keys=[], at=NOW)
        )

    other = threading.Thread(target=intend, args=[lambda _: None])

    def decided_slowly(_standing) -> None:
        other.start()
        other.join(0.5)

    intend(decided_slowly)
    other.join()
    assert sorted(may_delete) == [False, True]
