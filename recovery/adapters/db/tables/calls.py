"""The table of calls placed for reps: the carrier's side of a call in the queue."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, UniqueConstraint


class PlacedCallRow(SQLModel, table=True):
    """One order to the carrier to ring a rep and then a person; committed before anything rings.

    The person's number is found by its key, and so is forgotten with the person.
    """

    __tablename__ = "placed_call"
    __table_args__ = (
        UniqueConstraint("attempt_id", "nth"),
        sa.Index("ix_placed_call_open", "ended_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    attempt_id: int = Field(foreign_key="attempt.id")
    #: Counts the orders of an attempt: another follows only where surely nobody was dialled.
    nth: int
    case_id: int = Field(index=True)
    contact_id: str
    number_key: str = Field(index=True)
    token: str = Field(unique=True)
    rep: str = Field(index=True)
    rep_number: str
    language: str
    caller_id: str
    phase: str
    case_version: int
    sid: str | None = Field(default=None, unique=True)
    contact_sid: str | None = Field(default=None, unique=True)
    rep_status: str | None = None
    contact_status: str | None = None
    answered_by: str | None = None
    #: How long the person's leg lasted.
    seconds: int | None = None
    code: str | None = None
    created_at: datetime
    sending_at: datetime | None = None
    #: The rep picked up and was asked to press the key.
    asked_at: datetime | None = None
    #: The person's dialling was ordered: this happens once an attempt.
    dialled_at: datetime | None = Field(default=None, index=True)
    given_up: bool = False
    result: str | None = None
    ended_at: datetime | None = None
    #: When to ask the carrier next.
    due_at: datetime | None = None
    looks: int = 0
