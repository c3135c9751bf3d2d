"""Twilio's Calls behind `recovery.services.calls.telephony.Caller`."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from recovery.adapters.twilio import codes
from recovery.adapters.twilio.addresses import moment
from recovery.adapters.twilio.answers import Reading, classify, is_sid
from recovery.adapters.twilio.api import TwilioApi, failure
from recovery.adapters.twilio.wire import AnswerLost, Limits, NothingSent
from recovery.errors import PermanentFailure, Unsupported
from recovery.services.calls.telephony import OutboundCall, ProviderCall
from recovery.services.ports import Clock, SendAnswer, SendResult
from recovery.settings import TwilioSettings

#: Where Twilio asks what a call shall do, and where it tells what became of one.
VOICE = "/webhooks/twilio/voice"
#: Seconds a rep's phone rings: about as long as until their voicemail answers.
RING_REP = 20
_EVENTS = ("initiated", "ringing", "answered", "completed")
_REFUSED_CREDENTIAL = (401, 403)


class TwilioCaller:
    """Thread-safe, as the messenger is; needs the address at which Twilio reaches us."""

    def __init__(
        self,
        settings: TwilioSettings,
        *,
        public_url: str,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        limits: Limits | None = None,
    ) -> None:
        self._voice = public_url.rstrip("/") + VOICE
        self._clock = clock
        self._api = TwilioApi(settings, sleep=sleep, threads=4, limits=limits)

    def place(self, call: OutboundCall) -> SendAnswer:
        """Exactly one POST; AuthorizationLost (no phone rang) where we are refused."""
        try:
            answer = self._api.once("api", "POST", self._path("Calls.json"), data=self._form(call))
        except NothingSent:
            return SendAnswer(SendResult.NOT_SENT)
        except AnswerLost:
            return SendAnswer(SendResult.IN_DOUBT)
        if answer.status in _REFUSED_CREDENTIAL:
            raise failure(answer, "place call")
        return _placed(answer)

    def _form(self, call: OutboundCall) -> dict[str, Any]:
        return {
            "To": call.to,
            "From": call.caller_id,
            "Url": f"{self._voice}/rep/{call.token}",
            "Method": "POST",
            "StatusCallback": f"{self._voice}/status/{call.token}",
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": list(_EVENTS),
            "Timeout": RING_REP,
        }

    def call(self, sid: str) -> ProviderCall | None:
        """A call by its id; None when Twilio does not know it."""
        if not is_sid(sid, "call"):
            return None
        try:
            path = self._path(f"Calls/{sid}.json")
            answer = self._api.read("api", path, operation="read call")
        except Unsupported:
            return None
        return self._call(answer.payload)

    def legs_of(self, sid: str) -> tuple[ProviderCall, ...]:
        """The calls that this one dialled."""
        return self._listed({"ParentCallSid": sid})

    def calls_to(self, number: str, *, since: datetime) -> tuple[ProviderCall, ...]:
        """No StartTime filter: a call that is still queued has none. Absence proves nothing."""
        earliest = since.replace(microsecond=0)  # Twilio's dates have whole seconds
        return tuple(one for one in self._listed({"To": number}) if one.created_at >= earliest)

    def hang_up(self, sid: str, *, answered: bool) -> None:
        """`canceled` is for calls nobody answered; 21220 says that it is over already."""
        if not is_sid(sid, "call"):
            return
        form = {"Status": "completed" if answered else "canceled"}
        path = self._path(f"Calls/{sid}.json")
        try:
            self._api.asked("end call", lambda: self._api.once("api", "POST", path, data=form))
        except (PermanentFailure, Unsupported):
            return

    def explain(self, code: str | None, language: str = "en") -> str:
        """An error code in plain words, with the mend."""
        return codes.explain(code, language)

    def close(self) -> None:
        """Closes idle connections; the caller can be used again."""
        self._api.close()

    def _listed(self, filters: Mapping[str, str]) -> tuple[ProviderCall, ...]:
        items = self._api.pages(
            "api",
            self._path("Calls.json"),
            operation="list calls",
            key="calls",
            params={**filters, "PageSize": 1000},
        )
        found = {one.sid: one for one in map(self._call, items)}
        return tuple(sorted(found.values(), key=lambda one: one.created_at))

    def _call(self, item: Mapping[str, Any]) -> ProviderCall:
        return ProviderCall(
            sid=str(item.get("sid") or ""),
            to=str(item.get("to") or ""),
            caller_id=str(item.get("from") or ""),
            status=str(item.get("status") or ""),
            created_at=moment(item.get("date_created")) or self._clock(),
            answered_by=str(item["answered_by"]) if item.get("answered_by") else None,
            seconds=_seconds(item.get("duration")),
        )

    def _path(self, rest: str) -> str:
        return f"/2010-04-01/Accounts/{self._api.account}/{rest}"


def _placed(answer: Reading) -> SendAnswer:
    return SendAnswer(
        result=classify(answer, kind="call"),
        sid=answer.sid("call"),
        status=str(answer.payload.get("status") or "") or None,
        code=answer.code,
        http_status=answer.status,
        retry_after=answer.retry_after,
        provider_at=moment(answer.headers.get("date")),
    )


def _seconds(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() else None
