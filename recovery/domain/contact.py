"""A contact as Keap has them, read tolerantly and never trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from recovery.domain.email_status import EmailStatus

ContactId = NewType("ContactId", str)


class EmailField(StrEnum):
    """Keap's three places for an address; EMAIL1 decides the contact's status."""

    EMAIL1 = "EMAIL1"
    EMAIL2 = "EMAIL2"
    EMAIL3 = "EMAIL3"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """One address of a contact; `status` is None where the list did not tell it."""

    email: str
    field: EmailField
    status: EmailStatus | None = None
    raw_status: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneText:
    """A phone as somebody typed it, with what Keap made of it."""

    text: str
    stated_e164: str | None = None
    field: str = "PHONE1"


@dataclass(frozen=True, slots=True)
class Contact:
    """What a pull keeps of one Keap contact; `country` is ISO-2, ISO-3 or absent, as found."""

    id: ContactId
    given_name: str = ""
    family_name: str = ""
    emails: tuple[EmailAddress, ...] = ()
    phones: tuple[PhoneText, ...] = ()
    country: str | None = None
    region_code: str | None = None
    locality: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    owner_id: str | None = None
    tag_ids: frozenset[str] = frozenset()
    score: float | None = None
    company: str = ""
    custom_fields: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def primary(self) -> EmailAddress | None:
        """EMAIL1, or the only other address where EMAIL1 is empty."""
        if len(self.emails) == 1:  # as most have
            return self.emails[0]
        return min(self.emails, key=lambda address: address.field, default=None)

    @property
    def status(self) -> EmailStatus | None:
        """The status that decides; NO_EMAIL without any address, None when it was not told."""
        return self.primary.status if self.primary else EmailStatus.NO_EMAIL
