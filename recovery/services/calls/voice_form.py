"""What Twilio posts about calls, read strictly: a form that is not plainly ours becomes no row.

Field names and shapes: Twilio's pages on TwiML requests, call progress events, `<Dial>` and
answering machine detection. Of what comes only what is used is kept, and no number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.domain.phone_call import Leg, leg_status
from recovery.services.calls.store import CallNews
from recovery.services.webhook_form import Callback, Foreign

#: The first word of a stored status: which leg, or that something was heard on the person's.
_HEARD = "heard"
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{8,64}")
_STATUS = "queued|initiated|ringing|answered|in-progress|completed|busy|no-answer|canceled|failed"
_CALL = "CA[0-9a-f]{32}"
_SHAPES = {
    name: re.compile(shape)
    for name, shape in {
        "AccountSid": "AC[0-9a-f]{32}",
        "CallSid": _CALL,
        "CallStatus": _STATUS,
        "CallDuration": r"\d{0,6}",
        "Digits": r"[0-9*#]{0,4}",
        "DialCallSid": _CALL,
        "DialCallStatus": _STATUS,
        "DialCallDuration": r"\d{0,6}",
        "AnsweredBy": "human|unknown|fax|machine_[a-z]{3,12}",
    }.items()
}
#: The signature has no separators: a field that may be missing could hide in its neighbour.
_MAY_HIDE = ("Digits", "DialCallSid", "DialCallStatus", "AnsweredBy")


@dataclass(frozen=True, slots=True)
class VoiceForm:
    """Reads forms of one account; every method raises Foreign with the reason."""

    account_sid: str

    def leg(self, token: str, leg: Leg, params: Mapping[str, str], at: datetime) -> Callback:
        """The status of one leg."""
        fields = self._ours(token, params, "CallSid", "CallStatus")
        kept = {"seconds": fields.get("CallDuration", "")}
        return _stored(token, fields["CallSid"], f"{leg}:{fields['CallStatus']}", at, kept)

    def heard(self, token: str, params: Mapping[str, str], at: datetime) -> Callback:
        """Who picked up the person's phone, by the sound of it."""
        fields = self._ours(token, params, "CallSid", "AnsweredBy")
        return _stored(token, fields["CallSid"], f"{_HEARD}:{fields['AnsweredBy']}", at, {})

    def dialled(self, token: str, params: Mapping[str, str], at: datetime) -> Callback:
        """How the person's leg ended, told on the rep's; of the rep's alone where none was made."""
        fields = self._ours(token, params, "CallSid", "CallStatus", "DialCallStatus")
        if not fields.get("DialCallSid"):
            return self.leg(token, Leg.REP, params, at)
        kept = {"seconds": fields.get("DialCallDuration", "")}
        status = f"{Leg.CONTACT}:{fields['DialCallStatus']}"
        return _stored(token, fields["DialCallSid"], status, at, kept)

    def _ours(self, token: str, params: Mapping[str, str], *mandatory: str) -> Mapping[str, str]:
        if not _TOKEN.fullmatch(token):
            raise Foreign("token")
        if params.get("AccountSid") != self.account_sid:
            raise Foreign("account")
        for name in mandatory:
            if not params.get(name):
                raise Foreign("missing")
        for name, shape in _SHAPES.items():
            if (value := params.get(name)) and not shape.fullmatch(value):
                raise Foreign(name)
        signed = "".join(name + params[name] for name in sorted(params))
        if any(name in signed and name not in params for name in _MAY_HIDE):
            raise Foreign("boundaries")
        return params


def read_news(
    token: str,
    sid: str,
    status: str,
    params: Mapping[str, Any],
    *,
    at: datetime,
    callback_id: int | None = None,
) -> CallNews:
    """What a stored callback says; one of unknown words moves nothing."""
    kind, _, word = status.partition(":")
    seconds = str(params.get("seconds") or "")
    return CallNews(
        token=token,
        sid=sid,
        leg=Leg.REP if kind == Leg.REP else Leg.CONTACT,
        status=None if kind == _HEARD else leg_status(word),
        at=at,
        answered_by=word if kind == _HEARD else None,
        seconds=int(seconds) if seconds.isdecimal() else None,
        callback_id=callback_id,
    )


def _stored(token: str, sid: str, status: str, at: datetime, params: Mapping[str, str]) -> Callback:
    return Callback(token, sid, status, "", at, params)
