"""Everything we know of one contact and their cases, as `recovery explain` and a page show it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries.dossier import (
    ArchiveView,
    AttemptView,
    CaseView,
    ConsentView,
    DecisionView,
    Dossier,
    NumberView,
    OutcomeView,
    ReplyView,
    SuppressionView,
    TombstoneView,
    WriteView,
)
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import (
    ArchiveBatchRow,
    ArchiveItemRow,
    TombstoneKeyRow,
    TombstoneRow,
)
from recovery.adapters.db.tables.people import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ConsentRow,
    ContactKeyRow,
    ContactRow,
    DecisionRow,
    DroppedNumberRow,
    OutboxRow,
    OutcomeRow,
    ReplyRow,
    SuppressionRow,
)

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_SUPPRESSION = table(SuppressionRow)
_DROPPED = table(DroppedNumberRow)
_ATTEMPT = table(AttemptRow)
_REPLY = table(ReplyRow)
_OUTCOME = table(OutcomeRow)
_DECISION = table(DecisionRow)
_OUTBOX = table(OutboxRow)
_ITEM = table(ArchiveItemRow)
_BATCH = table(ArchiveBatchRow)
_TOMBSTONE = table(TombstoneRow)
_TOMBSTONE_KEY = table(TombstoneKeyRow)


def dossier(database: Database, contact_id: str) -> Dossier:
    """All of it in one read transaction."""
    with database.read() as connection:
        row = _one(connection, sa.select(_CONTACT).where(_CONTACT.c.id == contact_id))
        keys = _all(connection, sa.select(_KEY.c.key).where(_KEY.c.contact_id == contact_id))
        own = [one["key"] for one in keys]
        cases = _cases(connection, contact_id)
        return Dossier(
            contact_id=contact_id,
            **_facts(connection, row),
            consents=_consents(connection, contact_id),
            suppressions=_suppressions(connection, own),
            cases=cases,
            **_history(connection, [case.id for case in cases]),
            archives=_archives(connection, contact_id),
            tombstone=_tombstone(connection, contact_id),
            deleted_twins=_deleted_twins(connection, contact_id, own),
        )


def _one(connection: sa.Connection, query: sa.Select[Any]) -> sa.RowMapping | None:
    return connection.execute(query).mappings().first()


def _all(connection: sa.Connection, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
    return connection.execute(query).mappings().all()


def _facts(connection: sa.Connection, row: sa.RowMapping | None) -> dict[str, Any]:
    if row is None:
        return {}
    data = row["data"] or {}
    facts = {
        "status": row["status"],
        "raw_status": row["raw_status"],
        "status_since": row["status_since"],
        "stored_whole": row["data"] is not None,
        "healed_at": row["healed_at"],
        "requested_at": row["requested_at"],
    }
    if not data:
        return facts
    return facts | {
        "name": f"{data['given_name']} {data['family_name']}".strip(),
        "protected": data["protected"],
        "country": data["country"],
        "language": data["language"],
        "emails": tuple(tuple(one) for one in data["emails"]),
        "numbers": _numbers(connection, row["id"], numbers_in(data)),
        "unread": tuple(tuple(one) for one in data["unread"]),
    }


def _numbers(
    connection: sa.Connection, contact_id: str, numbers: Sequence[StoredNumber]
) -> tuple[NumberView, ...]:
    hashes = [one.key for one in numbers]
    held = sa.select(_KEY.c.key, sa.func.count().label("n")).where(_KEY.c.key.in_(hashes))
    counts = {row["key"]: row["n"] for row in _all(connection, held.group_by(_KEY.c.key))}
    dropped = _all(connection, sa.select(_DROPPED).where(_DROPPED.c.contact_id == contact_id))
    return tuple(
        NumberView(
            number.e164,
            number.kind,
            number.region,
            tuple(number.zones),
            held_by=counts.get(number.key, 1),
            dropped=tuple(one["why"] for one in dropped if one["number_key"] == number.key),
            key=number.key,
        )
        for number in numbers
    )


def _consents(connection: sa.Connection, contact_id: str) -> tuple[ConsentView, ...]:
    query = sa.select(_CONSENT).where(_CONSENT.c.contact_id == contact_id).order_by(_CONSENT.c.at)
    return tuple(
        ConsentView(row["channel"], row["basis"], row["source"], row["at"], row["text"])
        for row in _all(connection, query)
    )


def _suppressions(connection: sa.Connection, keys: Sequence[str]) -> tuple[SuppressionView, ...]:
    query = sa.select(_SUPPRESSION).where(_SUPPRESSION.c.key.in_(keys))
    return tuple(
        SuppressionView(
            row["channel"],
            row["reason"],
            row["source"],
            row["at"],
            row["lifted_at"],
            row["expires_at"],
        )
        for row in _all(connection, query.order_by(_SUPPRESSION.c.at))
    )


def _cases(connection: sa.Connection, contact_id: str) -> tuple[CaseView, ...]:
    query = (
        sa.select(_CASE)
        .join(_MEMBER, _MEMBER.c.case_id == _CASE.c.id)
        .where(_MEMBER.c.contact_id == contact_id)
        .order_by(_CASE.c.id.desc())
    )
    rows = _all(connection, query)
    members = sa.select(_MEMBER).where(_MEMBER.c.case_id.in_([row["id"] for row in rows]))
    contacts: dict[int, list[str]] = {}
    for member in _all(connection, members.order_by(_MEMBER.c.contact_id)):
        contacts.setdefault(member["case_id"], []).append(member["contact_id"])
    return tuple(_case(row, contacts.get(row["id"], [])) for row in rows)


#: Fields of a view that are columns of the same name.
_CASE_COLUMNS = tuple(name for name in CaseView.__slots__ if name not in ("contacts", "next_zone"))


def _case(row: sa.RowMapping, contacts: Sequence[str]) -> CaseView:
    zones = (row["next_place"] or {}).get("zones") or [None]
    values = {name: row[name] for name in _CASE_COLUMNS}
    return CaseView(contacts=tuple(contacts), next_zone=zones[0], **values)


def _history(connection: sa.Connection, cases: Sequence[int]) -> dict[str, Any]:
    attempts = sa.select(_ATTEMPT).where(_ATTEMPT.c.case_id.in_(cases)).order_by(_ATTEMPT.c.id)
    replies = sa.select(_REPLY).where(_REPLY.c.case_id.in_(cases)).order_by(_REPLY.c.received_at)
    outcomes = sa.select(_OUTCOME).where(_OUTCOME.c.case_id.in_(cases)).order_by(_OUTCOME.c.id)
    decisions = sa.select(_DECISION).where(_DECISION.c.case_id.in_(cases))
    owed = _OUTBOX.c.state.not_in(("done", "dropped"))
    writes = sa.select(_OUTBOX).where(_OUTBOX.c.case_id.in_(cases), owed)
    return {
        "attempts": tuple(_view(AttemptView, row) for row in _all(connection, attempts)),
        "replies": tuple(_reply(row) for row in _all(connection, replies)),
        "outcomes": tuple(_outcome(row) for row in _all(connection, outcomes)),
        "decisions": tuple(
            _view(DecisionView, row) for row in _all(connection, decisions.order_by(_DECISION.c.id))
        ),
        "writes": tuple(
            _view(WriteView, row) for row in _all(connection, writes.order_by(_OUTBOX.c.id))
        ),
    }


def _view(kind: Any, row: sa.RowMapping) -> Any:
    return kind(**{name: row[name] for name in kind.__slots__})


def _reply(row: sa.RowMapping) -> ReplyView:
    return ReplyView(
        row["received_at"],
        row["body"],
        row["kind"],
        row["email"],
        row["media"],
        row["handled_at"] is not None,
    )


def _outcome(row: sa.RowMapping) -> OutcomeView:
    return OutcomeView(
        row["case_id"],
        row["contact_id"],
        row["at"],
        row["kind"],
        row["actor"],
        row["detail"] or {},
    )


def _archives(connection: sa.Connection, contact_id: str) -> tuple[ArchiveView, ...]:
    query = (
        sa.select(_ITEM, _BATCH.c.state.label("batch_state"))
        .join(_BATCH, _BATCH.c.id == _ITEM.c.batch_id)
        .where(_ITEM.c.contact_id == contact_id)
        .order_by(_ITEM.c.id)
    )
    return tuple(_view(ArchiveView, row) for row in _all(connection, query))


def _tombstone(connection: sa.Connection, contact_id: str) -> TombstoneView | None:
    row = _one(connection, sa.select(_TOMBSTONE).where(_TOMBSTONE.c.contact_id == contact_id))
    return _view(TombstoneView, row) if row else None


def _deleted_twins(
    connection: sa.Connection, contact_id: str, keys: Sequence[str]
) -> tuple[str, ...]:
    query = (
        sa.select(_TOMBSTONE_KEY.c.contact_id)
        .where(_TOMBSTONE_KEY.c.key.in_(keys), _TOMBSTONE_KEY.c.contact_id != contact_id)
        .distinct()
    )
    return tuple(sorted(connection.execute(query).scalars()))
