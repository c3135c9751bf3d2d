"""What `recovery explain` and a page show of one contact: small frozen rows, read only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class NumberView:
    """A number with its zones; `held_by` counts the contacts that have it."""

    e164: str
    kind: str
    country: str
    zones: tuple[str, ...]
    held_by: int = 1
    dropped: tuple[str, ...] = ()
    #: The keyed hash, which replies and suppressions are found by.
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with the decision that stands."""

    id: int
    contact_id: str
    contacts: tuple[str, ...]
    state: str
    end: str | None
    round: int
    goal: str
    language: str
    opened_status: str
    status: str
    opened_at: datetime
    closed_at: datetime | None
    hold_until: datetime | None
    callback_at: datetime | None
    win_email: str | None
    win_rejected: bool
    stopped: bool
    requested: bool
    next_act: str | None
    next_at: datetime | None
    next_step: str | None
    next_number: str | None
    next_template: str | None
    next_zone: str | None
    route_at: datetime | None
    rule: str | None
    reason: str | None
    policy_version: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConsentView:
    """An agreement on record."""

    channel: str
    basis: str
    source: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class SuppressionView:
    """A refusal that stands or stood, by any key of the contact."""

    channel: str
    reason: str
    source: str
    at: datetime
    lifted_at: datetime | None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A message or a call."""

    case_id: int
    step: str
    channel: str
    state: str
    number: str
    template: str | None
    code: str | None
    disposition: str | None
    actor: str | None
    note: str | None
    created_at: datetime
    sending_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What they sent, and how it was understood."""

    received_at: datetime
    body: str
    kind: str | None
    email: str | None
    media: int
    handled: bool


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One fact of a case."""

    case_id: int
    contact_id: str
    at: datetime
    kind: str
    actor: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision when it was made."""

    case_id: int
    at: datetime
    act: str
    next_at: datetime | None
    rule: str
    reason: str
    policy_version: str


@dataclass(frozen=True, slots=True)
class WriteView:
    """Something Keap has to be told, and has not been yet, or refused."""

    kind: str
    state: str
    next_at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """The contact in one archive batch."""

    batch_id: str
    batch_state: str
    state: str
    reason: str | None
    read_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TombstoneView:
    """What is kept of a deleted contact."""

    batch_id: str
    status: str
    stopped: bool
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """One contact; `status` is None for somebody no pull has met."""

    contact_id: str
    name: str = ""
    status: str | None = None
    raw_status: str | None = None
    status_since: datetime | None = None
    #: When Keap delivered to them again, the last time.
    healed_at: datetime | None = None
    stored_whole: bool = False
    requested_at: datetime | None = None
    protected: bool = False
    country: str | None = None
    language: str | None = None
    emails: tuple[tuple[str, str, str | None], ...] = ()
    numbers: tuple[NumberView, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    consents: tuple[ConsentView, ...] = ()
    suppressions: tuple[SuppressionView, ...] = ()
    #: Newest first; the first may be open.
    cases: tuple[CaseView, ...] = ()
    attempts: tuple[AttemptView, ...] = ()
    replies: tuple[ReplyView, ...] = ()
    outcomes: tuple[OutcomeView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    writes: tuple[WriteView, ...] = ()
    archives: tuple[ArchiveView, ...] = ()
    tombstone: TombstoneView | None = None
    #: Contacts deleted earlier that share a number or an address.
    deleted_twins: tuple[str, ...] = ()

    @property
    def open_case(self) -> CaseView | None:
        """The case that is not closed."""
        return next((case for case in self.cases if case.state != "closed"), None)

    @property
    def is_known(self) -> bool:
        """Has anything of this contact."""
        return self.status is not None or bool(self.cases) or self.tombstone is not None
