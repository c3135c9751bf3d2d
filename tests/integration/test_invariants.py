"""Each promise is broken once by hand, in a database that is otherwise well: its query finds it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import AutoString, SQLModel

from recovery.adapters.db.invariants import INVARIANTS, Invariant, check_invariants
from tests.installation import BRAZILIAN, MEXICAN, Home

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
Break = Callable[["Hand"], Any]
_PLAIN: dict[type, Any] = {int: 0, str: "x", bool: False, dict: {}, float: 0.0, datetime: NOW}


class Hand:
    """Changes rows behind the product's back, inside a transaction that is rolled back."""

    def __init__(self, connection: sa.Connection, *, written: int, called: int) -> None:
        self.connection = connection
        self.written, self.called = written, called

    def one(self, table: str, where: str) -> dict[str, Any]:
        """The first such row as it is."""
        query = sa.select(_table(table)).where(sa.text(where))
        return dict(next(iter(self.connection.execute(query).mappings())))

    def change(self, table: str, where: str, **values: Any) -> None:
        """Some rows get other values."""
        found = self.connection.execute(
            _table(table).update().where(sa.text(where)).values(**values)
        )
        assert found.rowcount > 0

    def copy(self, table: str, where: str, **values: Any) -> None:
        """One row more, like another."""
        row = {name: value for name, value in self.one(table, where).items() if name != "id"}
        self.connection.execute(_table(table).insert().values(**row | values))

    def add(self, table: str, **values: Any) -> None:
        """A row of which only these values matter."""
        needed = (c for c in _table(table).columns if not c.nullable and c.name != "id")
        plain = {c.name: _plain(c) for c in needed if c.name not in values}
        self.connection.execute(_table(table).insert().values(**plain | values))

    def delete_somebody(self, **item: Any) -> None:
        """A contact of the first case is gone, from a good archive or not."""
        values = {"state": "deleted", "case_id": self.written, "row_sha256": "r", "deleted_at": NOW}
        good = {"file_sha256": "f", "set_sha256": "s", "verified_at": NOW, "state": "deleting"}
        batch = {name: item.pop(name) for name in list(item) if name in good}
        self.add("archive_batch", id="B", **good | batch)
        self.add("archive_item", batch_id="B", contact_id="1", **values | item)


def _table(name: str) -> sa.Table:
    return SQLModel.metadata.tables[name]


def _plain(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.types.TypeDecorator):
        return "x" if isinstance(column.type, AutoString) else NOW
    return _PLAIN[column.type.python_type]


def _replied(hand: Hand, **values: Any) -> None:
    hand.add("reply", sid="SMx", case_id=hand.written, handled_at=NOW, **values)


def _dialled_twice(hand: Hand) -> None:
    call = hand.one("attempt", f"case_id = {hand.called} AND channel = 'call'")
    for nth in (1, 2):
        values = {"token": f"t{nth}", "sid": f"CA{nth}", "dialled_at": NOW, "nth": nth}
        hand.add("placed_call", attempt_id=call["id"], case_id=hand.called, **values)


def _forgotten(hand: Hand) -> None:
    hand.change("attempt", f"case_id = {hand.written}", state="failed")
    hand.change("recovery_case", f"id = {hand.written}", route_at=None, next_act=None, state="open")


def _refused_calls(hand: Hand) -> None:
    call = hand.one("attempt", f"case_id = {hand.called} AND channel = 'call'")
    hand.add("suppression", key=call["number_key"], channel="call", at=NOW)


def _approved_by_a_rep(hand: Hand) -> None:
    hand.add("user_account", email="rep@firm.example", role="rep")
    hand.add("approval", batch_id="B", approver="rep@firm.example", used_at=NOW)


def _approved(hand: Hand, **approval: Any) -> None:
    hand.delete_somebody()
    hand.add("approval", batch_id="B", **approval)


def _recovered(hand: Hand) -> None:
    hand.change("recovery_case", f"id = {hand.written}", end="recovered")
    hand.delete_somebody()


def _answered(hand: Hand) -> None:
    hand.delete_somebody()
    _replied(hand, kind="other", received_at=NOW - timedelta(hours=1))


