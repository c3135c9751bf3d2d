"""What the use cases need of the outside; the adapters implement these protocols."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.note import Note

#: Returns the present moment, aware and in UTC.
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One address of Keap's status list, with when Keap last sent and they last opened."""

    email: str
    status: EmailStatus
    raw: str
    last_sent_at: datetime | None = None
    last_opened_at: datetime | None = None
    last_clicked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Up to 1,000 rows of the status list; `next_token` is None on the last page."""

    rows: tuple[StatusRow, ...]
    next_token: str | None


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Up to 1,000 contacts in the order of their ids; `last_id` is the cursor of the next page.

    `is_last` when nothing follows; `broken` counts records no contact could be read from.
    """

    contacts: tuple[Contact, ...]
    last_id: str | None
    is_last: bool
    broken: int = 0


@dataclass(frozen=True, slots=True)
class CrmUser:
    """A person of the Keap account whom tasks and notes can belong to."""

    id: str
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Keap calls of this account today (UTC) and what is left; None where Keap has not said."""

    used: int
    left: int | None


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A call task to be put into the CRM for one of its users."""

    contact_id: ContactId
    user_id: str
    title: str
    description: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DoneTask:
    """A task that somebody completed in Keap, and what they may have written into its title."""

    at: datetime
    title: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a contact; `amount` as Keap writes it for people."""

    at: datetime | None
    amount: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a contact bought, by the name it goes by."""

    contact_id: str
    title: str
    at: datetime


class Crm(Protocol):
    """Keap. Reads and idempotent writes retry inside; each method names what it raises beyond
    TemporaryFailure, QuotaExhausted, AuthorizationLost and ContractBroken."""

    def status_page(
        self, statuses: Sequence[EmailStatus], *, token: str | None = None
    ) -> StatusPage:
        """One page of all addresses in these statuses, by e-mail; Unsupported where missing."""

    def statuses_of(self, emails: Sequence[str]) -> dict[str, StatusRow]:
        """The present status of each address (at most 100), keyed by lower-case e-mail."""

    def contacts_after(self, last_id: str, *, changed_since: datetime | None = None) -> ContactPage:
        """The keyset page that follows `last_id` ("0" for the first)."""

    def contacts_with_email(self, email: str) -> tuple[Contact, ...]:
        """All contacts that hold this address in any of their three fields."""

    def contacts_by_id(self, ids: Sequence[ContactId]) -> tuple[Contact, ...]:
        """The named contacts (at most 1,000) in one call; who is gone is left out."""

    def full_record(self, contact_id: ContactId) -> dict[str, Any] | None:
        """All Keap knows of a contact: fields, tags, notes, tasks, orders …; None if gone."""

    def orders_of(self, contact_id: ContactId) -> tuple[Order, ...]:
        """What a contact ordered; nothing where this Keap lists no orders."""

    def purchases_since(self, since: datetime) -> Iterator[tuple[Purchase, ...]]:
        """Orders made or changed since then, by pages; nothing where this Keap lists none."""

    def model(self) -> dict[str, Any]:
        """The account's custom fields as Keap describes them; without any where it does not."""

    def delete_contact(self, contact_id: ContactId, *, leave_by: float | None = None) -> None:
        """One DELETE, never retried; InDoubt when nobody can tell.

        HeldUp, and nothing sent, after the moment `leave_by` of `uptime`.
        """

    def tag_id(self, name: str, *, create: bool = False) -> str | None:
        """The id of the tag of this name; created where asked for."""

    def tag_names(self) -> dict[str, str]:
        """The names of all tags of the account by id, a thousand a call."""

    def apply_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> frozenset[ContactId]:
        """Tags up to 100 contacts; answers who got it."""

    def remove_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> None:
        """Takes the tag off up to 100 contacts."""

    def opt_out(self, email: str, *, reason: str) -> EmailStatus:
        """Asks Keap to write to this address no more; answers the status Keap gave it, UNLISTED
        where Keap has it no more."""

    def find_note(self, contact_id: ContactId, marker: str) -> str | None:
        """The id of the contact's note whose title begins with the marker."""

    def add_note(
        self,
        contact_id: ContactId,
        *,
        user_id: str,
        title: str,
        text: str,
        leave_by: float | None = None,
    ) -> str:
        """One POST, never retried; InDoubt when nobody can tell.

        HeldUp, and nothing sent, after the moment `leave_by` of `uptime`.
        """

    def change_note(
        self, contact_id: ContactId, note_id: str, *, user_id: str, rewrite: Callable[[Note], Note]
    ) -> None:
        """Has a note of ours say what `rewrite` makes of what stands there, which each try reads
        anew; PermanentFailure when it is gone."""

    def find_task(self, contact_id: ContactId, marker: str) -> str | None:
        """The id of the contact's open task whose title begins with the marker."""

    def add_task(self, draft: TaskDraft, *, leave_by: float | None = None) -> str:
        """One POST, never retried; InDoubt when nobody can tell. HeldUp as `add_note`."""

    def redate_task(
        self, task_id: str, due_at: datetime, *, instead: tuple[str, str] | None = None
    ) -> None:
        """Moves a task; `instead` is a text in its description and what stands in its place from
        now on, so that what people wrote beside it stays. PermanentFailure when it is gone, or
        ticked off: nobody looks at it any more."""

    def assign_task(self, task_id: str, *, user_id: str) -> None:
        """Gives a task to another user; a task that is gone needs nobody."""

    def complete_task(self, task_id: str, at: datetime) -> None:
        """Ticks a task off; a task that is gone counts as done."""

    def completed_tasks(self, task_ids: Sequence[str]) -> dict[str, DoneTask]:
        """Which of these tasks somebody completed in Keap."""

    def set_primary_email(
        self, contact_id: ContactId, email: str, *, instead_of: str | None, reason: str | None
    ) -> Contact | None:
        """Makes `email` EMAIL1 by read-modify-write and answers the contact read back.

        None, with nothing written, where EMAIL1 is neither `email` nor `instead_of`: somebody
        corrected it; each try reads anew. Keap stores the reason as proof of the person's consent.
        """

    def opt_in(self, email: str, *, reason: str, still: Callable[[], bool]) -> EmailStatus | None:
        """Asks Keap to make the address marketable; answers the status Keap gave it. None, with
        nothing written, where `still` says no, which looks into Keap before each try."""

    def achieve_goal(
        self,
        contact_id: ContactId,
        *,
        integration: str,
        call_name: str,
        leave_by: float | None = None,
    ) -> None:
        """Starts the account's own automations; one POST, InDoubt when nobody can tell.

        HeldUp as `add_note`.
        """

    def users(self) -> tuple[CrmUser, ...]:
        """The account's users."""

    def acting_user(self) -> str | None:
        """Who writes notes: the setting, else the token's user, else the first active admin."""

    def usage(self) -> Usage:
        """Calls used and left today."""


