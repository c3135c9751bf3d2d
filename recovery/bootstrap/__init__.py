"""Builds the services from the settings: the only package that knows every adapter.

Each module adds a concern to those it needs; `Recovery` has them all.
"""

from functools import cached_property

from recovery.bootstrap.archive import ArchiveParts
from recovery.bootstrap.foundation import utc_now
from recovery.bootstrap.inbound import InboundParts
from recovery.bootstrap.lists import ListParts
from recovery.bootstrap.outbound import OutboundParts
from recovery.bootstrap.reps import Reps
from recovery.services.stages import Services, Stages

__all__ = ["Recovery", "utc_now"]


class Recovery(OutboundParts, InboundParts, ArchiveParts, ListParts):
    """All parts of one installation, each built when first used; `clock` may be moved."""

    @cached_property
    def reps(self) -> Reps:
        """What reps work with: the queue, what they say of calls, their desk."""
        return Reps(self)

    @cached_property
    def stages(self) -> Stages:
        """The five stages as flows and commands run them."""
        services = Services(
            pull=lambda lease: self.pull_on(self.leases.fenced(lease)),
            route=lambda lease: self.route_on(self.leases.fenced(lease)),
            reach=lambda: self.reach,
            record=lambda: self.record,
            reps=lambda: self.reps.upkeep,
            archive=lambda: self.archive,
            approved=lambda: self.template_service.approved(),
            may_send=self._may_send,
            credential_lost=lambda: self.brakes.credential_lost(),
            read_twins=lambda: self.wins.read_twins(self.crm),
            read_purchases=lambda: self.purchases.read(),
            without_block_list=self._without_block_list,
            waiting=lambda: sum(batch.waiting for batch in self.archive.batches()),
        )
        return Stages(services, self.leases)
