"""Who belongs to an open case: its keys follow what its members have, and cases that meet merge.

The keys that an open case holds (`open_key`) decide who is the same person. Every function works
inside the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, OPEN_KEY
from recovery.adapters.db.holding import DESK, set_desk
from recovery.adapters.db.sql import add_new, chunks, table
from recovery.adapters.db.tables.people import (
    CaseContactRow,
    ConsentRow,
    ContactKeyRow,
    OpenKeyRow,
    OutboxRow,
    ReplyRow,
)
from recovery.domain.case import FIRST_MESSAGE, LAST_MESSAGE, AttemptState, CaseEnd, CaseState
from recovery.domain.email_status import REFUSALS, EmailStatus
from recovery.domain.steps import AGREED

#: Statuses from this number on are what cases are opened for by themselves.
_FIRST_FAULT = 6
_KEY = table(ContactKeyRow)
_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_REPLY = table(ReplyRow)
_OUTBOX = table(OutboxRow)
#: Of two cases of one person that goes on in which most has happened.
_PRECEDENCE = (
    CaseState.CONSENTED.value,
    CaseState.CONFIRMING.value,
    CaseState.ENGAGED.value,
    CaseState.HOLD.value,
    CaseState.PROPOSED.value,
    CaseState.OPEN.value,
)
_NOT_BEGUN = (AttemptState.INTENDED.value, AttemptState.QUEUED.value, AttemptState.CANCELLED.value)
_FAILED = (AttemptState.FAILED.value, AttemptState.REJECTED.value, AttemptState.ABSENT.value)
#: Messages that nobody can have read.
_NEVER_CAME = (*_NOT_BEGUN, *_FAILED)
#: What the person or a manager said of either case.
_SAID_FOR_BOTH = ("stopped", "requested", "win_rejected")

Held = tuple[int, set[str], set[str]]
_LOCK = 7_201_950  # any number, the same in every process


def alone(connection: sa.Connection) -> None:
    """Until this transaction ends nobody else decides who is one person; SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def hold_keys(connection: sa.Connection, held_by: Iterable[Held]) -> None:
    """Notes contacts and keys of cases; a key that another case holds stays with that case."""
    held, members = [], []
    for case_id, contacts, keys in held_by:
        own = {f"c{contact}" for contact in contacts}
        held += [{"key": key, "case_id": case_id} for key in sorted(own | keys)]
        members += [{"case_id": case_id, "contact_id": contact} for contact in sorted(contacts)]
    add_new(connection, OpenKeyRow, held)
    add_new(connection, CaseContactRow, members)


def holders(connection: sa.Connection, keys: Sequence[str]) -> dict[str, int]:
    """The open cases that hold these keys."""
    found: dict[str, int] = {}
    for some in chunks(keys):
        query = sa.select(OPEN_KEY.c.key, OPEN_KEY.c.case_id).where(OPEN_KEY.c.key.in_(some))
        found.update((row.key, row.case_id) for row in connection.execute(query))
    return found


def office_keys(connection: sa.Connection, keys: Sequence[str], limit: int) -> set[str]:
    """Keys that more contacts share than one person plausibly has."""
    found: set[str] = set()
    for some in chunks(keys):
        query = (
            sa.select(_KEY.c.key)
            .where(_KEY.c.key.in_(some))
            .group_by(_KEY.c.key)
            .having(sa.func.count() > limit)
        )
        found.update(connection.execute(query).scalars())
    return found


def join(
    connection: sa.Connection,
    contacts: set[str],
    keys: set[str],
    found: Sequence[int],
    now: datetime,
) -> None:
    """Who shares a key with an open case belongs to it; cases that meet become one."""
    first, *others = _by_precedence(connection, found)
    for other in others:
        merge(connection, other, first, now)
    hold_keys(connection, [(first, contacts, keys)])
    elect(connection, first)
    cases.touch(connection, first, now)


def merge(connection: sa.Connection, case_id: int, into: int, now: datetime) -> None:
    """Two cases turn out to be of one person: what was done in one was done for both."""
    held = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.case_id == case_id)
    keys = set(connection.execute(held).scalars())
    members = {key[1:] for key in keys if key.startswith("c")}
    # Before what was meant for it, as by whoever handles a message of theirs.
    case = cases.held_with_sent(connection, case_id)
    _carry_over(connection, case_id, into)
    _keep_promise(connection, case, into)
    cases.close(connection, case, CaseEnd.MERGED, now)
    hold_keys(connection, [(into, members, {key for key in keys if not key.startswith("c")})])
    said = {name: True for name in _SAID_FOR_BOTH if case[name]}
    if said:
        connection.execute(CASE.update().where(CASE.c.id == into).values(said))


