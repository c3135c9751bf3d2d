"""The tables of signing in: sessions, and how often somebody may still try."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class SessionRow(SQLModel, table=True):
    """Somebody signed in at one browser; the token itself is in its cookie alone."""

    __tablename__ = "session"

    token_sha256: str = Field(primary_key=True)
    #: What lists of sessions call it by: worth nothing as a token.
    id: str = Field(index=True)
    email: str = Field(index=True)
    stage: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    #: The browser in two words, so that its owner recognises it.
    agent: str = ""
    #: What the next page tells, as words with their values.
    flash: list[dict[str, Any]] | None = Field(
        default=None,
        sa_type=sa.JSON(none_as_null=True),
    )


class LoginLimitRow(SQLModel, table=True):
    """How many tries an account or an address has left; keys are hashes."""

    __tablename__ = "login_limit"

    key: str = Field(primary_key=True)
    tokens: float
    at: datetime
