"""Documents in the database hold what JSON holds; anything else is refused before it is written."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database


@dataclass(frozen=True, slots=True)
class Thing:
    name: str = "a"


def stored(database: Database, document: object) -> object:
    """The document after a way through the database's own driver."""
    with database.read() as connection:
        written = sa.bindparam("document", document, type_=sa.JSON)
        return connection.execute(sa.select(sa.type_coerce(written, sa.JSON))).scalar_one()


@pytest.mark.parametrize("document", [{"a": [1, "é", None]}, {"far": 2**70}])
def test_a_document_comes_back_as_it_was(database: Database, document: object) -> None:
    assert stored(database, document) == document


@pytest.mark.parametrize("slip", [datetime(2026, 11, 23, tzinfo=UTC), date(2026, 11, 23), Thing()])
def test_what_is_no_json_is_refused(database: Database, slip: object) -> None:
    with pytest.raises((TypeError, sa.exc.StatementError), match="not JSON serializable"):
        stored(database, {"slip": slip})
