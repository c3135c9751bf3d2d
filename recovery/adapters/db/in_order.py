"""Cases that one transaction changes together, held in the order of their ids: two that took them
in different orders would wait for each other. SQLite has one writer."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import CaseRow, OpenKeyRow

_CASE = table(CaseRow)
_OPEN_KEY = table(OpenKeyRow)


def hold_all(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Nobody else changes these cases until the transaction ends."""
    if connection.dialect.name == "sqlite":
        return
    for some in chunks(sorted(set(ids))):
        query = sa.select(_CASE.c.id).where(_CASE.c.id.in_(some)).order_by(_CASE.c.id)
        connection.execute(query.with_for_update(key_share=True))


def hold_cases_of(connection: sa.Connection, contact_ids: Sequence[str]) -> None:
    """As `hold_all`, for the open cases of these contacts."""
    if connection.dialect.name == "sqlite":
        return
    found: set[int] = set()
    for some in chunks([f"c{one}" for one in contact_ids]):
        query = sa.select(_OPEN_KEY.c.case_id).where(_OPEN_KEY.c.key.in_(some))
        found.update(connection.execute(query).scalars())
    hold_all(connection, found)
