"""Opening cases: who has none, belongs to whom, and may have one now.

Works through candidates in the order of their ids, some hundred a transaction. The keys that an
open case holds (`open_key`) decide who is the same person, so the order does not matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.engine import Database
from recovery.adapters.db.following import ended_for_good, is_final, is_over
from recovery.adapters.db.pull import membership
from recovery.adapters.db.pull.opening import Group, start_cases
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.ops import TombstoneKeyRow
from recovery.adapters.db.tables.people import (
    CaseContactRow,
    ConsentRow,
    ContactKeyRow,
    ContactRow,
    OpenKeyRow,
)
from recovery.crashpoints import crashpoint
from recovery.domain.case import CaseState
from recovery.domain.email_status import DELIVERABLE, EmailStatus
from recovery.domain.policy import Open, Policy
from recovery.services.pull.service import Progress

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_OPEN = table(OpenKeyRow)
_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_TOMBSTONE = table(TombstoneKeyRow)
_CASE = cases.CASE
_ATTEMPT = cases.ATTEMPT
_PAGE = 500


def open_cases(database: Database, pull: Progress, policy: Policy) -> None:
    """Opens cases for all contacts whose status and age the policy opens by itself."""
    with database.begin() as connection:
        membership.alone(connection)
        membership.follow_keys(connection, policy.caps.contacts_per_person, pull.started_at)
    after = ""
    while True:
        with database.begin() as connection:
            membership.alone(connection)
            rows = _candidates(connection, policy, pull.started_at, after)
            if not rows:
                return
            after = rows[-1]["id"]
            _open_page(connection, rows, pull, policy)
            crashpoint("P01")


def _candidates(
    connection: sa.Connection, policy: Policy, now: datetime, after: str
) -> Sequence[sa.RowMapping]:
    held = sa.select(_OPEN.c.key).where(_OPEN.c.key == "c" + _CONTACT.c.id)
    finished = (
        sa.select(_CASE.c.id)
        .join(_MEMBER, _MEMBER.c.case_id == _CASE.c.id)
        .where(_MEMBER.c.contact_id == _CONTACT.c.id)
        .where(is_final())
    )
    query = (
        sa.select(_CONTACT)
        .where(_CONTACT.c.id > after, _CONTACT.c.data.is_not(None), _opens(policy, now))
        .where(~held.exists(), ~finished.exists())
        .order_by(_CONTACT.c.id)
        .limit(_PAGE)
    )
    return connection.execute(query).mappings().all()


def _opens(policy: Policy, now: datetime) -> sa.ColumnElement[bool]:
    conditions = [
        sa.and_(
            _CONTACT.c.status == status.value,
            _CONTACT.c.status_since <= now - timedelta(days=rule.after_days),
        )
        for status, rule in policy.statuses.items()
        if rule.open is Open.AUTO
    ]
    conditions.append(
        sa.and_(
            _CONTACT.c.requested_at.is_not(None),
            _CONTACT.c.status.in_([s.value for s in policy.statuses]),
        )
    )
    return sa.or_(*conditions)


def _open_page(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], pull: Progress, policy: Policy
) -> None:
    groups = _people(connection, rows, policy)
    every = sorted({key for group in groups for key in group.held})
    held = membership.holders(connection, every)
    finished = _finished(connection, groups)
    deleted = _was_deleted(connection, every)
    new: list[Group] = []
    for group in groups:
        cases_ = sorted({held[key] for key in group.held if key in held})
        if deleted & group.keys:
            pull.count("skipped:was_deleted", len(group.contacts))
        elif cases_:
            membership.join(connection, set(group.contacts), group.keys, cases_, pull.started_at)
            pull.count("joined", len(group.contacts))
        elif id(group) in finished:
            pull.count("skipped:finished_before", len(group.contacts))
        else:
            new.append(group)
    start_cases(connection, new, pull, policy)


def _finished(connection: sa.Connection, groups: Sequence[Group]) -> set[int]:
    """Groups whose person had a case that nothing may follow, under this record or another."""
    contacts = {one for group in groups for one in group.contacts}
    keys = {key for group in groups for key in group.keys}
    before: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for query, every in ((_had_before, contacts), (_reached_before, keys)):
        for some in chunks(sorted(every)):
            for row in connection.execute(query(some)):
                before[row.of].append(row)
    return {id(group) for group in groups if _is_finished(group, before)}


def _is_finished(group: Group, before: Mapping[str, Sequence[sa.Row[Any]]]) -> bool:
    """What happened to one record, and who was asked for under one, concerns the whole person."""
    asked = [one["requested_at"] for one in group.contacts.values() if one["requested_at"]]
    own = [row for of in (*group.contacts, *group.keys) for row in before.get(of, ())]
    followed = {row.case_id for row in own if not row.is_over}
    followed |= {row.case_id for row in own if any(at > row.closed_at for at in asked)}
    return any(row.case_id not in followed for row in own)


def _had_before(contacts: Sequence[str]) -> sa.Select[Any]:
    """The cases that these contacts had, and whether they are over for them."""
    return (
        sa.select(
            _MEMBER.c.contact_id.label("of"),
            _CASE.c.id.label("case_id"),
            _CASE.c.closed_at,
            is_over().label("is_over"),
        )
        .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
        .join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
        .where(_MEMBER.c.contact_id.in_(contacts), _CASE.c.state == CaseState.CLOSED.value)
    )


def _reached_before(keys: Sequence[str]) -> sa.Select[Any]:
    """Numbers reached for records that are no longer there, as when Keap's ids change."""
    there = sa.select(_MEMBER.c.case_id).join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
    return (
        sa.select(
            _ATTEMPT.c.number_key.label("of"),
            _CASE.c.id.label("case_id"),
            _CASE.c.closed_at,
            sa.true().label("is_over"),
        )
        .join(_CASE, _CASE.c.id == _ATTEMPT.c.case_id)
        .where(_ATTEMPT.c.number_key.in_(keys), _CASE.c.state == CaseState.CLOSED.value)
        .where(ended_for_good())
        .where(~there.where(_MEMBER.c.case_id == _CASE.c.id).exists())
    )


