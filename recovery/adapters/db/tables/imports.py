"""The tables of lists from outside: which were imported, and hashes of unknown numbers."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class ImportedListRow(SQLModel, table=True):
    """A file that was imported, by what it is and the country it speaks of."""

    __tablename__ = "imported_list"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    country: str = Field(index=True)
    source: str
    #: The firm's own list says nothing of the country's.
    is_block_list: bool
    lines: int
    at: datetime


class ListedHashRow(SQLModel, table=True):
    """The keyed hash of a number's hash: once the number shows up, it is suppressed."""

    __tablename__ = "listed_hash"
    __table_args__ = (UniqueConstraint("digest", "channel", "source"),)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(index=True)
    channel: str
    source: str
    at: datetime
    expires_at: datetime | None = None
