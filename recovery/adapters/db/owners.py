"""Reps and owners of contacts: users of Keap are our users by their e-mail.

Keap's users are read now and then (`record`); whom an admin matched by hand goes before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables_ops import MetaRow, UserRow
from recovery.adapters.db.tables_queue import KeapUserRow
from recovery.services.ports import CrmUser

#: Where the names of Keap's tags are kept.
TAGS = "keap_tags"
_USER = table(UserRow)
_KEAP = table(KeapUserRow)
#: People come and go rarely; reading them is one of Keap's scarce calls.
_GOOD_FOR = timedelta(hours=6)


def active_reps(connection: sa.Connection) -> frozenset[str]:
    """Everybody who may work the queue."""
    query = sa.select(_USER.c.email).where(_USER.c.active.is_(sa.true()))
    return frozenset(connection.execute(query).scalars())


def reps_by_owner(connection: sa.Connection) -> dict[str, str]:
    """Our active users by the id of the Keap user they are."""
    same = sa.func.lower(_KEAP.c.email) == _USER.c.email
    by_email = sa.select(_KEAP.c.id, _USER.c.email).join(_USER, same)
    by_hand = sa.select(_USER.c.keap_user_id, _USER.c.email).where(
        _USER.c.keap_user_id.is_not(None)
    )
    works_here = _USER.c.active.is_(sa.true())
    found = (connection.execute(query.where(works_here)) for query in (by_email, by_hand))
    return {owner_id: email for rows in found for owner_id, email in rows}


def keap_user_of(connection: sa.Connection, rep: str) -> str | None:
    """The Keap user that a rep is."""
    found = (owner for owner, email in reps_by_owner(connection).items() if email == rep)
    return next(found, None)


class SqlKeapUsers:
    """Implements `KeapUsers`: what we know of Keap's users and tags."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def are_old(self, now: datetime) -> bool:
        """Nobody has read them lately."""
        query = sa.select(sa.func.max(_KEAP.c.seen_at))
        with self._database.read() as connection:
            seen_at: datetime | None = connection.execute(query).scalar()
        return seen_at is None or seen_at < now - _GOOD_FOR

    def save(self, users: Sequence[CrmUser], now: datetime) -> None:
        """The users as Keap shows them now; who is gone there is nobody's owner."""
        rows = [
            {"id": one.id, "email": one.email.strip().lower(), "active": one.is_active}
            for one in users
        ]
        with self._database.begin() as connection:
            connection.execute(_KEAP.delete().where(_KEAP.c.id.not_in([r["id"] for r in rows])))
            upsert(connection, KeapUserRow, [{**row, "seen_at": now} for row in rows])

    def save_tags(self, names: Mapping[str, str]) -> None:
        """What reps read instead of ids."""
        with self._database.begin() as connection:
            upsert(connection, MetaRow, [{"key": TAGS, "value": dict(names)}])
