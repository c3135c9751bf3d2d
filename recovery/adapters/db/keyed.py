"""The keys that this database's hashes were made with: by others no opt-out would be known."""

from typing import Protocol

import sqlalchemy as sa

from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ContactKeyRow, SuppressionRow
from recovery.domain.keys import Keys
from recovery.errors import ConfigurationError

_KEYED = (table(ContactKeyRow), table(SuppressionRow))
#: Contacts that are looked at for a number beside its hash; nearly all have one.
_SOME = 100


class Ring(Protocol):
    """Where the keys are kept, apart from the database."""

    @property
    def has_keys(self) -> bool:
        """They were made before."""

    def keys(self) -> Keys:
        """The keys, made where there are none."""

    def lost(self) -> ConfigurationError:
        """What to say where they are not those of the database."""


def keys_of(database: Database, ring: Ring) -> Keys:
    """Made where nothing was hashed yet; ConfigurationError where they are lost, or others."""
    must_fit(database, ring)
    return ring.keys()


def must_fit(database: Database, ring: Ring) -> None:
    """Raises ConfigurationError where the keys are not those of the hashes that are stored."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(CONTACT.name):
            return
        is_lost = not ring.has_keys and _holds_hashes(connection)
        known = _a_number(connection) if ring.has_keys else None
    if is_lost or (known and ring.keys().phone(known.phone.key) != known.key):
        raise ring.lost()


def _a_number(connection: sa.Connection) -> StoredNumber | None:
    query = sa.select(CONTACT.c.data).where(CONTACT.c.data.is_not(None)).limit(_SOME)
    found = (numbers_in(data) for data in connection.execute(query).scalars())
    return next((numbers[0] for numbers in found if numbers), None)


def _holds_hashes(connection: sa.Connection) -> bool:
    held = [sa.select(one.c.key).exists() for one in _KEYED]
    return bool(connection.execute(sa.select(sa.or_(*held))).scalar_one())
