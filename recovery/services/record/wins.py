"""Free wins: another address of a person that Keap delivers to, proposed to a manager, who says yes
or no before anybody is written to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.errors import Refusal
from recovery.services.ports import Clock, Crm
from recovery.services.users.service import User, Users

#: Proposals of one transaction.
PAGE = 500
#: Contacts that one call of Keap reads.
_CALL = 1000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A free win that waits; `email` is None while a twin's address was not read from Keap yet.

    `source` is the field that holds it, or `twin`; `holder` is the contact whose record it is in.
    """

    case_id: int
    contact_id: ContactId
    name: str
    status: EmailStatus
    old_email: str | None
    email: str | None
    source: str
    holder: ContactId
    since: datetime
    until: datetime | None


@dataclass(slots=True)
class Decided:
    """What a bulk decision did: contacts decided about, and why others were left out."""

    contacts: list[ContactId] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


#: The addresses that somebody saw before they decided, by contact.
Shown = Mapping[ContactId, str]
_ANY: Shown = {}


class WinStore(Protocol):
    """Where proposals are kept; each method is one transaction."""

    def count(self) -> int:
        """How many proposals wait."""

    def proposals(
        self, *, after: int = 0, limit: int = PAGE, contacts: Sequence[ContactId] | None = None
    ) -> list[Proposal]:
        """Proposals in the order of their cases, from the one after this case on."""

    def twins_to_read(self) -> dict[int, tuple[ContactId, ...]]:
        """Cases proposed for a twin whose address is not known, each with its twins."""

    def save_twin(self, case_id: int, holder: ContactId, email: str, now: datetime) -> None:
        """Keeps a twin's address for as long as it is proposed."""

    def approve(self, proposals: Sequence[Proposal], *, actor: str, now: datetime) -> Decided:
        """Hands each to the outbox, with its audit row; who was decided meanwhile is left out."""

    def reject(self, proposals: Sequence[Proposal], *, actor: str, now: datetime) -> Decided:
        """Lets each case go its normal way, with an audit row."""


class Wins:
    """Lists free wins and takes a manager's decision; Keap is written to by the next `record`."""

    def __init__(self, store: WinStore, *, users: Users, clock: Clock) -> None:
        self._store = store
        self._users = users
        self._clock = clock

    def count(self) -> int:
        """How many wait for a decision."""
        return self._store.count()

    def proposed(self, *, after: int = 0, limit: int = PAGE) -> list[Proposal]:
        """One page, oldest case first; `after` is the last case of the page before."""
        return self._store.proposals(after=after, limit=limit)

    def read_twins(self, crm: Crm) -> int:
        """Reads the addresses of twins that are not known yet, a thousand a call; counts them."""
        wanted = self._store.twins_to_read()
        everyone = sorted({one for twins in wanted.values() for one in twins})
        found: dict[ContactId, str] = {}
        for start in range(0, len(everyone), _CALL):
            for contact in crm.contacts_by_id(everyone[start : start + _CALL]):
                works = (a.email for a in contact.emails if a.status and a.status.is_deliverable)
                if email := next(works, None):
                    found[contact.id] = email
        for case_id, twins in wanted.items():
            if holder := next((one for one in twins if one in found), None):
                self._store.save_twin(case_id, holder, found[holder], self._clock())
        return len(found)

    def approve(
        self, contacts: Sequence[ContactId] | None, *, as_: str, shown: Shown = _ANY
    ) -> Decided:
        """Yes to these contacts' proposals, None: to all; Refusal unless a manager or admin.

        The address that was shown is the one Keap gets, once; the case is recovered when Keap,
        read back, delivers to it. Whose proposal names another one than `shown` is left out.
        """
        return self._decide(contacts, as_, shown, yes=True)

    def reject(
        self, contacts: Sequence[ContactId] | None, *, as_: str, shown: Shown = _ANY
    ) -> Decided:
        """No: the case goes its normal way and no free win is proposed for it again; as above where
        another address was shown."""
        return self._decide(contacts, as_, shown, yes=False)

    def _decide(
        self, contacts: Sequence[ContactId] | None, as_: str, shown: Shown, *, yes: bool
    ) -> Decided:
        actor = self._manager(as_).email
        decide = self._store.approve if yes else self._store.reject
        total = Decided()
        for page in self._pages(contacts):
            seen = [one for one in page if shown.get(one.contact_id, one.email) == one.email]
            decided = decide(seen, actor=actor, now=self._clock())
            total.contacts += decided.contacts
            total.skipped += decided.skipped + Counter(decided_meanwhile=len(page) - len(seen))
        if contacts is not None:
            known = len(total.contacts) + total.skipped.total()
            total.skipped += Counter(not_proposed=len(set(contacts)) - known)
        return total

    def _pages(self, contacts: Sequence[ContactId] | None) -> Iterator[list[Proposal]]:
        if contacts is None:
            after = 0
            while page := self._store.proposals(after=after):
                yield page
                after = page[-1].case_id
            return
        wanted = list(dict.fromkeys(contacts))
        for start in range(0, len(wanted), PAGE):
            yield self._store.proposals(contacts=wanted[start : start + PAGE])

    def _manager(self, email: str) -> User:
        user = self._users.get(email)
        if not user.active:
            raise Refusal("this user is locked: an active manager or admin has to decide")
        if not user.role.may_approve:
            raise Refusal("a rep cannot decide about free wins: ask a manager or an admin")
        return user


#: Why a proposal was left out, in words.
WORDS: Mapping[str, str] = {
    "decided_meanwhile": "decided by somebody else, run out, or changed in Keap meanwhile",
    "address_unknown": "the twin's address was not read from Keap yet: `recovery record`",
    "not_proposed": "nothing is proposed for this contact",
}