def _carry_over(connection: sa.Connection, case_id: int, into: int) -> None:
    """Attempts that were begun count for the case that goes on; nobody gets one step twice."""
    begun = ATTEMPT.c.state.not_in(_NOT_BEGUN) | ATTEMPT.c.step.like("s%")
    theirs = ATTEMPT.update().where(ATTEMPT.c.case_id == case_id)
    free = ATTEMPT.c.step.not_in(_steps(connection, into))
    connection.execute(theirs.where(begun, free).values(case_id=into))
    _count_both_firsts(connection, case_id, into)
    connection.execute(_REPLY.update().where(_REPLY.c.case_id == case_id).values(case_id=into))


def _count_both_firsts(connection: sa.Connection, case_id: int, into: int) -> None:
    """Where both wrote to the person, who has had two messages now, nobody gets a third."""
    came = sa.and_(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.step == FIRST_MESSAGE,
        ATTEMPT.c.state.not_in(_NEVER_CAME),
    )
    if connection.execute(sa.select(ATTEMPT.c.id).where(came)).first() is None:
        return
    last = sa.and_(ATTEMPT.c.case_id == into, ATTEMPT.c.step == LAST_MESSAGE)
    only_meant = ATTEMPT.c.state == AttemptState.INTENDED.value
    connection.execute(ATTEMPT.delete().where(last, only_meant))
    if LAST_MESSAGE not in _steps(connection, into):
        connection.execute(ATTEMPT.update().where(came).values(case_id=into, step=LAST_MESSAGE))


def _steps(connection: sa.Connection, case_id: int) -> set[str]:
    steps = sa.select(ATTEMPT.c.step).where(ATTEMPT.c.case_id == case_id)
    return set(connection.execute(steps).scalars())


def _keep_promise(connection: sa.Connection, case: sa.RowMapping, into: int) -> None:
    """A call that the person asked for is made in the case that goes on, by whom it was promised,
    unless they asked for another one there."""
    waits = sa.select(ATTEMPT.c.due_at).where(
        ATTEMPT.c.case_id == case["id"],
        ATTEMPT.c.state == AttemptState.QUEUED.value,
        ATTEMPT.c.step.startswith(AGREED),
    )
    at = case["callback_at"] or connection.execute(waits).scalar()
    free = sa.and_(CASE.c.id == into, CASE.c.callback_at.is_(None))
    if at and connection.execute(CASE.update().where(free).values(callback_at=at)).rowcount:
        promised = sa.select(DESK.c.callback_rep).where(DESK.c.case_id == case["id"])
        set_desk(connection, into, callback_rep=connection.execute(promised).scalar())


def _by_precedence(connection: sa.Connection, found: Sequence[int]) -> list[int]:
    query = sa.select(CASE.c.id, CASE.c.state).where(CASE.c.id.in_(found))
    rows = connection.execute(query).all()
    return [row.id for row in sorted(rows, key=lambda r: (_PRECEDENCE.index(r.state), r.id))]


def elect(connection: sa.Connection, case_id: int) -> None:
    """The case's contact is one in a status of 6–14, of those one with consent, else the lowest
    id; it stays once a step was made. One that is gone is replaced in any case.
    """
    rows = _members(connection, case_id)
    if not rows:
        return
    case = connection.execute(sa.select(CASE).where(CASE.c.id == case_id)).mappings().one()
    begun = sa.select(ATTEMPT.c.id).where(ATTEMPT.c.case_id == case_id).limit(1)
    is_there = any(row["id"] == case["contact_id"] for row in rows)
    if is_there and connection.execute(begun).first() is not None:
        return
    agreed = _agreed(connection, [row["id"] for row in rows])
    first = min(
        rows,
        key=lambda row: (
            # A never opted-in duplicate does not stand for a record that has a fault.
            (EmailStatus(row["status"]).number or 0) < _FIRST_FAULT,
            row["id"] not in agreed,
            order_of(row["id"]),
        ),
    )
    connection.execute(
        CASE.update()
        .where(CASE.c.id == case_id)
        .values(contact_id=first["id"], status=first["status"], owner_id=first["owner_id"])
    )


