"""Deletions: intent, tombstone and audit in one transaction; every later step a compare-and-set."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.archive.approvals import approval_of
from recovery.adapters.db.archive.batch_end import close_if_done, finish_case
from recovery.adapters.db.archive.forget import forget
from recovery.adapters.db.archive.standing import keys_of, standings, twins_of
from recovery.adapters.db.archive.store import BATCH, ITEM
from recovery.adapters.db.audit import audit
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.sql import add_new, chunks, table
from recovery.adapters.db.tables.ops import (
    ApprovalRow,
    AuditRow,
    TombstoneKeyRow,
    TombstoneRow,
    UserRow,
)
from recovery.adapters.db.tables.people import (
    CaseRow,
    ContactKeyRow,
    ContactRow,
    OutcomeRow,
    SuppressionRow,
)
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId
from recovery.domain.deletion import Spared, Standing
from recovery.domain.policy import Policy
from recovery.errors import Refusal
from recovery.services.archive.approvals import Approval
from recovery.services.archive.batches import Batch
from recovery.services.archive.removal import Item

_APPROVAL = table(ApprovalRow)
_AUDIT = table(AuditRow)
_CASE = table(CaseRow)
_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_OUTCOME = table(OutcomeRow)
_SUPPRESSION = table(SuppressionRow)
_TOMBSTONE = table(TombstoneRow)
_TOMBSTONE_KEY = table(TombstoneKeyRow)
_USER = table(UserRow)
_INTENDED = "contact.delete_intended"


class SqlDeletionStore:
    """Implements `DeletionStore`."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def use_approval(self, batch: Batch, *, now: datetime) -> Approval | None:
        valid = sa.and_(
            _APPROVAL.c.batch_id == batch.id,
            _APPROVAL.c.set_sha256 == batch.set_sha256,
            _APPROVAL.c.expires_at > now,
        )
        with self._database.begin() as connection:
            query = sa.select(_APPROVAL).where(valid).order_by(_APPROVAL.c.id.desc()).limit(1)
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            self._begin_batch(connection, batch, row, now)
            return approval_of(row)

    def undecided(self, batch_id: str, *, state: ItemState, limit: int) -> list[Item]:
        query = (
            sa.select(ITEM)
            .where(ITEM.c.batch_id == batch_id, ITEM.c.state == state.value)
            .order_by(ITEM.c.line)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            doubts = [row["contact_id"] for row in rows if state is ItemState.IN_DOUBT]
            tries = _tries(connection, batch_id, doubts)
        return [_item(row, tries.get(row["contact_id"], 0)) for row in rows]

    def deleted(self, batch_id: str) -> int:
        query = sa.select(sa.func.count()).where(
            ITEM.c.batch_id == batch_id, ITEM.c.state == ItemState.DELETED.value
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def twins(self, contact_ids: Sequence[ContactId]) -> dict[ContactId, frozenset[ContactId]]:
        limit = self._policy.caps.contacts_per_person
        with self._database.read() as connection:
            found = twins_of(connection, keys_of(connection, contact_ids), person_limit=limit)
        return {ContactId(one): frozenset(map(ContactId, others)) for one, others in found.items()}

    def intend(
        self,
        item: Item,
        *,
        approval: Approval,
        decide: Callable[[Standing], Spared | None],
        email_keys: Iterable[str],
        at: datetime,
    ) -> bool:
        with self._database.begin() as connection:
            must_hold(connection)
            _check_still_approved(connection, approval, at)
            if not _is_still(connection, item):
                return False
            reason = decide(self._standing(connection, item))
            if reason:
                values = {"state": ItemState.SPARED, "reason": reason}
                self._decide(connection, item, values, at=at, actor=approval.approver)
                return False
            _set(connection, item, state=ItemState.INTENDED)
            _bury(connection, item, email_keys=email_keys, at=at)
            detail = {"approval": approval.id, "batch": approval.batch_id}
            about = _about(approval.batch_id, item.contact_id)
            by = approval.approver
            audit(connection, _INTENDED, at=at, actor=by, about=about, detail=detail)
            return True

    def withdraw(self, item: Item, *, at: datetime) -> None:
        with self._database.begin() as connection:
            if _set(connection, item, state=item.state, was=ItemState.INTENDED):
                if item.state is ItemState.ARCHIVED:
                    _exhume(connection, item.contact_id)
                about = _about(_batch_of(connection, item), item.contact_id)
                audit(connection, "contact.delete_withdrawn", at=at, actor="engine", about=about)

    def doubt(self, item: Item, *, at: datetime) -> int:
        with self._database.begin() as connection:
            _set(connection, item, state=ItemState.IN_DOUBT, was=ItemState.INTENDED)
            batch_id = _batch_of(connection, item)
            about = _about(batch_id, item.contact_id)
            audit(connection, "contact.delete_in_doubt", at=at, actor="engine", about=about)
            return _tries(connection, batch_id, [item.contact_id]).get(item.contact_id, 0)

    def settle(
        self, item: Item, *, state: ItemState, reason: str | None, at: datetime, actor: str
    ) -> None:
        values = {"state": state, "reason": reason}
        with self._database.begin() as connection:
            self._decide(connection, item, values, at=at, actor=actor)

    def pause(self, batch_id: str) -> None:
        with self._database.begin() as connection:
            connection.execute(BATCH.update().where(BATCH.c.id == batch_id).values(paused=True))

    def close(self, batch_id: str) -> None:
        with self._database.begin() as connection:
            close_if_done(connection, batch_id)

    def _begin_batch(
        self, connection: sa.Connection, batch: Batch, approval: sa.RowMapping, now: datetime
    ) -> None:
        fresh = sa.and_(_APPROVAL.c.id == approval["id"], _APPROVAL.c.used_at.is_(None))
        if connection.execute(_APPROVAL.update().where(fresh).values(used_at=now)).rowcount:
            detail = {"approval": approval["id"], "set": batch.set_sha256}
            by = approval["approver"]
            audit(connection, "batch.delete_begun", at=now, actor=by, about=batch.id, detail=detail)
        waiting = sa.and_(BATCH.c.id == batch.id, BATCH.c.state == BatchState.WAITING.value)
        connection.execute(BATCH.update().where(waiting).values(state=BatchState.DELETING.value))

    def _standing(self, connection: sa.Connection, item: Item) -> Standing:
        limit = self._policy.caps.contacts_per_person
        pairs = [(str(item.contact_id), int(item.case_id))]
        return standings(connection, pairs, person_limit=limit)[item.contact_id]

    def _decide(
        self,
        connection: sa.Connection,
        item: Item,
        values: dict[str, Any],
        *,
        at: datetime,
        actor: str,
    ) -> None:
        state, reason = ItemState(values["state"]), values["reason"]
        deleted_at = at if state is ItemState.DELETED else None
        more = {"reason": reason, "decided_at": at, "deleted_at": deleted_at}
        if not _set(connection, item, state=state, **more):
            return
        batch_id = _batch_of(connection, item)
        detail = {"batch": batch_id, **({"reason": reason} if reason else {})}
        _record(connection, item, state.value, at=at, actor=actor, detail=detail)
        _leave(connection, item, state, at)
        finish_case(connection, batch_id, item.case_id, at, policy=self._policy)
        about = _about(batch_id, item.contact_id)
        audit(connection, f"contact.{state}", at=at, actor=actor, about=about, detail=detail)
        close_if_done(connection, batch_id)


def _check_still_approved(connection: sa.Connection, approval: Approval, at: datetime) -> None:
    query = (
        sa.select(_APPROVAL.c.expires_at)
        .join(_USER, _USER.c.email == _APPROVAL.c.approver)
        .where(_APPROVAL.c.id == approval.id, _APPROVAL.c.expires_at > at, _USER.c.active)
    )
    if connection.execute(query).first() is None:
        raise Refusal(
            f"the approval of batch {approval.batch_id} ran out, or its approver was locked: "
            f"approve again with `recovery archive approve {approval.batch_id} --as EMAIL`"
        )


def _is_still(connection: sa.Connection, item: Item) -> bool:
    query = sa.select(ITEM.c.state).where(ITEM.c.id == item.id).with_for_update()
    return connection.execute(query).scalar() == item.state.value


def _set(
    connection: sa.Connection,
    item: Item,
    *,
    state: ItemState,
    was: ItemState | None = None,
    **values: Any,
) -> bool:
    """Moves an item on, unless it was decided about (or is not in the state it should be)."""
    decided = [one.value for one in ItemState if one.is_decided]
    expected = ITEM.c.state == was.value if was else ITEM.c.state.not_in(decided)
    change = ITEM.update().where(ITEM.c.id == item.id, expected)
    return connection.execute(change.values(state=state.value, **values)).rowcount == 1


def _bury(
    connection: sa.Connection, item: Item, *, email_keys: Iterable[str], at: datetime
) -> None:
    """The tombstone: ids and keyed hashes, valid once the deletion is confirmed."""
    keys = sorted(keys_of(connection, [item.contact_id])[item.contact_id].union(email_keys))
    _exhume(connection, item.contact_id)
    row = connection.execute(sa.select(ITEM).where(ITEM.c.id == item.id)).mappings().one()
    values = {
        "contact_id": item.contact_id,
        "batch_id": row["batch_id"],
        "status": row["status"],
        "keys": keys,
        "stopped": _said_stop(connection, item, keys),
        "created_at": at,
    }
    connection.execute(_TOMBSTONE.insert().values(values))
    rows = [{"key": key, "contact_id": item.contact_id} for key in keys]
    add_new(connection, TombstoneKeyRow, rows)


def _exhume(connection: sa.Connection, contact_id: str) -> None:
    """Takes back a tombstone of somebody who is not dead; a confirmed one stays."""
    ours = sa.and_(_TOMBSTONE.c.contact_id == contact_id, _TOMBSTONE.c.confirmed_at.is_(None))
    if connection.execute(_TOMBSTONE.delete().where(ours)).rowcount:
        keys = _TOMBSTONE_KEY.delete().where(_TOMBSTONE_KEY.c.contact_id == contact_id)
        connection.execute(keys)


def _said_stop(connection: sa.Connection, item: Item, keys: Sequence[str]) -> bool:
    stopped = sa.select(_CASE.c.stopped).where(_CASE.c.id == item.case_id)
    suppressed = sa.select(_SUPPRESSION.c.id).where(
        _SUPPRESSION.c.key.in_(keys), _SUPPRESSION.c.lifted_at.is_(None)
    )
    said = connection.execute(stopped).scalar()
    return bool(said) or connection.execute(suppressed.limit(1)).first() is not None


def _leave(connection: sa.Connection, item: Item, state: ItemState, at: datetime) -> None:
    """Who is no longer in Keap is no contact here either; who stays has no tombstone."""
    mine = _TOMBSTONE.c.contact_id == item.contact_id
    if state is ItemState.DELETED:
        connection.execute(_TOMBSTONE.update().where(mine).values(confirmed_at=at))
    else:
        _exhume(connection, item.contact_id)
    if state is not ItemState.SPARED:
        connection.execute(_CONTACT.delete().where(_CONTACT.c.id == item.contact_id))
        connection.execute(_KEY.delete().where(_KEY.c.contact_id == item.contact_id))
    if state is ItemState.DELETED:
        keys = connection.execute(sa.select(_TOMBSTONE.c["keys"]).where(mine)).scalar()
        forget(connection, item.contact_id, keys or ())


def _record(
    connection: sa.Connection,
    item: Item,
    kind: str,
    *,
    at: datetime,
    actor: str,
    detail: dict[str, Any],
) -> None:
    values = {"case_id": item.case_id, "contact_id": item.contact_id, "at": at, "kind": kind}
    connection.execute(_OUTCOME.insert().values(**values, actor=actor, detail=detail))


def _tries(connection: sa.Connection, batch_id: str, contact_ids: Sequence[str]) -> dict[str, int]:
    """Intents of each contact of the batch, as the audit has them."""
    found: dict[str, int] = defaultdict(int)
    by_object = {_about(batch_id, contact): contact for contact in contact_ids}
    for some in chunks(sorted(by_object)):
        query = sa.select(_AUDIT.c.object).where(
            _AUDIT.c.action == _INTENDED, _AUDIT.c.object.in_(some)
        )
        for about in connection.execute(query).scalars():
            found[by_object[about]] += 1
    return found


def _batch_of(connection: sa.Connection, item: Item) -> str:
    query = sa.select(ITEM.c.batch_id).where(ITEM.c.id == item.id)
    return str(connection.execute(query).scalar_one())


def _about(batch_id: str, contact_id: str) -> str:
    return f"{batch_id}/{contact_id}"


def _item(row: sa.RowMapping, tries: int) -> Item:
    return Item(
        row["id"],
        ContactId(row["contact_id"]),
        CaseId(row["case_id"]),
        row["content_sha256"],
        ItemState(row["state"]),
        tries,
    )
