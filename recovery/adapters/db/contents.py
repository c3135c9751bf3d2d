"""Templates as the provider knows them: kept when asked, read when a message is chosen."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import ContentRow
from recovery.domain.template import WHATSAPP_LANGUAGE
from recovery.domain.texts import UTILITY, Texts
from recovery.services.ports import ApprovalStatus, Clock, ContentStatus

_CONTENT = table(ContentRow)


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

    def contents(self) -> dict[tuple[str, str], ContentStatus]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(_CONTENT)).mappings().all()
        return {(row["name"], row["language"]): _content(row) for row in rows}

    def asked_at(self) -> datetime | None:
        with self._database.read() as connection:
            return connection.execute(sa.select(sa.func.max(_CONTENT.c.checked_at))).scalar()


def _content(row: sa.RowMapping) -> ContentStatus:
    return ContentStatus(
        row["sid"],
        row["name"],
        WHATSAPP_LANGUAGE[row["language"]],
        ApprovalStatus(row["status"]),
        row["category"],
        row["reason"],
    )


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
