"""Reps and owners of contacts: users of Keap are our users by their e-mail.

Keap's users are read now and then (`record`); whom an admin matched by hand goes before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import DESK
from recovery.adapters.db.keap_writes import OUTBOX, write_back
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import MetaRow, UserRow
from recovery.adapters.db.tables.queue import KeapUserRow
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


def given_to(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """The Keap users of those whom a manager gave these cases to."""
    query = sa.select(DESK.c.case_id, DESK.c.rep)
    given = connection.execute(query.where(DESK.c.case_id.in_(ids), DESK.c.rep.is_not(None))).all()
    if not given:
        return {}
    owners = {email: owner_id for owner_id, email in reps_by_owner(connection).items()}
    return {row.case_id: owners[row.rep] for row in given if row.rep in owners}


def move_tasks(connection: sa.Connection, ids: Sequence[int], now: datetime) -> None:
    """The open task of each of these cases, where Keap has or gets one, is to be its rep's there;
    of a rep whom Keap does not know it stays whose it is."""
    given = given_to(connection, ids)
    waits = sa.select(OUTBOX.c.id).where(
        OUTBOX.c.case_id == CASE.c.id,
        OUTBOX.c.kind == "task",
        OUTBOX.c.state.in_(("pending", "begun")),
    )
    has_task = sa.or_(CASE.c.keap_task_id.is_not(None), waits.exists())
    named = sa.select(CASE, DESK.c.rep).outerjoin(DESK, DESK.c.case_id == CASE.c.id)
    for case in connection.execute(named.where(CASE.c.id.in_(ids), has_task)).mappings().all():
        owner_id = given.get(case["id"]) if case["rep"] else case["owner_id"]
        if owner_id:
            key = f"task-owner:{case['id']}:{now.isoformat()}"
            write_back(connection, case, "task_owner", now, key=key, payload={"owner_id": owner_id})


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
