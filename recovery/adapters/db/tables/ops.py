"""The tables of running the engine: pulls, leases, templates, archives, users and the audit."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, UniqueConstraint


def _json() -> Any:
    return Field(default=None, sa_type=sa.JSON(none_as_null=True))


class PullRow(SQLModel, table=True):
    """One pull with the cursor of its stage, so that a killed one goes on where it was."""

    __tablename__ = "pull"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    stage: str
    cursor: str = ""
    started_at: datetime
    finished_at: datetime | None = Field(default=None, index=True)
    counts: dict[str, Any] | None = _json()


class LeaseRow(SQLModel, table=True):
    """Who works on a stage; `epoch` rises with every new holder and fences off the old one."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    host: str
    pid: int
    started: str
    epoch: int
    expires_at: datetime


class PacerRow(SQLModel, table=True):
    """The calls of one account to one provider, shared by all processes."""

    __tablename__ = "pacer"

    name: str = Field(primary_key=True)
    state: dict[str, Any] | None = _json()
    version: int = 0


class MetaRow(SQLModel, table=True):
    """Small facts of this installation, such as the id of the Keap account it belongs to."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: dict[str, Any] | None = _json()


class ContentRow(SQLModel, table=True):
    """A template at the provider, as read last."""

    __tablename__ = "content"

    name: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    sid: str
    status: str
    category: str | None = None
    reason: str | None = None
    checked_at: datetime


class UserRow(SQLModel, table=True):
    """Somebody who works with Recovery; the second factor's secret is stored sealed."""

    __tablename__ = "user_account"

    email: str = Field(primary_key=True)
    role: str
    password_hash: str | None = None
    totp: str | None = None
    #: The last time step whose code was used: a code is good once.
    totp_used: int = 0
    #: A link by which a password is chosen, kept as a hash; good once, until `invited_until`.
    invite_hash: str | None = None
    invited_until: datetime | None = None
    language: str = "en"
    active: bool = True
    created_at: datetime
    name: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: Their own phone in E.164: calls of theirs ring it first.
    phone: str | None = None
    zone: str | None = None
    theme: str = Field(default="system", sa_column_kwargs={"server_default": "system"})
    keap_user_id: str | None = None


class ArchiveBatchRow(SQLModel, table=True):
    """A verified file of contacts about to be deleted."""

    __tablename__ = "archive_batch"

    id: str = Field(primary_key=True)
    state: str = Field(index=True)
    account: str
    file: str
    file_sha256: str = ""
    set_sha256: str = ""
    workbook: str = ""
    contacts: int = 0
    base: int = 0
    built_by: str = "engine"
    built_at: datetime
    verified_at: datetime | None = None
    paused: bool = False


class ArchiveItemRow(SQLModel, table=True):
    """One contact of a batch; `content_sha256` is what Keap held when last read."""

    __tablename__ = "archive_item"
    __table_args__ = (UniqueConstraint("batch_id", "contact_id"),)

    id: int | None = Field(default=None, primary_key=True)
    batch_id: str = Field(foreign_key="archive_batch.id", index=True)
    contact_id: str = Field(index=True)
    case_id: int = Field(index=True)
    line: int
    row_sha256: str
    content_sha256: str
    status: str
    never_reached: bool = False
    read_at: datetime
    state: str = Field(default="archived", index=True)
    reason: str | None = None
    decided_at: datetime | None = None
    deleted_at: datetime | None = None


class ApprovalRow(SQLModel, table=True):
    """A person's consent to delete exactly one set; good once, for a time."""

    __tablename__ = "approval"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: str = Field(index=True)
    set_sha256: str
    approver: str
    method: str
    given_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class ApprovalCodeRow(SQLModel, table=True):
    """A one-time code for the approval form, kept as a hash."""

    __tablename__ = "approval_code"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: str = Field(index=True)
    approver: str
    code_hash: str
    expires_at: datetime
    used_at: datetime | None = None


class TombstoneRow(SQLModel, table=True):
    """What is kept of a deleted person: ids and keyed hashes."""

    __tablename__ = "tombstone"

    id: int | None = Field(default=None, primary_key=True)
    contact_id: str = Field(unique=True)
    batch_id: str
    status: str
    keys: list[str] | None = _json()
    stopped: bool = False
    created_at: datetime
    confirmed_at: datetime | None = None


class TombstoneKeyRow(SQLModel, table=True):
    """A keyed hash of a deleted person, by which an import next year is recognised."""

    __tablename__ = "tombstone_key"

    key: str = Field(primary_key=True)
    contact_id: str = Field(primary_key=True)


class AuditRow(SQLModel, table=True):
    """An irreversible act; each row's hash covers the row before it."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str
    action: str
    object: str = Field(index=True)
    detail: dict[str, Any] | None = _json()
    hash: str


class QuarantineRow(SQLModel, table=True):
    """A webhook request that was not ours: why it was refused, never what it said."""

    __tablename__ = "quarantine"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    kind: str
    reason: str
    sid: str | None = None
    body_sha256: str
    size: int
