"""Lifting a person's no: by a manager, for a reason, and only on something newer of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.domain.contact import ContactId
from recovery.domain.imported import ALL
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.users.service import Users
from recovery.services.users.user import Role

LONGEST_REASON = 200
EVERY = ALL


@dataclass(frozen=True, slots=True)
class Standing:
    """A suppression that stands on one of a contact's keys."""

    id: int
    channel: str
    reason: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word of the person's that speaks for contact: a consent or a message, on its channel."""

    channel: str
    at: datetime
    what: str

    def is_newer_than(self, no: Standing) -> bool:
        """It came later, and on the channel that is closed."""
        return self.at > no.at and no.channel in (self.channel, EVERY)


#: A no, and what speaks against it.
Lifted = tuple[Standing, Evidence]


class LiftStore(Protocol):
    """What lifting reads and writes; each method is one transaction."""

    def standing(self, contact_id: ContactId) -> list[Standing] | None:
        """What stands on any key of the contact; None for one that is not known."""

    def lift(
        self, contact_id: ContactId, *, reason: str, actor: str, now: datetime
    ) -> list[Lifted]:
        """Lifts what something newer speaks against, with an audit row each, as it is once nobody
        can say another no; the open case is decided anew."""


class Lifting:
    """The use case behind `recovery lift`."""

    def __init__(self, store: LiftStore, *, users: Users, clock: Clock) -> None:
        self._store = store
        self._users = users
        self._clock = clock

    def lift(self, contact_id: ContactId, *, reason: str, as_: str) -> list[Lifted]:
        """Lifts what something newer speaks against; Refusal where nothing does."""
        actor = self._users.get(as_)
        if not (actor.active and actor.role.covers(Role.MANAGER)):
            raise Refusal("only an active manager or admin lifts a person's no")
        why = " ".join(reason.split())[:LONGEST_REASON]
        if not why:
            raise Refusal("say why: the reason is kept with who lifted it")
        standing = self._store.standing(contact_id)
        if standing is None:
            raise Refusal("no contact has this id, as Keap was read last: run `recovery pull`")
        if not standing:
            raise Refusal("nothing is closed for this contact")
        now = self._clock()
        lifted = self._store.lift(contact_id, reason=why, actor=actor.email, now=now)
        if not lifted:
            raise Refusal(
                "nothing from this person is newer than their no: record their consent first "
                "(on their card, or by `recovery import --consent`)"
            )
        return lifted


def to_be_lifted(standing: Sequence[Standing], found: Sequence[Evidence]) -> list[Lifted]:
    """Each no that something newer speaks against, with the newest of it."""
    return [(no, word) for no in standing if (word := _against(no, found))]


def _against(no: Standing, found: Sequence[Evidence]) -> Evidence | None:
    newer = (word for word in found if word.is_newer_than(no))
    return max(newer, key=lambda word: word.at, default=None)
