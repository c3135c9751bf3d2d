"""The database's schema: made and upgraded by Alembic, each step in its own transaction.

A revision is named as its file is (`0001_people_and_cases`), so that their order is visible and
the newest one is known without loading Alembic.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

# Loads every table into the metadata.
from recovery.adapters.db import tables
from recovery.adapters.db.engine import Database
from recovery.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "Revision",
    "head",
    "is_current",
    "migrate",
    "revision_of",
    "tables",
]

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_201_947  # any number, the same in every process

Revision = str | None


def head() -> str:
    """The newest revision this program knows."""
    return _known()[-1]


def revision_of(database: Database) -> Revision:
    """The revision the database is at; None where it was never migrated."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found else None


def is_current(database: Database) -> bool:
    """Nothing is left to be migrated."""
    return revision_of(database) == head()


def migrate(database: Database) -> Revision:
    """Brings the schema up to date; answers the revision it was at before.

    Safe to call by several processes at once: one works, the others find it done.
    """
    before = revision_of(database)
    if before == head():
        return before
    if before is not None and before not in _known():
        raise ConfigurationError(
            f"this database was made by a newer Recovery (revision {before}): upgrade Recovery, or "
            "point RECOVERY_HOME to another folder"
        )
    _upgrade(database)
    return before


def _upgrade(database: Database) -> None:
    from alembic import command

    with database.begin() as connection:
        if not database.is_sqlite:
            # On SQLite BEGIN IMMEDIATE already keeps the others out.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> "Config":
    """Alembic's settings for work inside this connection's transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _known() -> list[str]:
    return sorted(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
