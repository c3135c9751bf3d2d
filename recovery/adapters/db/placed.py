"""Rows of placed calls as the rules see them; every function works inside the caller's transaction.

How a call ended is computed anew whenever anything is told of it, and recorded when it changes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import CASE
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.calls import PlacedCallRow
from recovery.domain.phone_call import LegStatus, Phase, PlacedCall

PLACED = table(PlacedCallRow)
#: An order that may be at the provider.
LIVE = (Phase.SENDING.value, Phase.IN_DOUBT.value, Phase.PLACED.value)
FIRST_LOOK = timedelta(minutes=2)


def placed_of(row: sa.RowMapping | Mapping[str, Any]) -> PlacedCall:
    """A row as the rules see it."""
    rep, contact = row["rep_status"], row["contact_status"]
    return PlacedCall(
        phase=Phase(row["phase"]),
        rep=LegStatus(rep) if rep else None,
        contact=LegStatus(contact) if contact else None,
        dialled_at=row["dialled_at"],
        answered_by=row["answered_by"],
        given_up=bool(row["given_up"]),
    )


def by_token(connection: sa.Connection, token: str) -> sa.RowMapping | None:
    """The order with this token, kept from others until the transaction ends.

    Its case is kept first, as by whoever makes an order: in another order two would wait for each
    other.
    """
    of_case = sa.select(PLACED.c.case_id).where(PLACED.c.token == token).scalar_subquery()
    connection.execute(sa.select(CASE.c.id).where(CASE.c.id == of_case).with_for_update())
    query = sa.select(PLACED).where(PLACED.c.token == token).with_for_update()
    return connection.execute(query).mappings().first()


def newest(connection: sa.Connection, attempt_id: int) -> sa.RowMapping | None:
    """The latest order of an attempt."""
    query = sa.select(PLACED).where(PLACED.c.attempt_id == attempt_id)
    return connection.execute(query.order_by(PLACED.c.nth.desc()).limit(1)).mappings().first()


def is_taken(connection: sa.Connection, sid: str) -> bool:
    """Another order is bound to this call, on either leg."""
    query = sa.select(PLACED.c.id).where((PLACED.c.sid == sid) | (PLACED.c.contact_sid == sid))
    return connection.execute(query.limit(1)).first() is not None


def change(
    connection: sa.Connection, row: sa.RowMapping, now: datetime, **values: Any
) -> sa.RowMapping:
    """Changes an order; where that ends it, or ends it otherwise, the case's history tells so."""
    after = {**row, **values}
    result = placed_of(after).result
    word = result.value if result else None
    values |= {"result": word, "ended_at": (row["ended_at"] or now) if word else None}
    connection.execute(PLACED.update().where(PLACED.c.id == row["id"]).values(**values))
    if word and word != row["result"]:
        _tell(connection, row, word, after["seconds"], now)
    return connection.execute(sa.select(PLACED).where(PLACED.c.id == row["id"])).mappings().one()


def bound(connection: sa.Connection, row: sa.RowMapping, sid: str) -> dict[str, Any] | None:
    """What changes when the provider calls this order by `sid`; None where that is not its name."""
    if row["sid"] is not None:
        return {} if row["sid"] == sid else None
    if row["phase"] == Phase.INTENDED.value or is_taken(connection, sid):
        return None
    # However it was given up before: it is there.
    return {"sid": sid, "phase": Phase.PLACED.value, "due_at": row["sending_at"] + FIRST_LOOK}


def _tell(
    connection: sa.Connection, row: sa.RowMapping, result: str, seconds: int | None, now: datetime
) -> None:
    case = connection.execute(sa.select(CASE).where(CASE.c.id == row["case_id"])).mappings().one()
    cases.record(
        connection,
        case,
        f"carrier_{result}",
        now,
        actor=row["rep"],
        attempt_id=row["attempt_id"],
        seconds=seconds,
    )
