"""Approvals and their one-time codes: bound to a set, good once, for a time."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.archive.batch_end import close_if_done, finish_case
from recovery.adapters.db.archive.store import BATCH, ITEM, record_all
from recovery.adapters.db.audit import audit
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ApprovalCodeRow, ApprovalRow
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.deletion import Spared
from recovery.domain.policy import Policy
from recovery.services.archive.approvals import Approvable, Approval

_APPROVAL = table(ApprovalRow)
_CODE = table(ApprovalCodeRow)


class SqlApprovalStore:
    """Implements `ApprovalStore`."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def approvable(self, batch_id: str) -> Approvable | None:
        with self._database.read() as connection:
            return _approvable(connection, batch_id)

    def standing_approval(self, batch_id: str, *, now: datetime) -> Approval | None:
        with self._database.read() as connection:
            return _standing(connection, batch_id, now)

    def give(
        self, batch: Approvable, *, approver: str, method: str, at: datetime, until: datetime
    ) -> Approval | None:
        values = {
            "batch_id": batch.batch_id,
            "set_sha256": batch.set_sha256,
            "approver": approver,
            "method": method,
            "given_at": at,
            "expires_at": until,
        }
        with self._database.begin() as connection:
            unchanged = _approvable(connection, batch.batch_id, alone=True) == batch
            if not unchanged or _standing(connection, batch.batch_id, at):
                return None
            connection.execute(_APPROVAL.insert().values(values))
            self._tell(connection, batch, approver=approver, method=method, at=at)
            return _standing(connection, batch.batch_id, at)

    def reject(self, batch: Approvable, *, by: str, at: datetime) -> int | None:
        waiting = sa.and_(
            ITEM.c.batch_id == batch.batch_id, ITEM.c.state == ItemState.ARCHIVED.value
        )
        why, about = Spared.REJECTED.value, batch.batch_id
        spared = {"state": ItemState.SPARED.value, "reason": why, "decided_at": at}
        with self._database.begin() as connection:
            unchanged = _approvable(connection, batch.batch_id, alone=True) == batch
            if not unchanged or _standing(connection, batch.batch_id, at):
                return None
            found = connection.execute(sa.select(ITEM.c.case_id).where(waiting)).scalars().all()
            record_all(connection, waiting, "spared", at, actor=by, batch_id=about, reason=why)
            connection.execute(ITEM.update().where(waiting).values(**spared))
            for case_id in sorted(set(found)):
                finish_case(connection, about, case_id, at, policy=self._policy)
            close_if_done(connection, about)
            detail = {"contacts": len(found)}
            audit(connection, "batch.rejected", at=at, actor=by, about=about, detail=detail)
        return len(found)

    def add_code(self, batch_id: str, *, approver: str, code_hash: str, until: datetime) -> None:
        mine = sa.and_(_CODE.c.batch_id == batch_id, _CODE.c.approver == approver)
        values = {
            "batch_id": batch_id,
            "approver": approver,
            "code_hash": code_hash,
            "expires_at": until,
        }
        with self._database.begin() as connection:
            connection.execute(_CODE.delete().where(mine, _CODE.c.used_at.is_(None)))
            connection.execute(_CODE.insert().values(values))

    def take_code(self, batch_id: str, code_hash: str, *, now: datetime) -> str | None:
        right = sa.and_(
            _CODE.c.batch_id == batch_id,
            _CODE.c.code_hash == code_hash,
            _CODE.c.used_at.is_(None),
            _CODE.c.expires_at > now,
        )
        with self._database.begin() as connection:
            approver = connection.execute(sa.select(_CODE.c.approver).where(right)).scalar()
            change = _CODE.update().where(right).values(used_at=now)
            is_ours = connection.execute(change).rowcount == 1
        return approver if is_ours else None

    def _tell(
        self,
        connection: sa.Connection,
        batch: Approvable,
        *,
        approver: str,
        method: str,
        at: datetime,
    ) -> None:
        detail = {"set": batch.set_sha256, "method": method}
        audit(
            connection, "batch.approved", at=at, actor=approver, about=batch.batch_id, detail=detail
        )
        left = sa.and_(ITEM.c.batch_id == batch.batch_id, ITEM.c.state == ItemState.ARCHIVED.value)
        record_all(connection, left, "approved", at, actor=approver, batch_id=batch.batch_id)


def _approvable(
    connection: sa.Connection, batch_id: str, *, alone: bool = False
) -> Approvable | None:
    """The batch; `alone` lets nobody else decide about it until the transaction is over."""
    query = sa.select(BATCH).where(BATCH.c.id == batch_id)
    row = connection.execute(query.with_for_update() if alone else query).mappings().first()
    if row is None:
        return None
    state = BatchState(row["state"])
    return Approvable(
        row["id"],
        state,
        row["set_sha256"],
        row["account"],
        row["built_by"],
        row["contacts"],
        row["base"],
    )


def _standing(connection: sa.Connection, batch_id: str, now: datetime) -> Approval | None:
    query = (
        sa.select(_APPROVAL)
        .where(_APPROVAL.c.batch_id == batch_id, _APPROVAL.c.expires_at > now)
        .order_by(_APPROVAL.c.id.desc())
    )
    row = connection.execute(query.limit(1)).mappings().first()
    return approval_of(row) if row else None


def approval_of(row: sa.RowMapping) -> Approval:
    """The approval behind a row."""
    return Approval(
        row["id"],
        row["batch_id"],
        row["set_sha256"],
        row["approver"],
        row["expires_at"],
        row["used_at"],
    )
