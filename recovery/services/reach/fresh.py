"""Fresh news, by sets, of the people who are about to be written to (DESIGN §7).

A message may only follow a look at Keap in the last ten minutes: a contact may be deleted there,
lose the consent tag, change the address, or heal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol, TypeVar

from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Policy
from recovery.services.ports import Crm, StatusRow
from recovery.services.pull.reading import ContactFacts, ContactReader, ReaderFor, deciding_status
from recovery.services.pull.signs import consent_signs

#: What Keap showed in these minutes is fresh for a send.
FRESH_FOR = timedelta(minutes=10)
#: Looked at a little earlier, so that nothing gets stale between the look and the send.
LOOK_AFTER = FRESH_FOR - timedelta(seconds=30)
#: One call tells of so many contacts, of so many addresses.
CONTACTS, ADDRESSES = 500, 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """A contact of a person who is about to be written to, as our copy has it."""

    case_id: int
    contact_id: ContactId
    status: EmailStatus
    raw_status: str | None
    #: The deciding address; None for people without one.
    email: str | None
    read_at: datetime | None
    listed_at: datetime | None


class FreshStore(Protocol):
    """What looking again reads and writes; each method is one transaction."""

    def known(self, case_ids: Sequence[int]) -> list[Known]:
        """All contacts of these cases."""

    def versions(self, case_ids: Sequence[int]) -> dict[int, int]:
        """Which state of the cases that are still open we know of."""

    def listed(self, emails: Sequence[str]) -> dict[str, tuple[EmailStatus, str]]:
        """What the status list says of these addresses, by lower-case e-mail."""

    def statuses_read(self, rows: Mapping[str, StatusRow], now: datetime) -> None:
        """Fresh statuses; contacts and cases follow."""

    def contacts_read(
        self, facts: Sequence[ContactFacts], gone: Sequence[ContactId], now: datetime
    ) -> None:
        """Fresh contacts: what changed reaches the cases, which are decided anew."""

    def why_changed(self, versions: Mapping[int, int]) -> dict[int, str]:
        """The cases that are not as they were, each with the reason in one word."""


class FreshLook:
    """The use case; one instance a run, which asks of nobody twice in ten minutes."""

    def __init__(self, *, store: FreshStore, crm: Crm, reader: ReaderFor, policy: Policy) -> None:
        self._store = store
        self._crm = crm
        self._reader_for = reader
        self._policy = policy
        self._asked: dict[str, datetime] = {}

    def look(
        self, case_ids: Sequence[int], now: datetime, *, ahead: Sequence[int]
    ) -> dict[int, str]:
        """Reads again what is stale of these cases, and with it of those that come next.

        Answers the cases of `ahead` that changed by it, each with the reason: nothing may be sent
        to them as it was decided.
        """
        if not self._stale(self._store.known(case_ids), now):
            return {}
        versions = self._store.versions(ahead)
        known = self._store.known(ahead)
        self._read(known, self._stale(known, now), now)
        return self._store.why_changed(versions)

    def _stale(self, known: Sequence[Known], now: datetime) -> list[Known]:
        since = now - LOOK_AFTER
        return [
            one
            for one in known
            if (_is_old(one.read_at, since) and not self._was_asked(one.contact_id, since))
            or (
                one.email
                and _is_old(one.listed_at, since)
                and not self._was_asked(one.email, since)
            )
        ]

    def _was_asked(self, what: str, since: datetime) -> bool:
        """Keap does not tell of everybody; asking again at once would change nothing."""
        return what in self._asked and self._asked[what] >= since

    def _read(self, known: Sequence[Known], stale: Sequence[Known], now: datetime) -> None:
        since = now - LOOK_AFTER
        old = [one.contact_id for one in stale if _is_old(one.read_at, since)]
        found = self._contacts(old)
        now_named = [_renamed(one, found.get(one.contact_id), since) for one in stale]
        self._statuses([one.email for one in now_named if one.email and one.listed_at is None], now)
        if old:
            before = {one.contact_id: one for one in known}
            gone = [one for one in old if one not in found]
            self._store.contacts_read(self._facts(found, before), gone, now)
        self._asked.update(dict.fromkeys(old, now))

    def _contacts(self, ids: Sequence[ContactId]) -> dict[ContactId, Contact]:
        sets = _sets(list(dict.fromkeys(ids)), CONTACTS)
        return {one.id: one for some in sets for one in self._crm.contacts_by_id(some)}

    def _statuses(self, emails: Sequence[str], now: datetime) -> None:
        for some in _sets(list(dict.fromkeys(emails)), ADDRESSES):
            self._store.statuses_read(self._crm.statuses_of(some), now)
        self._asked.update(dict.fromkeys(emails, now))

    def _facts(
        self, found: Mapping[ContactId, Contact], before: Mapping[ContactId, Known]
    ) -> list[ContactFacts]:
        listed = self._store.listed([c.primary.email for c in found.values() if c.primary])
        facts = []
        for contact in found.values():
            status, raw = deciding_status(contact, listed, blind=False)
            old = before[contact.id]
            if status is EmailStatus.UNLISTED:
                # What Keap does not tell has not changed.
                status, raw = old.status, old.raw_status
            facts.append(self._reader.facts(contact, status=status, raw=raw))
        return facts

    @cached_property
    def _reader(self) -> ContactReader:
        return self._reader_for(consent_signs(self._crm, self._policy))


def _is_old(moment: datetime | None, since: datetime) -> bool:
    return moment is None or moment < since


def _renamed(one: Known, contact: Contact | None, since: datetime) -> Known:
    """With the address that decides now; `listed_at` is None where its status must be asked."""
    primary = contact.primary if contact else None
    email = primary.email if primary else one.email
    if email == one.email and not _is_old(one.listed_at, since):
        return one
    return replace(one, email=email, listed_at=None)


def _sets(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
