"""A queue with people in it: cases whose call is due, reps who work them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OPEN_KEY
from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries.queue import ITEM
from recovery.adapters.db.reps.queue import SqlQueueStore
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables import people
from recovery.adapters.db.tables.ops import UserRow
from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.policy_file import load_policy
from recovery.services.reps.queue import Queue

#: A Tuesday noon in Mexico City; in Madrid it is evening and nobody is called.
NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
MEXICO, MADRID, MANAUS = "America/Mexico_City", "Europe/Madrid", "America/Manaus"
_REPLY = table(people.ReplyRow)
_COUNTRY = {MEXICO: "MX", MADRID: "ES", MANAUS: "BR"}


@dataclass
class Floor:
    """Reps at one database, in time that can be moved."""

    database: Database
    now: datetime = NOON

    def queue(self) -> Queue:
        """A queue as one process has it."""
        countries = load_countries()
        store = SqlQueueStore(self.database, countries)
        clock = lambda: self.now  # noqa: E731
        return Queue(store, policy=load_policy(), countries=countries, clock=clock)

    def move(self, **by: float) -> None:
        """Moves everybody's time."""
        self.now += timedelta(**by)

    def hire(self, *emails: str, keap_user_id: str | None = None) -> None:
        """Users who may work."""
        rows = [
            {"email": e, "role": "rep", "created_at": self.now, "keap_user_id": keap_user_id}
            for e in emails
        ]
        with self.database.begin() as connection:
            plain = {"totp_used": 0, "language": "es", "active": True}
            connection.execute(table(UserRow).insert(), [{**plain, **row} for row in rows])

    def fire(self, email: str) -> None:
        """Somebody does not work here any more."""
        users = table(UserRow)
        with self.database.begin() as connection:
            connection.execute(users.update().where(users.c.email == email).values(active=False))

    def people(
        self,
        count: int,
        *,
        zone: str = MEXICO,
        due: timedelta = timedelta(hours=-1),
        step: str = "c1",
        values: Sequence[float] | None = None,
        **case: Any,
    ) -> list[int]:
        """So many cases with a call in the queue; answers their ids."""
        first = self._next_id()
        ids = list(range(first, first + count))
        rows = [self._case(i, (values or [0.0] * count)[n], **case) for n, i in enumerate(ids)]
        due_at = self.now + due
        with self.database.begin() as connection:
            for some in chunks(ids, 400):
                connection.execute(CONTACT.insert(), [self._contact(i, zone) for i in some])
                picked = [row for row in rows if row["id"] in set(some)]
                connection.execute(CASE.insert(), picked)
                connection.execute(MEMBER.insert(), [self._member(i) for i in some])
                connection.execute(OPEN_KEY.insert(), [self._key(i) for i in some])
                connection.execute(ATTEMPT.insert(), [self._call(i, due_at, step) for i in some])
        return ids

    def is_done(self, case_id: int) -> None:
        """The person's call was worked: they leave the queue, as a result would have it."""
        with self.database.begin() as connection:
            done = {"state": "done", "disposition": "no_answer", "ended_at": self.now}
            connection.execute(ATTEMPT.update().where(ATTEMPT.c.case_id == case_id).values(**done))
            connection.execute(ITEM.delete().where(ITEM.c.case_id == case_id))

    def reply(self, case_id: int, **fields: Any) -> int:
        """A message of theirs; answers its row. `raw` may name the files that came with it."""
        raw: dict[str, Any] = fields.get("raw") or {}
        row = {
            "sid": f"SM{case_id:032d}",
            "number": f"+52155{case_id:08d}",
            "media": sum(name.startswith("MediaContentType") for name in raw),
            "source": "webhook",
            "received_at": self.now,
            "case_id": case_id,
            "sender": "",
            "body": "",
            **fields,
        }
        with self.database.begin() as connection:
            found = connection.execute(_REPLY.insert().values(**row))
            return int(found.inserted_primary_key[0])  # type: ignore[index]

    def _next_id(self) -> int:
        with self.database.read() as connection:
            return (connection.execute(sa.select(sa.func.max(CASE.c.id))).scalar() or 0) + 1

    def _contact(self, i: int, zone: str) -> dict[str, Any]:
        phone = [f"+52155{i:08d}", f"52155{i:08d}", "mobile", _COUNTRY[zone], [zone], f"p{i}"]
        data = {
            "given_name": f"Ana{i}",
            "family_name": "Prado",
            "emails": [[f"ana{i}@example.com", "EMAIL1", "HARD_BOUNCE"]],
            "phones": [phone],
            "country": _COUNTRY[zone],
            "region_code": None,
            "tags": [],
            "protected": False,
            "language": "es",
        }
        return {
            "id": str(i),
            "status": "HARD_BOUNCE",
            "status_since": self.now,
            "primary_key": f"e{i}",
            "data": data,
            "seen_pull": 1,
        }

    def _member(self, i: int) -> dict[str, Any]:
        return {"case_id": i, "contact_id": str(i)}

    def _key(self, i: int) -> dict[str, Any]:
        return {"key": f"c{i}", "case_id": i}

    def _case(self, i: int, value: float, **more: Any) -> dict[str, Any]:
        plain = {
            "id": i,
            "contact_id": str(i),
            "state": "open",
            "round": 1,
            "version": 1,
            "opened_status": "HARD_BOUNCE",
            "status": "HARD_BOUNCE",
            "goal": "new_email",
            "language": "es",
            "owner_id": None,
            "value": value,
            "opened_at": self.now,
            "requested": False,
            "win_rejected": False,
            "stopped": False,
            "callback_at": None,
        }
        return {**plain, **more}

    def _call(self, i: int, due_at: datetime, step: str) -> dict[str, Any]:
        return {
            "case_id": i,
            "contact_id": str(i),
            "channel": "call",
            "step": step,
            "step_key": f"p{i}:{step}",
            "state": "queued",
            "token": f"t{i}-{step}",
            "number": f"+52155{i:08d}",
            "number_key": f"p{i}",
            "case_version": 1,
            "epoch": 0,
            "created_at": self.now,
            "due_at": due_at,
            "looks": 0,
        }


@contextmanager
def a_floor(url: str) -> Iterator[Floor]:
    """Reps at a migrated database of their own."""
    floor = Floor(Database(url))
    try:
        yield floor
    finally:
        floor.database.dispose()
