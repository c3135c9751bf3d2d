"""The tables of brakes and capacity: what stands still, how warm a sender is, who may start."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from recovery.adapters.db.tables.people import AttemptRow, OutcomeRow, _json


class BrakeRow(SQLModel, table=True):
    """A brake by its name; on while `since` is set. `mended_at` hides what happened before."""

    __tablename__ = "brake"

    name: str = Field(primary_key=True)
    since: datetime | None = None
    #: When it lets go by itself; null for one that a person or a proof must mend.
    until: datetime | None = None
    code: str | None = None
    detail: dict[str, Any] | None = _json()
    mended_at: datetime | None = None
    mended_by: str | None = None


class SenderRow(SQLModel, table=True):
    """One of our WhatsApp numbers: the provider's last word on it, and how warm it is."""

    __tablename__ = "sender"

    number: str = Field(primary_key=True)
    quality: str = ""
    status: str = ""
    daily_limit: int | None = None
    #: False where the provider did not say how many people a day may be written to.
    limit_told: bool = False
    checked_at: datetime | None = None
    #: People a day while it warms up, and since when.
    level: int | None = None
    level_since: datetime | None = None


class BounceCountRow(SQLModel, table=True):
    """New hard bounces that one pull found, by domain, and under "" all of them together."""

    __tablename__ = "bounce_count"

    pull_id: int = Field(primary_key=True)
    domain: str = Field(primary_key=True)
    at: datetime
    number: int


class AdmissionRow(SQLModel, table=True):
    """A case that somebody of the team has room for: it may start."""

    __tablename__ = "admission"

    case_id: int = Field(primary_key=True)
    at: datetime
    #: Calls and messages that were counted for it on that day.
    calls: int
    messages: int


#: What brakes are judged by: failures and ends of the last day.
OUTCOME_BY_TIME = sa.Index(
    "ix_outcome_kind_at",
    OutcomeRow.__table__.c.kind,  # type: ignore[attr-defined]
    OutcomeRow.__table__.c.at,  # type: ignore[attr-defined]
)
#: Who was written to in the last day and hour.
ATTEMPT_BY_TIME = sa.Index(
    "ix_attempt_sending_at",
    AttemptRow.__table__.c.sending_at,  # type: ignore[attr-defined]
)
