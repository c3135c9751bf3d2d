"""What waits for a person of the team, as counts with the oldest of each."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ContentRow, PullRow
from recovery.adapters.db.tables.people import AttemptRow, CaseRow, OutboxRow
from recovery.domain.case import AttemptState, CaseState

_ATTEMPT = table(AttemptRow)
_CASE = table(CaseRow)
_OUTBOX = table(OutboxRow)
_CONTENT = table(ContentRow)
_PULL = table(PullRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many, and since when the first of them."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Needs:
    """Each of these waits until somebody looks."""

    #: Messages and calls of which nobody knows whether they left.
    in_doubt: Waiting
    #: Writes that Keap refused for good.
    keap_refused: Waiting
    #: People in a conversation in which nothing is due until somebody answers.
    talks: Waiting
    #: Templates that WhatsApp has not approved, or has taken back.
    templates: Waiting
    last_pull_at: datetime | None


def needs(database: Database) -> Needs:
    """Everything in one read transaction."""
    queued = sa.exists().where(
        _ATTEMPT.c.case_id == _CASE.c.id, _ATTEMPT.c.state == AttemptState.QUEUED.value
    )
    with database.read() as connection:
        return Needs(
            in_doubt=_waiting(
                connection,
                _ATTEMPT.c.sending_at,
                _ATTEMPT.c.state == AttemptState.IN_DOUBT.value,
            ),
            keap_refused=_waiting(connection, _OUTBOX.c.done_at, _OUTBOX.c.state == "failed"),
            talks=_waiting(
                connection,
                _CASE.c.decided_at,
                _CASE.c.state == CaseState.ENGAGED.value,
                _CASE.c.callback_at.is_(None),
                ~queued,
            ),
            templates=_waiting(connection, _CONTENT.c.checked_at, _CONTENT.c.status != "approved"),
            last_pull_at=connection.execute(sa.select(sa.func.max(_PULL.c.finished_at))).scalar(),
        )


def _waiting(
    connection: sa.Connection,
    since: sa.Column[datetime],
    *conditions: sa.ColumnElement[bool],
) -> Waiting:
    query = sa.select(sa.func.count(), sa.func.min(since)).where(*conditions)
    count, first = connection.execute(query).one()
    return Waiting(count, first)
