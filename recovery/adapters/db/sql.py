"""The few statements that SQLite and PostgreSQL spell by their own dialect."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

T = TypeVar("T")
#: Rows of one statement; SQLite takes 32,766 variables.
CHUNK = 900


def table(row: type[SQLModel]) -> sa.Table:
    """The plain table behind a row class; bulk work has no use for objects."""
    return cast("sa.Table", row.__table__)  # type: ignore[attr-defined]


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """The items in pieces that fit one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_new(
    connection: sa.Connection, row: type[SQLModel], values: Sequence[Mapping[str, Any]]
) -> int:
    """Inserts what is not there yet; rows that break a unique key are left out. Counts the new."""
    if not values:
        return 0
    insert = _insert(connection)(table(row)).on_conflict_do_nothing()
    key = next(iter(table(row).primary_key))
    return len(connection.execute(insert.returning(key), list(values)).all())


def add_new(
    connection: sa.Connection, row: type[SQLModel], values: Sequence[Mapping[str, Any]]
) -> None:
    """As `insert_new`, without the count."""
    if values:
        connection.execute(_insert(connection)(table(row)).on_conflict_do_nothing(), list(values))


def upsert(
    connection: sa.Connection,
    row: type[SQLModel],
    values: Sequence[Mapping[str, Any]],
    *,
    keep: Sequence[str] = (),
    by: Sequence[str] = (),
) -> None:
    """Inserts or overwrites by the primary key, or the unique columns named in `by`; columns
    named in `keep` stay as they were."""
    if not values:
        return
    target = table(row)
    insert = _insert(connection)(target)
    key = list(by) or [column.name for column in target.primary_key]
    changed = {
        name: insert.excluded[name] for name in values[0] if name not in key and name not in keep
    }
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), list(values))


def _insert(connection: sa.Connection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
