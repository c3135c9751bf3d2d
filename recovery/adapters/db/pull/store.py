"""What a pull reads and writes: the status list, contacts with their keys, and its own progress."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull import intake, membership
from recovery.adapters.db.pull.copies import Moment, save_facts
from recovery.adapters.db.pull.second_addresses import follow_second_addresses
from recovery.adapters.db.sql import chunks, table, upsert
from recovery.adapters.db.tables.ops import PullRow
from recovery.adapters.db.tables.people import AddressRow, ContactKeyRow, ContactRow
from recovery.crashpoints import crashpoint
from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.services.ports import StatusRow
from recovery.services.pull.reading import ContactFacts
from recovery.services.pull.service import Progress

_PULL = table(PullRow)
_ADDRESS = table(AddressRow)
_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)


class Listing:
    """Saves what Keap says of addresses at one moment; contacts and cases follow."""

    def __init__(self, connection: sa.Connection, keys: Keys, at: datetime) -> None:
        self._connection = connection
        self._keys = keys
        self._at = at

    def save(self, rows: Sequence[StatusRow]) -> Counter[str]:
        """Counts the cases that ended by it."""
        by_key = {self._keys.email(row.email): row for row in rows}
        known = _known(self._connection, list(by_key))
        values, changed = [], {}
        for key, row in by_key.items():
            before, since = known.get(key, (None, self._at))
            same = before == row.status.value
            since = since if same else self._at
            values.append(_address(key, row, since=since, listed_at=self._at))
            # An address that is listed anew may belong to somebody who had healed.
            if not same:
                changed[key] = row
        upsert(self._connection, AddressRow, sorted(values, key=lambda one: str(one["key"])))
        follow_second_addresses(self._connection, changed, self._at)
        return cases.statuses_changed(self._connection, changed, self._at)


class SqlPullStore:
    """Implements `PullStore`."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def unfinished(self) -> Progress | None:
        query = sa.select(_PULL).where(_PULL.c.finished_at.is_(None)).order_by(_PULL.c.id.desc())
        with self._database.read() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
        if row is None:
            return None
        names = ("id", "kind", "stage", "cursor", "started_at")
        return Progress(**{name: row[name] for name in names}, counts=row["counts"] or {})

    def last_full_at(self) -> datetime | None:
        return self._last(_PULL.c.kind != "delta")

    def last_at(self) -> datetime | None:
        return self._last(sa.true())

    def _last(self, which: sa.ColumnElement[bool]) -> datetime | None:
        query = sa.select(sa.func.max(_PULL.c.started_at)).where(
            which, _PULL.c.finished_at.is_not(None)
        )
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def begin(self, kind: str, now: datetime) -> Progress:
        values = {"kind": kind, "stage": "statuses", "cursor": "", "started_at": now}
        with self._database.begin() as connection:
            result = connection.execute(_PULL.insert().values(**values, counts={}))
        return Progress(id=int(result.inserted_primary_key[0]), **values)  # type: ignore[arg-type,index]

    def save_progress(self, pull: Progress, *, finished_at: datetime | None = None) -> None:
        with self._database.begin() as connection:
            _save(connection, pull, finished_at)

    def save_addresses(self, pull: Progress, rows: Sequence[StatusRow]) -> None:
        with self._database.begin() as connection:
            _add(pull, Listing(connection, self._keys, pull.started_at).save(rows))
            _save(connection, pull)

    def listed(self, emails: Sequence[str]) -> dict[str, tuple[EmailStatus, str]]:
        with self._database.read() as connection:
            return listed(connection, self._keys, emails)

    def unresolved(self, pull: Progress) -> tuple[str, ...]:
        whole = (
            sa.select(_KEY.c.key)
            .join(_CONTACT, _CONTACT.c.id == _KEY.c.contact_id)
            .where(_KEY.c.key == _ADDRESS.c.key)
            .where(_CONTACT.c.data.is_not(None) | (_CONTACT.c.primary_key != _ADDRESS.c.key))
        )
        query = (
            sa.select(_ADDRESS.c.email)
            .where(_ADDRESS.c.listed_at == pull.started_at, _ADDRESS.c.since == pull.started_at)
            .where(~whole.exists())
            .order_by(_ADDRESS.c.email)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def contact_count(self) -> int:
        with self._database.read() as connection:
            query = sa.select(sa.func.count()).select_from(_CONTACT)
            return int(connection.execute(query).scalar_one())

    def save_contacts(
        self, pull: Progress, facts: Sequence[ContactFacts], read_at: datetime
    ) -> None:
        with self._database.begin() as connection:
            moment = Moment(at=pull.started_at, read_at=read_at, pull=pull.id)
            _add(pull, save_facts(connection, facts, moment))
            _save(connection, pull)
            crashpoint("P02")

    def left_list(self, pull: Progress) -> tuple[str, ...]:
        query = sa.select(_ADDRESS.c.email).where(_ADDRESS.c.listed_at < pull.started_at)
        with self._database.read() as connection:
            return tuple(connection.execute(query.order_by(_ADDRESS.c.email)).scalars())

    def settle_left(self, pull: Progress, rows: dict[str, StatusRow], asked: Sequence[str]) -> None:
        with self._database.begin() as connection:
            healed = {e: row for e, row in rows.items() if not row.status.matters}
            still = [row for row in rows.values() if row.status.matters]
            _add(pull, Listing(connection, self._keys, pull.started_at).save(still))
            keys = {self._keys.email(e): row for e, row in healed.items()}
            follow_second_addresses(connection, keys, pull.started_at)
            _add(pull, cases.statuses_changed(connection, keys, pull.started_at))
            told = {email.strip().lower() for email in rows}
            silent = [self._keys.email(e) for e in asked if e.strip().lower() not in told]
            for some in chunks([*keys, *silent]):
                connection.execute(_ADDRESS.delete().where(_ADDRESS.c.key.in_(some)))

    def unseen(self, pull: Progress) -> tuple[ContactId, ...]:
        query = sa.select(_CONTACT.c.id).where(_CONTACT.c.seen_pull < pull.id)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(_CONTACT.c.id)).scalars()
            return tuple(ContactId(one) for one in found)

    def save_gone(self, pull: Progress, ids: Sequence[ContactId]) -> None:
        with self._database.begin() as connection:
            membership.alone(connection)
            membership.contacts_gone(connection, ids, pull.started_at)

    def open_cases(self, pull: Progress, policy: Policy) -> None:
        intake.open_cases(self._database, pull, policy)


