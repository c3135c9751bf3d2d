"""Making the queue's items anew: what waits for a rep follows from cases, calls and replies.

Nobody else writes items. Triggers name the cases that changed; acts of reps make theirs at once.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER
from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, table, upsert
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.db.tables.people import ReplyRow
from recovery.adapters.db.tables.queue import (
    CaseDeskRow,
    DispositionRow,
    QueueChangeRow,
    QueueItemRow,
    QueuePlaceRow,
)
from recovery.adapters.db.users.owners import active_reps, reps_by_owner
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.country import Countries
from recovery.domain.lane import PASSED_ON_AFTER, Place, Signs, Wants, urgency
from recovery.domain.steps import AGREED

_CHANGE = table(QueueChangeRow)
_DESK = table(CaseDeskRow)
_ITEM = table(QueueItemRow)
_META = table(MetaRow)
_REPLY = table(ReplyRow)
_SAID = table(DispositionRow)
_OWNERS = "queue_owners"
_LOCK = 7_201_948  # any number, the same in every process
#: States in which a rep may have something to do.
_WORKED = (CaseState.OPEN.value, CaseState.ENGAGED.value)
#: Somebody a rep spoke or wrote to is looked at again when nothing came for so long.
_FOLLOW_UP = timedelta(hours=48)
#: What the engine answers by itself, although the case is with a person.
_UNDERSTOOD = ("call_me",)
_NOWHERE = Place(())

Row = Mapping[str, Any] | sa.RowMapping


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of some cases, each by case id."""

    cases: Mapping[int, Row]
    calls: Mapping[int, Row]
    made: Mapping[int, int]
    replies: Mapping[int, datetime]
    desks: Mapping[int, Row]
    read: frozenset[int]
    answered: frozenset[int]
    pending: frozenset[int]
    phones: Mapping[int, list[tuple[Row, StoredNumber]]] = field(default_factory=dict)


def is_stale(database: Database) -> bool:
    """Something changed that the items do not show yet."""
    with database.read() as connection:
        if connection.execute(sa.select(_CHANGE.c.id).limit(1)).first():
            return True
        return _known_owners(connection) != _fingerprint(connection)


def refresh(connection: sa.Connection, now: datetime, limit: int, countries: Countries) -> int:
    """Makes the items of changed cases, the longest waiting first; counts the changes."""
    alone(connection)
    _follow_owners(connection)
    query = sa.select(_CHANGE.c.id, _CHANGE.c.case_id).order_by(_CHANGE.c.id).limit(limit)
    changes = connection.execute(query).all()
    make(connection, sorted({row.case_id for row in changes}), now, countries)
    connection.execute(_CHANGE.delete().where(_CHANGE.c.id.in_([row.id for row in changes])))
    return len(changes)


