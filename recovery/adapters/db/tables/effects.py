"""The tables of promises that were broken, of free wins, and of what somebody was told."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class BrokenPromiseRow(SQLModel, table=True):
    """A promise that did not hold when it was asked; while there is one, nothing irreversible."""

    __tablename__ = "broken_promise"

    statement: str = Field(primary_key=True)
    number: str
    since: datetime
    count: int
    examples: list[str] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))


class TwinAddressRow(SQLModel, table=True):
    """The address of another record of the same person, read from Keap for a manager to see; kept
    only while it is proposed."""

    __tablename__ = "twin_address"

    case_id: int = Field(primary_key=True, foreign_key="recovery_case.id")
    contact_id: str
    email: str
    read_at: datetime


class ToldRow(SQLModel, table=True):
    """What is wrong or waits, and when somebody was told of it last."""

    __tablename__ = "told"

    name: str = Field(primary_key=True)
    since: datetime
    told_at: datetime | None = None
