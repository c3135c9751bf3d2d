"""Batches of archived contacts: who is ready, what was read, what is finished."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.archive.batch_end import close_if_done, finish_case
from recovery.adapters.db.archive.standing import keys_of, standings, twins_of
from recovery.adapters.db.audit import audit
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import CHUNK, chunks, table
from recovery.adapters.db.tables.ops import ApprovalRow, ArchiveBatchRow, ArchiveItemRow
from recovery.adapters.db.tables.people import CaseContactRow, CaseRow, ContactRow, OutcomeRow
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.case import CaseId, CaseState
from recovery.domain.contact import ContactId
from recovery.domain.deletion import Spared, Standing
from recovery.domain.policy import Policy
from recovery.services.archive.batches import Archived, Batch, BatchSummary, Candidate

BATCH = table(ArchiveBatchRow)
ITEM = table(ArchiveItemRow)
_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_CONTACT = table(ContactRow)
_OUTCOME = table(OutcomeRow)
_APPROVAL = table(ApprovalRow)

_OPEN = (ItemState.ARCHIVED.value, ItemState.INTENDED.value, ItemState.IN_DOUBT.value)
_NAMES = tuple(Batch.__dataclass_fields__)


class SqlArchiveStore:
    """Implements `ArchiveStore`."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def unfinished(self) -> Batch | None:
        query = sa.select(BATCH).where(BATCH.c.state == BatchState.BUILDING.value)
        with self._database.read() as connection:
            row = connection.execute(query.order_by(BATCH.c.built_at)).mappings().first()
        return _batch(row) if row else None

    def ready(
        self, batch_id: str | None, *, after: tuple[int, str], now: datetime, limit: int
    ) -> list[Candidate]:
        case, contact = after
        query = (
            sa.select(
                _MEMBER.c.contact_id, _MEMBER.c.case_id, _CASE.c.reason, _CONTACT.c.status_since
            )
            .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
            .join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id, isouter=True)
            .where(
                _CASE.c.state == CaseState.HOLD.value,
                _CASE.c.hold_until <= now,
                sa.tuple_(_MEMBER.c.case_id, _MEMBER.c.contact_id)
                > sa.tuple_(sa.literal(case), sa.literal(contact)),
                ~_is_held(batch_id),
            )
            .order_by(_MEMBER.c.case_id, _MEMBER.c.contact_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_candidate(row) for row in connection.execute(query)]

    def start(self, batch: Batch) -> None:
        values = {name: getattr(batch, name) for name in _NAMES}
        with self._database.begin() as connection:
            connection.execute(BATCH.insert().values(values))

    def known(self, batch_id: str) -> Iterator[str]:
        return (row_sha256 for _, row_sha256 in self.members(batch_id))

    def members(self, batch_id: str) -> Iterator[tuple[str, str]]:
        """By pages, so that no transaction stays open while a file is read."""
        line = 0
        while page := self._lines(batch_id, after=line):
            for _, contact_id, row_sha256 in page:
                yield contact_id, row_sha256
            line = page[-1][0]

    def cut(self, batch_id: str, lines: int) -> None:
        with self._database.begin() as connection:
            connection.execute(
                ITEM.delete().where(ITEM.c.batch_id == batch_id, ITEM.c.line > lines)
            )

    def standings(self, candidates: Sequence[Candidate]) -> dict[ContactId, Standing]:
        pairs = [(c.contact_id, int(c.case_id)) for c in candidates]
        limit = self._policy.caps.contacts_per_person
        with self._database.read() as connection:
            found = standings(connection, pairs, person_limit=limit)
        return {ContactId(contact): standing for contact, standing in found.items()}

    def twins(self, contact_ids: Sequence[ContactId]) -> dict[ContactId, frozenset[ContactId]]:
        limit = self._policy.caps.contacts_per_person
        with self._database.read() as connection:
            found = twins_of(connection, keys_of(connection, contact_ids), person_limit=limit)
        return {ContactId(one): frozenset(map(ContactId, others)) for one, others in found.items()}

    def keep(self, batch_id: str, rows: Sequence[Archived], *, first_line: int) -> None:
        values = [
            _item(batch_id, archived, line) for line, archived in enumerate(rows, start=first_line)
        ]
        with self._database.begin() as connection:
            self._supersede(connection, batch_id, [value["contact_id"] for value in values])
            connection.execute(ITEM.insert(), values)

    def set_aside(
        self,
        batch_id: str,
        candidate: Candidate,
        *,
        state: ItemState,
        reason: str | None,
        at: datetime,
    ) -> None:
        values = {
            "batch_id": batch_id,
            "contact_id": candidate.contact_id,
            "case_id": candidate.case_id,
            "line": 0,
            "row_sha256": "",
            "content_sha256": "",
            "status": "",
            "read_at": at,
            "state": state.value,
            "reason": reason,
            "decided_at": at,
        }
        with self._database.begin() as connection:
            self._supersede(connection, batch_id, [candidate.contact_id])
            if not _was_set_aside(connection, candidate, state, reason):
                outcome = {"reason": reason, "batch": batch_id}
                _record(connection, candidate, state.value, at, detail=outcome)
            connection.execute(ITEM.insert().values(values))
            finish_case(connection, batch_id, candidate.case_id, at, policy=self._policy)

    def finish(
        self, batch_id: str, *, file_sha256: str, set_sha256: str, workbook: str, at: datetime
    ) -> None:
        archived = sa.and_(ITEM.c.batch_id == batch_id, ITEM.c.line > 0)
        count = sa.select(sa.func.count()).select_from(ITEM).where(archived).scalar_subquery()
        base = sa.select(sa.func.count()).select_from(_CONTACT).scalar_subquery()
        values = {
            "state": BatchState.WAITING.value,
            "file_sha256": file_sha256,
            "set_sha256": set_sha256,
            "workbook": workbook,
            "contacts": count,
            "base": base,
            "verified_at": at,
        }
        with self._database.begin() as connection:
            connection.execute(BATCH.update().where(BATCH.c.id == batch_id).values(values))
            record_all(connection, archived, "archived", at, actor="engine", batch_id=batch_id)
            batch = connection.execute(sa.select(BATCH).where(BATCH.c.id == batch_id)).mappings()
            row = batch.one()
            detail = {"set": set_sha256, "file": file_sha256, "contacts": row["contacts"]}
            by = row["built_by"]
            audit(connection, "batch.archived", at=at, actor=by, about=batch_id, detail=detail)

    def close_empty(self, batch_id: str) -> None:
        with self._database.begin() as connection:
            connection.execute(
                BATCH.update().where(BATCH.c.id == batch_id).values(state=BatchState.DONE.value)
            )

    def batch(self, batch_id: str) -> Batch | None:
        with self._database.read() as connection:
            query = sa.select(BATCH).where(BATCH.c.id == batch_id)
            row = connection.execute(query).mappings().first()
        return _batch(row) if row else None

    def summaries(self, batch_id: str | None = None, *, now: datetime) -> list[BatchSummary]:
        query = sa.select(BATCH).where(BATCH.c.id == batch_id if batch_id else BATCH.c.contacts > 0)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(BATCH.c.built_at.desc())).mappings().all()
            ids = [row["id"] for row in rows]
            counts = _counts(connection, ids)
            approvals = _approvals(connection, ids)
        return [
            _summary(_batch(row), counts[row["id"]], approvals.get(row["id"]), now) for row in rows
        ]

    def mark_verified(self, batch_id: str, at: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(BATCH.update().where(BATCH.c.id == batch_id).values(verified_at=at))

    def _lines(self, batch_id: str, *, after: int) -> list[tuple[int, str, str]]:
        query = (
            sa.select(ITEM.c.line, ITEM.c.contact_id, ITEM.c.row_sha256)
            .where(ITEM.c.batch_id == batch_id, ITEM.c.line > after)
            .order_by(ITEM.c.line)
            .limit(5000)
        )
        with self._database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def _supersede(
        self, connection: sa.Connection, batch_id: str, contact_ids: Sequence[str]
    ) -> None:
        """An older reading of the same contact is worth nothing once there is a newer one."""
        for some in chunks(contact_ids):
            older = sa.and_(
                ITEM.c.contact_id.in_(some),
                ITEM.c.batch_id != batch_id,
                ITEM.c.state == ItemState.ARCHIVED.value,
            )
            batches = connection.execute(sa.select(ITEM.c.batch_id).where(older).distinct())
            touched = batches.scalars().all()
            reason = Spared.ARCHIVED_AGAIN.value
            values = {"state": ItemState.SPARED.value, "reason": reason}
            connection.execute(ITEM.update().where(older).values(values))
            for other in touched:
                close_if_done(connection, other)


def _was_set_aside(
    connection: sa.Connection, candidate: Candidate, state: ItemState, reason: str | None
) -> bool:
    """The same was said of the contact by the build before: no news for their history."""
    query = sa.select(ITEM.c.state, ITEM.c.reason).where(
        ITEM.c.contact_id == candidate.contact_id, ITEM.c.case_id == candidate.case_id
    )
    last = connection.execute(query.order_by(ITEM.c.id.desc()).limit(1)).first()
    return last is not None and tuple(last) == (state.value, reason)


def record_all(
    connection: sa.Connection,
    which: sa.ColumnElement[bool],
    kind: str,
    at: datetime,
    *,
    actor: str,
    batch_id: str,
    reason: str | None = None,
) -> None:
    """One outcome for each of these items, in one statement."""
    detail = {"batch": batch_id} | ({"reason": reason} if reason else {})
    rows = sa.select(
        ITEM.c.case_id,
        ITEM.c.contact_id,
        sa.literal(at, _OUTCOME.c.at.type),
        sa.literal(kind),
        sa.literal(actor),
        sa.literal(detail, _OUTCOME.c.detail.type),
    ).where(which)
    names = ["case_id", "contact_id", "at", "kind", "actor", "detail"]
    connection.execute(_OUTCOME.insert().from_select(names, rows))


def _record(
    connection: sa.Connection,
    candidate: Candidate,
    kind: str,
    at: datetime,
    *,
    detail: dict[str, Any],
) -> None:
    values = {"case_id": candidate.case_id, "contact_id": candidate.contact_id, "at": at}
    connection.execute(_OUTCOME.insert().values(**values, kind=kind, actor="engine", detail=detail))


def _is_held(batch_id: str | None) -> sa.ColumnElement[bool]:
    """This batch has decided about the contact, or another holds them as they still are."""
    mine = ITEM.c.batch_id == batch_id if batch_id else sa.false()
    unchanged = sa.and_(
        ITEM.c.read_at >= _CASE.c.opened_at,
        sa.or_(_CONTACT.c.status_since.is_(None), ITEM.c.read_at >= _CONTACT.c.status_since),
        sa.or_(_CONTACT.c.keap_updated_at.is_(None), ITEM.c.read_at >= _CONTACT.c.keap_updated_at),
    )
    on_the_wire = ITEM.c.state.in_(_OPEN[1:])
    return (
        sa.exists()
        .where(
            ITEM.c.contact_id == _MEMBER.c.contact_id,
            ITEM.c.case_id == _MEMBER.c.case_id,
            sa.or_(mine, on_the_wire, sa.and_(ITEM.c.state == _OPEN[0], unchanged)),
        )
        .correlate(_MEMBER, _CASE, _CONTACT)
    )


def _candidate(row: Any) -> Candidate:
    contact, case = ContactId(row.contact_id), CaseId(row.case_id)
    return Candidate(contact, case, row.status_since, row.reason or "")


def _item(batch_id: str, archived: Archived, line: int) -> dict[str, Any]:
    row = archived.row
    return {
        "batch_id": batch_id,
        "contact_id": row.contact_id,
        "case_id": row.case_id,
        "line": line,
        "row_sha256": row.row_sha256,
        "content_sha256": row.content_sha256,
        "status": row.status.value,
        "never_reached": archived.never_reached,
        "read_at": row.read_at,
        "state": ItemState.ARCHIVED.value,
    }


def _batch(row: Mapping[str, Any] | sa.RowMapping) -> Batch:
    values = {name: row[name] for name in _NAMES}
    values["state"] = BatchState(row["state"])
    return Batch(**values)


def _counts(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[Any]]:
    is_in = (ITEM.c.line > 0).label("is_in")
    columns = (
        ITEM.c.batch_id,
        ITEM.c.state,
        ITEM.c.reason,
        ITEM.c.status,
        ITEM.c.never_reached,
        is_in,
    )
    found: dict[str, list[Any]] = defaultdict(list)
    for some in chunks(ids, CHUNK):
        query = sa.select(*columns, sa.func.count().label("n")).where(ITEM.c.batch_id.in_(some))
        for row in connection.execute(query.group_by(*columns)):
            found[row.batch_id].append(row)
    return found


def _approvals(connection: sa.Connection, ids: Sequence[str]) -> dict[str, Any]:
    """The last approval of each batch, whether it still holds or not."""
    found = {}
    for some in chunks(ids, CHUNK):
        query = sa.select(_APPROVAL).where(_APPROVAL.c.batch_id.in_(some))
        rows = connection.execute(query.order_by(_APPROVAL.c.id))
        found.update({row.batch_id: row for row in rows})
    return found


def _summary(batch: Batch, rows: Sequence[Any], approval: Any, now: datetime) -> BatchSummary:
    by_state: dict[str, int] = defaultdict(int)
    by_status: dict[str, int] = defaultdict(int)
    spared: dict[str, int] = defaultdict(int)
    left_out: dict[str, int] = defaultdict(int)
    never = 0
    for row in rows:
        if not row.is_in:
            left_out[row.reason or row.state] += row.n
            continue
        by_state[row.state] += row.n
        by_status[row.status] += row.n
        never += row.n if row.never_reached else 0
        if row.state == ItemState.SPARED:
            spared[row.reason] += row.n
    return BatchSummary(
        batch,
        by_status=dict(by_status),
        never_reached=never,
        waiting=by_state[ItemState.ARCHIVED] + by_state[ItemState.INTENDED],
        deleted=by_state[ItemState.DELETED],
        gone=by_state[ItemState.GONE],
        in_doubt=by_state[ItemState.IN_DOUBT],
        spared=dict(spared),
        left_out=dict(left_out),
        approver=approval.approver if approval else None,
        approved_until=approval.expires_at if approval and approval.expires_at > now else None,
    )
