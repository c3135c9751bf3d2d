"""The calls that wait for somebody, the longest waiting first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import AttemptRow, CaseContactRow, CaseRow, ContactRow
from recovery.domain.case import AttemptState, Channel

_CALL = table(AttemptRow)
_CASE = table(CaseRow)
_CONTACT = table(ContactRow)
_MEMBER = table(CaseContactRow)


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
        rows = connection.execute(query).mappings().all()
        phones = _phones(connection, [row["case_id"] for row in rows])
    return [_waiting(row, phones.get((row["case_id"], row["number"]))) for row in rows]


def _phones(
    connection: sa.Connection, case_ids: Sequence[int]
) -> dict[tuple[int, str], StoredNumber]:
    """The numbers of every contact a case is for: any of them may be the one to be called."""
    found: dict[tuple[int, str], StoredNumber] = {}
    for some in chunks(case_ids):
        query = (
            sa.select(_MEMBER.c.case_id, _CONTACT.c.data)
            .join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
            .where(_MEMBER.c.case_id.in_(some), _CONTACT.c.data.is_not(None))
            .order_by(_MEMBER.c.contact_id)
        )
        for case_id, data in connection.execute(query):
            for number in numbers_in(data):
                found.setdefault((case_id, number.e164), number)
    return found


def _waiting(row: sa.RowMapping, number: StoredNumber | None) -> WaitingCall:
    data: dict[str, Any] = row["data"] or {}
    names = (data.get("given_name") or "", data.get("family_name") or "")
    return WaitingCall(
        contact_id=row["contact_id"],
        name=" ".join(name.strip() for name in names if name.strip()),
        number=row["number"],
        zones=tuple(number.zones) if number else (),
        region=number.region if number else "",
        region_code=data.get("region_code"),
        status=row["status"],
        step=row["step"],
        due_at=row["due_at"],
        dialled=row["dialled"],
        dialled_at=row["dialled_at"],
    )
