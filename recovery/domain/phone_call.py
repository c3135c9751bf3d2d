"""A call placed for a rep: their own phone rings first, then, at their key, the person's.

What the carrier says of the two legs comes in any order and more than once, so each leg only goes
forward; what is shown and how it ended follow from both.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recovery.domain.case import Disposition


class Leg(StrEnum):
    """The two halves of a placed call."""

    REP = "rep"
    CONTACT = "contact"


class LegStatus(StrEnum):
    """A leg's status in the carrier's words (Twilio, `CallStatus`)."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """The line is free again."""
        return self in _FINAL

    @property
    def was_answered(self) -> bool:
        """Somebody, or a machine, picked up."""
        return self in (LegStatus.IN_PROGRESS, LegStatus.COMPLETED)


_FINAL = frozenset(
    {
        LegStatus.COMPLETED,
        LegStatus.BUSY,
        LegStatus.NO_ANSWER,
        LegStatus.FAILED,
        LegStatus.CANCELED,
    }
)
_ORDER = (LegStatus.QUEUED, LegStatus.RINGING, LegStatus.IN_PROGRESS)
#: The names of events mean one of the others.
_WORDS = {status.value: status for status in LegStatus} | {
    "initiated": LegStatus.QUEUED,
    "answered": LegStatus.IN_PROGRESS,
}


def leg_status(word: str) -> LegStatus | None:
    """The status a carrier's word stands for; None for words we do not know."""
    return _WORDS.get(word)


def leg_follows(new: LegStatus, old: LegStatus | None) -> bool:
    """May `new` replace `old`? Late and repeated news change nothing; the first end stands."""
    return _rank(new) > (_rank(old) if old else -1)


def _rank(status: LegStatus) -> int:
    return len(_ORDER) if status.is_final else _ORDER.index(status)


class Phase(StrEnum):
    """How far the order to the carrier came (facts: reliability, 'Send')."""

    INTENDED = "intended"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    PLACED = "placed"
    #: The carrier refused it, or never heard of it: no phone rang.
    REJECTED = "rejected"
    #: Nobody found it at the carrier, who answered nothing when asked to place it.
    ABSENT = "absent"


class CarrierResult(StrEnum):
    """How a placed call ended, in the carrier's words alone; a rep's word is a `Disposition`."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    REP_MISSED = "rep_missed"
    REP_DID_NOT_PRESS = "rep_did_not_press"
    NOT_PLACED = "not_placed"
    #: Whether a phone rang cannot be told: a person decides.
    UNKNOWN = "unknown"

    @property
    def suggests(self) -> Disposition | None:
        """What the rep most likely says of it; None where only they can know."""
        return _SUGGESTIONS.get(self)


_SUGGESTIONS = {
    CarrierResult.VOICEMAIL: Disposition.VOICEMAIL,
    CarrierResult.BUSY: Disposition.BUSY,
    CarrierResult.NO_ANSWER: Disposition.NO_ANSWER,
    CarrierResult.FAILED: Disposition.FAILED,
}


class Progress(StrEnum):
    """What a screen shows of a call while it goes on."""

    STARTING = "starting"
    YOUR_PHONE_RINGS = "your_phone_rings"
    PRESS_1 = "press_1"
    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A placed call as far as anybody told; `dialled_at` is when the person's dialling was
    ordered, which happens once."""

    phase: Phase
    rep: LegStatus | None = None
    contact: LegStatus | None = None
    dialled_at: datetime | None = None
    #: The carrier's guess at who picked up (Twilio, `AnsweredBy`).
    answered_by: str | None = None
    given_up: bool = False

    @property
    def result(self) -> CarrierResult | None:
        """How it ended; None while it goes on."""
        match self.phase:
            case Phase.REJECTED:
                return CarrierResult.NOT_PLACED
            case Phase.ABSENT:
                return CarrierResult.UNKNOWN
            case Phase.INTENDED | Phase.SENDING | Phase.IN_DOUBT | Phase.PLACED:
                return self._of_contact() if self.dialled_at else self._of_rep()

    def _of_rep(self) -> CarrierResult | None:
        if self.rep is None or not self.rep.is_final:
            return CarrierResult.UNKNOWN if self.given_up else None
        if self.rep is LegStatus.CANCELED:
            return CarrierResult.CANCELED
        if self.rep.was_answered:
            return CarrierResult.REP_DID_NOT_PRESS
        return CarrierResult.REP_MISSED

    def _of_contact(self) -> CarrierResult | None:
        match self.contact:
            case LegStatus.COMPLETED:
                return CarrierResult.VOICEMAIL if self.met_a_machine else CarrierResult.ANSWERED
            case LegStatus.BUSY:
                return CarrierResult.BUSY
            case LegStatus.NO_ANSWER:
                return CarrierResult.NO_ANSWER
            case LegStatus.FAILED:
                return CarrierResult.FAILED
            case LegStatus.CANCELED:
                return CarrierResult.CANCELED
            case None | LegStatus.QUEUED | LegStatus.RINGING | LegStatus.IN_PROGRESS:
                return CarrierResult.UNKNOWN if self.given_up else None

    @property
    def met_a_machine(self) -> bool:
        """The carrier heard an answering machine or a fax; right in 85–90 % of calls."""
        return bool(self.answered_by and self.answered_by.startswith(("machine", "fax")))

    @property
    def is_over(self) -> bool:
        """Both lines are free, as far as can be known."""
        return self.result is not None

    @property
    def may_be_repeated(self) -> bool:
        """Surely nobody dialled the person: the rep may press the button again."""
        return self.is_over and self.dialled_at is None and self.result is not CarrierResult.UNKNOWN

    @property
    def progress(self) -> Progress:
        """Where it stands, for the rep's screen."""
        if self.is_over:
            return Progress.ENDED
        if self.dialled_at:
            return _OF_CONTACT.get(self.contact, Progress.DIALLING)
        match self.phase:
            case Phase.IN_DOUBT:
                return Progress.IN_DOUBT
            case Phase.INTENDED | Phase.SENDING:
                return Progress.STARTING
            case _:
                answered = self.rep is LegStatus.IN_PROGRESS
                return Progress.PRESS_1 if answered else Progress.YOUR_PHONE_RINGS


_OF_CONTACT: dict[LegStatus | None, Progress] = {
    LegStatus.RINGING: Progress.RINGING,
    LegStatus.IN_PROGRESS: Progress.TALKING,
}
