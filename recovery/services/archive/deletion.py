"""Delete: only from a file compared again, only under an approval of exactly that set, first a few
and then, on a person's word, the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recovery.crashpoints import crashpoint
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.errors import Refusal
from recovery.services.archive.approvals import Approval, check_approver, check_share
from recovery.services.archive.batches import Alone, Batch, BatchSummary
from recovery.services.archive.removal import WAVE, DeletionStore, Item, Removal
from recovery.services.archive.service import ArchiveService
from recovery.services.ports import Clock, Crm
from recovery.services.users.service import Users


@dataclass(frozen=True, slots=True)
class DeletionResult:
    """What one call did; `left` are those of the batch that nobody decided about yet."""

    deleted: int
    spared: Mapping[str, int]
    gone: int
    in_doubt: int
    left: int
    paused: bool


class Deletion:
    """Deletes approved batches; `may_delete` raises ConfigurationError where it is not allowed."""

    def __init__(
        self,
        *,
        alone: Alone[DeletionStore],
        archive: ArchiveService,
        crm: Crm,
        users: Users,
        keys: Keys,
        policy: Policy,
        clock: Clock,
        may_delete: Callable[[], None],
        workers: int = 4,
    ) -> None:
        self._alone = alone
        self._archive = archive
        self._crm = crm
        self._users = users
        self._keys = keys
        self._policy = policy
        self._clock = clock
        self._may_delete = may_delete
        self._workers = workers

    def delete(self, batch_id: str, *, everything: bool = False) -> DeletionResult:
        """Deletes the first few, then pauses; with `everything` goes on to the end.

        Refusal without a valid approval or beyond the policy's share, ArchiveDamaged when the file
        is not what was verified, NothingToDo while another process builds or deletes, or where one
        took over because this one stood still.
        """
        self._may_delete()
        with self._alone() as store:
            batch = self._archive.finished(batch_id)
            before = self._archive.summary(batch_id)
            if batch.state is not BatchState.DONE:
                self._delete(store, batch, everything=everything)
            return _difference(before, self._archive.summary(batch_id))

    def _delete(self, store: DeletionStore, batch: Batch, *, everything: bool) -> None:
        self._archive.check_file(batch)
        check_share(batch.contacts, batch.base, self._policy.delete.max_share)
        run = self._removal(store, batch, self._approval(store, batch))
        run.settle_open()
        while wave := self._wave(store, batch, everything=everything):
            run.work(wave)
        if store.undecided(batch.id, state=ItemState.ARCHIVED, limit=1):
            store.pause(batch.id)
        store.close(batch.id)

    def _removal(self, store: DeletionStore, batch: Batch, approval: Approval) -> Removal:
        return Removal(
            store,
            self._crm,
            self._keys,
            self._policy,
            self._clock,
            batch,
            approval,
            self._workers,
        )

    def _wave(self, store: DeletionStore, batch: Batch, *, everything: bool) -> list[Item]:
        limit = WAVE
        if not everything:
            limit = min(limit, self._policy.delete.first_batch - store.deleted(batch.id))
        if limit <= 0:
            return []
        return store.undecided(batch.id, state=ItemState.ARCHIVED, limit=limit)

    def _approval(self, store: DeletionStore, batch: Batch) -> Approval:
        approval = store.use_approval(batch, now=self._clock())
        if approval is None:
            raise Refusal(
                f"batch {batch.id} has no valid approval (none, run out, or of another list): a "
                f"manager approves it with `recovery archive approve {batch.id} --as EMAIL`"
            )
        crashpoint("P19")
        check_approver(
            self._users.get(approval.approver),
            built_by=batch.built_by,
            rule=self._policy.approval,
        )
        return approval


def _difference(before: BatchSummary, after: BatchSummary) -> DeletionResult:
    spared = {
        reason: count - before.spared.get(reason, 0)
        for reason, count in after.spared.items()
        if count > before.spared.get(reason, 0)
    }
    return DeletionResult(
        deleted=after.deleted - before.deleted,
        spared=spared,
        gone=after.gone - before.gone,
        in_doubt=after.in_doubt,
        left=after.waiting + after.in_doubt,
        paused=after.batch.paused and after.waiting > 0,
    )
