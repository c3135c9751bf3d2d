"""What a person of the team says of a case; others say it inside their own transaction."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.results import dispose
from recovery.adapters.db.engine import Database
from recovery.domain.case import CaseEnd, CaseState
from recovery.errors import Refusal
from recovery.services.record.by_person import CallResult


class SqlByPersonStore:
    """Implements `ByPersonStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def dispose(self, result: CallResult, now: datetime) -> None:
        with self._database.begin() as connection:
            dispose(connection, result, now)

    def close_case(
        self, contact_id: str, *, reason: str, in_touch: bool, actor: str, now: datetime
    ) -> None:
        with self._database.begin() as connection:
            close_case(
                connection, contact_id, reason=reason, in_touch=in_touch, actor=actor, now=now
            )

    def resume_case(self, contact_id: str, *, actor: str, now: datetime) -> None:
        with self._database.begin() as connection:
            resume_case(connection, contact_id, actor=actor, now=now)


def close_case(
    connection: sa.Connection,
    contact_id: str,
    *,
    reason: str,
    in_touch: bool,
    actor: str,
    now: datetime,
) -> None:
    """Ends the open case for good, with who said so and why; Refusal where none is open.

    `in_touch`: the relationship goes on by phone or WhatsApp, an end of its own.
    """
    case = _open_case(connection, contact_id)
    cases.record(connection, case, "decided_by_person", now, actor=actor, reason=reason)
    end = CaseEnd.RELATIONSHIP if in_touch else CaseEnd.BY_PERSON
    cases.close(connection, case, end, now, actor=actor)


def resume_case(connection: sa.Connection, contact_id: str, *, actor: str, now: datetime) -> None:
    """Gives an engaged case back to its next call; Refusal where it is not engaged."""
    case = _open_case(connection, contact_id)
    if case["state"] != CaseState.ENGAGED.value:
        raise Refusal(f"the case of contact {contact_id} is not with a person: nothing to resume")
    cases.record(connection, case, "resumed", now, actor=actor)
    cases.touch(connection, case["id"], now, state=CaseState.OPEN.value, callback_at=None)


def _open_case(connection: sa.Connection, contact_id: str) -> sa.RowMapping:
    case = cases.held_open_case(connection, contact_id)
    if case is None:
        raise Refusal(f"contact {contact_id} has no open case")
    return case
