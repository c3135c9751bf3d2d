"""Who agreed to be contacted, as a file says: whose contacts they are, and what is kept of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.pull.membership import elect, holders
from recovery.adapters.db.sql import chunks, insert_new, table
from recovery.adapters.db.tables.people import ConsentRow, ContactKeyRow
from recovery.domain.imported import Agreed
from recovery.domain.keys import Keys
from recovery.domain.person import Basis

_CONSENT = table(ConsentRow)
_KEY = table(ContactKeyRow)


def agree(
    connection: sa.Connection, people: "People", entries: Sequence[Agreed], now: datetime
) -> list[int | str]:
    """For each the agreements that are new, or why it proves nothing; cases are decided anew."""
    told: list[int | str] = []
    touched: set[str] = set()
    for one in entries:
        contacts = people.contacts_of(one)
        if isinstance(contacts, str):
            told.append(contacts)
            continue
        told.append(sum(_agree(connection, contact, one) for contact in contacts))
        touched |= set(contacts)
    for case_id in sorted(set(holders(connection, [f"c{one}" for one in touched]).values())):
        # Of a person's contacts the case is of one with consent.
        elect(connection, case_id)
        cases.touch(connection, case_id, now)
    return told


class People:
    """Whom the lines of a page name, read at once."""

    def __init__(
        self, connection: sa.Connection, keys: Keys, entries: Sequence[Agreed], limit: int
    ) -> None:
        self._keys = keys
        self._limit = limit
        ids = sorted({one.contact_id for one in entries if one.contact_id})
        wanted = sorted({key for one in entries for key in self._keys_of(one)})
        held: list[tuple[str, str]] = []
        for some in chunks(wanted):
            query = sa.select(_KEY.c.key, _KEY.c.contact_id).where(_KEY.c.key.in_(some))
            held += connection.execute(query).tuples()
        self._known = _held(connection, {*ids, *(contact for _, contact in held)})
        self._holders: dict[str, set[str]] = defaultdict(set)
        for key, contact in held:
            if contact in self._known:
                self._holders[key].add(contact)

    def contacts_of(self, one: Agreed) -> list[str] | str:
        """The contacts a line names, or why it names none."""
        if one.contact_id:
            known = one.contact_id in self._known
            return (
                [one.contact_id] if known else "no contact has this id: run `recovery pull` first"
            )
        groups = [self._holders[key] for key in self._keys_of(one) if self._holders[key]]
        found = set.intersection(*groups) if groups else set()
        if not found:
            return "nobody in Keap has this number or address: run `recovery pull` first"
        if len(found) > self._limit:
            return "too many contacts share it to be one person: name the contact's id in Keap"
        return sorted(found)

    def _keys_of(self, one: Agreed) -> list[str]:
        keys = [self._keys.phone(phone.key) for phone in one.phones]
        return [*keys, self._keys.email(one.email)] if one.email else keys


def _held(connection: sa.Connection, ids: Iterable[str]) -> set[str]:
    """Those of these contacts that are there, and stay until we are done: the words of somebody who
    is deleted meanwhile would stay for ever."""
    found: set[str] = set()
    for some in chunks(sorted(ids)):
        query = sa.select(CONTACT.c.id).where(CONTACT.c.id.in_(some)).order_by(CONTACT.c.id)
        query = query.with_for_update(read=True, key_share=True)
        found.update(connection.execute(query).scalars())
    return found


def _agree(connection: sa.Connection, contact_id: str, one: Agreed) -> int:
    """The newest word of one source counts; 1 where it was not on record."""
    row = {
        "contact_id": contact_id,
        "channel": one.channel.value,
        "basis": Basis.IMPORT.value,
        "source": one.source,
        "at": one.at,
        "text": one.text,
    }
    if insert_new(connection, ConsentRow, [row]):
        return 1
    same = [_CONSENT.c[name] == row[name] for name in ("contact_id", "channel", "basis", "source")]
    newer = _CONSENT.update().where(*same, _CONSENT.c.at < one.at)
    return connection.execute(newer.values(at=one.at, text=one.text)).rowcount
