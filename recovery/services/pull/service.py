"""Pull: who is in which status, in as few Keap calls as the API allows, resumable by page.

Stages: `statuses` lists every undeliverable address; then `sweep` reads all contacts (the first
pull, a weekly one, or where it costs fewer calls) or `lookup` resolves new addresses one by one and
`changes` reads what people edited; `healed` asks again about addresses that left the list.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from recovery.domain.contact import Contact, ContactId, EmailAddress
from recovery.domain.email_status import UNDELIVERABLE, EmailStatus
from recovery.domain.policy import Policy
from recovery.errors import ContractBroken, PermanentFailure, Unsupported
from recovery.services.holds import Hold
from recovery.services.ports import Clock, ContactPage, Crm, StatusRow
from recovery.services.pull.reading import ContactFacts, ContactReader, ReaderFor, deciding_status
from recovery.services.pull.signs import consent_signs
from recovery.services.pull.waves import Waves

#: Keap's contacts without an e-mail, and those who healed unseen, are found once a week.
FULL_EVERY = timedelta(days=6, hours=12)
SET = 100
T = TypeVar("T")


@dataclass(slots=True)
class Progress:
    """Where a pull stands; `started_at` is the time of everything it sees."""

    id: int
    kind: str
    stage: str
    cursor: str
    started_at: datetime
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        """Adds to one of the run's counts."""
        if number:
            self.counts[what] = self.counts.get(what, 0) + number


class PullStore(Protocol):
    """What a pull reads and writes; each method is one transaction."""

    def unfinished(self) -> Progress | None:
        """The pull that was not finished, if any."""

    def last_full_at(self) -> datetime | None:
        """When the last finished sweep began."""

    def last_at(self) -> datetime | None:
        """When the last finished pull began."""

    def begin(self, kind: str, now: datetime) -> Progress:
        """A new pull."""

    def save_progress(self, pull: Progress, *, finished_at: datetime | None = None) -> None:
        """Stage, cursor and counts."""

    def save_addresses(self, pull: Progress, rows: Sequence[StatusRow]) -> None:
        """A page of the status list with the cursor behind it; contacts' statuses follow."""

    def listed(self, emails: Sequence[str]) -> dict[str, tuple[EmailStatus, str]]:
        """What the status list says of these addresses, by lower-case e-mail."""

    def unresolved(self, pull: Progress) -> tuple[str, ...]:
        """Listed addresses of which no contact is stored whole yet."""

    def contact_count(self) -> int:
        """How many contacts are known."""

    def save_contacts(
        self, pull: Progress, facts: Sequence[ContactFacts], read_at: datetime
    ) -> None:
        """A page of contacts with the cursor behind it; heals, moves and withdraws what changed."""

    def left_list(self, pull: Progress) -> tuple[str, ...]:
        """Addresses that an earlier pull listed and this one did not."""

    def settle_left(self, pull: Progress, rows: dict[str, StatusRow], asked: Sequence[str]) -> None:
        """What Keap says of addresses that left the list; the healed ones close their cases."""

    def unseen(self, pull: Progress) -> tuple[ContactId, ...]:
        """Contacts stored whole that a full sweep did not meet."""

    def save_gone(self, pull: Progress, ids: Sequence[ContactId]) -> None:
        """Contacts Keap no longer has: their cases close as gone."""

    def open_cases(self, pull: Progress, policy: Policy) -> None:
        """Opens, joins and re-opens cases for whom the policy says so."""


