"""The last gate of the call queue: how often one number rings on one day, over all cases."""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from recovery.adapters.db.offices import calls_made
from recovery.adapters.db.sql import chunks
from recovery.domain.steps import AGREED

_LOCK = 7_201_951  # any number, the same in every process


def take_turn(connection: sa.Connection) -> None:
    """Calls are queued one at a time: two that did not see each other would fill one day twice.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def within_cap(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], cap: int
) -> tuple[list[sa.RowMapping], list[int]]:
    """Cases whose decided call may be queued, and the ids of those that need another day.

    Two cases may have been decided at once, each without knowing of the other. A call that the
    person asked for is queued whatever was planned.
    """
    taken: Counter[tuple[str, object]] = Counter()
    for some in chunks(sorted({row["next_number_key"] for row in rows})):
        taken.update((key, day) for key, _, day in connection.execute(calls_made(some)))
    kept: list[sa.RowMapping] = []
    late: list[int] = []
    for row in rows:
        place = row["next_number_key"], row["next_planned_on"]
        if taken[place] >= cap and not str(row["next_step"]).startswith(AGREED):
            late.append(row["id"])
            continue
        taken[place] += 1
        kept.append(row)
    return kept, late
