"""What a rep may say of a call: a list each firm writes for itself, whose meaning is its flags.

The rules know flags alone, so that a firm renames, adds and numbers its dispositions freely.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from recovery.domain.case import Disposition
from recovery.domain.replies.text import fold


class Flag(StrEnum):
    """What a disposition means."""

    #: Somebody picked up, whoever it was.
    HUMAN_ANSWERED = "human_answered"
    #: The person themselves was spoken to: the next call is only as agreed with them.
    CONNECTED = "connected"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    CALLBACK = "callback"
    NEW_ADDRESS = "new_address"
    CONSENT = "consent"
    DO_NOT_CONTACT = "do_not_contact"
    UNREACHABLE = "unreachable"


class Asks(StrEnum):
    """What a rep must give with a disposition before it can be kept."""

    TIME = "time"
    EMAIL = "email"
    WORDS = "words"


#: Flags of which a disposition has at most one, gravest first, with what routing calls them.
_MEANS: Mapping[Flag, Disposition] = {
    Flag.DO_NOT_CONTACT: Disposition.DO_NOT_CONTACT,
    Flag.WRONG_NUMBER: Disposition.WRONG_NUMBER,
    Flag.REFUSED: Disposition.REFUSED,
    Flag.NEW_ADDRESS: Disposition.NEW_EMAIL,
    Flag.CONSENT: Disposition.CONSENT,
    Flag.CALLBACK: Disposition.CALLBACK,
}
_ASKS = {Flag.CALLBACK: Asks.TIME, Flag.NEW_ADDRESS: Asks.EMAIL, Flag.CONSENT: Asks.WORDS}
#: What only the person themselves can have said.
_THEIR_WORD = frozenset(_MEANS) - {Flag.WRONG_NUMBER}
_NOBODY = {
    one.value: one
    for one in (
        Disposition.NO_ANSWER,
        Disposition.BUSY,
        Disposition.VOICEMAIL,
        Disposition.FAILED,
    )
}


class Choice(BaseModel):
    """One disposition of the list; `digit` is its key on the keyboard, None where it has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
    digit: Annotated[int, Field(ge=1, le=9)] | None = None
    es: Annotated[str, Field(min_length=1, max_length=40)]
    pt: Annotated[str, Field(min_length=1, max_length=40)]
    en: Annotated[str, Field(min_length=1, max_length=40)]
    flags: frozenset[Flag]

    @field_validator("flags")
    @classmethod
    def _one_meaning(cls, flags: frozenset[Flag]) -> frozenset[Flag]:
        if len(flags & _MEANS.keys()) > 1:
            raise ValueError(f"of {', '.join(_MEANS)} a disposition has at most one")
        if Flag.UNREACHABLE in flags and len(flags) > 1:
            raise ValueError("who was unreachable said nothing: unreachable stands alone")
        if flags & _THEIR_WORD and Flag.CONNECTED not in flags:
            raise ValueError("what the person said needs connected as well")
        if flags & {Flag.CONNECTED, Flag.WRONG_NUMBER} and Flag.HUMAN_ANSWERED not in flags:
            raise ValueError("connected and wrong_number need human_answered as well")
        if {Flag.CONNECTED, Flag.WRONG_NUMBER} <= flags:
            raise ValueError("a wrong number did not connect to the person")
        if not flags:
            raise ValueError("needs at least one flag")
        return flags

    @property
    def means(self) -> Disposition:
        """What routing, reports and Keap know it as."""
        for flag, disposition in _MEANS.items():
            if flag in self.flags:
                return disposition
        if Flag.CONNECTED in self.flags:
            return Disposition.SPOKE
        # Somebody else picked up, or nobody did: for the cadence the call had no answer.
        return _NOBODY.get(self.code, Disposition.NO_ANSWER)

    @property
    def asks(self) -> Asks | None:
        """What must be given with it."""
        return next((asks for flag, asks in _ASKS.items() if flag in self.flags), None)

    @property
    def silences(self) -> bool:
        """Nothing may be sent from the moment it is said."""
        return bool(self.flags & {Flag.DO_NOT_CONTACT, Flag.REFUSED})

    def label(self, language: str) -> str:
        """Its name on the button."""
        return {"es": self.es, "pt": self.pt}.get(language, self.en)


@dataclass(frozen=True, slots=True)
class Choices:
    """The firm's list, in its order."""

    listed: tuple[Choice, ...]

    def __iter__(self) -> Iterator[Choice]:
        return iter(self.listed)

    def get(self, code: str) -> Choice | None:
        """The disposition of this code."""
        return next((one for one in self.listed if one.code == code), None)

    def told_in(self, text: str) -> Choice | None:
        """What somebody wrote behind a hash sign, as a code or as a button has it in any language;
        None for nothing, and for several things of which none silences."""
        parts = (self._begins(_letters(part)) for part in text.split("#")[1:])
        told = [one for one in parts if one]
        silencing = [one for one in told if one.silences]
        meant = {one.code: one for one in silencing or told}
        return next(iter(meant.values())) if len(meant) == 1 else None

    def _begins(self, letters: str) -> Choice | None:
        names = (
            (_letters(name), one)
            for one in self.listed
            for name in (one.code, one.es, one.pt, one.en)
        )
        fits = [(name, one) for name, one in names if name and letters.startswith(name)]
        return max(fits, key=lambda fit: len(fit[0]))[1] if fits else None


def _letters(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def checked(listed: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The list of a policy; ValueError for one that no rep could work with."""
    _distinct([one.code for one in listed], "code")
    _distinct([one.digit for one in listed if one.digit], "digit")
    meant = frozenset[Flag]().union(*(one.flags for one in listed))
    for flag in (Flag.UNREACHABLE, Flag.DO_NOT_CONTACT):
        if flag not in meant:
            raise ValueError(f"one of the dispositions must have the flag {flag}")
    return listed


def _distinct(values: Sequence[Any], name: str) -> None:
    twice = sorted({str(one) for one in values if values.count(one) > 1})
    if twice:
        raise ValueError(f"two dispositions have the {name} {', '.join(twice)}")