def alone(connection: sa.Connection) -> None:
    """Whoever reads a case first must not write its item last; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def make(
    connection: sa.Connection, ids: Sequence[int], now: datetime, countries: Countries
) -> None:
    """Makes the items of these cases, or takes them out of the queue."""
    if not ids:
        return
    alone(connection)
    facts = _load(connection, ids)
    owners, active = reps_by_owner(connection), active_reps(connection)
    items = [
        item
        for case_id in facts.cases
        if (item := _item(facts, case_id, now, owners, active, countries))
    ]
    kept = {item["case_id"] for item in items}
    gone = [case_id for case_id in ids if case_id not in kept]
    connection.execute(_ITEM.delete().where(_ITEM.c.case_id.in_(gone)))
    add_new(connection, QueuePlaceRow, [{"key": key} for key in {i["place"] for i in items}])
    upsert(connection, QueueItemRow, items)


def _load(connection: sa.Connection, ids: Sequence[int]) -> _Facts:
    rows = connection.execute(
        sa.select(CASE).where(CASE.c.id.in_(ids), CASE.c.state.in_(_WORKED))
    ).mappings()
    cases: dict[int, Row] = {row["id"]: row for row in rows}
    open_ = list(cases)
    attempts = connection.execute(_attempts(open_)).mappings().all()
    queued = [a for a in attempts if a["state"] == AttemptState.QUEUED.value]
    made: dict[int, int] = {}
    for one in attempts:
        if one["channel"] == Channel.CALL.value and one["state"] == AttemptState.DONE.value:
            made[one["case_id"]] = made.get(one["case_id"], 0) + 1
    replies = connection.execute(_replies(open_)).all()
    desks: dict[int, Row] = {
        row["case_id"]: row
        for row in connection.execute(sa.select(_DESK).where(_DESK.c.case_id.in_(open_))).mappings()
    }
    calls: dict[int, Row] = {a["case_id"]: a for a in reversed(queued)}
    pending = connection.execute(sa.select(_SAID.c.slot).where(_SAID.c.slot.in_(open_)))
    return _Facts(
        cases=cases,
        calls=calls,
        made=made,
        replies={r.case_id: r.at for r in replies if r.kind not in _UNDERSTOOD},
        desks=desks,
        read=frozenset(a["case_id"] for a in attempts if a["read_at"]),
        answered=frozenset(r.case_id for r in replies),
        pending=frozenset(pending.scalars()),
        phones=_phones(connection, open_),
    )


def _attempts(ids: Sequence[int]) -> sa.Select[Any]:
    names = ("id", "case_id", "channel", "state", "step", "number", "number_key", "due_at")
    columns = [ATTEMPT.c[name] for name in (*names, "read_at", "actor", "ended_at")]
    query = sa.select(*columns).where(ATTEMPT.c.case_id.in_(ids))
    return query.order_by(ATTEMPT.c.case_id, ATTEMPT.c.due_at, ATTEMPT.c.id)


def _replies(ids: Sequence[int]) -> sa.Select[Any]:
    """What people wrote, the last one last."""
    return (
        sa.select(_REPLY.c.case_id, _REPLY.c.received_at.label("at"), _REPLY.c.kind)
        .where(_REPLY.c.case_id.in_(ids), _REPLY.c.handled_at.is_not(None))
        .order_by(_REPLY.c.received_at, _REPLY.c.id)
    )


def _phones(
    connection: sa.Connection, ids: Sequence[int]
) -> dict[int, list[tuple[Row, StoredNumber]]]:
    """The numbers of every contact a case is for, with the record each comes from."""
    query = (
        sa.select(MEMBER.c.case_id, CONTACT.c.data)
        .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
        .where(MEMBER.c.case_id.in_(ids), CONTACT.c.data.is_not(None))
        .order_by(MEMBER.c.case_id, MEMBER.c.contact_id)
    )
    found: dict[int, list[tuple[Row, StoredNumber]]] = {}
    for case_id, data in connection.execute(query):
        phones = ((data, number) for number in numbers_in(data))
        found.setdefault(case_id, []).extend(phones)
    return found


def _item(
    facts: _Facts,
    case_id: int,
    now: datetime,
    owners: Mapping[str, str],
    active: frozenset[str],
    countries: Countries,
) -> dict[str, Any] | None:
    case = facts.cases[case_id]
    desk: Row = facts.desks.get(case_id, {})
    found = None if case_id in facts.pending else _wanted(facts, case, desk)
    if found is None:
        return None
    wants, due_at = found
    if desk.get("not_before"):
        due_at = max(due_at, desk["not_before"])
    call = facts.calls.get(case_id)
    place = _place(facts, case, call, wants, countries)
    signs = Signs(
        score=case["value"] or 0.0,
        calls=facts.made.get(case_id, 0),
        has_read=case_id in facts.read,
        has_replied=case_id in facts.answered,
        asked_by_a_person=case["requested"],
    )
    return {
        "case_id": case_id,
        "contact_id": case["contact_id"],
        "wants": wants.value,
        "due_at": due_at,
        "rank": -urgency(wants, due_at, signs),
        "place": place.key,
        "owner": _owner(case, desk, wants, due_at, now, owners, active),
        "status": case["status"],
        "language": case["language"],
        "country": case["country"] or place.country or "",
        "attempt_no": signs.calls + 1,
        "attempt_id": call["id"] if call else None,
    }


def _wanted(facts: _Facts, case: Row, desk: Row) -> tuple[Wants, datetime] | None:
    """What the person waits for and since when; an unread reply goes before any call."""
    call = facts.calls.get(case["id"])
    engaged = case["state"] == CaseState.ENGAGED.value
    answered_at: datetime | None = desk.get("answered_at")
    replied_at = facts.replies.get(case["id"])
    if engaged and replied_at and (answered_at is None or answered_at < replied_at):
        return Wants.REPLY, replied_at
    if call:
        agreed = str(call["step"]).startswith(AGREED)
        due_at: datetime = call["due_at"] or case["opened_at"]
        return (Wants.CALLBACK if agreed else Wants.CALL), due_at
    if case["callback_at"]:
        return Wants.CALLBACK, case["callback_at"]
    if engaged:
        since = answered_at + _FOLLOW_UP if answered_at else case["decided_at"]
        return Wants.REPLY, since or case["opened_at"]
    if str(case["rule"] or "").startswith("intake"):
        return Wants.INTAKE, case["next_at"] or case["opened_at"]
    return None


def _place(facts: _Facts, case: Row, call: Row | None, wants: Wants, countries: Countries) -> Place:
    """Where the number to be called is; nowhere for what may be done at any hour."""
    phones = facts.phones.get(case["id"], [])
    if wants not in (Wants.CALL, Wants.CALLBACK) or not phones:
        return _NOWHERE
    wanted = (one for one in phones if call is None or one[1].key == call["number_key"])
    data, number = next(wanted, phones[0])
    return number.place(home=dict(data), countries=countries)


def _owner(
    case: Row,
    desk: Row,
    wants: Wants,
    due_at: datetime,
    now: datetime,
    owners: Mapping[str, str],
    active: frozenset[str],
) -> str:
    """Whose person this is: whom a manager named, who promised the call or spoke last, Keap's
    owner; anybody's where none of them works here, or who asked waits too long."""
    asked = wants in (Wants.CALLBACK, Wants.REPLY)
    if asked and due_at <= now - PASSED_ON_AFTER:
        return ""
    promised = desk.get("callback_rep") if wants is Wants.CALLBACK else None
    knows = desk.get("last_rep") if wants is Wants.REPLY else None
    named = (promised, desk.get("rep"), knows, owners.get(case["owner_id"] or ""))
    return next((one for one in named if one in active), "")


def _fingerprint(connection: sa.Connection) -> str:
    """Changes when owners of contacts become other people."""
    known = [sorted(reps_by_owner(connection).items()), sorted(active_reps(connection))]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def _known_owners(connection: sa.Connection) -> str | None:
    value = connection.execute(sa.select(_META.c.value).where(_META.c.key == _OWNERS)).scalar()
    return value["sha256"] if value else None


def _follow_owners(connection: sa.Connection) -> None:
    """Somebody left, came or has another address: everybody's item may belong to others."""
    now_ = _fingerprint(connection)
    if _known_owners(connection) == now_:
        return
    upsert(connection, MetaRow, [{"key": _OWNERS, "value": {"sha256": now_}}])
    every = sa.select(_ITEM.c.case_id)
    connection.execute(_CHANGE.insert().from_select(["case_id"], every))
