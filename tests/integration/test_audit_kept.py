"""The database itself refuses to change what the audit tells, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from recovery.adapters.db.audit import audit


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_nobody_changes_what_was_done(database, change):
    with database.begin() as connection:
        at = datetime(2026, 12, 1, tzinfo=UTC)
        audit(connection, "contact.deleted", at=at, actor="boss", about="b/1")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(sa.text(change))
    with database.begin() as connection:
        kept = connection.execute(sa.text("SELECT actor FROM audit")).scalars().all()
    assert kept == ["boss"]


def test_what_was_done_to_a_contact_is_found_by_an_index(database):
    indexes = sa.inspect(database.engine).get_indexes("audit")
    assert ["object"] in [index["column_names"] for index in indexes]
