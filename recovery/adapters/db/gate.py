"""The latch of broken promises: rows that shut sending and deleting for every process.

Who is about to do what cannot be taken back asks inside the very transaction that begins it, so
that nothing begins after the latch was committed.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.invariants import check_invariants
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.effects import BrokenPromiseRow
from recovery.services.promises import Finding, Latched, shut

_BROKEN = table(BrokenPromiseRow)


def must_hold(connection: sa.Connection) -> None:
    """Raises PromiseBroken while a promise is known to be broken; one look at an empty table."""
    query = sa.select(_BROKEN.c.number, _BROKEN.c.statement).order_by(_BROKEN.c.since).limit(1)
    found = connection.execute(query).first()
    if found is not None:
        raise shut(found.number, found.statement)


class SqlPromiseStore:
    """Implements `PromiseStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self) -> list[Finding]:
        return check_invariants(self._database)

    def latch(self, broken: Sequence[Finding], now: datetime) -> None:
        rows = [
            {
                "statement": one.statement,
                "number": one.number,
                "since": now,
                "count": one.count,
                "examples": list(one.examples),
            }
            for one in broken
        ]
        with self._database.begin() as connection:
            upsert(connection, BrokenPromiseRow, rows, keep=("since",))

    def clear(self) -> None:
        with self._database.begin() as connection:
            connection.execute(_BROKEN.delete())

    def latched(self) -> list[Latched]:
        query = sa.select(_BROKEN).order_by(_BROKEN.c.since, _BROKEN.c.number)
        with self._database.read() as connection:
            return [_latched(row) for row in connection.execute(query).mappings()]


def _latched(row: sa.RowMapping) -> Latched:
    examples = tuple(row["examples"] or ())
    return Latched(row["since"], Finding(row["number"], row["statement"], row["count"], examples))
