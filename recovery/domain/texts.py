"""Which of our approved texts goes for a step: special ones first, then the plain, then stand-ins.

A typo of a known domain is asked about by one tap; people with an order get the UTILITY text that
names it. What WhatsApp approved a text as is read, never assumed (facts: Twilio, error 63049).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from recovery.domain.email_address import masked, suggestion

UTILITY = "UTILITY"
#: WhatsApp delivers no marketing templates to the United States (63049, since 2025-04-01).
NO_MARKETING = frozenset({"US"})
#: Endings of names: about an order of theirs, and about a likely typo of their address.
ORDER, TYPO = "_order", "_typo"
_PLAIN = "_first"
#: Goals of whose first message there are special texts.
_WITH_SPECIAL = frozenset({"new_email"})

Stands = Mapping[str, Sequence[str]]


class TextRules(BaseModel):
    """The policy's `templates`: what stands in for a text, and how old an order may be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    #: By a text's name the texts to send while WhatsApp has it paused, disabled or not approved.
    instead: dict[str, tuple[str, ...]] = {}
    #: How many days an order is reason enough for a UTILITY message; 0: never.
    order_days: int = Field(default=365, ge=0, le=3650)


@dataclass(frozen=True, slots=True)
class Texts:
    """What WhatsApp said last of our texts in one language; of one never asked about, nothing."""

    #: WhatsApp's word on each that may not be sent (paused, rejected …), by name.
    closed: Mapping[str, str] = field(default_factory=dict)
    #: Names of those approved as UTILITY.
    utility: frozenset[str] = frozenset()


def special(goal: str, *, order: str, likely_email: str | None) -> tuple[str, ...]:
    """Names of the special first texts that fit this person, the best first."""
    if goal not in _WITH_SPECIAL:
        return ()
    fits = ((TYPO, likely_email), (ORDER, order))
    return tuple(goal + ending for ending, what in fits if what)


def likely_email(email: str) -> str | None:
    """The address that was meant by a typo, where a person recognises it although it is masked."""
    meant = suggestion(email) if email else None
    return meant if meant and masked(meant) != masked(email) else None


def ladder(name: str, instead: Stands) -> tuple[str, ...]:
    """All texts that may go for this one, the best first, each once."""
    special_of = [name.removesuffix(end) for end in (TYPO, ORDER) if name.endswith(end)]
    names = [name, *(goal + _PLAIN for goal in special_of)]
    found = [one for name in names for one in (name, *instead.get(name, ()))]
    # The plain text comes before what stands in for a special one.
    return tuple(dict.fromkeys([*names, *found]))


def may_reach(country: str | None, category: str | None) -> bool:
    """Marketing is for no number of the United States; what is not known counts as marketing."""
    return country not in NO_MARKETING or (category or "").upper() == UTILITY
