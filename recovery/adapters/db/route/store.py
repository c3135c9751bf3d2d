"""What routing reads and writes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER
from recovery.adapters.db.engine import Database
from recovery.adapters.db.imports import lift_expired, names_by_hash, numbers_of, recognise
from recovery.adapters.db.people import load_items
from recovery.adapters.db.route.admissions import admitted
from recovery.adapters.db.route.given_back import give_back_calls
from recovery.adapters.db.route.policy import follow_policy
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import DecisionRow
from recovery.domain.case import Attempt, AttemptState, CaseEnd, CaseState
from recovery.domain.decision import Act, Decision
from recovery.domain.keys import Keys
from recovery.domain.policy import Intake, Policy
from recovery.services.route.service import Routed, RouteItem

_DECISION = table(DecisionRow)
#: After so long a message that is due but was not sent is routed again.
UNSENT_FOR = timedelta(days=2)
_WHY = ("rule", "reason", "policy_version", "decided_at")


class SqlRouteStore:
    """Implements `RouteStore`; with `intake` cases start only once they were let in."""

    def __init__(self, database: Database, keys: Keys, *, intake: Intake | None) -> None:
        self._database = database
        self._keys = keys
        self._intake = intake

    def follow_policy(self, version: str, now: datetime) -> tuple[int, ...]:
        with self._database.begin() as connection:
            return follow_policy(connection, version, now)

    def due_ids(self, now: datetime) -> tuple[int, ...]:
        query = (
            sa.select(CASE.c.id)
            .where(CASE.c.state != CaseState.CLOSED.value, CASE.c.route_at <= now)
            .order_by(CASE.c.value.desc(), CASE.c.id)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def lift_expired(self, now: datetime) -> None:
        lift_expired(self._database, now)

    def recognise(self, ids: Sequence[int], now: datetime) -> None:
        with self._database.read() as connection:
            if not names_by_hash(connection):
                return
        for some in chunks(ids, 500):
            query = sa.select(CONTACT.c.data).join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
            query = query.where(MEMBER.c.case_id.in_(some), CONTACT.c.data.is_not(None))
            with self._database.begin() as connection:
                numbers = numbers_of(connection.execute(query).scalars())
                recognise(connection, self._keys, numbers, now)

    def items(self, ids: Sequence[int]) -> list[RouteItem]:
        items: list[RouteItem] = []
        with self._database.read() as connection:
            for some in chunks(ids, 500):
                query = sa.select(CASE).where(
                    CASE.c.id.in_(some), CASE.c.state != CaseState.CLOSED.value
                )
                rows = connection.execute(query.order_by(CASE.c.id)).mappings().all()
                items += load_items(connection, rows)
            let_in = admitted(connection, ids) if self._intake else set()
        if self._intake is None:
            return items
        return [replace(item, is_admitted=item.case.id in let_in) for item in items]

    def save(self, routed: Sequence[Routed], *, policy: Policy, now: datetime) -> None:
        if not routed:
            return
        with self._database.begin() as connection:
            standing = _standing(connection, [one.item.case.id for one in routed])
            plain: list[dict[str, Any]] = []
            made: list[dict[str, Any]] = []
            for one in routed:
                # Somebody changed the case since it was loaded: it is decided again soon.
                row = standing.get(one.item.case.id)
                if row is None or row["version"] != one.item.case.version:
                    continue
                if one.ended:
                    _end_call(connection, row, one.ended)
                if _differs(row, one.decision):
                    made.append(_made(row["id"], one.decision, policy.version, now))
                values = _values(one.decision, policy.version, now)
                values["goal"] = _goal(one.item, row, policy)
                if one.decision.act is Act.CLOSE:
                    _close(connection, row, one.decision, values, now)
                elif one.decision.act in (Act.HOLD, Act.FREE_WIN, Act.ARCHIVE):
                    _take(connection, row, one.decision, values, now)
                else:
                    plain.append({"case_id": row["id"], **values})
            _update(connection, plain)
            if made:
                connection.execute(_DECISION.insert(), made)


def _standing(connection: sa.Connection, ids: Sequence[int]) -> dict[int, sa.RowMapping]:
    """The cases as they are now, and stay until the transaction ends."""
    query = sa.select(CASE).where(CASE.c.id.in_(ids), CASE.c.state != CaseState.CLOSED.value)
    query = query.order_by(CASE.c.id).with_for_update(key_share=True)
    return {row["id"]: row for row in connection.execute(query).mappings()}


def _update(connection: sa.Connection, values: list[dict[str, Any]]) -> None:
    if not values:
        return
    names = [name for name in values[0] if name not in ("case_id", "started_on", "state")]
    statement = (
        CASE.update()
        .where(CASE.c.id == sa.bindparam("case_id"))
        .values(
            **{name: sa.bindparam(name) for name in names},
            state=sa.case((CASE.c.state == CaseState.PROPOSED.value, "open"), else_=CASE.c.state),
            started_on=sa.func.coalesce(CASE.c.started_on, sa.bindparam("started_on")),
        )
    )
    connection.execute(statement, values)


def _values(decision: Decision, version: str, now: datetime) -> dict[str, Any]:
    number = decision.number
    return {
        "next_act": decision.act.value,
        "next_at": decision.at,
        "next_step": decision.step,
        "next_number": number.phone.e164 if number else None,
        "next_number_key": number.key if number else None,
        "next_place": _place(decision),
        "next_template": decision.template,
        "next_planned_on": decision.planned_on,
        "rule": decision.rule,
        "reason": decision.reason,
        "policy_version": version,
        "decided_at": now,
        "route_at": _look_again(decision, now),
        "started_on": decision.started_on,
    }


def _goal(item: RouteItem, row: sa.RowMapping, policy: Policy) -> str:
    """What is asked of the person follows the status that rules the case now."""
    status = item.person.status
    return policy.goal(status).value if status in policy.statuses else str(row["goal"])


def _look_again(decision: Decision, now: datetime) -> datetime | None:
    match decision.act:
        case Act.WAIT | Act.HOLD | Act.FREE_WIN:
            return decision.at
        case Act.MESSAGE:
            # What could not leave for so long (its text is not approved) is decided anew.
            return max(decision.at or now, now) + UNSENT_FOR
        case _:
            return None


def _place(decision: Decision) -> dict[str, Any] | None:
    place = decision.place
    if place is None:
        return None
    return {"zones": place.zones, "country": place.country, "region": place.region_code}


def _take(
    connection: sa.Connection,
    row: sa.RowMapping,
    decision: Decision,
    values: dict[str, Any],
    now: datetime,
) -> None:
    """Holds and proposals change the case's state and are facts of its history."""
    values.pop("started_on")
    if decision.act is Act.FREE_WIN:
        if row["state"] != CaseState.PROPOSED.value:
            give_back_calls(connection, row, now)
        values |= {"state": CaseState.PROPOSED.value, "win_email": decision.email}
    elif decision.act is Act.HOLD and row["state"] != CaseState.HOLD.value:
        values |= {"state": CaseState.HOLD.value, "hold_until": decision.at}
        cases.end_attempts(connection, row["id"], now, spare_answers=True)
        keap_writes.end_keap_task(connection, row, now)
        end = CaseEnd.STOPPED if row["stopped"] else CaseEnd.UNRECOVERED
        keap_writes.tell_story(connection, row, end, now)
        cases.record(connection, row, end.value, now, rule=decision.rule)
    connection.execute(CASE.update().where(CASE.c.id == row["id"]).values(**values))


