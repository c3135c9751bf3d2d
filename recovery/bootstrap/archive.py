"""The archive, approvals and deletion; and the free wins that spare people from them."""

from recovery.adapters.db.archive.approvals import SqlApprovalStore
from recovery.adapters.db.archive.deletion import SqlDeletionStore
from recovery.adapters.db.archive.store import SqlArchiveStore
from recovery.adapters.db.record.wins import SqlWinStore
from recovery.adapters.files.archive_file import ArchiveFolder
from recovery.adapters.files.workbook import Workbooks
from recovery.bootstrap.brakes import BrakeParts
from recovery.bootstrap.keap import KeapParts
from recovery.bootstrap.users import UserParts
from recovery.services.archive.approvals import Approvals
from recovery.services.archive.batches import ARCHIVE
from recovery.services.archive.deletion import Deletion
from recovery.services.archive.service import ArchiveService
from recovery.services.record.wins import Wins


class ArchiveParts(KeapParts, BrakeParts, UserParts):
    """Adds what ends in deletion, or spares from it."""

    @property
    def archive(self) -> ArchiveService:
        """The archive: build, verify, list."""
        return ArchiveService(
            SqlArchiveStore(self.database, self.policy),
            crm=lambda: self.archive_crm,
            files=ArchiveFolder(self.settings.archives),
            workbook=Workbooks(self.settings.archives),
            policy=self.policy,
            clock=self.clock,
            account=self.settings.account,
            alone=lambda: self.leases.alone(ARCHIVE, lambda db: SqlArchiveStore(db, self.policy)),
        )

    @property
    def approvals(self) -> Approvals:
        """Consent to delete exactly one set."""
        return Approvals(
            SqlApprovalStore(self.database, self.policy),
            users=self.users,
            policy=self.policy,
            clock=self.clock,
            account=self.settings.account,
        )

    @property
    def deletion(self) -> Deletion:
        """Deletes approved batches."""
        return Deletion(
            alone=lambda: self.leases.alone(ARCHIVE, lambda db: SqlDeletionStore(db, self.policy)),
            archive=self.archive,
            crm=self.archive_crm,
            users=self.users,
            keys=self.keys,
            policy=self.policy,
            clock=self.clock,
            may_delete=self._may_delete,
            # Where calls come slowly, each worker makes the others' DELETEs wait after their look.
            workers=max(1, min(4, int(self.settings.keap.calls_per_second))),
        )

    @property
    def wins(self) -> Wins:
        """Free wins, and a manager's word on them."""
        return Wins(SqlWinStore(self.database), users=self.users, clock=self.clock)
