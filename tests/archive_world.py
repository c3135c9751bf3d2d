"""A home with cases out of their hold, a fake Keap, and everything the archive needs, wired."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import sqlalchemy as sa

from recovery.adapters.db.archive.approvals import SqlApprovalStore
from recovery.adapters.db.archive.deletion import SqlDeletionStore
from recovery.adapters.db.archive.store import SqlArchiveStore
from recovery.adapters.db.lease import Leases
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables import ops, people
from recovery.adapters.db.users.store import SqlUserStore
from recovery.adapters.files.archive_file import ArchiveFolder
from recovery.adapters.files.keyring import Keyring
from recovery.adapters.files.policy_file import load_policy
from recovery.adapters.files.workbook import Workbooks
from recovery.services.archive.approvals import Approvals
from recovery.services.archive.batches import ARCHIVE
from recovery.services.archive.deletion import Deletion
from recovery.services.archive.service import ArchiveService
from recovery.services.users.service import NewUser, Role, Users
from tests.fakes import FakeClock, FakeCrm

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
OPENED = NOW - timedelta(days=40)
READ = NOW - timedelta(days=30)


def policy_with(*, delete=None, approval=None, **changes):
    """The shipped policy with some keys changed; the share is wide, as tests have few contacts."""
    policy = load_policy()
    changes["delete"] = policy.delete.model_copy(update={"max_share": 1.0, **(delete or {})})
    changes["approval"] = policy.approval.model_copy(update=approval or {})
    return policy.model_copy(update=changes)


class World:
    """One home."""

    def __init__(self, folder, database, **policy):
        self.folder = folder
        self.archives = folder / "archives"
        self.policy = policy_with(**policy)
        self.clock = FakeClock(NOW)
        self.crm = FakeCrm()
        self.database = database
        self.keyring = Keyring(folder / "keys")
        self.keys = self.keyring.keys()
        self.allowed = lambda: None
        self.wire()

    def wire(self):
        """All services anew, as after a restart."""
        leases = Leases(self.database, self.clock)
        self.users = Users(
            SqlUserStore(self.database),
            seal=self.keyring,
            clock=self.clock,
            hash_password=lambda password: f"hash of {len(password)}",
        )
        self.archive = ArchiveService(
            SqlArchiveStore(self.database, self.policy),
            crm=lambda: self.crm,
            files=ArchiveFolder(self.archives),
            workbook=Workbooks(self.archives),
            policy=self.policy,
            clock=self.clock,
            account="Acme",
            alone=lambda: leases.alone(ARCHIVE, lambda db: SqlArchiveStore(db, self.policy)),
            workers=2,
        )
        self.approvals = Approvals(
            SqlApprovalStore(self.database, self.policy),
            users=self.users,
            policy=self.policy,
            clock=self.clock,
            account="Acme",
        )
        self.deletion = Deletion(
            alone=lambda: leases.alone(ARCHIVE, lambda db: SqlDeletionStore(db, self.policy)),
            archive=self.archive,
            crm=self.crm,
            users=self.users,
            keys=self.keys,
            policy=self.policy,
            clock=self.clock,
            may_delete=lambda: self.allowed(),
            workers=1,
        )

    def close(self):
        """Lets the database go."""
        self.database.dispose()

    def unrecovered(self, *ids, status="HARD_BOUNCE", reached=True, **case):
        """Contacts of one case whose hold is over; answers the case's id."""
        values = {
            "contact_id": ids[0],
            "state": "hold",
            "opened_status": status,
            "status": status,
            "goal": "new_email",
            "language": "es",
            "opened_at": OPENED,
            "hold_until": NOW - timedelta(hours=1),
            "reason": "all steps of the cadence have ended",
            **case,
        }
        case_id = self.insert(people.CaseRow, **values)
        for contact_id in ids:
            self._member(case_id, contact_id, status)
        if reached:
            self.attempt(case_id, ids[0], state="delivered")
        return case_id

    def _member(self, case_id, contact_id, status):
        email = f"c{contact_id}@example.com"
        self.crm.add(contact_id, email, status)
        self.insert(
            people.ContactRow,
            id=contact_id,
            status=status,
            status_since=OPENED,
            data={"any": "thing"},
        )
        self.insert(people.CaseContactRow, case_id=case_id, contact_id=contact_id)
        self.insert(people.ContactKeyRow, key=self.keys.email(email), contact_id=contact_id)
        self.insert(people.OpenKeyRow, key=f"c{contact_id}", case_id=case_id)

    def attempt(self, case_id, contact_id, **more):
        """One step of a case."""
        step = f"s{self.count(people.AttemptRow)}"
        values = {
            "case_id": case_id,
            "contact_id": contact_id,
            "channel": "whatsapp",
            "step": step,
            "step_key": f"{case_id}-{step}",
            "state": "delivered",
            "token": f"{case_id}-{step}",
            "number": "+5215500000000",
            "number_key": f"pn{contact_id}",
            "created_at": READ,
            **more,
        }
        return self.insert(people.AttemptRow, **values)

    def reply(self, case_id, kind, **more):
        """Something the person sent."""
        values = {
            "sid": f"SM{self.count(people.ReplyRow)}",
            "number": "+5215500000000",
            "source": "webhook",
            "received_at": READ,
            "case_id": case_id,
            "kind": kind,
            **more,
        }
        self.insert(people.ReplyRow, **values)

    def manager(self, email="boss@example.com", role=Role.MANAGER) -> NewUser:
        """Somebody who may approve."""
        return self.users.add(email, role)

    def code_of(self, user: NewUser) -> str:
        """What their authenticator app shows now."""
        return pyotp.TOTP(user.totp_secret).at(self.clock())

    def approved(self, batch_id, email="boss@example.com"):
        """Approves a batch as its manager would."""
        user = self.manager(email)
        return self.approvals.approve(batch_id, as_=email, code=self.code_of(user))

    def built(self) -> str:
        """The id of a fresh batch."""
        summary = self.archive.build()
        assert summary is not None
        return summary.batch.id

    def ready_to_delete(self) -> str:
        """The id of a fresh, approved batch."""
        batch_id = self.built()
        self.approved(batch_id)
        return batch_id

    def insert(self, row, **values):
        """Puts a row into the database."""
        whole = {k: v for k, v in row(**values).model_dump().items() if v is not None}
        with self.database.begin() as connection:
            result = connection.execute(table(row).insert().values(whole))
        return result.inserted_primary_key[0]

    def set(self, row, row_id, **values):
        """Changes a row."""
        target = table(row)
        with self.database.begin() as connection:
            connection.execute(target.update().where(target.c.id == row_id).values(**values))

    def rows(self, row, **where) -> list[dict[str, Any]]:
        """Rows with these values."""
        target = table(row)
        query = sa.select(target).where(*(target.c[name] == v for name, v in where.items()))
        with self.database.read() as connection:
            return [dict(found) for found in connection.execute(query).mappings()]

    def count(self, row, **where) -> int:
        """How many rows have these values."""
        return len(self.rows(row, **where))

    def case(self, case_id) -> dict[str, Any]:
        """A case's row."""
        return self.rows(people.CaseRow, id=case_id)[0]

    def item(self, contact_id) -> dict[str, Any]:
        """The last archive item of a contact."""
        return self.rows(ops.ArchiveItemRow, contact_id=contact_id)[-1]
