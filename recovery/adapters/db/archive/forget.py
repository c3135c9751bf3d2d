"""What is taken out of our rows when a person was deleted: their numbers, addresses and words.

What stays is what must go on working without them: ids, keyed hashes, states, times and the
provider's SIDs, so that a stop is remembered and no message is without its row. The whole record
is in the archive.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.calls import PlacedCallRow
from recovery.adapters.db.tables.effects import TwinAddressRow
from recovery.adapters.db.tables.people import (
    AddressRow,
    AttemptRow,
    CallbackRow,
    CaseContactRow,
    CaseRow,
    ConsentRow,
    ContactKeyRow,
    ContactRow,
    OutboxRow,
    OutcomeRow,
    PurchaseRow,
    ReplyRow,
)
from recovery.adapters.db.tables.queue import DispositionRow

_ADDRESS = table(AddressRow)
_ATTEMPT = table(AttemptRow)
_CALLBACK = table(CallbackRow)
_CASE = table(CaseRow)
_CONSENT = table(ConsentRow)
_PURCHASE = table(PurchaseRow)
_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_MEMBER = table(CaseContactRow)
_DISPOSITION = table(DispositionRow)
_OUTBOX = table(OutboxRow)
_OUTCOME = table(OutcomeRow)
_PLACED = table(PlacedCallRow)
_REPLY = table(ReplyRow)
_TWIN = table(TwinAddressRow)

_OF_ATTEMPT: Mapping[str, Any] = {"number": "", "variables": None, "body": None, "note": None}
_OF_REPLY: Mapping[str, Any] = {
    "number": "",
    "body": "",
    "payload": None,
    "raw": None,
    "email": None,
}
_OF_CASE: Mapping[str, Any] = {
    "win_email": None,
    "pending_email": None,
    "next_number": None,
    "next_place": None,
}
#: Facts of an outcome that are the engine's words; all others may be a person's.
_ENGINES = frozenset(
    {
        "approval",
        "batch",
        "code",
        "reason",
        "reply_id",
        "rule",
        "status",
        "step",
        "understood",
        "why",
        "wrote",
    }
)
#: Outcomes whose reason somebody of the team typed.
_TYPED = frozenset({"decided_by_person"})


def forget(connection: sa.Connection, contact_id: str, keys: Iterable[str]) -> None:
    """Takes personal data out of every row about this contact, inside the caller's transaction.

    The contact's own row is gone by then; `keys` are its keyed hashes. What belongs to other
    contacts of the same person as well goes with the last of them.
    """
    cases = _cases_of_nobody_else(connection, contact_id)
    alone = _held_by_nobody(connection, keys)
    attempts = _about(_ATTEMPT, contact_id, cases, alone)
    _hold_sent(connection, attempts)
    own = _CASE.c.id.in_(cases) | (_CASE.c.contact_id == contact_id)
    connection.execute(_CASE.update().where(own).values(**_OF_CASE))
    _forget_attempts(connection, attempts)
    replies = _about(_REPLY, contact_id, cases, alone)
    connection.execute(_REPLY.update().where(replies).values(**_OF_REPLY))
    consents = _CONSENT.c.contact_id == contact_id
    connection.execute(_CONSENT.update().where(consents).values(text=""))
    connection.execute(_PURCHASE.delete().where(_PURCHASE.c.contact_id == contact_id))
    connection.execute(_ADDRESS.delete().where(_ADDRESS.c.key.in_(alone)))
    connection.execute(_TWIN.delete().where(_of(_TWIN, contact_id, cases)))
    said = _of(_DISPOSITION, contact_id, cases)
    connection.execute(_DISPOSITION.update().where(said).values(said=None))
    _forget_writes(connection, contact_id)
    _forget_outcomes(connection, contact_id, cases)


def _cases_of_nobody_else(connection: sa.Connection, contact_id: str) -> list[int]:
    """Cases of which no other contact is still here."""
    mine = sa.select(_MEMBER.c.case_id).where(_MEMBER.c.contact_id == contact_id)
    here = sa.select(_MEMBER.c.case_id).join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
    query = mine.where(_MEMBER.c.case_id.not_in(here.where(_MEMBER.c.case_id.in_(mine))))
    return list(connection.execute(query).scalars())


def _held_by_nobody(connection: sa.Connection, keys: Iterable[str]) -> list[str]:
    """Numbers and addresses that no other contact has."""
    every = set(keys)
    held = sa.select(_KEY.c.key).where(_KEY.c.key.in_(every))
    return sorted(every.difference(connection.execute(held).scalars()))


def _about(
    rows: sa.Table, contact_id: str, cases: list[int], keys: list[str]
) -> sa.ColumnElement[bool]:
    return _of(rows, contact_id, cases) | rows.c.number_key.in_(keys)


def _of(rows: sa.Table, contact_id: str, cases: list[int]) -> sa.ColumnElement[bool]:
    return (rows.c.contact_id == contact_id) | rows.c.case_id.in_(cases)


def _hold_sent(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """What was sent is held before its case, and that before all else, as by news and replies."""
    sent = sa.select(_ATTEMPT.c.id).where(which, _ATTEMPT.c.sid.is_not(None))
    connection.execute(sent.order_by(_ATTEMPT.c.id).with_for_update())


def _forget_attempts(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    attempts = sa.select(_ATTEMPT.c.id).where(which)
    placed = sa.select(_PLACED.c.token).where(_PLACED.c.attempt_id.in_(attempts))
    for tokens in (sa.select(_ATTEMPT.c.token).where(which), placed):
        told = _CALLBACK.update().where(_CALLBACK.c.token.in_(tokens))
        connection.execute(told.values(params=None))
    connection.execute(_ATTEMPT.update().where(which).values(**_OF_ATTEMPT))


def _forget_writes(connection: sa.Connection, contact_id: str) -> None:
    """What still waits holds the names of a tag and a note; it is let go with its contact."""
    done = _OUTBOX.c.state.not_in(("pending", "begun"))
    mine = sa.and_(_OUTBOX.c.contact_id == contact_id, done)
    connection.execute(_OUTBOX.update().where(mine).values(payload=None, error=None))


def _forget_outcomes(connection: sa.Connection, contact_id: str, cases: list[int]) -> None:
    about = _of(_OUTCOME, contact_id, cases)
    query = sa.select(_OUTCOME.c.id, _OUTCOME.c.kind, _OUTCOME.c.detail)
    told = connection.execute(query.where(about, _OUTCOME.c.detail.is_not(None))).all()
    for row in told:
        kept = _of_the_engine(row.kind, row.detail)
        if kept != row.detail:
            change = _OUTCOME.update().where(_OUTCOME.c.id == row.id)
            connection.execute(change.values(detail=kept or None))


def _of_the_engine(kind: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    lets = _ENGINES - {"reason"} if kind in _TYPED else _ENGINES
    return {name: value for name, value in detail.items() if name in lets}
