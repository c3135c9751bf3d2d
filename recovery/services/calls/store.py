"""What placing calls reads and writes, and the refusals a rep may meet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from recovery.domain.call_check import WhyNot
from recovery.domain.case import Attempt
from recovery.domain.phone_call import Leg, LegStatus, PlacedCall
from recovery.errors import Refusal
from recovery.services.ports import SendAnswer
from recovery.services.route.service import RouteItem


class Hindrance(StrEnum):
    """What stands against placing a call now, beside the rules for the person (`WhyNot`)."""

    #: Another rep holds the person.
    NOT_YOURS = "not_yours"
    #: A call for this attempt is under way.
    UNDER_WAY = "under_way"
    #: The person was dialled for this attempt: say what happened.
    DIALLED = "dialled"
    #: Nobody can tell whether a phone rang: a person decides, with the doubt shown.
    IN_DOUBT = "in_doubt"
    #: The rep is on another call.
    REP_BUSY = "rep_busy"
    #: Something came in since the rep pressed the button.
    CASE_CHANGED = "case_changed"
    #: No phone of the rep's, no number of ours for the country, no public address.
    NO_LINE = "no_line"
    LINES_BUSY = "lines_busy"
    CARRIER = "carrier"


_WORDS: dict[WhyNot | Hindrance, str] = {
    WhyNot.NOT_QUEUED: "there is no call in the queue for this person: load the card again",
    WhyNot.NOT_ACTIVE: "this case needs no call now: load the card again",
    WhyNot.STOPPED: "this person does not want to be called",
    WhyNot.WRONG_NUMBER: "this number is not theirs: choose another",
    WhyNot.FORBIDDEN: "this person may not be called",
    WhyNot.OUTSIDE_HOURS: "it is not an allowed hour where this person is",
    WhyNot.NOT_DUE: "this call is not due yet",
    WhyNot.CALLED_TODAY: "this number was called today already",
    Hindrance.NOT_YOURS: "somebody else holds this person: take the next one",
    Hindrance.UNDER_WAY: "this call is under way",
    Hindrance.DIALLED: "this person was dialled for this call: say what happened",
    Hindrance.IN_DOUBT: "nobody can tell yet whether this call rang: wait, or decide to call again",
    Hindrance.REP_BUSY: "you are on another call: end it first",
    Hindrance.CASE_CHANGED: "something changed just now: look at the card again",
    Hindrance.NO_LINE: "calls cannot be placed for you here: dial by hand and record the result",
    Hindrance.LINES_BUSY: "all lines are busy: try again in a moment",
    Hindrance.CARRIER: "the carrier refused the call: dial by hand and record the result",
}


class CallRefused(Refusal):
    """No phone rang; `until` is the next moment at which it may, where waiting helps, and `detail`
    what the rules or the carrier said of it."""

    def __init__(
        self, why: WhyNot | Hindrance, *, until: datetime | None = None, words: str = ""
    ) -> None:
        self.why = why
        self.until = until
        self.detail = words
        more = [words] if words else []
        more += [f"possible from {until:%Y-%m-%d %H:%M} UTC"] if until else []
        super().__init__("; ".join([_WORDS[why], *more]))


@dataclass(frozen=True, slots=True)
class Rep:
    """Who calls, with the phone that rings first."""

    email: str
    phone: str | None
    language: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class CallCase:
    """A queued call with everything the last look needs, as one transaction sees it."""

    item: RouteItem
    call: Attempt
    rep: Rep
    #: The key of the number to be dialled.
    number_key: str
    #: When this number was dialled lately for other calls.
    dialled: Sequence[datetime]
    #: Who holds the person, if anybody does.
    holder: str | None


@dataclass(frozen=True, slots=True)
class Cleared:
    """The last look let this call pass: who rings whom, under which number of ours."""

    number: str
    number_key: str
    caller_id: str
    rep_phone: str
    language: str


#: The last look, made inside the transaction that lets a phone ring; raises CallRefused.
Look = Callable[[CallCase, datetime], Cleared]


@dataclass(frozen=True, slots=True)
class CallOrder:
    """A rep's wish; `number` is one of the person's in E.164, None for the queued one."""

    rep: str
    case_id: int
    token: str
    number: str | None = None
    despite_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the rep is told before they press the key."""

    name: str
    zone: str | None
    goal: str
    language: str


@dataclass(frozen=True, slots=True)
class CallNews:
    """The provider's word on one leg of one of our calls; `word` is empty for what was heard."""

    token: str
    sid: str
    leg: Leg
    status: LegStatus | None
    at: datetime
    answered_by: str | None = None
    seconds: int | None = None
    callback_id: int | None = None


@dataclass(frozen=True, slots=True)
class CallDoubt:
    """An order that may or may not have rung a rep's phone."""

    token: str
    rep_number: str
    caller_id: str
    sending_at: datetime
    looks: int


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call under way whose next look is due."""

    token: str
    sid: str
    placed: PlacedCall
    sending_at: datetime
    looks: int


class CallStore(Protocol):
    """Where calls are placed from; each method is one transaction."""

    def intend(self, order: CallOrder, look: Look, now: datetime) -> Cleared:
        """Commits the wish, once an attempt; raises CallRefused."""

    def begin(self, token: str, look: Look, now: datetime) -> Cleared:
        """The last look and `intended → sending`; raises CallRefused, which ends the wish."""

    def drop(self, token: str, now: datetime) -> None:
        """Takes an intended order back: nothing left."""

    def settle(self, token: str, answer: SendAnswer, now: datetime) -> None:
        """Records what the provider answered to the one POST."""

    def greeting(self, token: str, sid: str, now: datetime, *, since: datetime) -> Greeting | None:
        """What to tell the rep who picked up; None for calls unknown, over, dialled or stale."""

    def connect(
        self, token: str, sid: str, look: Look, now: datetime, *, since: datetime
    ) -> Cleared:
        """The last look and the one order to dial the person; raises CallRefused ever after."""

    def refused(self, token: str, why: str) -> str:
        """Remembers why the person was not dialled; answers the rep's language, "en" for nobody."""

    def sid_of(self, token: str, rep: str) -> tuple[str | None, PlacedCall] | None:
        """The provider's id of a rep's own call and how it stands."""


class CallNewsStore(Protocol):
    """What became of placed calls; each method is one transaction."""

    def news(self, limit: int) -> list[CallNews]:
        """Stored callbacks about calls that nobody applied yet, oldest first."""

    def apply(self, news: Sequence[CallNews], now: datetime) -> int:
        """Moves legs forward, never back; counts the calls that moved."""

    def orphans_into_doubt(self, before: datetime, now: datetime) -> int:
        """Whose process died: `sending` since before then is in doubt, `intended` never left and
        is forgotten."""

    def doubts(self, now: datetime) -> list[CallDoubt]:
        """Orders in doubt whose next look is due."""

    def bound(self, sids: Sequence[str]) -> frozenset[str]:
        """Which of these calls belong to an order already."""

    def not_found(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        """Not found yet, or, after the last look, absent: a person decides."""

    def under_way(self, now: datetime) -> list[OpenCall]:
        """Placed calls whose end nobody told and whose next look is due."""

    def looked(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        """Sets the next look; without one the call is given up to a person."""
