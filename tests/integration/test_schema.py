"""The migrations make exactly the tables that the code reads and writes."""

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


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'recovery.db'}")


def test_an_upgrade_from_nothing_equals_the_metadata(database: Database):
    assert schema.migrate(database) is None
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_unique_constraints_and_keys_equal_the_metadata(tmp_path: Path, database: Database):
    schema.migrate(database)
    plain = Database(f"sqlite:///{tmp_path / 'plain.db'}")
    SQLModel.metadata.create_all(plain.engine)
    assert _constraints(database) == _constraints(plain)


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


def test_of_processes_that_migrate_at_once_one_works_and_the_others_find_it_done(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'recovery.db'}"
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        done = [pool.submit(lambda: schema.migrate(Database(url))) for pool in (one, other)]
        assert {future.result() for future in done} <= {None, schema.head()}
    assert schema.is_current(Database(url))


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
