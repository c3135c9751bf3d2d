"""How a new case starts: which record stands for the person, and what went before.

A case that follows another may start in the hold, or engaged where a recovery came to nothing;
one that was closed because it was not allowed for a while goes on where it was.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.pull import membership
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import CaseContactRow, ConsentRow
from recovery.domain.case import PROVEN, CaseEnd, CaseState
from recovery.domain.email_status import FAULTS, EmailStatus
from recovery.domain.policy import Open, Policy
from recovery.services.pull.service import Progress

_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_CASE = cases.CASE
_CONTACT = cases.CONTACT
_ATTEMPT = cases.ATTEMPT
#: A recovery is withdrawn when the address bounces within these days (DESIGN §4).
WITHDRAW_FOR = timedelta(days=30)

#: Why a person is asked, in the words of the outcome.
_TAKEN_FOR_ONE = "their record counted for a while as one person with others who share a number"


@dataclass(slots=True)
class Group:
    """The contacts of one new person and the keys they share."""

    contacts: dict[str, sa.RowMapping]
    keys: set[str] = field(default_factory=set)

    @property
    def held(self) -> set[str]:
        """The keys an open case of this person holds, its contacts' own included."""
        return self.keys | {f"c{contact}" for contact in self.contacts}


@dataclass(frozen=True, slots=True)
class _Start:
    """The state in which a case starts, and why; `withdraws` is the recovery that is undone, and
    `goes_on` the closed case that is opened again in place of a new one."""

    state: CaseState
    why: str
    round: int = 1
    goes_on: sa.RowMapping | None = None
    hold_until: datetime | None = None
    withdraws: sa.RowMapping | None = None


def start_cases(
    connection: sa.Connection, groups: Sequence[Group], pull: Progress, policy: Policy
) -> None:
    """A case for each of these people, with their keys, and with the recoveries it undoes."""
    if not groups:
        return
    now = pull.started_at
    agreed = _agreed(connection, [one for group in groups for one in group.contacts])
    before = _earlier(connection, groups)
    starts = [_start(group, _history(group, before), now, policy) for group in groups]
    about = [_about(group, agreed, policy) for group in groups]
    _withdraw(connection, [start.withdraws for start in starts], now)
    for start, group in zip(starts, groups, strict=True):
        if start.goes_on is not None:
            _forget_others(connection, start.goes_on, group)
    ids = _rows(connection, about, starts, now)
    held = [(one, set(g.contacts), g.keys) for one, g in zip(ids, groups, strict=True)]
    membership.hold_keys(connection, held)
    new = [{"id": one, **values} for one, values in zip(ids, about, strict=True)]
    _tell(connection, new, starts, now)
    pull.count("opened", len(new))


def _rows(
    connection: sa.Connection,
    about: Sequence[dict[str, Any]],
    starts: Sequence[_Start],
    now: datetime,
) -> list[int]:
    """The ids of the cases, those that go on included, in the order of their people."""
    every = [{**a, **_as_started(s, now)} for a, s in zip(about, starts, strict=True)]
    for values, start in zip(every, starts, strict=True):
        if start.goes_on is not None:
            _reopen(connection, start.goes_on, values)
    new = [values for values, start in zip(every, starts, strict=True) if start.goes_on is None]
    made = iter(_inserted(connection, new))
    return [s.goes_on["id"] if s.goes_on is not None else next(made) for s in starts]


def _inserted(connection: sa.Connection, values: Sequence[dict[str, Any]]) -> list[int]:
    if not values:
        return []
    insert = _CASE.insert().returning(_CASE.c.id, sort_by_parameter_order=True)
    return [int(row.id) for row in connection.execute(insert, values)]


def _reopen(connection: sa.Connection, case: sa.RowMapping, values: dict[str, Any]) -> None:
    """What was done stays done, so that nobody gets a step of it twice."""
    if case["end"] == CaseEnd.MERGED.value:
        _take_back(connection, case)
    kept = ("opened_status", "opened_at", "round", "version", "win_rejected", "stopped")
    changed = {name: value for name, value in values.items() if name not in kept}
    connection.execute(
        _CASE.update()
        .where(_CASE.c.id == case["id"])
        .values(
            **changed,
            version=_CASE.c.version + 1,
            end=None,
            closed_at=None,
            closed_status=None,
        )
    )


