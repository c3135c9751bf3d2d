"""The pace of Keap's calls, shared by all processes of a home."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.ops import PacerRow
from recovery.adapters.keap.pacer import PacerState

_PACER = table(PacerRow)


class SqlPacerStore:
    """Implements Keap's `PacerStore`; who saves an older version is refused."""

    def __init__(self, database: Database, name: str = "keap") -> None:
        self._database = database
        self._name = name

    def load(self) -> PacerState:
        query = sa.select(_PACER.c.state, _PACER.c.version).where(_PACER.c.name == self._name)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return PacerState.loads(row.state["text"], version=row.version) if row else PacerState()

    def save(self, state: PacerState) -> bool:
        values = {"state": {"text": state.dumps()}, "version": state.version + 1}
        with self._database.begin() as connection:
            if state.version == 0:
                add_new(connection, PacerRow, [{"name": self._name, "version": 0}])
            result = connection.execute(
                _PACER.update()
                .where(_PACER.c.name == self._name, _PACER.c.version == state.version)
                .values(**values)
            )
        return result.rowcount == 1
