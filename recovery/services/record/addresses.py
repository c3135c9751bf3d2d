"""What Keap gets as a person's address: a new one, one it has already, or a fresh consent.

The case is recovered when Keap, read back, delivers to it; nothing that a person of the firm wrote
in Keap meanwhile is overwritten.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus
from recovery.services.ports import Clock, Crm
from recovery.services.record.outbox import Entry

_LONGEST_REASON = 250
#: The text with the link to the firm's form, from language and given name: its language and body.
Link = Callable[[str, str], tuple[str, str]]


class AddressStore(Protocol):
    """What follows from Keap's answer; each method is one transaction."""

    def address_written(self, entry: Entry, contact: Contact, now: datetime) -> bool:
        """A contact as read back; True when its case is recovered by it."""

    def hand_over(self, entry: Entry, now: datetime) -> None:
        """A person of the team decides what Keap shall show."""

    def win_lost(self, entry: Entry, now: datetime, *, why: str) -> None:
        """No free win after all: the case goes its normal way."""

    def opted_in(
        self, entry: Entry, status: EmailStatus, now: datetime, *, link: Link | None
    ) -> bool:
        """What Keap made of an opt-in; True when the case is recovered by it.

        Who was refused gets the link to the firm's own form, where there is one and the window is
        open; without a form they are for a person at once.
        """

    def opted_out(self, entry: Entry, now: datetime) -> None:
        """Keap writes to none of their addresses any more."""

    def emails_of_all(self, case_id: int) -> dict[ContactId, list[str]]:
        """Every contact of the case with every address that we know of it."""

    def email_of(self, contact_id: ContactId) -> str | None:
        """The contact's deciding address."""


class Addresses:
    """Writes one entry each; answers whether the case is recovered by it, and what to note."""

    def __init__(self, *, store: AddressStore, crm: Crm, clock: Clock, link: Link | None) -> None:
        self._store = store
        self._crm = crm
        self._clock = clock
        self._link = link

    def new(self, entry: Entry) -> tuple[bool, str | None]:
        """An address that the person gave and confirmed, with their words as the reason."""
        words = entry.payload.get("words", "")
        reason = f"Recovery: given and confirmed by the person ({words})"[:_LONGEST_REASON]
        contact = self._promote(entry, reason=reason)
        if contact is None:
            self._store.hand_over(entry, self._clock())
            return False, "somebody changed the address in Keap meanwhile"
        return self._store.address_written(entry, contact, self._clock()), None

    def win(self, entry: Entry) -> tuple[bool, str | None]:
        """An address that Keap delivers to already: it needs no reason, and must still work."""
        email, old = entry.payload["email"], entry.payload.get("old")
        rows = self._crm.statuses_of([email, *([old] if old else [])])
        row = rows.get(email.strip().lower())
        if row is None or not row.status.is_deliverable:
            return False, self.lose(entry, "Keap does not deliver to it any more")
        before = rows.get((old or "").strip().lower())
        if before is not None and before.status.is_refusal:
            return False, self.lose(entry, "they opted out meanwhile")
        if before is not None and before.status.is_deliverable:
            return False, self.lose(entry, "their own address works again")
        contact = self._promote(entry, reason=None)
        if contact is None:
            return False, self.lose(entry, "somebody changed the address in Keap meanwhile")
        return self._store.address_written(entry, contact, self._clock()), None

    def lose(self, entry: Entry, why: str) -> str:
        """The case goes its normal way."""
        self._store.win_lost(entry, self._clock(), why=why)
        return why

    def opt_in(self, entry: Entry) -> tuple[bool, str | None]:
        """A fresh consent, for statuses in which Keap takes one by its API."""
        email = self._store.email_of(entry.contact_id)
        if email is None:
            return False, "no address"
        reason = f"Recovery: fresh consent ({entry.payload.get('words', '')})"[:_LONGEST_REASON]
        still = partial(self._is_as_agreed, entry, email)
        status = self._crm.opt_in(email, reason=reason, still=still)
        if status is None:
            self._store.hand_over(entry, self._clock())
            return False, "somebody changed the address in Keap meanwhile"
        recovered = self._store.opted_in(entry, status, self._clock(), link=self._link)
        return recovered, status.value

    def _is_as_agreed(self, entry: Entry, email: str) -> bool:
        """Is it still their address, without a refusal that is newer than what they agreed to?"""
        (contact,) = self._crm.contacts_by_id([entry.contact_id]) or (None,)
        shown = contact.primary if contact else None
        if shown is None or shown.email.lower() != email.lower():
            return False
        if shown.status is None or not shown.status.is_refusal:
            return True
        # Entries that an earlier version queued do not say what the status was.
        return EmailStatus(entry.payload.get("status", shown.status)) is shown.status

    def opt_out(self, entry: Entry) -> tuple[bool, str | None]:
        """Their refusal of e-mail as well, for every address of theirs; it can be repeated."""
        reason = f"Recovery: asked for no more e-mail ({entry.payload.get('words', '')})"
        known = self._store.emails_of_all(entry.case_id or 0)
        shown = self._crm.contacts_by_id(list(known))
        emails = {email for theirs in known.values() for email in theirs}
        # Those that somebody added since we looked are meant as well.
        emails |= {address.email for contact in shown for address in contact.emails}
        for email in sorted(emails):
            self._crm.opt_out(email, reason=reason[:_LONGEST_REASON])
        self._store.opted_out(entry, self._clock())
        return False, f"{len(emails)} addresses"

    def _promote(self, entry: Entry, *, reason: str | None) -> Contact | None:
        email, old = entry.payload["email"], entry.payload.get("old")
        return self._crm.set_primary_email(entry.contact_id, email, instead_of=old, reason=reason)
