"""A scripted manager, who looks at what was archived, approves it and has it deleted."""

from collections import Counter
from dataclasses import dataclass

import pyotp

from recovery.bootstrap import Recovery
from recovery.services.archive.batches import BatchSummary
from recovery.services.users.service import Role


@dataclass(frozen=True, slots=True)
class Farewell:
    """One batch from the archive to its end."""

    batch: BatchSummary
    approver: str
    deleted: int
    spared: Counter[str]


class Manager:
    """Proves who they are by their second factor, as `recovery archive approve` asks."""

    def __init__(self, email: str, recovery: Recovery) -> None:
        self.email = email
        self._recovery = recovery
        self._factor = pyotp.TOTP(recovery.users.add(email, Role.MANAGER).totp_secret)

    def decide(self) -> Farewell | None:
        """Approves and deletes the oldest batch that waits: the first few, a look, the rest."""
        batches = self._recovery.archive.batches()
        waiting = [batch for batch in batches if batch.waiting]
        return self._let_go(waiting[-1]) if waiting else None

    def _let_go(self, batch: BatchSummary) -> Farewell:
        number = batch.batch.id
        code = self._factor.at(self._recovery.clock())
        approval = self._recovery.approvals.approve(number, as_=self.email, code=code)
        first = self._recovery.deletion.delete(number)
        rest = self._recovery.deletion.delete(number, everything=True)
        return Farewell(
            batch,
            approval.approver,
            first.deleted + rest.deleted,
            Counter(first.spared) + Counter(rest.spared),
        )
