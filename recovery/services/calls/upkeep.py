"""What became of placed calls: told by callbacks, else asked for; doubts settled, or listed.

The same rules as for messages (facts: reliability, 'Send'): a call in doubt is never placed again
by itself, and absence from a list proves nothing before the last look.
"""

from dataclasses import dataclass
from datetime import timedelta

from recovery.crashpoints import crashpoint
from recovery.domain.phone_call import Leg, LegStatus, leg_status
from recovery.services.calls.store import CallDoubt, CallNews, CallNewsStore, OpenCall
from recovery.services.calls.telephony import Caller, ProviderCall, only
from recovery.services.ports import Clock

#: Looks for an order in doubt, counted from its sending.
LOOKS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
#: A call created this long after our request is still ours.
CREATED_WITHIN = timedelta(minutes=2)
SKEW = timedelta(seconds=5)
#: The POST has a deadline of 35 seconds: who is `sending` for longer has died.
SENDS_WITHIN = timedelta(seconds=60)
#: A call that is queued for longer is taken back, so that it does not ring at night.
QUEUED_WITHIN = timedelta(seconds=60)
_LONGEST_PAUSE = timedelta(minutes=30)
#: Growing pauses up to half an hour: about five hours, when no call lasts above one.
_MOST_LOOKS = 13
BATCH = 500


@dataclass(slots=True)
class UpkeepCounts:
    """What was found; `repaired` is what callbacks should have told and did not."""

    applied: int = 0
    repaired: int = 0
    settled: int = 0
    absent: int = 0


class CallKeeper:
    """Follows calls to their end; `caller` is None where none can be placed or asked about."""

    def __init__(self, *, store: CallNewsStore, caller: Caller | None, clock: Clock) -> None:
        self._store = store
        self._caller = caller
        self._clock = clock

    def apply_callbacks(self) -> int:
        """Applies all stored callbacks about calls; for the web app as they come, and `record`."""
        applied = 0
        while batch := self._store.news(BATCH):
            crashpoint("P11")
            applied += self._store.apply(batch, self._clock())
        return applied

    def run(self) -> UpkeepCounts:
        """Applies, then asks the provider about all that stays open."""
        counts = UpkeepCounts(applied=self.apply_callbacks())
        now = self._clock()
        self._store.orphans_into_doubt(now - SENDS_WITHIN, now)
        if self._caller is None:
            return counts
        for doubt in self._store.doubts(now):
            self._settle(self._caller, doubt, counts)
        for call in self._store.under_way(self._clock()):
            self._ask(self._caller, call, counts)
        return counts

    def _settle(self, caller: Caller, doubt: CallDoubt, counts: UpkeepCounts) -> None:
        earliest = doubt.sending_at - SKEW
        latest = doubt.sending_at + CREATED_WITHIN
        fitting = [
            one
            for one in caller.calls_to(doubt.rep_number, since=earliest)
            if one.created_at <= latest and one.caller_id == doubt.caller_id
        ]
        found = only(fitting, but=self._store.bound([one.sid for one in fitting]))
        if found is not None:
            self._store.apply([self._news(doubt.token, found, Leg.REP)], self._clock())
            counts.settled += 1
            return
        last = doubt.looks + 1 >= len(LOOKS)
        next_look = None if last else doubt.sending_at + LOOKS[doubt.looks + 1]
        self._store.not_found(doubt.token, self._clock(), next_look=next_look)
        counts.absent += last

    def _ask(self, caller: Caller, call: OpenCall, counts: UpkeepCounts) -> None:
        rep = caller.call(call.sid)
        if rep is not None and self._waits_too_long(rep, call):
            caller.hang_up(call.sid, answered=False)
            rep = caller.call(call.sid)
        news = [self._news(call.token, rep, Leg.REP)] if rep else []
        if call.placed.dialled_at:
            legs = caller.legs_of(call.sid)[:1]
            news += [self._news(call.token, leg, Leg.CONTACT) for leg in legs]
        now = self._clock()
        counts.repaired += self._store.apply(news, now)
        last = call.looks + 1 >= _MOST_LOOKS
        pause = min(_LONGEST_PAUSE, timedelta(minutes=2 ** min(call.looks, 6)))
        self._store.looked(call.token, now, next_look=None if last else now + pause)

    def _waits_too_long(self, rep: ProviderCall, call: OpenCall) -> bool:
        is_queued = leg_status(rep.status) is LegStatus.QUEUED
        return is_queued and self._clock() - call.sending_at >= QUEUED_WITHIN

    def _news(self, token: str, call: ProviderCall, leg: Leg) -> CallNews:
        return CallNews(
            token=token,
            sid=call.sid,
            leg=leg,
            status=leg_status(call.status),
            at=self._clock(),
            answered_by=call.answered_by if leg is Leg.CONTACT else None,
            seconds=call.seconds,
        )
