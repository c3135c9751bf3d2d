"""Templates as the provider knows them: kept when asked, read when a message is chosen."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import ContentRow
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
