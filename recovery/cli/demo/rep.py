"""A scripted rep, who works the call list as a person would: in hours, one call after another.

What is recorded is what the person on the other end says; the rules are the engine's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recovery.adapters.db.queries.call_list import WaitingCall, waiting_calls
from recovery.bootstrap import Recovery
from recovery.cli.demo.town import Town
from recovery.domain.calendar import PartOfDay
from recovery.domain.case import Disposition
from recovery.domain.country import subdivision
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Goal
from recovery.domain.timetable import Timetable
from recovery.services.record.by_person import CallResult

#: Goals for which a plain yes is what was wanted; for the others it brings no address.
_YES_HELPS = frozenset({Goal.FRESH_CONSENT, Goal.LIST_CONSENT, Goal.COMPLAINT, Goal.CONFIRM_LINK})
#: Calls that one rep works between two looks of the engine: about sixty a day.
PACE = 12


@dataclass(frozen=True, slots=True)
class WorkedCall:
    """A call with its result, for the story."""

    call: WaitingCall
    disposition: Disposition


class Rep:
    """Calls who is due, records what happened."""

    def __init__(self, email: str, recovery: Recovery, town: Town) -> None:
        self.email = email
        self._recovery = recovery
        self._town = town

    def work(self) -> list[WorkedCall]:
        """The calls of this part of the day, the longest waiting first."""
        worked: list[WorkedCall] = []
        now = self._recovery.clock()
        dialled: set[str] = set()
        for call in waiting_calls(self._recovery.database, now=now):
            if len(worked) == PACE:
                break
            if call.number in dialled or not self._may_call(call, now):
                continue
            dialled.add(call.number)
            worked.append(self._dial(call, now))
        return worked

    def _may_call(self, call: WaitingCall, now: datetime) -> bool:
        place = self._place(call)
        agreed = call.step.startswith("callback")
        was_today = call.dialled_at is not None and (
            place.local_day(call.dialled_at) == place.local_day(now)
        )
        return place.allows(now) and (agreed or not was_today)

    def _place(self, call: WaitingCall) -> Timetable:
        rules = self._recovery.countries.get(call.region)
        region = rules.region_of(call.number, region_code=call.region_code) if rules else None
        return Timetable(
            call.zones,
            call.region,
            region or subdivision(call.region_code, country=call.region),
            rules,
            self._recovery.policy.hours,
        )

    def _dial(self, call: WaitingCall, now: datetime) -> WorkedCall:
        talk = self._town.dial(call.number, attempt=call.dialled + 1)
        disposition = self._heard(call, talk)
        at = self._agreed(call, now) if disposition is Disposition.CALLBACK else None
        email = talk["email"] if disposition is Disposition.NEW_EMAIL else None
        result = CallResult(call.contact_id, disposition, self.email, email=email, at=at)
        self._recovery.by_person.dispose(result)
        return WorkedCall(call, disposition)

    def _heard(self, call: WaitingCall, talk: dict[str, Any]) -> Disposition:
        if talk["carrier"] != "answered":
            return Disposition(talk["carrier"])
        match talk["says"]:
            case "new_email":
                return Disposition.NEW_EMAIL
            case "refuses":
                return Disposition.REFUSED
            case "wrong_person":
                return Disposition.WRONG_NUMBER
            case "call_later" if not call.step.startswith("callback"):
                return Disposition.CALLBACK
            case "consents" if self._goal(call) in _YES_HELPS:
                return Disposition.CONSENT
            case _:
                return Disposition.SPOKE

    def _goal(self, call: WaitingCall) -> Goal:
        return self._recovery.policy.goal(EmailStatus(call.status))

    def _agreed(self, call: WaitingCall, now: datetime) -> datetime:
        """ "Tomorrow at five": the evening of their next working day."""
        place = self._place(call)
        day = place.working_days_after(place.local_day(now), 1)
        return place.next(now + timedelta(hours=1), part=PartOfDay.EVENING, day=day)
