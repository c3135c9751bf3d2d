"""How many rows were new is told by the insert itself."""

from recovery.adapters.db.sql import insert_new
from recovery.adapters.db.tables.people import SuppressionRow
from tests.installation import Home


def a_row(key: str, home: Home) -> dict[str, object]:
    return {"key": key, "channel": "all", "reason": "stop", "at": home.now}


def test_only_rows_that_were_not_there_count(home: Home) -> None:
    with home.fresh.database.begin() as connection:
        rows = [a_row("one", home), a_row("two", home)]
        assert insert_new(connection, SuppressionRow, rows) == 2
        assert insert_new(connection, SuppressionRow, [*rows, a_row("three", home)]) == 1
        assert insert_new(connection, SuppressionRow, []) == 0


def test_the_table_is_not_counted(home: Home) -> None:
    asked: list[str] = []
    with home.fresh.database.begin() as connection:
        real = connection.execute

        def execute(statement: object, *args: object, **kwargs: object) -> object:
            asked.append(str(statement))
            return real(statement, *args, **kwargs)  # type: ignore[call-overload]

        connection.execute = execute  # type: ignore[method-assign, assignment]
        insert_new(connection, SuppressionRow, [a_row("one", home)])
    assert len(asked) == 1
