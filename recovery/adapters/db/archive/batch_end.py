"""When nobody is left undecided: the end of a case in a batch, and of the batch itself."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveBatchRow, ArchiveItemRow
from recovery.adapters.db.tables.people import CaseContactRow, CaseRow
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.case import CaseEnd, CaseState
from recovery.domain.deletion import Spared
from recovery.domain.policy import Policy

_BATCH = table(ArchiveBatchRow)
_ITEM = table(ArchiveItemRow)
_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_DECIDED = tuple(state.value for state in ItemState if state.is_decided)


def close_if_done(connection: sa.Connection, batch_id: str) -> bool:
    """Marks a batch as done when every contact in it was decided about."""
    left = sa.exists().where(_ITEM.c.batch_id == batch_id, _ITEM.c.state.not_in(_DECIDED))
    change = (
        _BATCH.update()
        .where(_BATCH.c.id == batch_id, _BATCH.c.state != BatchState.BUILDING.value, ~left)
        .values(state=BatchState.DONE.value)
    )
    return connection.execute(change).rowcount == 1


def finish_case(
    connection: sa.Connection, batch_id: str, case_id: int, at: datetime, *, policy: Policy
) -> None:
    """Closes the case once all its contacts are decided about, opens it again when the person
    changed, or keeps it in the hold with the reason."""
    decided = _decisions(connection, batch_id, case_id)
    query = sa.select(_CASE).where(_CASE.c.id == case_id).with_for_update()
    case = connection.execute(query).mappings().first()
    if decided is None or case is None or case["state"] != CaseState.HOLD.value:
        return
    states = {state for state, _ in decided}
    if ItemState.DELETED in states:
        cases.close(connection, case, CaseEnd.DELETED, at)
    elif states == {ItemState.GONE}:
        cases.close(connection, case, CaseEnd.GONE, at)
    else:
        reasons = sorted({Spared(reason) for _, reason in decided if reason})
        known = _known_reasons(connection, batch_id, case_id)
        opens = any(reason.opens_again and reason not in known for reason in reasons)
        _keep(connection, case, reasons, at, policy=policy, opens=opens)


def _decisions(
    connection: sa.Connection, batch_id: str, case_id: int
) -> list[tuple[str, str | None]] | None:
    """What was decided about each contact of the case; None while any is undecided."""
    query = (
        sa.select(_MEMBER.c.contact_id, _ITEM.c.state, _ITEM.c.reason)
        .join(
            _ITEM,
            sa.and_(
                _ITEM.c.contact_id == _MEMBER.c.contact_id,
                _ITEM.c.case_id == case_id,
                _ITEM.c.batch_id == batch_id,
            ),
            isouter=True,
        )
        .where(_MEMBER.c.case_id == case_id)
    )
    rows = connection.execute(query).all()
    if any(row.state is None or row.state not in _DECIDED for row in rows):
        return None
    return [(row.state, row.reason) for row in rows]


def _known_reasons(connection: sa.Connection, batch_id: str, case_id: int) -> set[str]:
    """Why contacts of the case were spared before: what routing has seen opens no case twice.

    A change is another one each time.
    """
    query = sa.select(_ITEM.c.reason).where(
        _ITEM.c.case_id == case_id,
        _ITEM.c.batch_id != batch_id,
        _ITEM.c.state == ItemState.SPARED.value,
        _ITEM.c.reason != Spared.CHANGED.value,
    )
    return set(connection.execute(query.distinct()).scalars())


def _keep(
    connection: sa.Connection,
    case: sa.RowMapping,
    reasons: list[Spared],
    at: datetime,
    *,
    policy: Policy,
    opens: bool,
) -> None:
    """Who changed is routed afresh; anybody else waits another hold, so that no run reads them
    again and again."""
    told = "not deleted: " + ", ".join(reason.value.replace("_", " ") for reason in reasons)
    if opens:
        changes: dict[str, Any] = {"state": CaseState.OPEN.value, "hold_until": None}
        cases.touch(connection, case["id"], at, **changes, next_act=None, reason=told)
        return
    until = at + timedelta(days=max(policy.hold_days, 1))
    cases.touch(
        connection,
        case["id"],
        until,
        hold_until=until,
        next_act="hold",
        next_at=until,
        reason=told,
    )
