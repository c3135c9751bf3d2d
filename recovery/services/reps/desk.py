"""What a rep does for a person besides calling: notes, addresses, consents, agreed calls, stops.

Each act is one transaction with its consequences, and refuses where another rep holds the person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from recovery.domain.calendar import PartOfDay
from recovery.domain.case import Channel
from recovery.domain.country import Countries
from recovery.domain.email_address import is_role_address, is_valid, normalise, suggestion
from recovery.domain.hours import NoAllowedHour
from recovery.domain.lane import Place
from recovery.domain.policy import Policy
from recovery.domain.timetable import Timetable
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.reps.dispositions import LONGEST_NOTE, check_address, check_time


class Agreed(StrEnum):
    """What somebody may consent to."""

    WHATSAPP = "whatsapp"
    CALL = "call"
    EMAIL = "email"

    @property
    def channel(self) -> Channel | None:
        """The channel by which we then reach them; None for e-mail, which is Keap's."""
        return None if self is Agreed.EMAIL else Channel(self.value)


class EmailDoubt(StrEnum):
    """What is wrong with an address as far as it is typed."""

    INCOMPLETE = "incomplete"
    ROLE = "role"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class EmailLook:
    """An address while it is typed: its plain form, what is wrong, what was probably meant."""

    email: str
    doubt: EmailDoubt | None
    suggestion: str | None


class Slot(StrEnum):
    """Quick choices for an agreed call, named by the day and the part of it."""

    IN_AN_HOUR = "in_an_hour"
    TODAY_LATER = "today_later"
    TOMORROW_MORNING = "tomorrow_morning"
    TOMORROW_AFTERNOON = "tomorrow_afternoon"
    TOMORROW_EVENING = "tomorrow_evening"
    IN_THREE_DAYS = "in_three_days"
    IN_A_WEEK = "in_a_week"


@dataclass(frozen=True, slots=True)
class SlotAt:
    """A quick choice with its moment in UTC; `zone` is the person's own."""

    slot: Slot
    at: datetime
    zone: str


class DeskStore(Protocol):
    """Where acts of reps are written; each method is one transaction.

    All raise Refusal for a case that is closed, unknown, or held by another rep.
    """

    def note(self, rep: str, case_id: int, text: str, now: datetime) -> None:
        """Adds a note to the person's history."""

    def new_email(self, rep: str, case_id: int, email: str, words: str, now: datetime) -> None:
        """The address the person gave, on the same way as one from a reply."""

    def consent(self, rep: str, case_id: int, agreed: Agreed, words: str, now: datetime) -> None:
        """Stores a consent with its words; one to e-mail goes on as a disposition's does."""

    def callback(self, rep: str, case_id: int, at: datetime, now: datetime, *, mine: bool) -> None:
        """An agreed call in place of the next one."""

    def stop(self, rep: str, case_id: int, words: str, now: datetime) -> None:
        """Nobody of this person is contacted again, from this commit on."""

    def answered(self, rep: str, case_id: int, now: datetime) -> None:
        """What they wrote was dealt with."""

    def close(self, rep: str, case_id: int, reason: str, now: datetime, *, in_touch: bool) -> None:
        """Ends the case for good."""

    def resume(self, rep: str, case_id: int, now: datetime) -> None:
        """Gives an engaged case back to its cadence."""

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        """Another person's contact already has this address."""

    def place(self, case_id: int) -> Place:
        """Where the person's number is."""


