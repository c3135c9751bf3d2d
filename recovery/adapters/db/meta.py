"""Facts of this installation, one small row each."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import MetaRow

_META = table(MetaRow)


class SqlMeta:
    """Facts of this installation by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Mapping[str, Any] | None:
        """What is known under this name."""
        with self._database.read() as connection:
            found = connection.execute(sa.select(_META.c.value).where(_META.c.key == key)).first()
        return found.value if found else None

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Remembers a fact."""
        with self._database.begin() as connection:
            upsert(connection, MetaRow, [{"key": key, "value": dict(value)}])
