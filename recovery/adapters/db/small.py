"""Stores of one small row each: the pace of calls, approvals of templates, our own facts."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, table, upsert
from recovery.adapters.db.tables.ops import ContentRow, MetaRow, PacerRow
from recovery.adapters.keap.pacer import PacerState
from recovery.domain.texts import UTILITY, Texts
from recovery.services.ports import ApprovalStatus, Clock, ContentStatus

_PACER = table(PacerRow)
_META = table(MetaRow)
_CONTENT = table(ContentRow)


class SqlPacerStore:
    """Implements Keap's `PacerStore` for all processes of a home."""

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


class SqlContentStore:
    """Implements `ContentStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def save_contents(self, contents: dict[tuple[str, str], ContentStatus]) -> None:
        now = self._clock()
        rows = [
            {
                "name": name,
                "language": language,
                "sid": content.sid,
                "status": content.status.value,
                "category": content.category,
                "reason": content.reason,
                "checked_at": now,
            }
            for (name, language), content in contents.items()
        ]
        with self._database.begin() as connection:
            upsert(connection, ContentRow, rows)


def texts_by_language(connection: sa.Connection) -> dict[str, Texts]:
    """What WhatsApp said of each text when it was asked last."""
    columns = (_CONTENT.c.language, _CONTENT.c.name, _CONTENT.c.status, _CONTENT.c.category)
    closed: dict[str, dict[str, str]] = {}
    utility: dict[str, set[str]] = {}
    for language, name, status, category in connection.execute(sa.select(*columns)):
        words, names = closed.setdefault(language, {}), utility.setdefault(language, set())
        if status != ApprovalStatus.APPROVED.value:
            words[name] = status
        elif (category or "").upper() == UTILITY:
            names.add(name)
    return {one: Texts(closed[one], frozenset(utility[one])) for one in closed}


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