class Desk:
    """The acts of a rep's screen; `follow` decides the case anew at once."""

    def __init__(
        self,
        store: DeskStore,
        *,
        policy: Policy,
        countries: Countries,
        clock: Clock,
        follow: Callable[[Sequence[int]], None],
    ) -> None:
        self._store = store
        self._policy = policy
        self._countries = countries
        self._clock = clock
        self._follow = follow

    def note(self, rep: str, case_id: int, text: str) -> None:
        """A note on the person, at most 2,000 characters."""
        self._store.note(rep, case_id, _words(text, "write the note first"), self._clock())

    def look_at_email(self, case_id: int, typed: str) -> EmailLook:
        """Help while an address is typed; changes nothing."""
        email = normalise(typed)
        meant = suggestion(email) if "@" in email else None
        if not is_valid(email):
            return EmailLook(email, EmailDoubt.INCOMPLETE, meant)
        if is_role_address(email):
            return EmailLook(email, EmailDoubt.ROLE, meant)
        taken = self._store.belongs_to_others(email, case_id)
        return EmailLook(email, EmailDoubt.TAKEN if taken else None, meant)

    def new_email(self, rep: str, case_id: int, typed: str, *, words: str = "") -> None:
        """The address the person gave and confirmed to the rep; Keap gets it with the next
        `record`, and the case is recovered once Keap, read back, says so."""
        email = check_address(typed)
        if self._store.belongs_to_others(email, case_id):
            raise Refusal("another contact has this address: ask once more, or tell your manager")
        self._store.new_email(rep, case_id, email, words.strip()[:LONGEST_NOTE], self._clock())

    def consent(self, rep: str, case_id: int, agreed: Agreed, *, words: str) -> None:
        """What the person allowed, by channel, in their words; Refusal without any."""
        said = _words(words, "write down what they said: it is the proof of their consent")
        self._store.consent(rep, case_id, agreed, said, self._clock())
        self._follow([case_id])

    def slots(self, case_id: int) -> list[SlotAt]:
        """Quick choices for an agreed call, all at allowed hours where the person is."""
        place = self._store.place(case_id)
        timetable = place.timetable(self._countries, self._policy.hours)
        return slots_of(timetable, self._clock()) if timetable else []

    def callback(self, rep: str, case_id: int, at: datetime, *, mine: bool = False) -> None:
        """An agreed call at this moment (UTC), the rep's own or anybody's; one that is 30 minutes
        late is everybody's."""
        now = self._clock()
        self._store.callback(rep, case_id, check_time(at, now), now, mine=mine)
        self._follow([case_id])

    def do_not_contact(self, rep: str, case_id: int, *, words: str = "") -> None:
        """The person wants nothing from us: silent on all channels from this moment on."""
        self._store.stop(rep, case_id, words.strip()[:LONGEST_NOTE], self._clock())
        self._follow([case_id])

    def answered(self, rep: str, case_id: int) -> None:
        """What they wrote needs no answer, or got one elsewhere: out of the lane of replies."""
        self._store.answered(rep, case_id, self._clock())

    def close(self, rep: str, case_id: int, *, reason: str, in_touch: bool = False) -> None:
        """Ends the case for good; Refusal without a reason.

        `in_touch`: no e-mail was won, but the relationship goes on by phone or WhatsApp.
        """
        why = _words(reason, "say why: it stays in the person's history")
        self._store.close(rep, case_id, why, self._clock(), in_touch=in_touch)

    def resume(self, rep: str, case_id: int) -> None:
        """Gives an engaged case back to its next call; Refusal where it is not engaged."""
        self._store.resume(rep, case_id, self._clock())
        self._follow([case_id])


def _words(text: str, missing: str) -> str:
    plain = text.strip()
    if not plain:
        raise Refusal(missing)
    if len(plain) > LONGEST_NOTE:
        raise Refusal(f"at most {LONGEST_NOTE} characters: shorten it")
    return plain


_DAY = timedelta(days=1)


def slots_of(timetable: Timetable, now: datetime) -> list[SlotAt]:
    """The quick choices that are allowed, earliest first; two at one moment are one."""
    today = timetable.local_day(now)
    tomorrow = today + _DAY
    asked = (
        (Slot.IN_AN_HOUR, now + timedelta(hours=1), None, None),
        (Slot.TODAY_LATER, now + timedelta(hours=3), None, None),
        (Slot.TOMORROW_MORNING, now, PartOfDay.MORNING, tomorrow),
        (Slot.TOMORROW_AFTERNOON, now, PartOfDay.AFTERNOON, tomorrow),
        (Slot.TOMORROW_EVENING, now, PartOfDay.EVENING, tomorrow),
        (Slot.IN_THREE_DAYS, now, PartOfDay.MORNING, today + 3 * _DAY),
        (Slot.IN_A_WEEK, now, PartOfDay.MORNING, today + 7 * _DAY),
    )
    found: dict[datetime, SlotAt] = {}
    for slot, start, part, day in asked:
        try:
            at = timetable.next(start, part=part, day=day)
        except NoAllowedHour:
            continue
        if slot in (Slot.IN_AN_HOUR, Slot.TODAY_LATER) and timetable.local_day(at) != today:
            continue
        found.setdefault(at, SlotAt(slot, at, timetable.zones[0]))
    return [found[at] for at in sorted(found)]
