"""How a new case starts: which record stands for the person, and what went before.

A case that follows another may start in the hold, or engaged where a recovery came to nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.pull import membership
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import CaseContactRow, ConsentRow
from recovery.domain.case import CaseEnd, CaseState
from recovery.domain.email_status import FAULTS, EmailStatus
from recovery.domain.policy import Open, Policy
from recovery.services.pull.service import Progress

_MEMBER = table(CaseContactRow)
_CONSENT = table(ConsentRow)
_CASE = cases.CASE
#: A recovery is withdrawn when the address bounces within these days (DESIGN §4).
WITHDRAW_FOR = timedelta(days=30)


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
    """The state in which a case starts, and why; `withdraws` is the recovery that is undone."""

    state: CaseState
    why: str
    hold_until: datetime | None = None
    withdraws: sa.RowMapping | None = None


def start_cases(
    connection: sa.Connection, groups: Sequence[Group], pull: Progress, policy: Policy
) -> None:
    """A case for each of these people, with their keys, and with the recoveries it undoes."""
    if not groups:
        return
    now = pull.started_at
    ids = [contact_id for group in groups for contact_id in group.contacts]
    agreed = _agreed(connection, ids)
    before = _earlier(connection, ids)
    histories = [_history(group, before) for group in groups]
    starts = [_start(g, h, now, policy) for g, h in zip(groups, histories, strict=True)]
    values = [
        {**_about(group, agreed, policy), **_of_start(start, history, now)}
        for group, start, history in zip(groups, starts, histories, strict=True)
    ]
    _withdraw(connection, [start.withdraws for start in starts], now)
    result = connection.execute(
        _CASE.insert().returning(_CASE.c.id, sort_by_parameter_order=True), values
    )
    new = [{"id": int(row.id), **value} for row, value in zip(result, values, strict=True)]
    held = [(c["id"], set(g.contacts), g.keys) for c, g in zip(new, groups, strict=True)]
    membership.hold_keys(connection, held)
    _tell(connection, new, starts, now)
    pull.count("opened", len(new))


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
    for case in new:
        if case["state"] == CaseState.ENGAGED.value:
            cases.tell_outcome(connection, case, "engaged", now)


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


def _history(
    group: Group, before: Mapping[str, Sequence[sa.RowMapping]]
) -> Sequence[sa.RowMapping]:
    """The person's earlier cases, under any of their records."""
    earlier = (case for one in group.contacts for case in before.get(one, ()))
    return sorted(earlier, key=itemgetter("id"))


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


def _of_start(start: _Start, history: Sequence[sa.RowMapping], now: datetime) -> dict[str, Any]:
    return {
        "state": start.state.value,
        "round": 1 + max((case["round"] for case in history), default=0),
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


def _bounced_again(last: sa.RowMapping, group: Group, now: datetime) -> bool:
    """The very record that was won back bounces, soon after; an opting out withdraws nothing."""
    own = group.contacts.get(last["contact_id"])
    soon = last["end"] == CaseEnd.RECOVERED.value and now - last["closed_at"] <= WITHDRAW_FOR
    return soon and own is not None and own["status"] in FAULTS


def _start(group: Group, history: Sequence[sa.RowMapping], now: datetime, policy: Policy) -> _Start:
    last = history[-1] if history else None
    if last is None:
        return _Start(CaseState.OPEN, "first")
    if _bounced_again(last, group, now):
        why = "recovery withdrawn: the address bounced again"
        return _Start(CaseState.ENGAGED, why, withdraws=last)
    if last["end"] == CaseEnd.UNRECOVERED.value:
        until = now + timedelta(days=policy.hold_days)
        return _Start(CaseState.HOLD, "soft bounce turned hard", hold_until=until)
    return _Start(CaseState.OPEN, "after a healing")
