"""Opening cases: who has none, belongs to whom, and may have one now.

Works through candidates in the order of their ids, some hundred a transaction. The keys that an
open case holds (`open_key`) decide who is the same person, so the order does not matter.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, membership
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables import (
    CaseContactRow,
    ConsentRow,
    ContactKeyRow,
    ContactRow,
    OpenKeyRow,
)
from recovery.adapters.db.tables_ops import TombstoneKeyRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import CaseEnd, CaseState
from recovery.domain.email_status import DELIVERABLE, FAULTS, EmailStatus
from recovery.domain.policy import Open, Policy
from recovery.services.pull import Progress

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_OPEN = table(OpenKeyRow)
_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_TOMBSTONE = table(TombstoneKeyRow)
_CASE = cases.CASE
_ATTEMPT = cases.ATTEMPT
#: Statuses of contacts that belong to nobody's case.
_FINE = tuple(sorted({*DELIVERABLE, EmailStatus.UNLISTED}))

_PAGE = 500
#: A healed or recovered person may need us again; so may one whose policy changed.
_MAY_FOLLOW = tuple(
    end.value
    for end in (
        CaseEnd.HEALED,
        CaseEnd.RECOVERED,
        CaseEnd.WITHDRAWN,
        CaseEnd.MERGED,
        CaseEnd.NOT_ALLOWED,
    )
)
#: A recovery is withdrawn when the address bounces within these days (DESIGN §4).
WITHDRAW_FOR = timedelta(days=30)


@dataclass(slots=True)
class _Group:
    """The contacts of one new person and the keys they share."""

    contacts: dict[str, sa.RowMapping]
    keys: set[str] = field(default_factory=set)

    @property
    def held(self) -> set[str]:
        """The keys an open case of this person holds, its contacts' own included."""
        return self.keys | {f"c{contact}" for contact in self.contacts}


def open_cases(database: Database, pull: Progress, policy: Policy) -> None:
    """Opens cases for all contacts whose status and age the policy opens by itself."""
    with database.begin() as connection:
        membership.follow_keys(connection, policy.caps.contacts_per_person, pull.started_at)
    after = ""
    while True:
        with database.begin() as connection:
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
        .where(*_is_final())
    )
    query = (
        sa.select(_CONTACT)
        .where(_CONTACT.c.id > after, _CONTACT.c.data.is_not(None), _opens(policy, now))
        .where(~held.exists(), ~finished.exists())
        .order_by(_CONTACT.c.id)
        .limit(_PAGE)
    )
    return connection.execute(query).mappings().all()


def _is_final() -> tuple[sa.ColumnElement[bool], ...]:
    """The case is over for good, unless a person asked for another one since."""
    asked = _CONTACT.c.requested_at
    # A record that bounces on since then is of somebody whom another of their addresses reaches.
    won = _CASE.c.end == CaseEnd.RECOVERED.value
    as_before = won & (_CONTACT.c.status_since <= _CASE.c.closed_at)
    return (
        _CASE.c.state == CaseState.CLOSED.value,
        _CASE.c.end.not_in(_MAY_FOLLOW) | as_before,
        asked.is_(None) | (asked <= _CASE.c.closed_at),
        ~_turned_hard(),
    )


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


def _turned_hard() -> sa.ColumnElement[bool]:
    """An unrecovered soft bounce that turned hard since: it enters the hold."""
    hard = (EmailStatus.HARD_BOUNCE.value, EmailStatus.DEACTIVATED.value)
    return sa.and_(
        _CASE.c.closed_status == EmailStatus.BOUNCE.value,
        _CASE.c.end == CaseEnd.UNRECOVERED.value,
        _CONTACT.c.status.in_(hard),
    )


def _open_page(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], pull: Progress, policy: Policy
) -> None:
    groups = _people(connection, rows, policy)
    every = sorted({key for group in groups for key in group.held})
    held = membership.holders(connection, every)
    finished = _finished(connection, groups)
    deleted = _was_deleted(connection, every)
    new: list[_Group] = []
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
    _insert_cases(connection, new, pull, policy)


