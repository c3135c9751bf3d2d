"""Reading a Keap contact once, at the pull: numbers, keys, language, consents, what to keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from recovery.domain.case import Channel
from recovery.domain.contact import Contact
from recovery.domain.country_codes import iso2
from recovery.domain.email_status import EmailStatus
from recovery.domain.keys import Keys
from recovery.domain.language import language_of
from recovery.domain.person import Basis
from recovery.domain.phone import Phone, read_phones
from recovery.domain.policy import Policy
from recovery.domain.zone import zones_for


@dataclass(frozen=True, slots=True)
class ConsentSigns:
    """Where the policy's consent rule looks: ids of tags and of the custom field in Keap."""

    whatsapp_tags: Mapping[str, str] = field(default_factory=dict)
    call_tags: Mapping[str, str] = field(default_factory=dict)
    field_id: str | None = None
    values: frozenset[str] = frozenset()
    protected_tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ConsentSeen:
    """One consent as a pull finds it on a contact; `sign` is what shows it: a tag's id, or a custom
    field's id and value."""

    channel: Channel
    basis: Basis
    source: str
    sign: tuple[str, ...]

    def may_be_old(self, data: Mapping[str, Any]) -> bool:
        """An earlier reading of the contact had the sign, or did not look: a rule that names it
        only now makes no news of it."""
        if self.basis is Basis.TAG:
            return self.sign[0] in data["tags"]
        field_id, value = data.get("field") or (None, None)
        return field_id != self.sign[0] or value == self.sign[1]


@dataclass(slots=True)
class ContactFacts:
    """What is stored of one contact; `data` is None for those that do not matter."""

    id: str
    status: EmailStatus
    raw_status: str | None
    primary_key: str | None
    keys: tuple[str, ...]
    owner_id: str | None
    score: float | None
    updated_at: datetime | None
    data: dict[str, Any] | None = None
    consents: tuple[ConsentSeen, ...] = ()


class ReaderFor(Protocol):
    """Makes the reader once the account's tags are known."""

    def __call__(self, signs: ConsentSigns) -> "ContactReader": ...


def deciding_status(
    contact: Contact, listed: Mapping[str, tuple[EmailStatus, str]], *, blind: bool
) -> tuple[EmailStatus, str | None]:
    """The list of undeliverable addresses has the first word, the contact the second; `blind`
    where Keap has no such list, so that absence from it says nothing."""
    primary = contact.primary
    if primary is None:
        return EmailStatus.NO_EMAIL, None
    if found := listed.get(primary.email.strip().lower()):
        return found
    if primary.status is not None:
        return primary.status, primary.raw_status
    return (EmailStatus.UNKNOWN if blind else EmailStatus.UNLISTED), None


class ContactReader:
    """Turns Keap's contacts into facts; holds what is the same for a whole pull."""

    def __init__(self, policy: Policy, keys: Keys, signs: ConsentSigns) -> None:
        self._policy = policy
        self._keys = keys
        self._signs = signs

    def facts(self, contact: Contact, *, status: EmailStatus, raw: str | None) -> ContactFacts:
        """The facts of a contact whose deciding status is already known."""
        country = iso2(contact.country)
        phones, unread = self._phones(contact, country)
        emails = [address.email for address in contact.emails]
        keys = [self._keys.phone(phone.key) for phone in phones]
        email_keys = [self._keys.email(email) for email in emails]
        primary = contact.primary
        facts = ContactFacts(
            id=contact.id,
            status=status,
            raw_status=raw,
            primary_key=email_keys[emails.index(primary.email)] if primary else None,
            keys=tuple(dict.fromkeys(keys + email_keys)),
            owner_id=contact.owner_id,
            score=contact.score,
            updated_at=contact.updated_at,
        )
        if status.matters:
            facts.data = self._data(contact, country, phones, keys, unread)
            facts.consents = self._consents(contact)
        return facts

    def _phones(
        self, contact: Contact, country: str | None
    ) -> tuple[list[Phone], list[tuple[str, str]]]:
        region = country or self._policy.default_region or None
        phones: dict[str, Phone] = {}
        unread: list[tuple[str, str]] = []
        for text in contact.phones:
            reading = read_phones(text.text, region=region, stated_e164=text.stated_e164)
            phones.update((phone.key, phone) for phone in reading.phones if phone.key not in phones)
            if reading.reason:
                unread.append((text.text, reading.reason.value))
        return list(phones.values()), unread

    def _data(
        self,
        contact: Contact,
        country: str | None,
        phones: list[Phone],
        keys: list[str],
        unread: list[tuple[str, str]],
    ) -> dict[str, Any]:
        regions = (country, *(phone.region for phone in phones))
        return {
            "given_name": contact.given_name,
            "family_name": contact.family_name,
            "company": contact.company,
            "emails": [
                [a.email, a.field.value, a.status and a.status.value] for a in contact.emails
            ],
            "phones": [
                [p.e164, p.key, p.kind.value, p.region, list(self._zones(contact, country, p)), key]
                for p, key in zip(phones, keys, strict=True)
            ],
            "unread": unread,
            "country": country,
            "region_code": contact.region_code,
            "locality": contact.locality,
            "tags": sorted(contact.tag_ids),
            **self._field(contact),
            "protected": bool(self._signs.protected_tags & contact.tag_ids),
            "language": language_of(
                locale=contact.locale, countries=regions, default=self._policy.default_language
            ),
        }

    def _zones(self, contact: Contact, country: str | None, phone: Phone) -> tuple[str, ...]:
        return zones_for(
            phone,
            country=country,
            region_code=contact.region_code,
            locality=contact.locality,
            record_zone=contact.time_zone,
            default_zone=self._policy.default_zone or None,
        )

    def _consents(self, contact: Contact) -> tuple[ConsentSeen, ...]:
        signs = self._signs
        seen = [
            ConsentSeen(channel, Basis.TAG, name, (tag,))
            for channel, tags in (
                (Channel.WHATSAPP, signs.whatsapp_tags),
                (Channel.CALL, signs.call_tags),
            )
            for tag, name in tags.items()
            if tag in contact.tag_ids
        ]
        for field_id, value in self._field(contact).values():
            if value and value in signs.values:
                name = self._policy.consent.field
                seen.append(ConsentSeen(Channel.WHATSAPP, Basis.FIELD, name, (field_id, value)))
        return tuple(seen)

    def _field(self, contact: Contact) -> dict[str, list[str]]:
        """What the rule's custom field says, kept even where it is empty: it was looked at."""
        field_id = self._signs.field_id
        if field_id is None:
            return {}
        value = contact.custom_fields.get(field_id) or ""
        return {"field": [field_id, value.strip().lower()]}