class ApprovalStatus(StrEnum):
    """What WhatsApp says of a template; APPROVED alone may be sent."""

    UNSUBMITTED = "unsubmitted"
    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ContentStatus:
    """A template at the provider: its id, and WhatsApp's word on it."""

    sid: str
    name: str
    language: str
    status: ApprovalStatus
    category: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A message ready to leave: a template outside the window, a body inside it.

    `leave_by`, by `uptime`, is when the checks that let it go are too old: it stays.
    """

    to: str
    token: str
    sender: str | None
    content_sid: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    valid_for: int | None = None
    leave_by: float | None = None


class SendResult(StrEnum):
    """The four ways a send can end (facts: reliability, 'Send')."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    REJECTED = "rejected"
    IN_DOUBT = "in_doubt"


#: The code of a message that was held up on our side: nothing left, and nobody turned it away.
HELD_UP = "held_up"


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """What the provider made of one send; `code` is its error code, `retry_after` in seconds."""

    result: SendResult
    sid: str | None = None
    status: str | None = None
    code: str | None = None
    http_status: int | None = None
    retry_after: float | None = None
    provider_at: datetime | None = None

    @property
    def was_held_up(self) -> bool:
        """It stayed with us: the provider was not asked."""
        return self.code == HELD_UP

    @property
    def was_turned_away(self) -> bool:
        """The provider, or the way to it, did not take it: wait before the next."""
        return self.result is SendResult.NOT_SENT and not self.was_held_up


@dataclass(frozen=True, slots=True)
class ProviderMessage:
    """A message as the provider lists it, inbound or outbound; numbers in E.164."""

    sid: str
    direction: str
    to: str
    sender: str
    body: str
    status: str
    code: str | None
    created_at: datetime
    media: int = 0
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SenderHealth:
    """A WhatsApp sender's quality and the portfolio's daily limit of people; None = unlimited, or
    not told."""

    sender: str
    quality: str
    daily_limit: int | None
    status: str
    limit_told: bool = True


class CodeAction(StrEnum):
    """What to do about a provider's error code (facts: twilio, 'Error codes')."""

    RETRY = "retry"
    NEXT = "next"
    BAD_NUMBER = "bad_number"
    SUPPRESS = "suppress"
    TEMPLATE = "template"
    STOP = "stop"
    FIX = "fix"
    WAIT_A_DAY = "wait_a_day"
    IGNORE = "ignore"
    PERSON = "person"


class Messenger(Protocol):
    """Twilio."""

    def send(self, message: OutboundMessage) -> SendAnswer:
        """Exactly one POST under a total deadline; never raises for the provider's answer."""

    def message(self, sid: str) -> ProviderMessage | None:
        """A message by its id; None when the provider does not know it."""

    def messages_to(self, number: str, *, since: datetime) -> tuple[ProviderMessage, ...]:
        """Outbound messages to this number created since then, all pages."""

    def inbound_since(self, since: datetime) -> Iterable[ProviderMessage]:
        """Messages people sent to our senders since then, oldest first, all pages."""

    def outbound_since(self, since: datetime) -> Iterable[ProviderMessage]:
        """Messages we sent that the provider created since then, oldest first, all pages."""

    def contents(self) -> tuple[ContentStatus, ...]:
        """All templates at the provider with WhatsApp's word on each."""

    def create_content(self, body: Mapping[str, Any]) -> str:
        """Creates a template and answers its id; one POST, InDoubt when nobody can tell."""

    def request_approval(self, sid: str, *, name: str, category: str) -> ApprovalStatus:
        """Asks WhatsApp to approve a template; asking again is harmless."""

    def senders(self) -> tuple[SenderHealth, ...]:
        """The account's WhatsApp senders; Unsupported where the provider has no such list."""

    def action(self, code: str | None) -> CodeAction:
        """What to do about an error code; a person for codes nobody knows."""

    def explain(self, code: str | None, language: str = "en") -> str:
        """An error code in plain words, with the mend."""
