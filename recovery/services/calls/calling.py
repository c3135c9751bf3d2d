"""Calling: a rep's phone rings, they press a key, and the person is dialled, at most once.

The order is `intended` and committed, then `sending` and committed together with the last look,
then posted exactly once. The person is dialled only by an instruction that one transaction gives
once, after the same look: whatever crashed, no phone rings twice for one attempt (ADR 0003).
"""

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from recovery.crashpoints import crashpoint
from recovery.domain.call_check import WhyNot, barrier, number_of
from recovery.domain.country import Countries
from recovery.domain.phone_call import LegStatus
from recovery.domain.policy import Policy
from recovery.errors import AuthorizationLost
from recovery.services.calls.store import (
    CallCase,
    CallOrder,
    CallRefused,
    CallStore,
    Cleared,
    Hindrance,
)
from recovery.services.calls.telephony import (
    AskForKey,
    Bridge,
    Caller,
    HangUp,
    Instruction,
    OutboundCall,
    Pace,
)
from recovery.services.calls.words import greeting_words, refusal_words
from recovery.services.holds import Hold
from recovery.services.ports import Clock, SendAnswer, SendResult

#: A rep does not wait longer than this for a free place in the account's line, in seconds.
LONGEST_WAIT = 8.0
#: What the provider kept in its own queue for longer rings nobody any more.
FRESH_FOR = timedelta(minutes=3)
_KEY = "1"


class CallingService:
    """Places calls for reps and answers the provider's questions what a call shall do.

    `caller` is None where calls cannot be placed at all (no public address): everybody dials by
    hand. `line_for` answers our number that a person of this number's country is shown.
    """

    def __init__(
        self,
        *,
        store: CallStore,
        caller: Caller | None,
        line_for: Callable[[str], str | None],
        policy: Policy,
        countries: Countries,
        may_call: Callable[[], None],
        what_stops: Callable[[], Hold | None],
        pace: Pace,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._caller = caller
        self._line_for = line_for
        self._policy = policy
        self._countries = countries
        self._may_call = may_call
        self._what_stops = what_stops
        self._pace = pace
        self._clock = clock
        self._sleep = sleep

    def call(
        self, rep: str, *, case_id: int, number: str | None = None, despite_doubt: bool = False
    ) -> str:
        """Rings the rep's phone for the case's queued call; answers the call's token.

        `number` is another one of the person's, in E.164. Raises CallRefused where no phone rings,
        with the next allowed moment where there is one. A call that is in doubt is no error: its
        state says so, and `despite_doubt` is a person's decision to have it ring again.
        """
        self._may_call()
        caller = self._caller
        if caller is None:
            raise CallRefused(Hindrance.NO_LINE)
        if hold := self._what_stops():
            raise CallRefused(Hindrance.CARRIER, words=str(hold))
        token = secrets.token_urlsafe(16)
        order = CallOrder(rep, case_id, token, number, despite_doubt)
        self._store.intend(order, self._look, self._clock())
        crashpoint("P04")
        self._wait_for_a_line(token)
        cleared = self._store.begin(token, self._look, self._clock())
        crashpoint("P05")
        self._post(caller, token, cleared)
        return token

    def _wait_for_a_line(self, token: str) -> None:
        seconds = self._pace.reserve(longest=LONGEST_WAIT)
        if seconds is None:
            self._store.drop(token, self._clock())
            raise CallRefused(Hindrance.LINES_BUSY)
        if seconds > 0:
            self._sleep(seconds)

    def _post(self, caller: Caller, token: str, cleared: Cleared) -> None:
        try:
            answer = caller.place(OutboundCall(cleared.rep_phone, cleared.caller_id, token))
        except AuthorizationLost:
            refused = SendAnswer(SendResult.NOT_SENT, code="authorization")
            self._store.settle(token, refused, self._clock())
            raise
        crashpoint("P07")
        self._store.settle(token, answer, self._clock())
        crashpoint("P08")
        match answer.result:
            case SendResult.NOT_SENT:
                raise CallRefused(Hindrance.LINES_BUSY)
            case SendResult.REJECTED:
                words = caller.explain(answer.code, cleared.language)
                raise CallRefused(Hindrance.CARRIER, words=words)
            case SendResult.ACCEPTED | SendResult.IN_DOUBT:
                return

    def hang_up(self, rep: str, token: str) -> None:
        """Ends the rep's own call, or takes it back while it rings; one that is over is left."""
        found = self._store.sid_of(token, rep)
        if found is None or self._caller is None:
            return
        sid, placed = found
        if sid and not placed.is_over:
            self._caller.hang_up(sid, answered=placed.rep is LegStatus.IN_PROGRESS)

    def greet(self, token: str, sid: str) -> Instruction:
        """The rep picked up: who it is, and the question for the key."""
        now = self._clock()
        greeting = self._store.greeting(token, sid, now, since=now - FRESH_FOR)
        if greeting is None:
            return HangUp()
        return AskForKey(greeting_words(greeting, now), greeting.language, token)

    def pressed(self, token: str, sid: str, digits: str) -> Instruction:
        """The rep pressed a key: with the right one the person is dialled, once."""
        if digits != _KEY:
            return HangUp()
        now = self._clock()
        try:
            cleared = self._store.connect(token, sid, self._look, now, since=now - FRESH_FOR)
        except CallRefused as refused:
            language = self._store.refused(token, refused.why.value)
            return HangUp(refusal_words(refused, language), language)
        crashpoint("P30")
        return Bridge(cleared.number, cleared.caller_id, token)

    def _look(self, case: CallCase, now: datetime) -> Cleared:
        """The last look at all rules; made again at each step, on what then stands."""
        if case.holder not in (None, case.rep.email) or not case.rep.is_active:
            raise CallRefused(Hindrance.NOT_YOURS)
        situation = case.item.situation(self._policy, self._countries, now)
        number = number_of(situation, case.number_key)
        found = barrier(situation, case.call, number, dialled=case.dialled)
        if found or number is None:
            why = found.why if found else WhyNot.WRONG_NUMBER
            until, words = (found.until, found.words) if found else (None, "")
            raise CallRefused(why, until=until, words=words)
        line = self._line_for(number.phone.e164)
        if line is None or not case.rep.phone:
            raise CallRefused(Hindrance.NO_LINE)
        return Cleared(number.phone.e164, number.key, line, case.rep.phone, case.rep.language)
