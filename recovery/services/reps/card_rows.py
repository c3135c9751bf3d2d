"""What the database knows of one case and its person, for the card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from recovery.services.reps.dispositions import Said
from recovery.services.reps.queue_store import Claim
from recovery.services.route.service import RouteItem


class Voice(StrEnum):
    """Who wrote a message."""

    CONTACT = "contact"
    ENGINE = "engine"
    REP = "rep"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the thread; `state` is our own's, `files` the content types of what came with
    theirs, "" where nobody told.

    `id` is a reply's or an attempt's, as `voice` says; `by` is the rep who wrote it.
    """

    id: int
    at: datetime
    voice: Voice
    body: str
    state: str = ""
    code: str | None = None
    template: str | None = None
    by: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline; `kind` and `detail` are an outcome's."""

    at: datetime
    kind: str
    actor: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One Keap contact of the person."""

    contact_id: str
    name: str
    given_name: str
    company: str
    status: str
    raw_status: str | None
    status_since: datetime
    score: float | None
    tags: tuple[str, ...]
    emails: tuple[tuple[str, str, str | None], ...]
    country: str | None
    locality: str | None
    protected: bool


@dataclass(frozen=True, slots=True)
class Mailing:
    """When Keap last sent to the deciding address, and when it was last opened and clicked."""

    email: str
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardRows:
    """What the database knows of a case and its person; lists are in the order of time."""

    item: RouteItem
    goal: str
    language: str
    value: float
    reason: str
    rule: str
    decided_at: datetime | None
    next_act: str | None
    next_at: datetime | None
    pending_email: str | None
    owner: str
    attempt_id: int | None
    call_due_at: datetime | None
    call_step: str | None
    call_number_key: str | None
    #: They are in the queue from then on, whatever for; None where they are not.
    waits_since: datetime | None
    #: When the queued call was dialled, whose result nobody has said.
    dialled_at: datetime | None
    records: tuple[Record, ...]
    mailing: Mailing | None
    thread: tuple[Message, ...]
    timeline: tuple[Event, ...]
    last_reply_at: datetime | None
    claim: Claim | None
    said: tuple[Said, ...]


class CardReader(Protocol):
    """Reads the rows of a card."""

    def read(self, case_id: int) -> CardRows | None:
        """All of one case; None for one that is not known."""
