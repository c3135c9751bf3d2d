"""What Twilio posts, read strictly: a form that is not plainly ours becomes no row.

Field names and shapes: Twilio's pages on outbound status callbacks, on webhooks of inbound
messages, and on call progress events. Fields nobody uses may be anything: Twilio adds some
without notice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.domain.keys import Keys
from recovery.domain.phone import phone_from_e164
from recovery.errors import Refusal
from recovery.services.ports import ProviderMessage


class Foreign(Refusal):
    """A request that is not Twilio's about this account; `reason` is one word for the record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not a callback of ours: {reason}")


@dataclass(frozen=True, slots=True)
class Callback:
    """One status of one message or call; `code` is empty where nothing went wrong."""

    token: str
    sid: str
    status: str
    code: str
    received_at: datetime
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a person sent; `number` in E.164, or Twilio's name for somebody without a number."""

    sid: str
    number: str
    number_key: str | None
    sender: str
    body: str
    payload: str | None
    opt_out_type: str | None
    original_sid: str | None
    media: int
    raw: Mapping[str, Any]
    source: str
    received_at: datetime
    #: WhatsApp's own id of the person, which stays where the number is not shown.
    external_id: str | None = None


Received = Callback | Reply

_STATUSES = (
    "accepted|scheduled|queued|sending|sent|delivered|undelivered|failed|canceled|read"
    "|receiving|received|partially_delivered"
)
_CALL_STATUSES = (
    "queued|initiated|ringing|answered|in-progress|completed|busy|no-answer|canceled|failed"
)
_MESSAGE = "(?:SM|MM)[0-9a-f]{32}"
_ADDRESS = r"(?:[a-z]{2,12}:)?\+?[0-9A-Za-z._\-]{1,64}"
_EXTERNAL_ID = re.compile(r"[A-Za-z]{2}\.[0-9A-Za-z._\-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_\-]{8,64}")

#: The shape of each field that is used or that says what the request is about.
_SHAPES = {
    name: re.compile(shape)
    for name, shape in {
        "AccountSid": "AC[0-9a-f]{32}",
        "ApiVersion": r"\d{4}-\d\d-\d\d",
        "MessageSid": _MESSAGE,
        "SmsSid": _MESSAGE,
        "SmsMessageSid": _MESSAGE,
        "OriginalRepliedMessageSid": _MESSAGE,
        "MessageStatus": _STATUSES,
        "SmsStatus": _STATUSES,
        "CallSid": "CA[0-9a-f]{32}",
        "CallStatus": _CALL_STATUSES,
        "ErrorCode": r"\d{0,6}",
        "From": _ADDRESS,
        "To": _ADDRESS,
        "NumMedia": r"\d{1,3}",
        "OptOutType": "STOP|START|HELP",
    }.items()
}
#: Names that may come once only, so that nobody can say two things at the same time.
USED = frozenset(_SHAPES) | {"Body", "ButtonPayload", "ErrorCode"}
#: The signature has no separators: `A=bC` and `Ab=C` are signed alike. Of what a status says only
#: the code may be missing, so it alone could be hidden in a neighbour; the signed text shows it.
_CODE = re.compile(r"ErrorCode(\d+)")
_TWINS = (("MessageSid", "SmsSid"), ("MessageSid", "SmsMessageSid"), ("MessageStatus", "SmsStatus"))


@dataclass(frozen=True, slots=True)
class WebhookForm:
    """Reads forms of one account; every method raises Foreign with the reason."""

    account_sid: str
    keys: Keys

    def status(self, token: str, params: Mapping[str, str], at: datetime) -> Callback:
        """The status of a message."""
        fields = self._ours(params, "MessageSid", "MessageStatus", "From", "To")
        _refuse_hidden_code(fields)
        return _callback(token, fields, "MessageSid", "MessageStatus", at)

    def inbound(self, params: Mapping[str, str], at: datetime) -> Reply:
        """A message that a person sent."""
        fields = self._ours(params, "MessageSid", "From", "To", "Body")
        if fields.get("SmsStatus", "received") not in ("received", "receiving"):
            raise Foreign("status")
        number = _plain(fields["From"])
        return Reply(
            sid=fields["MessageSid"],
            number=number,
            number_key=self._key(number),
            sender=_plain(fields["To"]),
            body=fields["Body"],
            payload=fields.get("ButtonPayload") or None,
            opt_out_type=fields.get("OptOutType") or None,
            original_sid=fields.get("OriginalRepliedMessageSid") or None,
            media=int(fields.get("NumMedia") or 0),
            raw=fields,
            source="webhook",
            received_at=at,
            external_id=_external_id(fields.get("ExternalUserId") or fields["From"]),
        )

    def listed(self, message: ProviderMessage) -> Reply:
        """A message that a person sent and that was found by listing."""
        if message.direction != "inbound":
            raise Foreign("direction")
        if not re.fullmatch(_MESSAGE, message.sid):
            raise Foreign("MessageSid")
        number = _plain(message.sender)
        return Reply(
            sid=message.sid,
            number=number,
            number_key=self._key(number),
            sender=_plain(message.to),
            body=_clean(message.body),
            payload=None,
            opt_out_type=None,
            original_sid=None,
            media=message.media,
            raw={name: _stored(value) for name, value in message.raw.items()},
            source="poll",
            received_at=message.created_at,
            external_id=_external_id(message.sender),
        )

    def _ours(self, params: Mapping[str, str], *mandatory: str) -> dict[str, str]:
        fields = {_clean(name): _clean(value) for name, value in params.items()}
        if fields.get("AccountSid") != self.account_sid:
            raise Foreign("account")
        for name in mandatory:
            if name not in fields:
                raise Foreign("missing")
        for name, shape in _SHAPES.items():
            if (value := fields.get(name)) and not shape.fullmatch(value):
                raise Foreign(name)
            if value == "" and name in mandatory:
                raise Foreign(name)
        for one, other in _TWINS:
            if one in fields and fields.get(other, fields[one]) != fields[one]:
                raise Foreign(other)
        return fields

    def _key(self, number: str) -> str | None:
        phone = phone_from_e164(number)
        return self.keys.phone(phone.key) if phone else None


def _callback(token: str, fields: dict[str, str], sid: str, status: str, at: datetime) -> Callback:
    if not _TOKEN.fullmatch(token):
        raise Foreign("token")
    code = fields.get("ErrorCode", "").lstrip("0")
    return Callback(token, fields[sid], fields[status], code, at, fields)


def _refuse_hidden_code(fields: Mapping[str, str]) -> None:
    signed = "".join(name + fields[name] for name in sorted(fields))
    stated = fields.get("ErrorCode")
    if _CODE.findall(signed) != ([stated] if stated else []):
        raise Foreign("boundaries")


def _plain(address: str) -> str:
    return address.removeprefix("whatsapp:")


def _external_id(address: str) -> str | None:
    """`MX.4566546130240823`; a number is none, and so is what has another shape."""
    plain = _plain(address)
    return plain if _EXTERNAL_ID.fullmatch(plain) else None


def _stored(value: Any) -> Any:
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    # PostgreSQL stores no NUL and no half of a pair, and no one means either.
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()
