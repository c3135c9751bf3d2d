"""Contacts whose history is worth telling, for somebody who wants to see one whole."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, OutcomeRow, ReplyRow
from recovery.domain.case import CaseEnd

_CASE = table(CaseRow)
_OUTCOME = table(OutcomeRow)
_ATTEMPT = table(AttemptRow)
_REPLY = table(ReplyRow)


def richest_life(database: Database, end: CaseEnd) -> str | None:
    """Of the contacts whose case ended so, the one who wrote most, then was tried most often."""
    wrote = sa.select(sa.func.count()).where(_REPLY.c.case_id == _CASE.c.id).scalar_subquery()
    tried = sa.select(sa.func.count()).where(_ATTEMPT.c.case_id == _CASE.c.id).scalar_subquery()
    facts = sa.select(sa.func.count()).where(_OUTCOME.c.case_id == _CASE.c.id).scalar_subquery()
    query = (
        sa.select(_CASE.c.contact_id)
        .where(_CASE.c.end == end.value)
        .order_by(wrote.desc(), tried.desc(), facts.desc(), _CASE.c.id)
        .limit(1)
    )
    with database.read() as connection:
        found: str | None = connection.execute(query).scalar()
    return found