def _forget_others(connection: sa.Connection, case: sa.RowMapping, group: Group) -> None:
    """Who belongs to the person no more is no member of their case when it goes on; records that
    are gone stay, as part of its past."""
    there = sa.select(_CONTACT.c.id).where(_CONTACT.c.data.is_not(None))
    connection.execute(
        _MEMBER.delete().where(
            _MEMBER.c.case_id == case["id"],
            _MEMBER.c.contact_id.not_in(list(group.contacts)),
            _MEMBER.c.contact_id.in_(there),
        )
    )


def _take_back(connection: sa.Connection, case: sa.RowMapping) -> None:
    """The steps that counted for another case as well, under the names they were made by."""
    query = sa.select(_ATTEMPT.c.id, _ATTEMPT.c.step_key).where(
        _ATTEMPT.c.contact_id == case["contact_id"],
        _ATTEMPT.c.case_id != case["id"],
        _ATTEMPT.c.created_at.between(case["opened_at"], case["closed_at"]),
    )
    for row in connection.execute(query).all():
        step = row.step_key.rpartition(":")[2]
        change = _ATTEMPT.update().where(_ATTEMPT.c.id == row.id)
        connection.execute(change.values(case_id=case["id"], step=step))


def _tell(
    connection: sa.Connection,
    new: Sequence[dict[str, Any]],
    starts: Sequence[_Start],
    now: datetime,
) -> None:
    connection.execute(
        cases.OUTCOME.insert(),
        [
            {
                "case_id": case["id"],
                "contact_id": case["contact_id"],
                "at": now,
                "kind": "opened",
                "actor": "engine",
                "detail": {"status": case["status"], "why": start.why},
            }
            for case, start in zip(new, starts, strict=True)
        ],
    )
    for case, start in zip(new, starts, strict=True):
        if start.withdraws is not None:
            keap_writes.tell_outcome(connection, case, "engaged", now)
        elif start.state is CaseState.ENGAGED:
            cases.hand_over(connection, case, "was_one_with_others", now, reason=_TAKEN_FOR_ONE)


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
        keap_writes.take_off(connection, case, "recovered", now)
        keap_writes.tell_goal(connection, case, "withdrawn", now)


