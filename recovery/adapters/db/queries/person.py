"""Finding a contact by what people know of them, and where they are."""

import sqlalchemy as sa

from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ContactKeyRow, ContactRow
from recovery.domain.keys import Keys
from recovery.domain.phone import read_phones

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)


def find_contacts(database: Database, text: str, *, keys: Keys, region: str | None) -> list[str]:
    """Ids of the contacts meant by a Keap id, an address or a phone; the lowest id first."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        with database.read() as connection:
            found = sa.select(_CONTACT.c.id).where(_CONTACT.c.id == text)
            if connection.execute(found).first():
                return [text]
    wanted = _keys_in(text, keys, region)
    query = sa.select(_KEY.c.contact_id).where(_KEY.c.key.in_(wanted)).distinct()
    with database.read() as connection:
        return sorted(connection.execute(query).scalars(), key=lambda one: (len(one), one))


def _keys_in(text: str, keys: Keys, region: str | None) -> list[str]:
    if "@" in text:
        return [keys.email(text)]
    return [keys.phone(phone.key) for phone in read_phones(text, region=region).phones]


def zone_of(database: Database, contact_id: str) -> str | None:
    """The zone of the contact's first number that has one."""
    query = sa.select(_CONTACT.c.data).where(_CONTACT.c.id == contact_id)
    with database.read() as connection:
        numbers = numbers_in(connection.execute(query).scalar())
    return next((one.zones[0] for one in numbers if one.zones), None)
