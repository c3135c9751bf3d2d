"""The latest purchase of each contact, and up to when Keap was asked for them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.meta import SqlMeta
from recovery.adapters.db.sql import chunks, table, upsert
from recovery.adapters.db.tables.ops import ContentRow, MetaRow
from recovery.adapters.db.tables.people import PurchaseRow
from recovery.domain.texts import ORDER, UTILITY
from recovery.services.ports import ApprovalStatus, Purchase
from recovery.services.pull.purchases import Look

_PURCHASE = table(PurchaseRow)
_CONTENT = table(ContentRow)
_META = "purchases"


class SqlPurchaseStore:
    """Implements `PurchaseStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_of_use(self) -> bool:
        query = sa.select(_CONTENT.c.name).where(
            _CONTENT.c.name.endswith(ORDER, autoescape=True),
            _CONTENT.c.status == ApprovalStatus.APPROVED.value,
            sa.func.upper(_CONTENT.c.category) == UTILITY,
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def last_look(self) -> Look | None:
        found = SqlMeta(self._database).get(_META)
        if found is None:
            return None
        until = datetime.fromisoformat(found["until"]) if found["until"] else None
        asked_at = found.get("asked_at")
        return Look(datetime.fromisoformat(asked_at or found["until"]), until)

    def save(self, purchases: Sequence[Purchase]) -> None:
        newest: dict[str, Purchase] = {}
        for one in purchases:
            if one.contact_id not in newest or one.at > newest[one.contact_id].at:
                newest[one.contact_id] = one
        with self._database.begin() as connection:
            for some in chunks(sorted(newest)):
                query = sa.select(_PURCHASE.c.contact_id, _PURCHASE.c.at)
                known = connection.execute(query.where(_PURCHASE.c.contact_id.in_(some)))
                for contact_id, at in known:
                    if at >= newest[contact_id].at:
                        del newest[contact_id]
            rows = [
                {"contact_id": one.contact_id, "title": one.title, "at": one.at}
                for one in newest.values()
            ]
            upsert(connection, PurchaseRow, rows)

    def settle(self, look: Look, *, forget_before: datetime) -> None:
        until = look.until.isoformat() if look.until else None
        value = {"asked_at": look.asked_at.isoformat(), "until": until}
        with self._database.begin() as connection:
            connection.execute(_PURCHASE.delete().where(_PURCHASE.c.at < forget_before))
            upsert(connection, MetaRow, [{"key": _META, "value": value}])


def bought(connection: sa.Connection, contacts: Sequence[str]) -> dict[str, str]:
    """What these contacts bought last, by contact."""
    found: dict[str, str] = {}
    for some in chunks(contacts):
        query = sa.select(_PURCHASE.c.contact_id, _PURCHASE.c.title)
        rows = connection.execute(query.where(_PURCHASE.c.contact_id.in_(some)))
        found.update(rows.tuples().all())
    return found