def _people(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], policy: Policy
) -> list[Group]:
    """The candidates with all who share a key with them, and with those, and so on, by person."""
    contacts = {row["id"]: row for row in rows}
    groups: dict[str, Group] = {}
    fresh = list(contacts)
    while fresh:
        keys = _person_keys(connection, fresh, policy)
        for contact_id in fresh:
            _put(groups, contacts[contact_id], keys[contact_id])
        relatives = _relatives(connection, set().union(*keys.values()), set(contacts))
        fresh = list(relatives)
        contacts.update(relatives)
    return list({id(group): group for group in groups.values()}.values())


def _put(groups: dict[str, Group], row: sa.RowMapping, keys: set[str]) -> None:
    """Adds a contact to the group that has one of its keys; groups that meet become one."""
    own = {f"c{row['id']}", *keys}
    group = Group({row["id"]: row}, set(keys))
    for other in {id(groups[key]): groups[key] for key in own if key in groups}.values():
        group.contacts.update(other.contacts)
        group.keys |= other.keys
    for key in (*group.keys, *(f"c{one}" for one in group.contacts)):
        groups[key] = group


def _person_keys(
    connection: sa.Connection, ids: Sequence[str], policy: Policy
) -> dict[str, set[str]]:
    """Each contact's keys without those of offices, which more contacts have than a person may."""
    keys: dict[str, set[str]] = {contact_id: set() for contact_id in ids}
    for contact_id, key in connection.execute(
        sa.select(_KEY.c.contact_id, _KEY.c.key).where(_KEY.c.contact_id.in_(ids))
    ):
        keys[contact_id].add(key)
    every = list(set().union(*keys.values())) if keys else []
    offices = membership.office_keys(connection, every, policy.caps.contacts_per_person)
    return {contact_id: own - offices for contact_id, own in keys.items()}


def _relatives(
    connection: sa.Connection, keys: set[str], known: set[str]
) -> dict[str, sa.RowMapping]:
    """Further contacts stored whole that have one of these keys, without those that need no case:
    they may have been recovered, and are stored whole ever since."""
    having: set[str] = set()
    for some in chunks(sorted(keys)):
        query = sa.select(_KEY.c.contact_id).where(_KEY.c.key.in_(some))
        having.update(connection.execute(query).scalars())
    well = sorted({*DELIVERABLE, EmailStatus.UNLISTED})
    found: dict[str, sa.RowMapping] = {}
    for some in chunks(sorted(having - known)):
        whole = (
            sa.select(_CONTACT)
            .where(_CONTACT.c.id.in_(some), _CONTACT.c.data.is_not(None))
            .where(_CONTACT.c.status.not_in(well))
        )
        for row in connection.execute(whole).mappings():
            found[row["id"]] = row
    return found


def _was_deleted(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
    """Keys of people we deleted who came back by an import or a form: no automatic outreach."""
    found: set[str] = set()
    for some in chunks(keys):
        query = sa.select(_TOMBSTONE.c.key).where(_TOMBSTONE.c.key.in_(some))
        found.update(connection.execute(query).scalars())
    return found
