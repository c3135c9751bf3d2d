"""Messages: the form of a send, what came of it, and messages as Twilio lists them."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from recovery.adapters.twilio.addresses import is_whatsapp, moment, plain, whatsapp
from recovery.adapters.twilio.answers import Reading, classify
from recovery.services.ports import OutboundMessage, ProviderMessage, SendAnswer


def form(
    message: OutboundMessage, *, public_url: str | None, messaging_service: str | None
) -> dict[str, Any]:
    """The fields of CreateMessage; a callback is asked for only where we can be reached."""
    fields: dict[str, Any] = {"To": whatsapp(message.to)}
    if message.sender:
        fields["From"] = whatsapp(message.sender)
    elif messaging_service:
        fields["MessagingServiceSid"] = messaging_service
    if message.content_sid:
        fields["ContentSid"] = message.content_sid
        # A dict would be sent as its keys alone: Twilio wants JSON within the form.
        fields["ContentVariables"] = json.dumps(dict(message.variables), ensure_ascii=False)
    else:
        fields["Body"] = message.body or ""
    if public_url:
        fields["StatusCallback"] = f"{public_url}/webhooks/twilio/status/{message.token}"
    if message.valid_for is not None:
        fields["ValidityPeriod"] = max(1, min(36_000, message.valid_for))
    return fields


def send_answer(answer: Reading) -> SendAnswer:
    """The outcome with the provider's own clock beside it (the `Date` header)."""
    code = answer.code or _text(answer.payload.get("error_code"))
    return SendAnswer(
        result=classify(answer, kind="message"),
        sid=answer.sid("message"),
        status=_text(answer.payload.get("status")) if answer.status < 300 else None,
        code=code,
        http_status=answer.status,
        retry_after=answer.retry_after,
        provider_at=moment(answer.headers.get("date")),
    )


def listed(items: Iterator[dict[str, Any]], *, fallback_at: datetime) -> list[ProviderMessage]:
    """WhatsApp messages of a listing, each once, oldest first; others are left out."""
    found: dict[str, ProviderMessage] = {}
    for item in items:
        if is_whatsapp(item.get("to")) or is_whatsapp(item.get("from")):
            message = provider_message(item, fallback_at=fallback_at)
            found.setdefault(message.sid, message)
    return sorted(found.values(), key=lambda message: message.created_at)


def provider_message(item: Mapping[str, Any], *, fallback_at: datetime) -> ProviderMessage:
    """One message of Twilio's; a moment nobody names becomes the fallback."""
    dates = (moment(item.get(key)) for key in ("date_created", "date_sent", "date_updated"))
    return ProviderMessage(
        sid=_text(item.get("sid")) or "",
        direction=_text(item.get("direction")) or "",
        to=plain(item.get("to")),
        sender=plain(item.get("from")),
        body=_text(item.get("body")) or "",
        status=_text(item.get("status")) or "",
        code=_text(item.get("error_code")),
        created_at=next((date for date in dates if date), fallback_at),
        media=_count(item.get("num_media")),
        raw=dict(item),
    )


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _count(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isdecimal() else 0
