"""What placing calls needs of a telephone company, and what a call tells it to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.services.ports import SendAnswer


@dataclass(frozen=True, slots=True)
class OutboundCall:
    """A rep's phone to be rung; `token` names this order in every callback."""

    to: str
    caller_id: str
    token: str


@dataclass(frozen=True, slots=True)
class ProviderCall:
    """A call, or one leg of it, as the provider lists it; numbers in E.164."""

    sid: str
    to: str
    caller_id: str
    status: str
    created_at: datetime
    answered_by: str | None = None
    seconds: int | None = None


class Caller(Protocol):
    """Twilio's calls."""

    def place(self, call: OutboundCall) -> SendAnswer:
        """Exactly one POST under a total deadline; AuthorizationLost where we are refused."""

    def call(self, sid: str) -> ProviderCall | None:
        """A call by its id; None when the provider does not know it."""

    def legs_of(self, sid: str) -> tuple[ProviderCall, ...]:
        """The calls that this one dialled."""

    def calls_to(self, number: str, *, since: datetime) -> tuple[ProviderCall, ...]:
        """Calls we placed to this number, created since then, all pages."""

    def hang_up(self, sid: str, *, answered: bool) -> None:
        """Ends a call, or, unanswered, takes it back; one that is over already is no error."""

    def explain(self, code: str | None, language: str = "en") -> str:
        """An error code in plain words, with the mend."""


@dataclass(frozen=True, slots=True)
class AskForKey:
    """Says something to the rep and waits for one key; without one the call ends."""

    words: str
    language: str
    token: str


@dataclass(frozen=True, slots=True)
class Bridge:
    """Dials a person under our number and joins the two when they pick up."""

    number: str
    caller_id: str
    token: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends the call, with a word why where there is one."""

    words: str = ""
    language: str = "en"


#: What a call shall do next, when the provider asks.
Instruction = AskForKey | Bridge | HangUp


class Pace(Protocol):
    """The account's calls a second, shared by all processes."""

    def reserve(self, *, longest: float) -> float | None:
        """Takes the next place in the line: seconds to wait for it, or None where it is longer."""


def only(found: Sequence[ProviderCall], *, but: frozenset[str]) -> ProviderCall | None:
    """The one call that nothing else is bound to; None where there is none, or a choice."""
    free = [one for one in found if one.sid not in but]
    return free[0] if len(free) == 1 else None
