"""The tables of people and cases. Constraints here keep what must hold under any crash:
one open case a person (`open_key`), one attempt a step (`attempt.step_key`)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, UniqueConstraint


def _json() -> Any:
    return Field(default=None, sa_type=sa.JSON(none_as_null=True))


class ContactRow(SQLModel, table=True):
    """A Keap contact; `data` is null for those that do not matter, of whom only keys are kept."""

    __tablename__ = "contact"

    id: str = Field(primary_key=True)
    status: str = Field(index=True)
    raw_status: str | None = None
    #: The first pull that saw the present status.
    status_since: datetime
    #: The last pull that saw the address become deliverable again.
    healed_at: datetime | None = None
    #: The key of the address whose status decides.
    primary_key: str | None = Field(default=None, index=True)
    owner_id: str | None = None
    score: float | None = None
    data: dict[str, Any] | None = _json()
    keap_updated_at: datetime | None = None
    seen_pull: int = Field(default=0, index=True)
    requested_at: datetime | None = None
    #: When Keap showed this record last, in a pull or before a send.
    read_at: datetime | None = None


class ContactKeyRow(SQLModel, table=True):
    """A keyed hash of a phone or an address that a contact has; who shares one is one person."""

    __tablename__ = "contact_key"

    key: str = Field(primary_key=True)
    contact_id: str = Field(primary_key=True, index=True)


class AddressRow(SQLModel, table=True):
    """Keap's word on one address that is not deliverable; the status belongs to the address."""

    __tablename__ = "address"

    key: str = Field(primary_key=True)
    email: str
    status: str
    raw: str
    since: datetime
    listed_at: datetime = Field(index=True)
    last_sent_at: datetime | None = None
    last_opened_at: datetime | None = None
    last_clicked_at: datetime | None = None


class PurchaseRow(SQLModel, table=True):
    """What a contact bought last, while it is reason enough to write about it."""

    __tablename__ = "purchase"

    contact_id: str = Field(primary_key=True)
    title: str
    at: datetime


