"""The calls that wait for somebody, the longest waiting first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables import AttemptRow, CaseRow, ContactRow
from recovery.domain.case import AttemptState, Channel

_CALL = table(AttemptRow)
_CASE = table(CaseRow)
_CONTACT = table(ContactRow)


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that is due; `dialled` counts the calls to this number before it, of any case."""

    contact_id: str
    name: str
    number: str
    zones: tuple[str, ...]
    region: str
    region_code: str | None
    status: str
    step: str
    due_at: datetime
    dialled: int
    dialled_at: datetime | None


def waiting_calls(database: Database, *, now: datetime) -> list[WaitingCall]:
    """Calls whose time has come, whether or not their hour is allowed just now."""
    before = _CALL.alias()
    dialled = (before.c.number_key == _CALL.c.number_key) & (
        before.c.state == AttemptState.DONE.value
    )
    times = sa.select(sa.func.count()).select_from(before).where(dialled).scalar_subquery()
    latest = sa.select(sa.func.max(before.c.ended_at)).where(dialled).scalar_subquery()
    query = (
        sa.select(
            _CALL,
            _CASE.c.status,
            _CONTACT.c.data,
            times.label("dialled"),
            latest.label("dialled_at"),
        )
        .join(_CASE, _CASE.c.id == _CALL.c.case_id)
        .join(_CONTACT, _CONTACT.c.id == _CALL.c.contact_id)
        .where(_CALL.c.channel == Channel.CALL.value)
        .where(_CALL.c.state == AttemptState.QUEUED.value, _CALL.c.due_at <= now)
        .order_by(_CALL.c.due_at, _CALL.c.contact_id)
    )
    with database.read() as connection:
        return [_waiting(row) for row in connection.execute(query).mappings()]


def _waiting(row: sa.RowMapping) -> WaitingCall:
    data: dict[str, Any] = row["data"] or {}
    phone = _phone(data, row["number"])
    names = (data.get("given_name") or "", data.get("family_name") or "")
    return WaitingCall(
        contact_id=row["contact_id"],
        name=" ".join(name.strip() for name in names if name.strip()),
        number=row["number"],
        zones=tuple(phone[4]) if phone else (),
        region=phone[3] if phone else "",
        region_code=data.get("region_code"),
        status=row["status"],
        step=row["step"],
        due_at=row["due_at"],
        dialled=row["dialled"],
        dialled_at=row["dialled_at"],
    )


def _phone(data: dict[str, Any], number: str) -> list[Any] | None:
    return next((phone for phone in data.get("phones", ()) if phone[0] == number), None)
