"""A person: the contacts that share a phone or an address, and what may be done with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recovery.domain.case import Channel
from recovery.domain.contact import ContactId
from recovery.domain.email_status import FAULTS, EmailStatus
from recovery.domain.phone import Phone, PhoneKind


class Basis(StrEnum):
    """How we know of a consent."""

    TAG = "tag"
    FIELD = "field"
    IMPORT = "import"
    INBOUND = "inbound"
    REP = "rep"


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's agreement to a channel; `at` is when we saw it for the first time."""

    channel: Channel
    basis: Basis
    at: datetime
    source: str = ""

    def is_newer_than(self, refusal_seen_at: datetime) -> bool:
        """Own consent: known to be newer than the opting out (strictly after the pull)."""
        return self.at > refusal_seen_at


@dataclass(frozen=True, slots=True)
class Number:
    """A usable number of a person, with the zones in all of which the hour must be allowed."""

    phone: Phone
    zones: tuple[str, ...]
    is_office: bool = False
    is_dropped: bool = False
    lacks_whatsapp: bool = False
    #: Channels closed for this number alone: an office's stop is not everybody's.
    suppressed: frozenset[Channel] = frozenset()
    #: The keyed hash of `phone.key`.
    key: str = ""

    @property
    def takes_whatsapp(self) -> bool:
        """A mobile, or a number that may be one, of one person alone."""
        may_be_mobile = self.phone.kind in (PhoneKind.mobile, PhoneKind.either)
        is_closed = self.is_dropped or self.lacks_whatsapp or Channel.WHATSAPP in self.suppressed
        return may_be_mobile and not (self.is_office or is_closed)

    @property
    def takes_calls(self) -> bool:
        """Any number that is not somebody else's, nor on a list of those not to be called."""
        return not (self.is_dropped or Channel.CALL in self.suppressed)


@dataclass(frozen=True, slots=True)
class Member:
    """One Keap contact of a person; `status_since` is the first pull that saw the status."""

    contact_id: ContactId
    status: EmailStatus
    status_since: datetime
    other_deliverable: str | None = None
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Everything routing needs to know of one person; `contact` is the case's own contact."""

    contact: Member
    members: tuple[Member, ...]
    numbers: tuple[Number, ...] = ()
    consents: tuple[Consent, ...] = ()
    suppressed: frozenset[Channel] = frozenset()
    country: str | None = None
    region_code: str | None = None
    language: str = "es"
    #: Another record of this person has an address that Keap delivers to.
    others_deliverable: bool = False
    #: An earlier case wrote to them with a template that nobody gets twice.
    asked_once: bool = False
    #: More contacts have one of their addresses than one person has records.
    shares_address: bool = False
    #: What their latest order is called, while it is reason enough to write about it.
    order: str = ""
    #: The address probably meant where theirs looks like a typo of a known domain.
    likely_email: str | None = None

    @property
    def is_of_an_office(self) -> bool:
        """A number or an address of theirs is no key of a person: such people are called only."""
        return self.shares_address or any(number.is_office for number in self.numbers)

    @property
    def deciding(self) -> Member:
        """The member whose status decides: the gravest refusal of anybody, else the case's own
        contact; a never opted-in duplicate does not stand before a record that has a fault."""
        refusals = [m for m in self.members if m.status.is_refusal]
        if refusals:
            return min(refusals, key=_gravity)
        faults = (m for m in self.members if m.status in FAULTS)
        return next(faults, self.contact) if self.contact.status.number == 5 else self.contact

    @property
    def status(self) -> EmailStatus:
        """The status that rules this person's case."""
        return self.deciding.status

    @property
    def is_protected(self) -> bool:
        """Somebody tagged one of the records as not to be touched."""
        return any(member.is_protected for member in self.members)

    @property
    def has_unknown_status(self) -> bool:
        """Such a person is shown, never contacted, never deleted."""
        return any(member.status is EmailStatus.UNKNOWN for member in self.members)

    def free_win(self) -> str | None:
        """Another address of the person that works: their own, or "twin" for another record's."""
        own = (m.other_deliverable for m in self.members if m.other_deliverable)
        return next(own, "twin" if self.others_deliverable else None)

    def consents_to(self, channel: Channel) -> tuple[Consent, ...]:
        """All consents to the channel, newest last."""
        return tuple(sorted((c for c in self.consents if c.channel is channel), key=_seen_at))


_GRAVITY = (
    EmailStatus.SPAM,
    EmailStatus.FEEDBACK,
    EmailStatus.LIST_UNSUBSCRIBE,
    EmailStatus.ADMIN,
    EmailStatus.MANUAL,
)


def _gravity(member: Member) -> tuple[int, str]:
    return _GRAVITY.index(member.status), member.contact_id


def _seen_at(consent: Consent) -> datetime:
    return consent.at


def usable(numbers: Iterable[Number]) -> tuple[Number, ...]:
    """Numbers in the order to try them: mobiles first, an office's last."""
    return tuple(sorted(numbers, key=lambda n: (n.is_office, n.phone.kind is PhoneKind.landline)))
