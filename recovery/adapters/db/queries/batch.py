"""Who is in a batch, a page at a time: what an approver looks at before saying yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveItemRow
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, ContactRow
from recovery.domain.archive import ItemState
from recovery.domain.case import Channel
from recovery.domain.email_status import EmailStatus

_ITEM = table(ArchiveItemRow)
_CASE = table(CaseRow)
_CONTACT = table(ContactRow)
_ATTEMPT = table(AttemptRow)


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One contact of a batch; `name` is empty where Keap knows none or the person is deleted."""

    line: int
    contact_id: str
    case_id: int
    name: str
    status: EmailStatus
    state: ItemState
    reason: str
    never_reached: bool
    messages: int
    calls: int
    last_at: datetime | None


def lines_of(database: Database, batch_id: str, *, after: int = 0, limit: int) -> list[BatchLine]:
    """Contacts of the file that follow this line."""
    query = (
        sa.select(_ITEM, _CONTACT.c.data)
        .join(_CONTACT, _CONTACT.c.id == _ITEM.c.contact_id, isouter=True)
        .where(_ITEM.c.batch_id == batch_id, _ITEM.c.line > after)
        .order_by(_ITEM.c.line)
        .limit(limit)
    )
    with database.read() as connection:
        rows = connection.execute(query).mappings().all()
        tried = _tried(connection, [row["case_id"] for row in rows])
    return [_line(row, tried.get(row["case_id"], {})) for row in rows]


def _tried(connection: sa.Connection, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """How often each case's person was written to and called, and when last."""

    def of(channel: Channel) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((_ATTEMPT.c.channel == channel.value, 1), else_=0))

    left = sa.func.coalesce(_ATTEMPT.c.accepted_at, _ATTEMPT.c.ended_at)
    query = (
        sa.select(
            _ATTEMPT.c.case_id,
            of(Channel.WHATSAPP).label("messages"),
            of(Channel.CALL).label("calls"),
            sa.func.max(left).label("last_at"),
        )
        .where(_ATTEMPT.c.case_id.in_(set(case_ids)), left.is_not(None))
        .group_by(_ATTEMPT.c.case_id)
    )
    return {row["case_id"]: dict(row) for row in connection.execute(query).mappings()}


def _line(row: sa.RowMapping, tried: dict[str, Any]) -> BatchLine:
    data = row["data"] or {}
    name = " ".join(filter(None, (data.get("given_name"), data.get("family_name"))))
    return BatchLine(
        line=row["line"],
        contact_id=row["contact_id"],
        case_id=row["case_id"],
        name=name,
        status=EmailStatus(row["status"]),
        state=ItemState(row["state"]),
        reason=row["reason"] or "",
        never_reached=row["never_reached"],
        messages=tried.get("messages", 0),
        calls=tried.get("calls", 0),
        last_at=tried.get("last_at"),
    )
