"""What reps say of calls: kept at once, undone for half a minute, then carried out.

A word is committed the moment it is said; whoever comes later carries it out, in one transaction
with its consequences, so a crash loses and doubles nothing. The carrier's result is another thing
and never changed here. Who must not be contacted is silent from the first moment on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from recovery.domain.case import Disposition
from recovery.domain.disposition import Asks, Choice, Choices
from recovery.domain.email_address import is_role_address, is_valid, normalise
from recovery.domain.policy import Policy
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.users.user import Role

#: How long a word on a call can be undone, before anything follows from it.
UNDO_FOR = timedelta(seconds=30)
#: Nobody agrees on a call further ahead.
FURTHEST_CALLBACK = timedelta(days=366)
LONGEST_NOTE = 2000


class SaidState(StrEnum):
    """The life of a word on a call."""

    PENDING = "pending"
    APPLIED = "applied"
    UNDONE = "undone"
    #: It could not be carried out; a person reads why.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Word:
    """What a rep gives with a disposition; `at` in UTC, `mine` keeps an agreed call for them.

    `attempt_id` is the call meant, None for the case's queued one or, where there is none, a call
    that was made by hand. `number` is the one that was dialled, in E.164.
    """

    code: str
    attempt_id: int | None = None
    email: str | None = None
    at: datetime | None = None
    words: str = ""
    note: str = ""
    mine: bool = False
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A word that was kept; until `until` it can be undone."""

    id: int
    case_id: int
    contact_id: str
    rep: str
    code: str
    state: SaidState
    at: datetime
    until: datetime
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """A checked word, ready to be stored."""

    rep: str
    case_id: int
    word: Word
    means: Disposition
    silences: bool
    corrects: int | None = None
    reason: str = ""


class DispositionStore(Protocol):
    """Where words on calls are kept; each method is one transaction."""

    def keep(self, keep: Keep, now: datetime, until: datetime) -> Said:
        """Stores a word and takes the person out of the queue; Refusal where another rep holds
        them, or a word on this case is waiting already."""

    def undo(self, rep: str, said_id: int, now: datetime) -> bool:
        """Takes a pending word back with what it silenced; False when it is too late."""

    def due(self, now: datetime) -> list[int]:
        """Pending words that can no longer be undone, oldest first."""

    def apply(self, said_id: int, now: datetime) -> int | None:
        """Carries a word out; its case, None where another process did it first."""

    def refuse(self, said_id: int, error: str, now: datetime) -> None:
        """A word that cannot be carried out is shown with its reason."""

    def pending(self, rep: str) -> list[Said]:
        """A rep's words that can still be undone, newest first."""

    def said(self, said_id: int) -> tuple[Said, Disposition] | None:
        """One word with what it means."""

    def of_case(self, case_id: int) -> list[Said]:
        """All words on a case's calls, newest first."""

    def has_newer(self, case_id: int, at: datetime) -> bool:
        """Did the person speak for contact after this moment and after their last no?"""

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        """Another person's contact already has this address."""