def _close(
    connection: sa.Connection,
    row: sa.RowMapping,
    decision: Decision,
    values: dict[str, Any],
    now: datetime,
) -> None:
    """The end, with its reason on the case: the note in Keap and `explain` tell it."""
    why = {name: values[name] for name in _WHY}
    connection.execute(CASE.update().where(CASE.c.id == row["id"]).values(**why))
    cases.close(connection, row, decision.end or CaseEnd.UNRECOVERED, now)


def _end_call(connection: sa.Connection, row: sa.RowMapping, call: Attempt) -> None:
    assert call.ended_at is not None  # noqa: S101 (it ended)
    if call.state is AttemptState.INTENDED:
        give_back_calls(connection, row, call.ended_at)
        return
    connection.execute(
        ATTEMPT.update()
        .where(ATTEMPT.c.case_id == row["id"], ATTEMPT.c.step == call.step)
        .where(ATTEMPT.c.state == AttemptState.QUEUED.value)
        .values(state=call.state.value, ended_at=call.ended_at)
    )
    cases.record(connection, row, f"call_{call.state}", call.ended_at, step=call.step)


def _differs(row: sa.RowMapping, decision: Decision) -> bool:
    return (row["next_act"], row["next_step"], row["rule"]) != (
        decision.act.value,
        decision.step,
        decision.rule,
    ) or (decision.act is not Act.WAIT and row["next_at"] != decision.at)


def _made(case_id: int, decision: Decision, version: str, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "at": now,
        "act": decision.act.value,
        "next_at": decision.at,
        "rule": decision.rule,
        "reason": decision.reason,
        "policy_version": version,
    }
