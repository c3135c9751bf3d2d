"""One contact's way out of Keap: a fresh look, the intent committed with its tombstone, one DELETE,
and proof that the contact is gone.

A process killed at any point leaves `intended` items; the next call asks Keap about them first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event
from typing import Any, Protocol

from recovery.crashpoints import crashpoint
from recovery.domain.archive import ItemState, addresses_of
from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId
from recovery.domain.deletion import LastLook, Spared, Standing, why_spared
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.errors import (
    ContractBroken,
    HeldUp,
    InDoubt,
    PermanentFailure,
    RecoveryError,
    Unsupported,
)
from recovery.services.archive.approvals import Approval
from recovery.services.archive.batches import Batch
from recovery.services.archive.twins import who_has_a_twin
from recovery.services.ports import Clock, Crm
from recovery.uptime import uptime

#: Contacts looked at between two proofs; one call proves a whole wave.
WAVE = 100
#: DELETEs a contact may get in all, each after a fresh look; then a person decides.
TRIES = 3
#: Seconds for which a DELETE may leave after a look: from the look's last answer …
LOOK_IS_GOOD_FOR = 2.0
#: … and from its first question, for a look is many calls, and Keap may answer them slowly.
OLDEST_LOOK = 30.0


@dataclass(frozen=True, slots=True)
class Item:
    """An archived contact about to be deleted; `tries` counts the intents of one in doubt."""

    id: int
    contact_id: ContactId
    case_id: CaseId
    content_sha256: str
    state: ItemState
    tries: int


class DeletionStore(Protocol):
    """What deleting needs of the database; each method is one short transaction."""

    def use_approval(self, batch: Batch, *, now: datetime) -> Approval | None:
        """The unexpired approval of exactly this set, marked as used by this batch."""

    def undecided(self, batch_id: str, *, state: ItemState, limit: int) -> list[Item]:
        """Items of the batch in this state, in the order of the file."""

    def deleted(self, batch_id: str) -> int:
        """How many of the batch are deleted."""

    def twins(self, contact_ids: Sequence[ContactId]) -> dict[ContactId, frozenset[ContactId]]:
        """Other contacts that share a phone or an address with each, offices left out."""

    def intend(
        self,
        item: Item,
        *,
        approval: Approval,
        decide: Callable[[Standing], Spared | None],
        email_keys: Iterable[str],
        at: datetime,
    ) -> bool:
        """Item, tombstone and audit in one transaction, unless `decide` spares the contact.

        True when exactly one DELETE may follow; Refusal when the approval ran out meanwhile.
        """

    def withdraw(self, item: Item, *, at: datetime) -> None:
        """Takes an intent back to `item.state`: the DELETE certainly did not happen."""

    def doubt(self, item: Item, *, at: datetime) -> int:
        """Nobody can tell whether the DELETE happened; answers the intents committed so far."""

    def settle(
        self, item: Item, *, state: ItemState, reason: str | None, at: datetime, actor: str
    ) -> None:
        """Decides about a contact, for good; the last one of a case ends or reopens it."""

    def pause(self, batch_id: str) -> None:
        """After the first small batch: only a person's word goes on."""

    def close(self, batch_id: str) -> None:
        """Marks the batch as done when nobody is left in it."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One call of `delete` under one approval."""

    store: DeletionStore
    crm: Crm
    keys: Keys
    policy: Policy
    clock: Clock
    batch: Batch
    approval: Approval
    workers: int
    #: Set by the first error that concerns everybody: no further contact is begun.
    stop: Event = field(default_factory=Event)

    def settle_open(self) -> None:
        """Items a killed run left on the wire, and doubts: gone is deleted, there is looked at."""
        everybody = self.batch.contacts
        for item in self._undecided(ItemState.INTENDED, limit=everybody):
            self.store.doubt(item, at=self.clock())
        for item in self._undecided(ItemState.IN_DOUBT, limit=everybody):
            self._remove(item, twins=self._deliverable_twins([item]))
        self._prove()

    def work(self, wave: Sequence[Item]) -> None:
        """Looks, deletes and proves; the first error is raised after the proof was tried."""
        twins = self._deliverable_twins(wave)
        with ThreadPoolExecutor(self.workers, "delete") as pool:
            errors = list(pool.map(lambda item: self._guarded(item, twins), wave))
        self._prove()
        for error in errors:
            if error:
                raise error

    def _guarded(self, item: Item, twins: frozenset[ContactId]) -> RecoveryError | None:
        if self.stop.is_set():
            return None
        try:
            self._remove(item, twins=twins)
        except RecoveryError as error:
            self.stop.set()
            return error
        return None

    def _remove(self, item: Item, *, twins: frozenset[ContactId]) -> None:
        """At most TRIES DELETEs, each after a look; ends decided, `intended` or `in_doubt`.

        HeldUp when the DELETE's turn came too late after each of TRIES + 1 looks in a row.
        """
        may_have_gone = item.state is not ItemState.ARCHIVED
        held_up = 0
        while True:
            began = uptime()
            try:
                record = self.crm.full_record(item.contact_id)
            except (ContractBroken, PermanentFailure):
                if not may_have_gone:
                    self._settle(item, ItemState.SPARED, Spared.UNREADABLE)
                return
            leave_by = min(uptime() + LOOK_IS_GOOD_FOR, began + OLDEST_LOOK)
            if record is None:
                ours = ItemState.DELETED if may_have_gone else ItemState.GONE
                self._settle(item, ours)
                return
            if item.tries >= TRIES:
                self.store.doubt(item, at=self.clock())
                return
            if not self._intend(item, record, has_twin=item.contact_id in twins):
                return
            crashpoint("P20")
            try:
                if self._sent(item, leave_by, may_have_gone=may_have_gone):
                    return
            except HeldUp:
                held_up += 1
                if held_up > TRIES:
                    raise
                continue
            may_have_gone, held_up = True, 0
            item = replace(item, state=ItemState.IN_DOUBT, tries=item.tries + 1)

    def _intend(self, item: Item, record: Mapping[str, Any], *, has_twin: bool) -> bool:
        def decide(standing: Standing) -> Spared | None:
            policy, archived = self.policy, item.content_sha256
            return why_spared(LastLook(record, standing, policy, archived, has_twin))

        return self.store.intend(
            item,
            approval=self.approval,
            decide=decide,
            email_keys=[self.keys.email(email) for email, _ in addresses_of(record)],
            at=self.clock(),
        )

    def _sent(self, item: Item, leave_by: float, *, may_have_gone: bool) -> bool:
        """One DELETE; False when nobody can tell, and the contact must be looked at again."""
        try:
            self.crm.delete_contact(item.contact_id, leave_by=leave_by)
            crashpoint("P22")
        except InDoubt:
            self.store.doubt(item, at=self.clock())
            return False
        except (PermanentFailure, Unsupported) as error:
            self._refused(item, error.call.status, may_have_gone=may_have_gone)
        except RecoveryError:
            # Throttled, unreachable or denied: it was certainly not carried out.
            self.store.withdraw(item, at=self.clock())
            raise
        return True

    def _refused(self, item: Item, status: int | None, *, may_have_gone: bool) -> None:
        if status == 404:
            self._settle(item, ItemState.DELETED if may_have_gone else ItemState.GONE)
        else:
            self._settle(item, ItemState.SPARED, Spared.REFUSED_BY_KEAP)

    def _prove(self) -> None:
        """One call a wave: who is no longer listed is deleted; who is, is looked at again."""
        while items := self._undecided(ItemState.INTENDED, limit=WAVE):
            ids = [item.contact_id for item in items]
            there = {contact.id for contact in self.crm.contacts_by_id(ids)}
            for item in items:
                if item.contact_id not in there:
                    self._settle(item, ItemState.DELETED)
                else:
                    # Keap said yes and yet shows them: a list may lag, so look, and no loop.
                    tries = self.store.doubt(item, at=self.clock())
                    doubted = replace(item, state=ItemState.IN_DOUBT, tries=tries)
                    self._remove(doubted, twins=self._deliverable_twins([item]))

    def _settle(self, item: Item, state: ItemState, reason: Spared | None = None) -> None:
        self.store.settle(
            item, state=state, reason=reason, at=self.clock(), actor=self.approval.approver
        )

    def _deliverable_twins(self, wave: Sequence[Item]) -> frozenset[ContactId]:
        """Who of these shares a phone or an address with somebody whose e-mail works now."""
        return who_has_a_twin(self.crm, self.store.twins([item.contact_id for item in wave]))

    def _undecided(self, state: ItemState, *, limit: int) -> list[Item]:
        return self.store.undecided(self.batch.id, state=state, limit=limit)
