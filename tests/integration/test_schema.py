"""The migrations make exactly the tables that the code reads and writes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from recovery.adapters.db import schema
from recovery.adapters.db.engine import Database
from recovery.errors import ConfigurationError
from tests.databases import Template


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.dispose()


def test_an_upgrade_from_nothing_equals_the_metadata(database: Database):
    assert schema.migrate(database) is None
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_unique_constraints_and_keys_equal_the_metadata(
    tmp_path: Path, migrated: Template, database: Database
):
    schema.migrate(database)
    (tmp_path / "plain").mkdir()
    with migrated.empty(tmp_path / "plain") as url:
        plain = Database(url)
        SQLModel.metadata.create_all(plain.engine)
        assert _constraints(database) == _constraints(plain)
        plain.dispose()


def _constraints(database: Database) -> dict[str, object]:
    inspector = sa.inspect(database.engine)
    return {
        name: (
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(tuple(u["column_names"]) for u in inspector.get_unique_constraints(name)),
            sorted(
                (tuple(k["constrained_columns"]), k["referred_table"])
                for k in inspector.get_foreign_keys(name)
            ),
        )
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def test_it_can_be_repeated(database: Database):
    schema.migrate(database)
    assert schema.is_current(database)
    assert schema.migrate(database) == schema.head()


def test_of_processes_that_migrate_at_once_one_works_and_the_others_find_it_done(
    empty_database_url: str,
):
    both = [Database(empty_database_url) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(schema.migrate, both))
    assert set(done) <= {None, schema.head()}
    for database in both:
        assert schema.is_current(database)
        database.dispose()


def test_a_database_of_a_newer_recovery_is_left_alone(database: Database):
    schema.migrate(database)
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(ConfigurationError, match="newer Recovery"):
        schema.migrate(database)


def test_a_migration_that_fails_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    with database.begin() as connection:
        connection.execute(sa.text("CREATE TABLE audit (id INTEGER PRIMARY KEY)"))
    with pytest.raises(Exception, match="audit"):
        schema.migrate(database)
    assert sa.inspect(database.engine).get_table_names() == ["audit"]


def test_an_error_of_the_database_tells_nobody_whom_it_was_about(database: Database) -> None:
    query = sa.text("SELECT missing FROM contact WHERE id = :who")
    with database.read() as connection, pytest.raises(sa.exc.DBAPIError) as error:
        connection.execute(query, {"who": "+525512345678"})
    assert "+525512345678" not in str(error.value)