class ConsentRow(SQLModel, table=True):
    """An agreement to be reached on a channel; `at` is when we first saw it, or our first pull
    where a sign in Keap may be older than that."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("contact_id", "channel", "basis", "source"),)

    id: int | None = Field(default=None, primary_key=True)
    contact_id: str = Field(index=True)
    channel: str
    basis: str
    source: str = ""
    at: datetime
    text: str = ""


class SuppressionRow(SQLModel, table=True):
    """Somebody never to be contacted, by keyed hash, so that it outlives the contact.

    Each ground stands by itself: lifting one of them lifts no other.
    """

    __tablename__ = "suppression"
    __table_args__ = (UniqueConstraint("key", "channel", "source", "reason"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    channel: str
    reason: str
    source: str = ""
    at: datetime
    lifted_at: datetime | None = None
    #: A list's own end of it; `lifted_at` is set once it has passed.
    expires_at: datetime | None = Field(default=None, index=True)


class CaseRow(SQLModel, table=True):
    """One effort to recover one person; `next_*` is the decision that stands."""

    __tablename__ = "recovery_case"
    __table_args__ = (
        sa.Index("ix_case_due", "state", "next_at"),
        sa.Index("ix_case_route", "state", "route_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact_id: str = Field(index=True)
    state: str
    end: str | None = None
    round: int = 1
    version: int = 1
    opened_status: str
    status: str
    goal: str
    language: str
    country: str | None = None
    owner_id: str | None = None
    value: float = 0.0
    opened_at: datetime
    started_on: date | None = None
    requested: bool = False
    win_email: str | None = None
    win_rejected: bool = False
    stopped: bool = False
    callback_at: datetime | None = None
    pending_email: str | None = None
    #: Since when the person is asked to confirm, or Keap has not shown what they agreed to.
    pending_at: datetime | None = None
    hold_until: datetime | None = None
    closed_at: datetime | None = None
    closed_status: str | None = None
    keap_task_id: str | None = None
    #: When routing must look again; null while nothing but an event can change the decision.
    route_at: datetime | None = None
    next_act: str | None = None
    next_at: datetime | None = None
    next_step: str | None = None
    next_number: str | None = None
    next_number_key: str | None = None
    #: Zones, country and state of the number: in which hours it may be reached.
    next_place: dict[str, Any] | None = _json()
    next_template: str | None = None
    next_planned_on: date | None = None
    rule: str | None = None
    reason: str | None = None
    policy_version: str | None = None
    decided_at: datetime | None = None


class OpenKeyRow(SQLModel, table=True):
    """A key held by an open case: the primary key is what makes one open case a person."""

    __tablename__ = "open_key"

    key: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="recovery_case.id", index=True)


class CaseContactRow(SQLModel, table=True):
    """The contacts a case is for, kept after it closed."""

    __tablename__ = "case_contact"

    case_id: int = Field(foreign_key="recovery_case.id", primary_key=True)
    contact_id: str = Field(primary_key=True, index=True)


class DroppedNumberRow(SQLModel, table=True):
    """A number found wrong for a contact, or without WhatsApp."""

    __tablename__ = "dropped_number"

    contact_id: str = Field(primary_key=True)
    number_key: str = Field(primary_key=True)
    why: str = Field(primary_key=True)
    at: datetime


class AttemptRow(SQLModel, table=True):
    """One step carried out; committed before anything leaves."""

    __tablename__ = "attempt"
    __table_args__ = (
        sa.Index("ix_attempt_state", "channel", "state", "due_at"),
        UniqueConstraint("case_id", "step"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="recovery_case.id", index=True)
    contact_id: str
    channel: str
    step: str
    #: Canonical number, round and step: nobody gets one step twice, whatever the spelling.
    step_key: str = Field(unique=True)
    state: str
    token: str = Field(unique=True)
    number: str
    number_key: str = Field(index=True)
    template: str | None = None
    language: str | None = None
    content_sid: str | None = None
    #: Numbered variables, kept until the message has left.
    variables: dict[str, Any] | None = _json()
    body: str | None = None
    sid: str | None = Field(default=None, unique=True)
    code: str | None = None
    case_version: int = 0
    policy_version: str | None = None
    rule: str | None = None
    epoch: int = 0
    created_at: datetime
    sending_at: datetime | None = None
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    ended_at: datetime | None = None
    #: Messages: when to ask the provider next; calls: when the call is due.
    due_at: datetime | None = None
    planned_on: date | None = None
    looks: int = 0
    disposition: str | None = None
    actor: str | None = None
    note: str | None = None
    owner_id: str | None = None


class CallbackRow(SQLModel, table=True):
    """A status the provider told us, stored before it is understood."""

    __tablename__ = "callback"
    __table_args__ = (UniqueConstraint("token", "sid", "status", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str
    sid: str
    status: str
    code: str = ""
    received_at: datetime
    applied_at: datetime | None = Field(default=None, index=True)
    params: dict[str, Any] | None = _json()


class ReplyRow(SQLModel, table=True):
    """What a person sent, by webhook or found by listing; `sid` makes it one."""

    __tablename__ = "reply"

    id: int | None = Field(default=None, primary_key=True)
    sid: str = Field(unique=True)
    number: str
    number_key: str | None = Field(default=None, index=True)
    sender: str = ""
    body: str = ""
    payload: str | None = None
    opt_out_type: str | None = None
    original_sid: str | None = None
    #: Who wrote, where WhatsApp names them by an id; see `matching`.
    external_id: str | None = Field(default=None, index=True)
    media: int = 0
    raw: dict[str, Any] | None = _json()
    source: str
    received_at: datetime
    case_id: int | None = Field(default=None, index=True)
    contact_id: str | None = None
    kind: str | None = None
    email: str | None = None
    handled_at: datetime | None = Field(default=None, index=True)
    #: When a `record` run told of it; whoever handled it may have nobody to tell.
    counted_at: datetime | None = Field(default=None, index=True)


class OutcomeRow(SQLModel, table=True):
    """A fact recorded for a case; append-only, in the order it happened."""

    __tablename__ = "outcome"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(index=True)
    contact_id: str
    attempt_id: int | None = None
    at: datetime
    kind: str = Field(index=True)
    actor: str = "engine"
    detail: dict[str, Any] | None = _json()


class DecisionRow(SQLModel, table=True):
    """A decision when it was made: its rule, its reason and the policy's version."""

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(index=True)
    at: datetime
    act: str
    next_at: datetime | None = None
    rule: str
    reason: str
    policy_version: str


class OutboxRow(SQLModel, table=True):
    """Something to be written to Keap exactly once; `key` makes a second one impossible."""

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_due", "state", "next_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    case_id: int | None = Field(default=None, index=True)
    contact_id: str
    kind: str
    payload: dict[str, Any] | None = _json()
    state: str = "pending"
    tries: int = 0
    next_at: datetime
    created_at: datetime
    done_at: datetime | None = None
    result: str | None = None
    error: str | None = None