def _add(pull: Progress, counts: Counter[str]) -> None:
    for what, number in counts.items():
        pull.count(what, number)


def _save(connection: sa.Connection, pull: Progress, finished_at: datetime | None = None) -> None:
    values: dict[str, Any] = {
        "kind": pull.kind,
        "stage": pull.stage,
        "cursor": pull.cursor,
        "counts": pull.counts,
    }
    if finished_at:
        values["finished_at"] = finished_at
    connection.execute(_PULL.update().where(_PULL.c.id == pull.id).values(**values))


def listed(
    connection: sa.Connection, keys: Keys, emails: Sequence[str]
) -> dict[str, tuple[EmailStatus, str]]:
    """What Keap's list says of these addresses, as our copy has it, by lower-case e-mail."""
    by_key = {keys.email(email): email.strip().lower() for email in emails}
    found: dict[str, tuple[EmailStatus, str]] = {}
    columns = (_ADDRESS.c.key, _ADDRESS.c.status, _ADDRESS.c.raw)
    for some in chunks(list(by_key)):
        query = sa.select(*columns).where(_ADDRESS.c.key.in_(some))
        for key, status, raw in connection.execute(query):
            found[by_key[key]] = EmailStatus(status), raw
    return found


def _known(connection: sa.Connection, keys: Sequence[str]) -> dict[str, tuple[str, datetime]]:
    known: dict[str, tuple[str, datetime]] = {}
    for some in chunks(keys):
        query = sa.select(_ADDRESS.c.key, _ADDRESS.c.status, _ADDRESS.c.since)
        for key, status, since in connection.execute(query.where(_ADDRESS.c.key.in_(some))):
            known[key] = status, since
    return known


def _address(key: str, row: StatusRow, *, since: datetime, listed_at: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "email": row.email,
        "status": row.status.value,
        "raw": row.raw,
        "since": since,
        "listed_at": listed_at,
        "last_sent_at": row.last_sent_at,
        "last_opened_at": row.last_opened_at,
        "last_clicked_at": row.last_clicked_at,
    }
