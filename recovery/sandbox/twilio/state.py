"""What Twilio knows: messages, calls, templates, and who may be written to freely."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from recovery.sandbox.conversation import Button, Talk
from recovery.sandbox.directory import Directory
from recovery.sandbox.people import Carrier, PhoneWord
from recovery.sandbox.twilio.post import Poster
from recovery.sandbox.world import World

Variables = dict[str, str]
WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a message; `kind` is its content type."""

    sid: str
    kind: str


@dataclass(slots=True, kw_only=True)
class Message:
    """One message, either way; `sender` and `to` carry the channel's prefix."""

    sid: str
    sender: str
    to: str
    body: str
    status: str
    direction: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    service_sid: str | None = None
    status_callback: str | None = None
    content: "Content | None" = None
    variables: Variables = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    segments: int = 1
    callbacks: int = 0

    @property
    def is_whatsapp(self) -> bool:
        """Whether it goes by WhatsApp, else by SMS."""
        return self.to.startswith("whatsapp:")

    @property
    def phone(self) -> str:
        """The other side's E.164."""
        other = self.sender if self.direction == "inbound" else self.to
        return other.removeprefix("whatsapp:")


@dataclass(slots=True, kw_only=True)
class Call:
    """One call leg."""

    sid: str
    sender: str
    to: str
    status: str
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration: int | None = None
    answered_by: str | None = None
    parent_sid: str | None = None
    status_callback: str | None = None
    events: frozenset[str] = frozenset({"completed"})
    #: Everything it was created with (Url, Twiml, Timeout, MachineDetection …).
    wishes: dict[str, str] = field(default_factory=dict)
    callbacks: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it reached a final status."""
        return self.ended_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """How one ringing ends; `presses` is what the owner keys in when asked, if anything."""

    carrier: Carrier
    after: float
    seconds: float
    presses: str | None = None
    says: PhoneWord | None = None
    email: str | None = None

    @property
    def is_machine(self) -> bool:
        """A voicemail picked up."""
        return self.carrier is Carrier.voicemail


@dataclass(slots=True, kw_only=True)
class Approval:
    """A template's review by WhatsApp."""

    name: str
    category: str
    content_type: str
    status: str
    rejection_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How templates fare whose name matches; what is left out goes by WhatsApp's rules."""

    match: str = ""
    minutes: float | None = None
    #: approved, rejected, or any other word of WhatsApp's.
    status: str = ""
    reason: str = ""
    #: What WhatsApp makes of the category that was asked for.
    category: str = ""
    #: What becomes of an approved one later: paused, disabled …, after so many minutes.
    then: str = ""
    then_after: float = 0


@dataclass(slots=True, kw_only=True)
class Content:
    """A template of the Content API."""

    sid: str
    friendly_name: str
    language: str
    variables: Variables
    types: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    approval: Approval | None = None

    @property
    def is_approved(self) -> bool:
        """Whether it may open a conversation."""
        return self.approval is not None and self.approval.status == "approved"


@dataclass(slots=True, kw_only=True)
class SenderStanding:
    """How the WhatsApp sender stands with Meta, and codes with which its next messages fail."""

    quality: str | None = "HIGH"
    #: As Twilio writes it; empty: the smallest tier that holds all contacts.
    limit: str | None = ""
    status: str = "ONLINE"
    fails_with: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """The one Twilio account of a sandbox."""

    world: World
    directory: Directory
    poster: Poster = field(default_factory=Poster)
    messages: dict[str, Message] = field(default_factory=dict)
    #: Every message by each of its two addresses, oldest first.
    by_address: defaultdict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, Call] = field(default_factory=dict)
    calls_to: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: What the phones of reps were told to do, by line.
    rep_phones: dict[str, Ringing] = field(default_factory=dict)
    #: When the next call may begin: the API's calls wait in a line.
    line_free_at: datetime | None = None
    contents: dict[str, Content] = field(default_factory=dict)
    #: Names of templates that were refused, with their language: never accepted again.
    refused_names: set[tuple[str, str]] = field(default_factory=set)
    #: How reviews are scripted to end, the newest script first.
    reviews: list[Review] = field(default_factory=list)
    talks: dict[str, Talk] = field(default_factory=dict)
    #: Last inbound message by our sender and the other's line.
    heard_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    #: Senders (or services) that a line has opted out of with a keyword.
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    standing: SenderStanding = field(default_factory=SenderStanding)
    #: Where clients reach this sandbox, learned from their requests.
    origin: str = ""
    _count: int = 0

    @property
    def sid(self) -> str:
        """AC…"""
        return self.world.options.twilio_account_sid

    @property
    def token(self) -> str:
        """The auth token, which also signs webhooks."""
        return self.world.options.twilio_auth_token

    @property
    def now(self) -> datetime:
        """Sandbox time."""
        return self.world.clock.now()

    @property
    def service_sid(self) -> str:
        """The messaging service; its pool is the one WhatsApp sender and the voice number."""
        return fixed_sid("MG", self.sid)

    @property
    def whatsapp_sender(self) -> str:
        """whatsapp:+…"""
        return f"whatsapp:{self.world.options.whatsapp_from}"

    def new_sid(self, prefix: str) -> str:
        """The next SID: unguessable in looks, the same in a repeated run."""
        self._count += 1
        return fixed_sid(prefix, f"{self.world.options.seed}:{self._count}")

    def keep(self, message: Message) -> None:
        """Files a new message."""
        self.messages[message.sid] = message
        self.by_address[message.sender].append(message)
        self.by_address[message.to].append(message)

    def drop(self, message: Message) -> None:
        """Forgets a message, as DELETE does."""
        self.messages.pop(message.sid, None)
        self.by_address[message.sender].remove(message)
        self.by_address[message.to].remove(message)

    def window_open(self, sender: str, line: str) -> bool:
        """Whether this person wrote to this sender in the last 24 hours."""
        heard_at = self.heard_at.get((sender, line))
        return heard_at is not None and self.now - heard_at < WINDOW


def fixed_sid(prefix: str, name: str) -> str:
    """A SID that depends on the name alone."""
    return prefix + blake2b(f"{prefix}:{name}".encode(), digest_size=16).hexdigest()
