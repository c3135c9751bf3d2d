"""What looking at people again before a send reads and writes, and who was not looked at."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE, CONTACT, OPEN_KEY
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull import membership
from recovery.adapters.db.pull.copies import Moment, save_facts
from recovery.adapters.db.pull.store import Listing, listed
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import AddressRow, ConsentRow, ContactKeyRow
from recovery.domain.case import CaseState
from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.keys import Keys
from recovery.services.ports import StatusRow
from recovery.services.pull.reading import ContactFacts
from recovery.services.reach.fresh import Known

_ADDRESS = table(AddressRow)
_CONSENT = table(ConsentRow)
_KEY = table(ContactKeyRow)


class SqlFreshStore:
    """Implements `FreshStore`."""

    def __init__(self, database: Database, keys: Keys, *, contacts_per_person: int) -> None:
        self._database = database
        self._keys = keys
        self._limit = contacts_per_person

    def known(self, case_ids: Sequence[int]) -> list[Known]:
        columns = (OPEN_KEY.c.case_id, CONTACT, _ADDRESS.c.listed_at)
        query = _members(*columns).where(CONTACT.c.data.is_not(None))
        found: list[Known] = []
        with self._database.read() as connection:
            for some in chunks(case_ids):
                rows = connection.execute(query.where(OPEN_KEY.c.case_id.in_(some)))
                found += [_known(row) for row in rows.mappings()]
        return found

    def versions(self, case_ids: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        with self._database.read() as connection:
            for some in chunks(case_ids):
                query = sa.select(CASE.c.id, CASE.c.version).where(
                    CASE.c.id.in_(some), CASE.c.state != CaseState.CLOSED.value
                )
                found.update((row.id, row.version) for row in connection.execute(query))
        return found

    def listed(self, emails: Sequence[str]) -> dict[str, tuple[EmailStatus, str]]:
        with self._database.read() as connection:
            return listed(connection, self._keys, emails)

    def statuses_read(self, rows: Mapping[str, StatusRow], now: datetime) -> None:
        with self._database.begin() as connection:
            Listing(connection, self._keys, now).save(list(rows.values()))

    def contacts_read(
        self, facts: Sequence[ContactFacts], gone: Sequence[ContactId], now: datetime
    ) -> None:
        with self._database.begin() as connection:
            membership.alone(connection)
            before = _stored(connection, [fact.id for fact in facts])
            changed = [fact for fact in facts if _told(fact) != before.get(fact.id)]
            save_facts(connection, changed, Moment(at=now, read_at=now))
            for some in chunks([fact.id for fact in facts]):
                seen = CONTACT.update().where(CONTACT.c.id.in_(some))
                connection.execute(seen.values(read_at=now))
            membership.contacts_gone(connection, gone, now)
            for some in chunks([fact.id for fact in changed]):
                membership.follow_keys(connection, self._limit, now, contacts=some)

    def why_changed(self, versions: Mapping[int, int]) -> dict[int, str]:
        why: dict[int, str] = {}
        columns = (CASE.c.id, CASE.c.version, CASE.c.state, CASE.c.end)
        with self._database.read() as connection:
            for some in chunks(list(versions)):
                for row in connection.execute(sa.select(*columns).where(CASE.c.id.in_(some))):
                    if row.version != versions[row.id]:
                        is_over = row.state == CaseState.CLOSED.value
                        why[row.id] = f"contact_{row.end}" if is_over else "contact_changed"
        return why


def not_fresh(connection: sa.Connection, cases: Sequence[int], since: datetime) -> set[int]:
    """Those of these cases with a contact whom Keap did not show since, or whose status not."""
    old = CONTACT.c.read_at.is_(None) | (CONTACT.c.read_at < since)
    listing = _ADDRESS.c.listed_at.is_(None) | (_ADDRESS.c.listed_at < since)
    query = _members(OPEN_KEY.c.case_id).where(
        OPEN_KEY.c.case_id.in_(cases),
        CONTACT.c.data.is_not(None),
        old | (CONTACT.c.primary_key.is_not(None) & listing),
    )
    return set(connection.execute(query).scalars())


def _members(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(OPEN_KEY)
        # The contact is looked up by its id: the other way round all contacts would be read.
        .join(CONTACT, CONTACT.c.id == sa.func.substr(OPEN_KEY.c.key, 2))
        .outerjoin(_ADDRESS, _ADDRESS.c.key == CONTACT.c.primary_key)
    )


def _known(row: sa.RowMapping) -> Known:
    return Known(
        case_id=row["case_id"],
        contact_id=ContactId(row["id"]),
        status=EmailStatus(row["status"]),
        raw_status=row["raw_status"],
        email=deciding_email(row["data"]),
        read_at=row["read_at"],
        listed_at=row["listed_at"],
    )


def _told(fact: ContactFacts) -> tuple[Any, ...]:
    """What of a contact a decision may depend on."""
    signs = {(one.channel.value, one.basis.value, one.source) for one in fact.consents}
    data = _weighty(json.loads(json.dumps(fact.data)))
    return fact.status.value, fact.primary_key, data, signs, set(fact.keys)


def _weighty(data: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without the tags: consent and protection are told apart, and some tags are our own."""
    return {name: value for name, value in data.items() if name != "tags"} if data else data


def _stored(connection: sa.Connection, ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for some in chunks(ids):
        signs, keys = _signs(connection, some), _keys_of(connection, some)
        query = sa.select(CONTACT.c.id, CONTACT.c.status, CONTACT.c.primary_key, CONTACT.c.data)
        for row in connection.execute(query.where(CONTACT.c.id.in_(some))):
            told = row.status, row.primary_key, _weighty(row.data), signs[row.id], keys[row.id]
            found[row.id] = told
    return found


def _signs(connection: sa.Connection, ids: Sequence[str]) -> dict[str, set[tuple[str, str, str]]]:
    signs: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    query = sa.select(_CONSENT).where(
        _CONSENT.c.contact_id.in_(ids), _CONSENT.c.basis.in_(("tag", "field"))
    )
    for row in connection.execute(query).mappings():
        signs[row["contact_id"]].add((row["channel"], row["basis"], row["source"]))
    return signs


def _keys_of(connection: sa.Connection, ids: Sequence[str]) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for contact_id, key in connection.execute(
        sa.select(_KEY.c.contact_id, _KEY.c.key).where(_KEY.c.contact_id.in_(ids))
    ):
        keys[contact_id].add(key)
    return keys