def _finished(connection: sa.Connection, groups: Sequence[_Group]) -> set[int]:
    """Groups whose person had a case that nothing may follow, under this record or another."""
    contacts = {one for group in groups for one in group.contacts}
    keys = {key for group in groups for key in group.keys}
    over: set[str] = set()
    for some in chunks(sorted(contacts)):
        query = (
            sa.select(_MEMBER.c.contact_id)
            .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
            .join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
            .where(_MEMBER.c.contact_id.in_(some), *_is_final())
        )
        over.update(connection.execute(query).scalars())
    for some in chunks(sorted(keys)):
        over.update(connection.execute(_reached_before(some)).scalars())
    return {id(g) for g in groups if over & (set(g.contacts) | g.keys)}


def _reached_before(keys: Sequence[str]) -> sa.Select[Any]:
    """Numbers reached for records that are no longer there, as when Keap's ids change."""
    there = sa.select(_MEMBER.c.case_id).join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
    return (
        sa.select(_ATTEMPT.c.number_key)
        .join(_CASE, _CASE.c.id == _ATTEMPT.c.case_id)
        .where(_ATTEMPT.c.number_key.in_(keys), _CASE.c.state == CaseState.CLOSED.value)
        .where(_CASE.c.end.not_in(_MAY_FOLLOW))
        .where(~there.where(_MEMBER.c.case_id == _CASE.c.id).exists())
    )


def _people(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], policy: Policy
) -> list[_Group]:
    """The candidates with all who share a key with them, and with those, and so on, by person."""
    contacts = {row["id"]: row for row in rows}
    groups: dict[str, _Group] = {}
    fresh = list(contacts)
    while fresh:
        keys = _person_keys(connection, fresh, policy)
        for contact_id in fresh:
            _put(groups, contacts[contact_id], keys[contact_id])
        relatives = _relatives(connection, set().union(*keys.values()))
        fresh = [one for one in relatives if one not in contacts]
        contacts.update({one: relatives[one] for one in fresh})
    return list({id(group): group for group in groups.values()}.values())


def _put(groups: dict[str, _Group], row: sa.RowMapping, keys: set[str]) -> None:
    """Adds a contact to the group that has one of its keys; groups that meet become one."""
    own = {f"c{row['id']}", *keys}
    group = _Group({row["id"]: row}, set(keys))
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


def _relatives(connection: sa.Connection, keys: set[str]) -> dict[str, sa.RowMapping]:
    """Contacts stored whole that have one of these keys, without those that need no case: they
    may have been recovered, and are stored whole ever since."""
    well = sorted({*DELIVERABLE, EmailStatus.UNLISTED})
    found: dict[str, sa.RowMapping] = {}
    for some in chunks(sorted(keys)):
        having = sa.select(_KEY.c.contact_id).where(_KEY.c.key.in_(some))
        query = (
            sa.select(_CONTACT)
            .where(_CONTACT.c.id.in_(having), _CONTACT.c.data.is_not(None))
            .where(_CONTACT.c.status.not_in(well))
        )
        for row in connection.execute(query).mappings():
            found[row["id"]] = row
    return found


