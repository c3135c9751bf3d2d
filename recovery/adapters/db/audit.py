"""The audit: irreversible acts in a chain of hashes, written in the transaction of the act.

Each hash covers the row before it, and the last one is kept apart: a row that was changed, taken
out, moved, or cut off the end breaks the chain. Objects are ids; no personal data of contacts.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import AuditRow, MetaRow

_AUDIT = table(AuditRow)
_META = table(MetaRow)
_HEAD = "audit_head"
_LOCK = 7_201_946  # any number, the same in every process


def audit(
    connection: sa.Connection,
    action: str,
    *,
    at: datetime,
    actor: str,
    about: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Adds one act to the chain."""
    audit_all(connection, [(action, about, dict(detail or {}))], at=at, actor=actor)


def audit_all(
    connection: sa.Connection,
    acts: Iterable[tuple[str, str, dict[str, Any]]],
    *,
    at: datetime,
    actor: str,
) -> None:
    """Adds acts (action, object, detail) in their order."""
    if connection.dialect.name != "sqlite":
        # SQLite has one writer; elsewhere two could follow the same row.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    moment = at.astimezone(UTC)
    head = _head(connection)
    rows = []
    for action, about, detail in acts:
        row = {"at": moment, "actor": actor, "action": action, "object": about, "detail": detail}
        head = _hash(head, row)
        rows.append({**row, "hash": head})
    if rows:
        connection.execute(_AUDIT.insert(), rows)
        upsert(connection, MetaRow, [{"key": _HEAD, "value": {"hash": head}}])


def broken_at(database: Database) -> int | None:
    """The id of the first row that does not follow from the one before, 0 when the end was cut;
    None while the chain is whole."""
    previous = ""
    query = sa.select(_AUDIT).order_by(_AUDIT.c.id)
    with database.read() as connection:
        streamed = connection.execution_options(yield_per=1000)
        with streamed.execute(query) as rows:
            for row in rows.mappings():
                if row["hash"] != _hash(previous, row):
                    return int(row["id"])
                previous = row["hash"]
        return None if _head(connection) == previous else 0


def _head(connection: sa.Connection) -> str:
    found = connection.execute(sa.select(_META.c.value).where(_META.c.key == _HEAD)).scalar()
    return str(found["hash"]) if found else ""


def _hash(previous: str, row: Mapping[str, Any] | sa.RowMapping) -> str:
    at = row["at"].astimezone(UTC).isoformat()
    parts = [previous, at, row["actor"], row["action"], row["object"], row["detail"] or {}]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
