"""What may happen to an open case from outside its cadence: it heals, changes status, goes, ends.

Every function works inside the caller's transaction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.in_order import hold_cases_of
from recovery.adapters.db.keap_writes import (
    drop_task,
    end_keap_task,
    take_off,
    tell_outcome,
    tell_story,
)
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ContactRow,
    OpenKeyRow,
    OutcomeRow,
)
from recovery.domain.case import AttemptState, CaseEnd, CaseState
from recovery.domain.email_status import EmailStatus
from recovery.services.ports import StatusRow
from recovery.services.pull.reading import ContactFacts

CASE = table(CaseRow)
MEMBER = table(CaseContactRow)
OPEN_KEY = table(OpenKeyRow)
OUTCOME = table(OutcomeRow)
ATTEMPT = table(AttemptRow)
CONTACT = table(ContactRow)

#: The rule of our answers inside the session window; the cadence does not count them.
SESSION_RULE = "session"
#: Attempts that were not begun on the wire: they end with their case.
_NOT_BEGUN = (AttemptState.INTENDED.value, AttemptState.QUEUED.value)


def unheard(now: datetime) -> sa.ColumnElement[bool]:
    """Nothing was heard of the case since it was decided.

    Whoever moves a decision to another moment asks for it too: else nobody would look at what was
    heard, and the message would leave.
    """
    return sa.or_(CASE.c.route_at.is_(None), CASE.c.route_at > now)


def record(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    kind: str,
    at: datetime,
    *,
    actor: str = "engine",
    attempt_id: int | None = None,
    **detail: Any,
) -> None:
    """Appends an outcome to a case."""
    connection.execute(
        OUTCOME.insert().values(
            case_id=case["id"],
            contact_id=case["contact_id"],
            attempt_id=attempt_id,
            at=at,
            kind=kind,
            actor=actor,
            detail=detail or None,
        )
    )


def case_of(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    """A case that is there."""
    return connection.execute(sa.select(CASE).where(CASE.c.id == case_id)).mappings().one()


def held_case(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    """As `case_of`, and nobody else changes the case until the transaction ends."""
    query = sa.select(CASE).where(CASE.c.id == case_id).with_for_update()
    return connection.execute(query).mappings().one()


def held_with_sent(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    """As `held_case`; what was sent for the case is kept before it, as by news of that."""
    sent = ATTEMPT.c.sid.is_not(None) & (ATTEMPT.c.case_id == case_id)
    query = sa.select(ATTEMPT.c.id).where(sent).order_by(ATTEMPT.c.id)
    connection.execute(query.with_for_update())
    return held_case(connection, case_id)


def open_case_of(connection: sa.Connection, contact_id: str) -> sa.RowMapping | None:
    """The open case a contact is a member of."""
    return connection.execute(_open_case(contact_id)).mappings().first()


def held_open_case(connection: sa.Connection, contact_id: str) -> sa.RowMapping | None:
    """As `open_case_of`, and nobody else changes or ends the case until the transaction ends."""
    query = _open_case(contact_id).with_for_update(of=CASE)
    return connection.execute(query).mappings().first()


def _open_case(contact_id: str) -> sa.Select[Any]:
    return (
        sa.select(CASE)
        .join(OPEN_KEY, OPEN_KEY.c.case_id == CASE.c.id)
        .where(OPEN_KEY.c.key == f"c{contact_id}", CASE.c.state != CaseState.CLOSED.value)
    )


def touch(connection: sa.Connection, case_id: int, at: datetime, **values: Any) -> None:
    """Changes a case: its version rises, so that a send planned before notices."""
    connection.execute(
        CASE.update()
        .where(CASE.c.id == case_id)
        .values(version=CASE.c.version + 1, route_at=at, **values)
    )
    if values.get("state") == CaseState.ENGAGED.value:
        query = sa.select(CASE).where(CASE.c.id == case_id)
        tell_outcome(connection, connection.execute(query).mappings().one(), "engaged", at)


def hand_over(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    kind: str,
    at: datetime,
    *,
    reason: str,
) -> None:
    """From now on a person of the team decides; the outcome tells them why."""
    record(connection, case, kind, at, reason=reason)
    touch(connection, case["id"], at, state=CaseState.ENGAGED.value)


def end_attempts(
    connection: sa.Connection, case_id: int, at: datetime, *, spare_answers: bool = False
) -> None:
    """What was not begun on the wire is cancelled; calls leave the queue at once.

    Their task, where Keap does not have it yet, is not made any more. `spare_answers` leaves our
    answers to the person's own messages: they may still wait for an allowed hour.
    """
    ended = sa.and_(ATTEMPT.c.case_id == case_id, ATTEMPT.c.state.in_(_NOT_BEGUN))
    if spare_answers:
        ended &= ATTEMPT.c.rule.is_distinct_from(SESSION_RULE)
    drop_task(connection, case_id, at)
    connection.execute(
        ATTEMPT.update().where(ended).values(state=AttemptState.CANCELLED.value, ended_at=at)
    )


def close(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    end: CaseEnd,
    at: datetime,
    *,
    status: str | None = None,
    actor: str = "engine",
) -> None:
    """Ends a case for all its members: keys are freed, calls cancelled, Keap is told."""
    connection.execute(
        CASE.update()
        .where(CASE.c.id == case["id"])
        .values(
            state=CaseState.CLOSED.value,
            end=end.value,
            closed_at=at,
            closed_status=status or case["status"],
            version=CASE.c.version + 1,
            route_at=None,
            next_act=None,
            next_at=None,
        )
    )
    connection.execute(OPEN_KEY.delete().where(OPEN_KEY.c.case_id == case["id"]))
    # To somebody whom Keap has no more nothing leaves, nor a question that is settled.
    is_moot = end is CaseEnd.GONE or case["state"] == CaseState.CONFIRMING.value
    end_attempts(connection, case["id"], at, spare_answers=not is_moot)
    record(connection, case, f"closed_{end.value}", at, actor=actor, status=status)
    end_keap_task(connection, case, at)
    take_off(connection, case, "engaged", at)
    tell_story(connection, case, end, at)


def statuses_changed(
    connection: sa.Connection, changed: Mapping[str, StatusRow], at: datetime
) -> Counter[str]:
    """Addresses whose status moved: their contacts follow, and their open cases.

    Counts the cases that ended by it.
    """
    moved: dict[str, EmailStatus] = {}
    for some in chunks(list(changed)):
        query = sa.select(CONTACT.c.id, CONTACT.c.primary_key, CONTACT.c.status)
        for row in connection.execute(query.where(CONTACT.c.primary_key.in_(some))).all():
            word = changed[row.primary_key]
            if row.status == word.status.value:
                continue
            values = {"status": word.status.value, "raw_status": word.raw, "status_since": at}
            if word.status.is_deliverable:
                values["healed_at"] = at
            connection.execute(CONTACT.update().where(CONTACT.c.id == row.id).values(values))
            moved[row.id] = word.status
    hold_cases_of(connection, list(moved))
    return _statuses_moved(connection, moved, at)


def contacts_changed(
    connection: sa.Connection,
    moved: Iterable[ContactFacts],
    facts: Sequence[ContactFacts],
    at: datetime,
) -> Counter[str]:
    """Contacts read anew: moved statuses reach their cases, all others are decided once more."""
    hold_cases_of(connection, [fact.id for fact in facts])
    ended = _statuses_moved(connection, {fact.id: fact.status for fact in moved}, at)
    for some in chunks([f"c{fact.id}" for fact in facts]):
        cases = sa.select(OPEN_KEY.c.case_id).where(OPEN_KEY.c.key.in_(some))
        connection.execute(
            CASE.update()
            .where(CASE.c.id.in_(cases), CASE.c.state.in_(("open", "proposed")))
            .values(route_at=at, version=CASE.c.version + 1)
        )
    return ended


def _statuses_moved(
    connection: sa.Connection, moved: Mapping[str, EmailStatus], at: datetime
) -> Counter[str]:
    ended: Counter[str] = Counter()
    for contact_id, status in moved.items():
        ended += _status_moved(connection, contact_id, status, at)
    return ended


def _status_moved(
    connection: sa.Connection, contact_id: str, status: EmailStatus, at: datetime
) -> Counter[str]:
    case = held_open_case(connection, contact_id)
    if case is None:
        return Counter()
    record(connection, case, "status_changed", at, status=status.value)
    own = case["contact_id"] == contact_id
    if own and status.is_deliverable:
        waited = case["state"] == CaseState.CONSENTED.value
        end = CaseEnd.RECOVERED if waited else CaseEnd.HEALED
        close(connection, case, end, at, status=status.value)
        return Counter({"recovered" if waited else "closed_healed": 1})
    changes = {"status": status.value} if own else {}
    touch(connection, case["id"], at, **changes)
    return Counter()
