"""The keys that this database's hashes were made with: by others no opt-out would be known."""

import sqlalchemy as sa

from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ContactKeyRow, SuppressionRow
from recovery.adapters.files.keyring import Keyring
from recovery.domain.keys import Keys

_KEYED = (table(ContactKeyRow), table(SuppressionRow))
#: Contacts that are looked at for a number beside its hash; nearly all have one.
_SOME = 100


def keys_of(database: Database, keyring: Keyring) -> Keys:
    """Made where nothing was hashed yet; ConfigurationError where they are lost, or others."""
    must_fit(database, keyring)
    return keyring.keys()


def must_fit(database: Database, keyring: Keyring) -> None:
    """Raises ConfigurationError where the keys are not those of the hashes that are stored."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(CONTACT.name):
            return
        is_lost = not keyring.has_keys and _holds_hashes(connection)
        known = _a_number(connection) if keyring.has_keys else None
    if is_lost or (known and keyring.keys().phone(known.phone.key) != known.key):
        raise keyring.lost()


def _a_number(connection: sa.Connection) -> StoredNumber | None:
    query = sa.select(CONTACT.c.data).where(CONTACT.c.data.is_not(None)).limit(_SOME)
    found = (numbers_in(data) for data in connection.execute(query).scalars())
    return next((numbers[0] for numbers in found if numbers), None)


def _holds_hashes(connection: sa.Connection) -> bool:
    held = [sa.select(one.c.key).exists() for one in _KEYED]
    return bool(connection.execute(sa.select(sa.or_(*held))).scalar_one())
