"""What happened between two moments of reading: outcomes with the names of their people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, ContactRow, OutcomeRow

_OUTCOME = table(OutcomeRow)
_ATTEMPT = table(AttemptRow)
_CASE = table(CaseRow)
_CONTACT = table(ContactRow)


@dataclass(frozen=True, slots=True)
class Happening:
    """One outcome; `name` is empty where the contact is gone, `step` where no attempt was meant."""

    kind: str
    contact_id: str
    name: str
    actor: str
    status: str
    step: str
    detail: dict[str, Any]

    @property
    def withdraws(self) -> bool:
        """A case that opens because a recovered address bounced again."""
        return self.kind == "opened" and "withdrawn" in str(self.detail.get("why", ""))


def last_outcome(database: Database) -> int:
    """Where a diary begins that holds nothing of the past."""
    with database.read() as connection:
        return connection.execute(sa.select(sa.func.max(_OUTCOME.c.id))).scalar() or 0


def happened(database: Database, *, after: int) -> tuple[int, list[Happening]]:
    """All outcomes after this one, and the id of the newest, from where the next page goes on."""
    query = (
        sa.select(_OUTCOME, _CONTACT.c.data, _CASE.c.status, _ATTEMPT.c.step)
        .join(_CASE, _CASE.c.id == _OUTCOME.c.case_id)
        .outerjoin(_CONTACT, _CONTACT.c.id == _OUTCOME.c.contact_id)
        .outerjoin(_ATTEMPT, _ATTEMPT.c.id == _OUTCOME.c.attempt_id)
        .where(_OUTCOME.c.id > after)
        .order_by(_OUTCOME.c.id)
    )
    with database.read() as connection:
        rows = connection.execute(query).mappings().all()
    newest = rows[-1]["id"] if rows else after
    return newest, [_happening(row) for row in rows]


def messages_sent(database: Database, *, since: datetime, until: datetime) -> dict[str, int]:
    """How many messages the provider took in `[since, until)`, by step; answers count as `s`."""
    opens = _ATTEMPT.c.step.in_(("m1", "m2"))
    kind = sa.case((opens, _ATTEMPT.c.step), else_="s")
    query = (
        sa.select(kind, sa.func.count())
        .where(_ATTEMPT.c.channel == "whatsapp")
        .where(_ATTEMPT.c.accepted_at >= since, _ATTEMPT.c.accepted_at < until)
        .group_by(kind)
    )
    with database.read() as connection:
        return {str(step): int(count) for step, count in connection.execute(query)}


def _happening(row: sa.RowMapping) -> Happening:
    return Happening(
        kind=row["kind"],
        contact_id=row["contact_id"],
        name=_name(row["data"]),
        actor=row["actor"],
        status=row["status"],
        step=row["step"] or "",
        detail=row["detail"] or {},
    )


def _name(data: dict[str, Any] | None) -> str:
    parts: Sequence[str] = [(data or {}).get(key) or "" for key in ("given_name", "family_name")]
    return " ".join(part.strip() for part in parts if part.strip())