class PullService:
    """The use case; one instance a run."""

    def __init__(
        self,
        *,
        crm: Crm,
        store: PullStore,
        reader: ReaderFor,
        policy: Policy,
        waves: Waves,
        clock: Clock,
    ) -> None:
        self._crm = crm
        self._store = store
        self._reader_for = reader
        self._policy = policy
        self._waves = waves
        self._clock = clock
        #: The wave that kept the last run from opening cases.
        self.held: Hold | None = None

    def run(self, *, full: bool = False) -> Progress:
        """One whole pull, or the rest of the one that was cut short; `full` meets every contact."""
        kind = "full" if full else self._kind()
        pull = self._store.unfinished() or self._store.begin(kind, self._clock())
        if full:
            self._widen(pull)
        reader = self._reader_for(consent_signs(self._crm, self._policy))
        if pull.stage == "statuses":
            self._statuses(pull)
        if pull.stage == "contacts":
            self._choose(pull)
        if pull.stage == "lookup":
            self._lookup(pull, reader)
        if pull.stage in ("changes", "sweep"):
            self._pages(pull, reader)
        if pull.stage == "healed":
            self._healed(pull, reader)
        self.held = None if pull.kind == "blind" else self._waves.hold(pull.id, pull.started_at)
        if self.held is None:
            self._store.open_cases(pull, self._policy)
        self._store.save_progress(pull, finished_at=self._clock())
        return pull

    def _widen(self, pull: Progress) -> None:
        """Makes a full pull of one that was cut short as a delta."""
        if pull.kind != "delta":
            return
        pull.kind = "full"
        if pull.stage not in ("statuses", "contacts"):
            self._go_on(pull, "sweep", cursor="0")

    def _kind(self) -> str:
        last = self._store.last_full_at()
        return "delta" if last and self._clock() - last < FULL_EVERY else "full"

    def _statuses(self, pull: Progress) -> None:
        try:
            for rows in self._status_pages(pull):
                self._store.save_addresses(pull, rows)
        except Unsupported:
            # Without the list the contacts alone tell their statuses (facts: Keap, §2).
            pull.kind = "blind"
        except (ContractBroken, PermanentFailure):
            if not pull.cursor:
                raise
            # A token of an earlier process may have expired: list once more from the start.
            pull.cursor = ""
            return self._statuses(pull)
        self._go_on(pull, "contacts")
        return None

    def _status_pages(self, pull: Progress) -> Iterator[tuple[StatusRow, ...]]:
        token: str | None = pull.cursor or None
        while True:
            page = self._crm.status_page(UNDELIVERABLE, token=token)
            pull.cursor = token = page.next_token or ""
            yield page.rows
            if not token:
                return

    def _choose(self, pull: Progress) -> None:
        if pull.kind != "delta":
            self._go_on(pull, "sweep", cursor="0")
            return
        new = len(self._store.unresolved(pull))
        cheaper = new <= max(1, self._store.contact_count() // 1000)
        self._go_on(pull, "lookup" if cheaper else "sweep", cursor="" if cheaper else "0")
        if not cheaper:
            pull.kind = "full"

    def _lookup(self, pull: Progress, reader: ContactReader) -> None:
        for email in self._store.unresolved(pull):
            read_at, contacts = self._clock(), self._crm.contacts_with_email(email)
            self._store.save_contacts(pull, self._facts(pull, reader, contacts), read_at)
        self._go_on(pull, "changes", cursor="0")

    def _pages(self, pull: Progress, reader: ContactReader) -> None:
        since = self._store.last_at() if pull.stage == "changes" else None
        # The next page is on its way while this one is stored.
        with ThreadPoolExecutor(1) as ahead:
            page = self._crm.contacts_after(pull.cursor, changed_since=since)
            while True:
                read_at = self._clock()
                later = None
                if not page.is_last and page.last_id:
                    later = ahead.submit(
                        self._crm.contacts_after, page.last_id, changed_since=since
                    )
                self._save_page(pull, reader, page, read_at)
                if later is None:
                    break
                page = later.result()
        if pull.stage == "sweep":
            self._missing(pull, reader)
        self._go_on(pull, "healed")

    def _save_page(
        self, pull: Progress, reader: ContactReader, page: ContactPage, read_at: datetime
    ) -> None:
        pull.cursor = page.last_id or pull.cursor
        pull.count("pulled", len(page.contacts))
        pull.count("unreadable", page.broken)
        self._store.save_contacts(pull, self._facts(pull, reader, page.contacts), read_at)

    def _facts(
        self, pull: Progress, reader: ContactReader, contacts: Sequence[Contact]
    ) -> list[ContactFacts]:
        listed = self._told(pull, [c.primary for c in contacts if c.primary])
        facts = []
        for contact in contacts:
            status, raw = deciding_status(contact, listed, blind=pull.kind == "blind")
            facts.append(reader.facts(contact, status=status, raw=raw))
        return facts

    def _told(
        self, pull: Progress, addresses: Sequence[EmailAddress]
    ) -> Mapping[str, tuple[EmailStatus, str]]:
        """By the list of this pull; without one, each address whose contact does not tell its
        status is asked about by itself, at a call apiece."""
        if pull.kind != "blind":
            return self._store.listed([address.email for address in addresses])
        silent = [address.email for address in addresses if address.status is None]
        try:
            found = self._crm.statuses_of(silent) if silent else {}
        except Unsupported:
            return {}
        return {email: (row.status, row.raw) for email, row in found.items()}

    def _missing(self, pull: Progress, reader: ContactReader) -> None:
        ids = self._store.unseen(pull)
        for some in _sets(ids):
            read_at, found = self._clock(), self._crm.contacts_by_id(some)
            self._store.save_contacts(pull, self._facts(pull, reader, found), read_at)
            there = {contact.id for contact in found}
            self._store.save_gone(pull, [one for one in some if one not in there])

    def _healed(self, pull: Progress, reader: ContactReader) -> None:
        if pull.kind == "blind":
            return
        left = self._store.left_list(pull)
        for some in _sets(left):
            self._store.settle_left(pull, self._crm.statuses_of(some), some)

    def _go_on(self, pull: Progress, stage: str, cursor: str = "") -> None:
        pull.stage, pull.cursor = stage, cursor
        self._store.save_progress(pull)


def _sets(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), SET):
        yield items[start : start + SET]