def _agreed(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        query = sa.select(_CONSENT.c.contact_id).where(
            _CONSENT.c.contact_id.in_(some), _CONSENT.c.channel == "whatsapp"
        )
        found.update(connection.execute(query).scalars())
    return found


def _earlier(
    connection: sa.Connection, groups: Sequence[Group]
) -> Mapping[str, Sequence[sa.RowMapping]]:
    """By contact and by number: closed cases, the latter where the address worked in between."""
    members = (
        sa.select(_MEMBER.c.contact_id.label("of"), _CASE)
        .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
        .where(_CASE.c.state == CaseState.CLOSED.value)
    )
    reached = (
        sa.select(_ATTEMPT.c.number_key.label("of"), _CASE)
        .join(_CASE, _CASE.c.id == _ATTEMPT.c.case_id)
        .where(_CASE.c.end.in_(sorted(PROVEN)))
    )
    found: dict[str, list[sa.RowMapping]] = defaultdict(list)
    for query, column, every in (
        (members, _MEMBER.c.contact_id, {one for g in groups for one in g.contacts}),
        (reached, _ATTEMPT.c.number_key, {key for g in groups for key in g.keys}),
    ):
        for some in chunks(sorted(every)):
            for row in connection.execute(query.where(column.in_(some))).mappings():
                found[row["of"]].append(row)
    return found


def _history(
    group: Group, before: Mapping[str, Sequence[sa.RowMapping]]
) -> Sequence[sa.RowMapping]:
    """The person's earlier cases, under any of their records, those that are gone included, in the
    order in which they ended; of two that ended at once, the one that took over is last."""
    own = (*group.contacts, *group.keys)
    every = {case["id"]: case for one in own for case in before.get(one, ())}
    return sorted(
        every.values(),
        key=lambda case: (case["closed_at"], case["end"] != CaseEnd.MERGED.value, case["id"]),
    )


def _about(group: Group, agreed: set[str], policy: Policy) -> dict[str, Any]:
    """What a new case says of its person."""
    contact = _who_stands(group, agreed, policy)
    status = EmailStatus(contact["status"])
    return {
        "contact_id": contact["id"],
        "opened_status": status.value,
        "status": status.value,
        "goal": policy.goal(status).value,
        "language": contact["data"]["language"],
        "country": _country(contact["data"]),
        "owner_id": contact["owner_id"],
        "value": max((c["score"] or 0.0 for c in group.contacts.values()), default=0.0),
        "requested": any(c["requested_at"] for c in group.contacts.values()),
    }


def _country(data: Mapping[str, Any]) -> str | None:
    """Of the record, else of its first number."""
    return data["country"] or next((one.region for one in numbers_in(data)), None)


def _as_started(start: _Start, now: datetime) -> dict[str, Any]:
    return {
        "state": start.state.value,
        "round": start.round,
        "version": 1,
        "opened_at": now,
        "win_rejected": False,
        "stopped": False,
        "hold_until": start.hold_until,
        "route_at": now,
    }


def _who_stands(group: Group, agreed: set[str], policy: Policy) -> sa.RowMapping:
    """The case's contact is one whose status opens by itself, of those one with consent, else the
    lowest id; never one whose status is not in the policy, as an unknown one is not."""
    return min(
        group.contacts.values(),
        key=lambda c: (
            c["status"] not in policy.statuses,
            # A never opted-in duplicate does not stand for a record that has a fault.
            policy.rule(EmailStatus(c["status"])).open is not Open.AUTO,
            c["id"] not in agreed,
            membership.order_of(c["id"]),
        ),
    )


def _bounced_again(last: sa.RowMapping, group: Group) -> bool:
    """The very record that was won back bounced soon after, whenever its case may open; an opting
    out withdraws nothing."""
    own = group.contacts.get(last["contact_id"])
    if last["end"] != CaseEnd.RECOVERED.value or own is None or own["status"] not in FAULTS:
        return False
    return bool(own["status_since"] - last["closed_at"] <= WITHDRAW_FOR)


def _was_asked_for(last: sa.RowMapping, group: Group) -> bool:
    """Somebody of the firm wants another case, since the last one is over."""
    asked = (contact["requested_at"] for contact in group.contacts.values())
    return any(at is not None and at > last["closed_at"] for at in asked)


def _healed_since(last: sa.RowMapping, group: Group) -> bool:
    """Keap delivered to them once more after their last case was over."""
    healed = (contact["healed_at"] for contact in group.contacts.values())
    return any(at is not None and at > last["closed_at"] for at in healed)


def _start(group: Group, history: Sequence[sa.RowMapping], now: datetime, policy: Policy) -> _Start:
    if not history:
        return _Start(CaseState.OPEN, "first")
    last, following = history[-1], 1 + max(case["round"] for case in history)
    if _bounced_again(last, group):
        why = "recovery withdrawn: the address bounced again"
        return _Start(CaseState.ENGAGED, why, following, withdraws=last)
    if _was_asked_for(last, group):
        return _Start(CaseState.OPEN, "somebody asked for it", following)
    if _healed_since(last, group):
        return _Start(CaseState.OPEN, "after a healing", following)
    if last["end"] in (CaseEnd.UNRECOVERED.value, CaseEnd.STOPPED.value):
        until = now + timedelta(days=policy.hold_days)
        return _Start(CaseState.HOLD, "soft bounce turned hard", following, hold_until=until)
    if last["end"] == CaseEnd.MERGED.value:
        return _apart(last, group)
    if last["end"] == CaseEnd.NOT_ALLOWED.value:
        return _Start(CaseState.OPEN, "allowed again", goes_on=last)
    return _Start(CaseState.OPEN, "after a healing", following)


def _apart(last: sa.RowMapping, group: Group) -> _Start:
    """Who counted as one person with others, and does no more, got what both got: nobody but a
    person can tell where to go on, and no step of that round is made again."""
    own = last if last["contact_id"] in group.contacts else None
    return _Start(CaseState.ENGAGED, "apart again", last["round"], goes_on=own)
