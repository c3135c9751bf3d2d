"""The tables of the reps' queue: who waits for a rep, who holds whom, what reps said of calls.

`queue_item` is a copy for reading, made anew from the cases that `queue_change` names; triggers
write that list, so that whoever changes a case need not know of the queue.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


def _json() -> Any:
    return Field(default=None, sa_type=sa.JSON(none_as_null=True))


class QueueItemRow(SQLModel, table=True):
    """A case for which a rep has something to do, now or later."""

    __tablename__ = "queue_item"
    __table_args__ = (
        # Each holds all that its question asks, so that a long queue is read from the index alone.
        sa.Index("ix_queue_order", "wants", "rank", "case_id", "due_at", "place", "owner"),
        sa.Index("ix_queue_due", "due_at", "case_id", "wants", "place", "owner"),
        sa.Index("ix_queue_count", "wants", "place", "owner", "due_at"),
    )

    case_id: int = Field(primary_key=True)
    contact_id: str
    #: callback, reply, call or intake (`domain.lane.Wants`).
    wants: str
    due_at: datetime
    #: Ascending: who is first has the lowest.
    rank: float
    #: Zones, country and state of the number in question, as one text (`domain.lane.Place.key`).
    place: str
    #: The rep whose person this is, by e-mail; empty: anybody's.
    owner: str = ""
    status: str
    language: str
    country: str = ""
    #: The call that is due, counted from 1.
    attempt_no: int
    #: The queued call, where there is one.
    attempt_id: int | None = None


class QueuePlaceRow(SQLModel, table=True):
    """A place that somebody of the queue is in; those open now are asked for by name."""

    __tablename__ = "queue_place"

    key: str = Field(primary_key=True)


class QueueChangeRow(SQLModel, table=True):
    """A case whose item must be made anew."""

    __tablename__ = "queue_change"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int


class QueueClaimRow(SQLModel, table=True):
    """A person held by a rep: the keys are what keeps it one of each."""

    __tablename__ = "queue_claim"

    case_id: int = Field(primary_key=True)
    rep: str = Field(unique=True)
    taken_at: datetime
    until: datetime = Field(index=True)


class CaseDeskRow(SQLModel, table=True):
    """What reps and managers decided about a case."""

    __tablename__ = "case_desk"

    case_id: int = Field(primary_key=True)
    #: Given to this rep by a manager; wins over Keap's owner.
    rep: str | None = None
    #: Who wants to make the agreed call themselves.
    callback_rep: str | None = None
    #: The rep who worked the case last.
    last_rep: str | None = None
    #: Skipped until then.
    not_before: datetime | None = None
    #: When a rep last dealt with what the person wrote.
    answered_at: datetime | None = None


class DispositionRow(SQLModel, table=True):
    """What a rep said of a call; pending until it can no longer be undone."""

    __tablename__ = "disposition"
    __table_args__ = (sa.Index("ix_disposition_due", "state", "effective_at"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(index=True)
    contact_id: str
    attempt_id: int | None = Field(default=None, index=True)
    rep: str
    code: str
    #: What the rules know it as (`domain.case.Disposition`).
    means: str
    #: Address, time, words and note, until they are where they belong.
    said: dict[str, Any] | None = _json()
    state: str
    #: The case while this one is pending: a second one cannot be.
    slot: int | None = Field(default=None, unique=True)
    at: datetime
    effective_at: datetime
    ended_at: datetime | None = None
    #: An earlier one of the same call that this one puts right.
    corrects: int | None = None
    error: str | None = None


class KeapUserRow(SQLModel, table=True):
    """A user of Keap as read last: contacts' owners become reps by their e-mail."""

    __tablename__ = "keap_user"

    id: str = Field(primary_key=True)
    email: str = Field(index=True)
    active: bool = True
    seen_at: datetime