class Dispositions:
    """Keeps, undoes, carries out and corrects; `follow` decides cases anew once they changed."""

    def __init__(
        self,
        store: DispositionStore,
        *,
        policy: Policy,
        clock: Clock,
        follow: Callable[[Sequence[int]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._follow = follow
        self.choices = Choices(policy.dispositions)

    def say(self, rep: str, case_id: int, word: Word) -> Said:
        """Keeps what the rep says of a call; Refusal tells what is missing or in the way."""
        return self._keep(rep, case_id, word)

    def undo(self, rep: str, said_id: int) -> None:
        """Takes the rep's own word back; Refusal once it was carried out."""
        if not self._store.undo(rep, said_id, self._clock()):
            raise Refusal("it is too late to undo this: correct it instead")

    def pending(self, rep: str) -> list[Said]:
        """The rep's words that can still be undone, newest first."""
        return self._store.pending(rep)

    def of_case(self, case_id: int) -> list[Said]:
        """All words on a case's calls, newest first."""
        return self._store.of_case(case_id)

    def correct(self, rep: str, said_id: int, word: Word, *, reason: str, role: Role) -> Said:
        """Puts a word right that was carried out, with an audit row; the old one's effects here are
        taken back, and what Keap was told is told anew. Refusal without a reason; what silenced the
        person is lifted by a manager alone, on something newer from the person."""
        found = self._store.said(said_id)
        if found is None or found[0].state is not SaidState.APPLIED:
            raise Refusal("only what was carried out can be corrected: undo it while you may")
        if not reason.strip():
            raise Refusal("say why it was wrong: the audit keeps it")
        self._may_lift(*found, word, role)
        return self._keep(rep, found[0].case_id, word, corrects=said_id, reason=reason.strip())

    def _may_lift(self, said: Said, wrong: Disposition, word: Word, role: Role) -> None:
        choice = self.choices.get(word.code)
        if choice is None or _silence(choice.means) >= _silence(wrong):
            return
        if not role.covers(Role.MANAGER):
            raise Refusal("only a manager lifts a person's no: tell them why it was wrong")
        if not self._store.has_newer(said.case_id, said.at):
            raise Refusal(
                "nothing from this person is newer than their no: record first, as a consent, what "
                "they said since"
            )

    def apply_due(self) -> int:
        """Carries out what can no longer be undone; the web app and `record` both do."""
        now = self._clock()
        changed: list[int] = []
        for said_id in self._store.due(now):
            try:
                case_id = self._store.apply(said_id, now)
            except Refusal as refusal:
                self._store.refuse(said_id, str(refusal), now)
                continue
            changed += [case_id] if case_id is not None else []
        if changed:
            self._follow(changed)
        return len(changed)

    def _keep(
        self, rep: str, case_id: int, word: Word, *, corrects: int | None = None, reason: str = ""
    ) -> Said:
        choice = self.choices.get(word.code)
        if choice is None:
            raise Refusal("this disposition is not on the list any more: load the page again")
        now = self._clock()
        keep = Keep(
            rep,
            case_id,
            self._checked(choice, case_id, word, now),
            choice.means,
            silences=choice.silences,
            corrects=corrects,
            reason=reason[:500],
        )
        return self._store.keep(keep, now, now + UNDO_FOR)

    def _checked(self, choice: Choice, case_id: int, word: Word, now: datetime) -> Word:
        word = check_asked(choice, word, now)
        if choice.asks is Asks.EMAIL and self._store.belongs_to_others(word.email or "", case_id):
            raise Refusal("another contact has this address: ask once more, or tell your manager")
        return word


def _silence(means: Disposition) -> int:
    """How much of us a word keeps away from the person."""
    silences = (Disposition.REFUSED, Disposition.DO_NOT_CONTACT)
    return silences.index(means) + 1 if means in silences else 0


def check_asked(choice: Choice, word: Word, now: datetime) -> Word:
    """The word as it is stored; Refusal where what the disposition asks is missing or wrong."""
    if len(word.note) > LONGEST_NOTE or len(word.words) > LONGEST_NOTE:
        raise Refusal(f"at most {LONGEST_NOTE} characters: shorten it")
    match choice.asks:
        case Asks.TIME:
            return replace(word, at=check_time(word.at, now))
        case Asks.EMAIL:
            return replace(word, email=check_address(word.email))
        case Asks.WORDS if not word.words.strip():
            raise Refusal("write down what they said: it is the proof of their consent")
        case _:
            return word


def check_time(at: datetime | None, now: datetime) -> datetime:
    """The moment of an agreed call; Refusal for none, a past one or one too far ahead."""
    if at is None:
        raise Refusal("choose when to call again")
    if at <= now:
        raise Refusal("this moment has passed: choose a later one")
    if at > now + FURTHEST_CALLBACK:
        raise Refusal("this is more than a year ahead: choose an earlier day")
    return at


def check_address(email: str | None) -> str:
    """The address as it is stored; Refusal for what is none, or is nobody's own."""
    plain = normalise(email or "")
    if not plain:
        raise Refusal("write down the new address")
    if not is_valid(plain):
        raise Refusal("this is no e-mail address: read it back to them letter by letter")
    if is_role_address(plain):
        raise Refusal("this address belongs to a function, not to a person: ask for their own")
    return plain
