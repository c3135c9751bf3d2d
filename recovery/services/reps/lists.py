"""Starting recovery of people by hand: those whose status the policy opens only on request."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Open, Policy
from recovery.errors import Refusal
from recovery.services.ports import Clock

#: People on one page, and the most that one start takes.
PAGE, MOST = 100, 2000


@dataclass(frozen=True, slots=True)
class Startable:
    """A contact without a case, in a status that somebody must ask for."""

    contact_id: str
    name: str
    status: str
    country: str
    language: str
    score: float | None


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Who is wanted; None is everybody."""

    status: EmailStatus | None = None
    country: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """How many people were asked for, and how many have a case now; the others are not allowed by
    the policy, share a person who has one, or were finished for good."""

    asked: int
    opened: int


class ListStore(Protocol):
    """Where lists are read and started; each method is one transaction or a few."""

    def startable(
        self, statuses: Sequence[str], wanted: ListFilter, after: str, limit: int
    ) -> list[Startable]:
        """Contacts in these statuses without an open case, by id."""

    def start(
        self, contact_ids: Sequence[str], statuses: Sequence[str], now: datetime, *, by: str
    ) -> Started:
        """Remembers who asked for whom, with an audit row, and opens their cases at once."""


class Lists:
    """What a manager needs to start a list."""

    def __init__(self, store: ListStore, *, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock

    def statuses(self) -> tuple[EmailStatus, ...]:
        """The statuses that open on request."""
        rules = self._policy.statuses.items()
        return tuple(status for status, rule in rules if rule.open is Open.ON_REQUEST)

    def startable(self, wanted: ListFilter | None = None, *, after: str = "") -> list[Startable]:
        """One page of people who can be asked for, after this contact."""
        filter_ = wanted or ListFilter()
        names = [one.value for one in self.statuses() if filter_.status in (None, one)]
        return self._store.startable(names, filter_, after, PAGE)

    def start(self, contact_ids: Sequence[str], *, by: str) -> Started:
        """Opens cases for these people; asking for somebody twice changes nothing. Refusal for
        nobody, or for more than 2,000 at once."""
        ids = list(dict.fromkeys(contact_ids))
        if not ids:
            raise Refusal("choose somebody first")
        if len(ids) > MOST:
            raise Refusal(f"start at most {MOST} people at once: narrow the list")
        names = [one.value for one in self.statuses()]
        return self._store.start(ids, names, self._clock(), by=by)