_MESSAGE = "step = 'm1' AND sid IS NOT NULL"
BREAKS: dict[str, Break] = {
    "nobody gets one step twice": lambda hand: hand.copy(
        "attempt", _MESSAGE, case_id=hand.called, step_key="other", token="other", sid=None
    ),
    "a person has at most one open case": lambda hand: hand.copy(
        "case_contact", f"case_id = {hand.written}", case_id=hand.called
    ),
    "a case has at most one open call": lambda hand: hand.copy(
        "attempt", "channel = 'call'", step_key="other", token="other", step="c9"
    ),
    "nobody is dialled twice for one call, unless a person decided so while it was in doubt": (
        _dialled_twice
    ),
    "every message that the provider took is known by its id": lambda hand: hand.change(
        "attempt", _MESSAGE, sid=None
    ),
    "no delivery that was told and applied is missing from its message": lambda hand: hand.add(
        "callback",
        sid=hand.one("attempt", _MESSAGE)["sid"],
        status="read",
        applied_at=NOW,
    ),
    "every reply that was handled is understood as something": lambda hand: _replied(
        hand, kind=None
    ),
    "every call that was made has its result": lambda hand: hand.change(
        "attempt", "channel = 'call'", state="done", disposition=None
    ),
    "no call waits in the queue for somebody who refused calls": _refused_calls,
    "every message of a cadence is a template of the provider": lambda hand: hand.change(
        "attempt", _MESSAGE, content_sid=None
    ),
    "nobody is deleted without a verified archive": lambda hand: hand.delete_somebody(
        file_sha256=""
    ),
    "nobody is deleted who answered anything but a stop": _answered,
    "nobody is deleted who was recovered": _recovered,
    "every deletion has an approval of exactly its set, used before it expired": (
        Hand.delete_somebody
    ),
    "no rep approved a deletion": _approved_by_a_rep,
    "every deletion leaves a tombstone": Hand.delete_somebody,
    "no open case is forgotten: each has a next step or something it waits for": _forgotten,
    "every deletion stands in the audit": Hand.delete_somebody,
}
_ARCHIVED = "nobody is deleted without a verified archive"
_APPROVED = "every deletion has an approval of exactly its set, used before it expired"
_BEFORE = NOW - timedelta(hours=1)
#: The other ways to break what a deletion needs.
ALSO: tuple[tuple[str, Break], ...] = (
    (_ARCHIVED, lambda hand: hand.delete_somebody(verified_at=None)),
    (_ARCHIVED, lambda hand: hand.delete_somebody(state="building")),
    (_ARCHIVED, lambda hand: hand.delete_somebody(set_sha256="")),
    (_ARCHIVED, lambda hand: hand.delete_somebody(row_sha256="")),
    (_APPROVED, lambda hand: _approved(hand, set_sha256="of another set", used_at=NOW)),
    (_APPROVED, lambda hand: _approved(hand, set_sha256="s", used_at=None)),
    (_APPROVED, lambda hand: _approved(hand, set_sha256="s", used_at=NOW, expires_at=_BEFORE)),
)
#: No hand can break this: the schema refuses the row.
BY_SCHEMA = "no message of the provider belongs to two steps"


@pytest.fixture
def lived(home: Home) -> Iterator[tuple[Home, Hand]]:
    """Somebody was written to, somebody waits for a call."""
    written, called = home.contact(phones=[MEXICAN]), home.contact(phones=[BRAZILIAN], tags=[])
    home.run("pull", "route", "reach")
    home.next_day(3)
    home.run("route", "reach")
    home.fresh.database.dispose()
    ids = {"written": int(home.case(written)["id"]), "called": int(home.case(called)["id"])}
    with home.fresh.database.engine.connect() as connection:
        yield home, Hand(connection, **ids)
        connection.rollback()


def test_every_promise_has_its_break() -> None:
    assert {one.statement for one in INVARIANTS} == {*BREAKS, BY_SCHEMA}


def test_a_broken_promise_is_found(lived: tuple[Home, Hand]) -> None:
    home, hand = lived
    assert all(finding.holds for finding in check_invariants(home.fresh.database))
    unseen = [
        (one.statement, nth)
        for one in INVARIANTS
        for nth, way in enumerate(_ways(one))
        if not _is_found(one, way, hand)
    ]
    assert unseen == []


def test_a_used_approval_of_the_very_set_breaks_nothing(lived: tuple[Home, Hand]) -> None:
    (promise,) = (one for one in INVARIANTS if one.statement == _APPROVED)
    assert not _is_found(
        promise, lambda hand: _approved(hand, set_sha256="s", used_at=NOW), lived[1]
    )


def _ways(invariant: Invariant) -> list[Break]:
    if invariant.statement == BY_SCHEMA:
        return [_two_steps]
    also = [way for statement, way in ALSO if statement == invariant.statement]
    return [BREAKS[invariant.statement], *also]


def _two_steps(hand: Hand) -> None:
    hand.copy("attempt", _MESSAGE, step="m2", step_key="other", token="other")


def _is_found(invariant: Invariant, way: Break, hand: Hand) -> bool:
    connection = hand.connection
    with connection.begin_nested() as savepoint:
        if invariant.statement == BY_SCHEMA:
            with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
                way(hand)
            found = True
        else:
            way(hand)
            found = bool(connection.execute(sa.text(invariant.query)).all())
        savepoint.rollback()
    return found


def test_a_message_after_a_stop_is_found(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route", "reach")
    sent = home.step(contact)
    hand_at = home.now - timedelta(minutes=5)
    with home.fresh.database.begin() as connection:
        hand = Hand(connection, written=0, called=0)
        hand.add("suppression", key=sent["number_key"], channel="whatsapp", at=hand_at)
    broken = [one.statement for one in check_invariants(home.fresh.database) if not one.holds]
    assert broken == ["no message of a cadence was started after the person refused"]