def _members(connection: sa.Connection, case_id: int) -> Sequence[sa.RowMapping]:
    query = (
        sa.select(CONTACT.c.id, CONTACT.c.status, CONTACT.c.owner_id)
        .join(OPEN_KEY, OPEN_KEY.c.key == "c" + CONTACT.c.id)
        .where(OPEN_KEY.c.case_id == case_id, CONTACT.c.data.is_not(None))
    )
    return connection.execute(query).mappings().all()


def _agreed(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    query = sa.select(_CONSENT.c.contact_id).where(
        _CONSENT.c.contact_id.in_(ids), _CONSENT.c.channel == "whatsapp"
    )
    return set(connection.execute(query).scalars())


def order_of(contact_id: str) -> tuple[int, str]:
    """Keap's ids are numbers written as text."""
    return (int(contact_id), "") if contact_id.isdigit() else (1 << 62, contact_id)


def follow_keys(
    connection: sa.Connection, limit: int, now: datetime, *, contacts: Sequence[str] | None = None
) -> None:
    """Open cases hold what their members have now: numbers and addresses come and go.

    All cases, or those of these contacts.
    """
    members = [f"c{one}" for one in contacts] if contacts is not None else None
    _part(connection, limit, members, now)
    _let_go(connection, limit, members)
    for refusal in _refusals_beside(connection, members):
        join(connection, {refusal.contact_id}, set(), [refusal.case_id], now)
    rows = _not_held(connection, members)
    offices = office_keys(connection, sorted({row.key for row in rows}), limit)
    moved: dict[int, int] = {}
    for row in rows:
        if row.key in offices:
            continue
        case_id = _survivor(moved, row.case_id)
        other = holders(connection, [row.key]).get(row.key)
        if other is None:
            hold_keys(connection, [(case_id, set(), {row.key})])
            cases.touch(connection, case_id, now)
        elif other != case_id:
            kept, merged = _by_precedence(connection, [case_id, other])
            join(connection, set(), set(), [kept, merged], now)
            moved[merged] = kept


def _survivor(moved: dict[int, int], case_id: int) -> int:
    while case_id in moved:
        case_id = moved[case_id]
    return case_id


def _not_held(
    connection: sa.Connection, members: Sequence[str] | None
) -> Sequence[sa.Row[tuple[int, str]]]:
    """Keys of members that their case does not hold."""
    member, holder = OPEN_KEY.alias("member"), OPEN_KEY.alias("holder")
    query = (
        sa.select(member.c.case_id, _KEY.c.key)
        .join(_KEY, "c" + _KEY.c.contact_id == member.c.key)
        .outerjoin(holder, holder.c.key == _KEY.c.key)
        .where(holder.c.case_id.is_(None) | (holder.c.case_id != member.c.case_id))
        .order_by(member.c.case_id, _KEY.c.key)
    )
    if members is not None:
        query = query.where(member.c.key.in_(members))
    return connection.execute(query).all()


def _refusals_beside(
    connection: sa.Connection, members: Sequence[str] | None
) -> Sequence[sa.Row[tuple[str, int]]]:
    """Records of people with an open case that refuse, whether or not one opens for them: a
    refusal on any record decides."""
    mine = OPEN_KEY.alias("mine")
    held = sa.select(mine.c.key).where(mine.c.key == "c" + CONTACT.c.id)
    query = (
        sa.select(
            CONTACT.c.id.label("contact_id"), sa.func.min(OPEN_KEY.c.case_id).label("case_id")
        )
        .join(_KEY, _KEY.c.contact_id == CONTACT.c.id)
        .join(OPEN_KEY, OPEN_KEY.c.key == _KEY.c.key)
        .where(CONTACT.c.status.in_(sorted(REFUSALS)), CONTACT.c.data.is_not(None), ~held.exists())
        .group_by(CONTACT.c.id)
        .order_by(CONTACT.c.id)
    )
    if members is not None:
        query = query.where(("c" + CONTACT.c.id).in_(members))
    return connection.execute(query).all()


def _of_offices(limit: int) -> sa.ColumnElement[bool]:
    """Keys that more contacts have than one person."""
    same = sa.select(_KEY.c.key).where(_KEY.c.key == OPEN_KEY.c.key).group_by(_KEY.c.key)
    return same.having(sa.func.count() > limit).exists()


def _of_cases(members: Sequence[str]) -> sa.ColumnElement[bool]:
    """Keys of the cases of these members."""
    held = OPEN_KEY.alias("held")
    return OPEN_KEY.c.case_id.in_(sa.select(held.c.case_id).where(held.c.key.in_(members)))


def _part(
    connection: sa.Connection, limit: int, members: Sequence[str] | None, now: datetime
) -> None:
    """Whom nothing but an office's key joined are persons of their own: all but the case's own
    contact, and who shares something else with it, leave the case."""
    query = sa.select(OPEN_KEY).where(OPEN_KEY.c.key.not_like("c%"), _of_offices(limit))
    if members is not None:
        query = query.where(_of_cases(members))
    offices: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        offices[row.case_id].add(row.key)
    for case_id, keys in offices.items():
        if left := _strangers(connection, case_id, keys):
            theirs = OPEN_KEY.c.key.in_([f"c{one}" for one in left])
            connection.execute(OPEN_KEY.delete().where(theirs))
            of_case = sa.and_(_MEMBER.c.case_id == case_id, _MEMBER.c.contact_id.in_(left))
            connection.execute(_MEMBER.delete().where(of_case))
            cases.touch(connection, case_id, now)


def _strangers(connection: sa.Connection, case_id: int, offices: set[str]) -> list[str]:
    """Members of a case that no chain of keys leads to from its contact, but those of offices."""
    of_case = sa.select(CASE.c.contact_id).where(CASE.c.id == case_id)
    known = {str(connection.execute(of_case).scalar_one())}
    having: dict[str, set[str]] = defaultdict(set)
    ids = [row["id"] for row in _members(connection, case_id)]
    for row in connection.execute(sa.select(_KEY).where(_KEY.c.contact_id.in_(ids))):
        if row.key not in offices:
            having[row.key].add(row.contact_id)
    while found := [one for one in having.values() if one & known and one - known]:
        known.update(*found)
    return [one for one in ids if one not in known]


def _let_go(connection: sa.Connection, limit: int, members: Sequence[str] | None) -> None:
    """Keys that no member has any more, and those that turned out to be an office's."""
    member = OPEN_KEY.alias("member")
    still = (
        sa.select(_KEY.c.key)
        .join(member, member.c.key == "c" + _KEY.c.contact_id)
        .where(_KEY.c.key == OPEN_KEY.c.key, member.c.case_id == OPEN_KEY.c.case_id)
    )
    freed = OPEN_KEY.delete().where(
        OPEN_KEY.c.key.not_like("c%"), ~still.exists() | _of_offices(limit)
    )
    if members is not None:
        freed = freed.where(_of_cases(members))
    connection.execute(freed)


def contacts_gone(connection: sa.Connection, ids: Sequence[str], at: datetime) -> None:
    """Contacts that others deleted or merged in Keap: never counted as ours.

    A person of whom another record is left stays a person, under that record.
    """
    for some in chunks(ids):
        connection.execute(CONTACT.delete().where(CONTACT.c.id.in_(some)))
        connection.execute(_KEY.delete().where(_KEY.c.contact_id.in_(some)))
    for contact_id in ids:
        case = cases.held_open_case(connection, contact_id)
        if case is None:
            continue
        if case["contact_id"] == contact_id and not _members(connection, case["id"]):
            cases.close(connection, case, CaseEnd.GONE, at)
            continue
        connection.execute(OPEN_KEY.delete().where(OPEN_KEY.c.key == f"c{contact_id}"))
        elect(connection, case["id"])
        _readdress(connection, case["id"])
        cases.touch(connection, case["id"], at)


def _readdress(connection: sa.Connection, case_id: int) -> None:
    """What Keap is still owed is written to the record that is left."""
    contact = sa.select(CASE.c.contact_id).where(CASE.c.id == case_id).scalar_subquery()
    connection.execute(
        _OUTBOX.update()
        .where(_OUTBOX.c.case_id == case_id, _OUTBOX.c.state == "pending")
        .values(contact_id=contact)
    )
