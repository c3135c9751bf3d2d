"""What a person of the team says of a case: how a call went, that it ends, that it goes on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.domain.case import Disposition
from recovery.errors import Refusal
from recovery.services.ports import Clock


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a rep says happened; `at` is for a callback, in UTC."""

    contact_id: str
    disposition: Disposition
    rep: str
    email: str | None = None
    at: datetime | None = None
    note: str = ""
    #: The person's own words, where they agreed to something.
    words: str = ""
    #: What the firm's own list calls it, and when it was said, where that was earlier.
    code: str = ""
    said_at: datetime | None = None


class ByPersonStore(Protocol):
    """Where such a word goes; each method is one transaction."""

    def dispose(self, result: CallResult, now: datetime) -> None:
        """A rep's word on a call, with its consequences; raises Refusal without an open case."""

    def close_case(
        self, contact_id: str, *, reason: str, in_touch: bool, actor: str, now: datetime
    ) -> None:
        """Ends the open case, with who said so and why."""

    def resume_case(self, contact_id: str, *, actor: str, now: datetime) -> None:
        """Gives an engaged case back to its next call."""


class ByPerson:
    """The use case; asks nobody outside."""

    def __init__(self, store: ByPersonStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def dispose(self, result: CallResult) -> None:
        """A call's result, by command line or by the rep's screen."""
        if result.disposition is Disposition.CALLBACK and result.at is None:
            raise Refusal("a callback needs a time: give --at")
        if result.disposition is Disposition.NEW_EMAIL and not result.email:
            raise Refusal("a new address is missing: give --email")
        self._store.dispose(result, self._clock())

    def close_case(
        self, contact_id: str, *, reason: str, actor: str, in_touch: bool = False
    ) -> None:
        """A person's word that ends a case for good; Refusal where none is open."""
        now = self._clock()
        self._store.close_case(contact_id, reason=reason, in_touch=in_touch, actor=actor, now=now)

    def resume_case(self, contact_id: str, *, actor: str) -> None:
        """Gives an engaged case back to its next call; Refusal where it is not engaged."""
        self._store.resume_case(contact_id, actor=actor, now=self._clock())