def _was_deleted(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
    """Keys of people we deleted who came back by an import or a form: no automatic outreach."""
    found: set[str] = set()
    for some in chunks(keys):
        query = sa.select(_TOMBSTONE.c.key).where(_TOMBSTONE.c.key.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def _insert_cases(
    connection: sa.Connection, groups: Sequence[_Group], pull: Progress, policy: Policy
) -> None:
    if not groups:
        return
    ids = [contact_id for group in groups for contact_id in group.contacts]
    agreed = _agreed(connection, ids)
    before = _earlier(connection, ids)
    values = [_case_values(g, agreed, before, pull.started_at, policy) for g in groups]
    again = [v.pop("_again") for v in values]
    _withdraw(connection, [v.pop("_withdraws") for v in values], pull.started_at)
    result = connection.execute(
        _CASE.insert().returning(_CASE.c.id, sort_by_parameter_order=True), values
    )
    new = [int(row.id) for row in result]
    membership.hold_keys(
        connection,
        [(i, set(g.contacts), g.keys) for i, g in zip(new, groups, strict=True)],
    )
    connection.execute(
        cases.OUTCOME.insert(),
        [
            {
                "case_id": case_id,
                "contact_id": value["contact_id"],
                "at": pull.started_at,
                "kind": "opened",
                "actor": "engine",
                "detail": {"status": value["status"], "why": why},
            }
            for case_id, value, why in zip(new, values, again, strict=True)
        ],
    )
    for case_id, value in zip(new, values, strict=True):
        if value["state"] == CaseState.ENGAGED.value:
            cases.tell_outcome(connection, {"id": case_id, **value}, "engaged", pull.started_at)
    pull.count("opened", len(new))


def _withdraw(
    connection: sa.Connection, recovered: Sequence[sa.RowMapping | None], now: datetime
) -> None:
    """Cases that another goes on from count as recovered no more, in no figure."""
    for case in recovered:
        if case is None:
            continue
        connection.execute(
            _CASE.update().where(_CASE.c.id == case["id"]).values(end=CaseEnd.WITHDRAWN.value)
        )
        cases.record(connection, case, "recovery_withdrawn", now)
        cases.take_off(connection, case, "recovered", now)
        cases.tell_goal(connection, case, "withdrawn", now)


def _agreed(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        query = sa.select(_CONSENT.c.contact_id).where(
            _CONSENT.c.contact_id.in_(some), _CONSENT.c.channel == "whatsapp"
        )
        found.update(connection.execute(query).scalars())
    return found


def _earlier(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[sa.RowMapping]]:
    found: dict[str, list[sa.RowMapping]] = defaultdict(list)
    for some in chunks(ids):
        query = (
            sa.select(_MEMBER.c.contact_id.label("member"), _CASE)
            .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
            .where(_MEMBER.c.contact_id.in_(some))
            .order_by(_CASE.c.id)
        )
        for row in connection.execute(query).mappings():
            found[row["member"]].append(row)
    return found


def _case_values(
    group: _Group,
    agreed: set[str],
    before: dict[str, list[sa.RowMapping]],
    now: datetime,
    policy: Policy,
) -> dict[str, Any]:
    """The case's contact is one whose status opens by itself, of those one with consent, else the
    lowest id; never one whose status is not in the policy, as an unknown one is not."""
    contact = min(
        group.contacts.values(),
        key=lambda c: (
            c["status"] not in policy.statuses,
            # A never opted-in duplicate does not stand for a record that has a fault.
            policy.rule(EmailStatus(c["status"])).open is not Open.AUTO,
            c["id"] not in agreed,
            membership.order_of(c["id"]),
        ),
    )
    status = EmailStatus(contact["status"])
    earlier = sorted(
        (case for one in group.contacts for case in before.get(one, ())), key=itemgetter("id")
    )
    state, hold_until, why = _how(earlier, group, now, policy)
    return {
        "contact_id": contact["id"],
        "state": state.value,
        "round": 1 + max((case["round"] for case in earlier), default=0),
        "version": 1,
        "opened_status": status.value,
        "status": status.value,
        "goal": policy.goal(status).value,
        "language": contact["data"]["language"],
        "country": contact["data"]["country"],
        "owner_id": contact["owner_id"],
        "value": max((c["score"] or 0.0 for c in group.contacts.values()), default=0.0),
        "opened_at": now,
        "requested": any(c["requested_at"] for c in group.contacts.values()),
        "win_rejected": False,
        "stopped": False,
        "hold_until": hold_until,
        "route_at": now,
        "_again": why,
        "_withdraws": earlier[-1] if state is CaseState.ENGAGED else None,
    }


def _bounced_again(last: sa.RowMapping, group: _Group, now: datetime) -> bool:
    """The very record that was won back bounces, soon after; an opting out withdraws nothing."""
    own = group.contacts.get(last["contact_id"])
    soon = last["end"] == CaseEnd.RECOVERED.value and now - last["closed_at"] <= WITHDRAW_FOR
    return soon and own is not None and own["status"] in FAULTS


def _how(
    earlier: Sequence[sa.RowMapping], group: _Group, now: datetime, policy: Policy
) -> tuple[CaseState, datetime | None, str]:
    last = earlier[-1] if earlier else None
    if last is None:
        return CaseState.OPEN, None, "first"
    if _bounced_again(last, group, now):
        return CaseState.ENGAGED, None, "recovery withdrawn: the address bounced again"
    if last["end"] == CaseEnd.UNRECOVERED.value:
        return CaseState.HOLD, now + timedelta(days=policy.hold_days), "soft bounce turned hard"
    return CaseState.OPEN, None, "after a healing"
