"""Lists that a manager starts: who may be asked for, and their cases."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.audit import audit
from recovery.adapters.db.cases import CONTACT, OPEN_KEY
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull import intake
from recovery.adapters.db.queries.queue import full_name
from recovery.adapters.db.sql import chunks
from recovery.adapters.db.suppress import silenced
from recovery.domain.policy import Policy
from recovery.services.pull.service import Progress
from recovery.services.reps.lists import ListFilter, Startable, Started


class SqlListStore:
    """Implements `ListStore`."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def startable(
        self, statuses: Sequence[str], wanted: ListFilter, after: str, limit: int
    ) -> list[Startable]:
        query = (
            sa.select(CONTACT)
            .where(CONTACT.c.status.in_(statuses), CONTACT.c.id > after)
            .where(CONTACT.c.data.is_not(None), _may_start())
        )
        if wanted.country is not None:
            query = query.where(CONTACT.c.data["country"].as_string() == wanted.country)
        if wanted.language is not None:
            query = query.where(CONTACT.c.data["language"].as_string() == wanted.language)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(CONTACT.c.id).limit(limit)).mappings()
            return [_startable(row) for row in rows]

    def start(
        self, contact_ids: Sequence[str], statuses: Sequence[str], now: datetime, *, by: str
    ) -> Started:
        asked = 0
        with self._database.begin() as connection:
            for some in chunks(contact_ids):
                wanted = sa.and_(CONTACT.c.id.in_(some), CONTACT.c.status.in_(statuses))
                change = CONTACT.update().where(wanted, _may_start()).values(requested_at=now)
                asked += connection.execute(change).rowcount
            detail = {"asked": asked}
            audit(connection, "list.started", at=now, actor=by, about="contacts", detail=detail)
        progress = Progress(0, "list", "open", "", now)
        intake.open_cases(self._database, progress, self._policy)
        return Started(asked, progress.counts.get("opened", 0))


def _may_start() -> sa.ColumnElement[bool]:
    """They have no case, and no standing no closes all channels."""
    has_case = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.key == "c" + CONTACT.c.id).exists()
    return ~has_case & ~silenced(CONTACT.c.id)


def _startable(row: sa.RowMapping) -> Startable:
    data = row["data"]
    return Startable(
        contact_id=row["id"],
        name=full_name(data),
        status=row["status"],
        country=data.get("country") or "",
        language=data.get("language") or "",
        score=row["score"],
    )
