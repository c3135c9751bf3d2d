"""Who holds a person, and what reps decided about a case, inside the caller's transaction."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.queue import CaseDeskRow, QueueClaimRow
from recovery.errors import Refusal

CLAIM = table(QueueClaimRow)
DESK = table(CaseDeskRow)


def must_be_free_for(connection: sa.Connection, rep: str, case_id: int, now: datetime) -> None:
    """Refusal where another rep holds the person now."""
    query = sa.select(CLAIM.c.rep).where(
        CLAIM.c.case_id == case_id, CLAIM.c.until > now, CLAIM.c.rep != rep
    )
    if connection.execute(query).first():
        raise Refusal("somebody else is working with this person: take the next one")


def hold(connection: sa.Connection, rep: str, case_id: int, now: datetime, until: datetime) -> str:
    """Holds a person if nobody does, and lets go of whom the rep held; answers the holder.

    The keys of the table decide: one rep a person, one person a rep. Both claims are kept first, in
    the order of the cases: two who want each other's person would wait for each other.
    """
    both = sa.select(CLAIM.c.case_id).where(sa.or_(CLAIM.c.rep == rep, CLAIM.c.case_id == case_id))
    connection.execute(both.order_by(CLAIM.c.case_id).with_for_update())
    theirs = sa.and_(CLAIM.c.rep == rep, CLAIM.c.case_id != case_id)
    over = sa.and_(CLAIM.c.case_id == case_id, CLAIM.c.until <= now)
    connection.execute(CLAIM.delete().where(sa.or_(theirs, over)))
    row = {"case_id": case_id, "rep": rep, "taken_at": now, "until": until}
    add_new(connection, QueueClaimRow, [row])
    mine = sa.and_(CLAIM.c.case_id == case_id, CLAIM.c.rep == rep)
    connection.execute(CLAIM.update().where(mine).values(until=until))
    holder = connection.execute(sa.select(CLAIM.c.rep).where(CLAIM.c.case_id == case_id)).scalar()
    return str(holder)


def set_desk(connection: sa.Connection, case_id: int, **values: Any) -> None:
    """Changes what reps decided about a case."""
    add_new(connection, CaseDeskRow, [{"case_id": case_id}])
    connection.execute(DESK.update().where(DESK.c.case_id == case_id).values(**values))
