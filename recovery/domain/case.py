"""One effort to recover one person: its states, its attempts, and what a rep says happened."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

CaseId = NewType("CaseId", int)


class CaseState(StrEnum):
    """Where an open case stands; a closed one has a `CaseEnd`."""

    OPEN = "open"
    #: Another address that works was found; a manager says yes or no.
    PROPOSED = "proposed"
    #: A new address was given and the person is asked whether we read it right.
    CONFIRMING = "confirming"
    #: The person agreed; Keap has not shown it yet.
    CONSENTED = "consented"
    #: A person of the team answers; automation stands still.
    ENGAGED = "engaged"
    #: All was tried, or they said stop: the waiting time before the archive.
    HOLD = "hold"
    CLOSED = "closed"


class CaseEnd(StrEnum):
    """Why a case is over."""

    RECOVERED = "recovered"
    #: Recovered, and the new address bounced within 30 days: another case goes on.
    WITHDRAWN = "withdrawn"
    HEALED = "healed"
    UNRECOVERED = "unrecovered"
    STOPPED = "stopped"
    DELETED = "deleted"
    GONE = "gone"
    RELATIONSHIP = "relationship"
    MERGED = "merged"
    NOT_ALLOWED = "not_allowed"
    BY_PERSON = "by_person"


#: Ends after which the person may need us again without anybody asking for it (DESIGN §4): they
#: healed or were won back, or nothing but the policy or their status kept us from going on.
MAY_BE_FOLLOWED = frozenset(
    {
        CaseEnd.HEALED,
        CaseEnd.RECOVERED,
        CaseEnd.WITHDRAWN,
        CaseEnd.MERGED,
        CaseEnd.NOT_ALLOWED,
    }
)


#: Ends after which their address worked: what was done before counts no more.
PROVEN = frozenset({CaseEnd.HEALED, CaseEnd.RECOVERED, CaseEnd.WITHDRAWN})


class Channel(StrEnum):
    """How a person is reached."""

    WHATSAPP = "whatsapp"
    CALL = "call"


class AttemptState(StrEnum):
    """The life of one step carried out; ranks say what may follow what."""

    INTENDED = "intended"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    REJECTED = "rejected"
    ABSENT = "absent"
    #: Calls: in the queue, worked, not worked in time, no longer wanted.
    QUEUED = "queued"
    DONE = "done"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"

    @property
    def reached_the_phone(self) -> bool:
        """The message arrived."""
        return self in (AttemptState.DELIVERED, AttemptState.READ)


#: States of a message that the person has, or may have.
MAY_HAVE_COME = frozenset(
    {
        AttemptState.SENDING,
        AttemptState.IN_DOUBT,
        AttemptState.ACCEPTED,
        AttemptState.SENT,
        AttemptState.DELIVERED,
        AttemptState.READ,
    }
)


class Disposition(StrEnum):
    """What a rep says happened on a call."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    FAILED = "failed"
    SPOKE = "spoke"
    NEW_EMAIL = "new_email"
    CONSENT = "consent"
    CALLBACK = "callback"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    DO_NOT_CONTACT = "do_not_contact"
    #: Its task was ticked off in Keap, where nobody said what happened: it claims nothing.
    DONE_IN_KEAP = "done_in_keap"

    @property
    def human_answered(self) -> bool:
        """The person themselves spoke: the next call is only as agreed with them."""
        return self not in _NOT_THEM


#: What did not come to the person after all.
_NEVER_CAME = frozenset({AttemptState.FAILED, AttemptState.REJECTED, AttemptState.ABSENT})
#: Nobody, a machine, a stranger, or who can tell.
_NOT_THEM = frozenset(
    {
        Disposition.NO_ANSWER,
        Disposition.BUSY,
        Disposition.VOICEMAIL,
        Disposition.FAILED,
        Disposition.WRONG_NUMBER,
        Disposition.DONE_IN_KEAP,
    }
)

FIRST_MESSAGE = "m1"
LAST_MESSAGE = "m2"
#: Steps of what reps write begin so, and those of our answers to what a person wrote.
BY_REP, ANSWER = "w", "s"


def call_step(number: int) -> str:
    """The name of the n-th call's step, counted from 1."""
    return f"c{number}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One step of a case as routing needs it; `planned_on` is the local day a call was due."""

    step: str
    channel: Channel
    state: AttemptState
    number_key: str
    created_at: datetime
    ended_at: datetime | None = None
    code: str | None = None
    disposition: Disposition | None = None
    due_at: datetime | None = None
    planned_on: date | None = None
    #: When the person was dialled for this call, if they were.
    dialled_at: datetime | None = None
    #: The approved text it goes by; a call has none, nor has what a rep typed.
    template: str | None = None

    @property
    def is_call(self) -> bool:
        """A call of the cadence or one that was agreed on."""
        return self.channel is Channel.CALL

    def rings(self, number_key: str) -> bool:
        """A call to this number that is in the queue or was made."""
        counts = self.state in (AttemptState.QUEUED, AttemptState.DONE)
        return counts and self.is_call and self.number_key == number_key

    @property
    def was_begun(self) -> bool:
        """A message that was only intended never left: its step is still to be done."""
        return self.state is not AttemptState.INTENDED

    @property
    def asks(self) -> bool:
        """A question of the cadence or of a rep that left, was tried, or leaves as soon as it may;
        no answer to what the person wrote is one."""
        if self.template is None or self.state is AttemptState.CANCELLED:
            return False
        return not self.step.startswith(ANSWER) and (self.was_begun or self.is_of_a_rep)

    @property
    def is_of_a_rep(self) -> bool:
        """A rep wrote or sent it, outside the cadence."""
        return self.step.startswith(BY_REP)

    @property
    def may_be_with_them(self) -> bool:
        """A question that the person has, may have, or is about to get."""
        return self.asks and self.state not in _NEVER_CAME


@dataclass(frozen=True, slots=True)
class Case:
    """An open case; `round` counts the person's cases, `version` every change."""

    id: CaseId
    contact_id: str
    state: CaseState
    round: int
    version: int
    opened_at: datetime
    started_on: date | None = None
    requested: bool = False
    win_rejected: bool = False
    #: The free win proposed last, and until when a manager may decide on it.
    win_email: str | None = None
    win_until: datetime | None = None
    stopped: bool = False
    callback_at: datetime | None = None
    hold_until: datetime | None = None
