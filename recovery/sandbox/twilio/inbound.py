"""A person writes to the firm by WhatsApp."""

import json
import re
from dataclasses import dataclass

from recovery.sandbox.conversation import Button
from recovery.sandbox.directory import Person, whatsapp_form
from recovery.sandbox.twilio.post import Fields
from recovery.sandbox.twilio.shapes import VERSION
from recovery.sandbox.twilio.state import Account, Media, Message, fixed_sid
from recovery.sandbox.twilio.webhooks import deliver, inbound_url

#: Twilio's own keywords; in other languages only where the firm has set them up.
_KEYWORDS = {
    "STOP": frozenset(
        {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}
    ),
    "START": frozenset({"start", "unstop"}),
    "HELP": frozenset({"help", "info"}),
}
_CALLING_REGION = re.compile(r"\+(52|55|54|57|56|51|34|1)")
_REGIONS = {"52": "MX", "55": "BR", "54": "AR", "57": "CO", "56": "CL", "51": "PE", "34": "ES"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person sends; `answers` is our message that a button belongs to."""

    text: str = ""
    button: Button | None = None
    voice: bool = False
    picture: bool = False
    answers: Message | None = None
    #: The address it comes from, where it is not the person's usual one.
    sender: str | None = None
    profile_name: str | None = None


async def write(account: Account, person: Person, to: str, written: Written) -> Message:
    """Files the message, opens the 24-hour window, and calls the firm's webhook."""
    message = _file(account, person, to, written)
    account.heard_at[to, person.key] = account.now
    keyword = _keyword(written.text)
    service = account.service_sid if written.answers and written.answers.service_sid else None
    _obey(account, person, service, keyword)
    account.world.ledger.append(
        "inbound",
        sid=message.sid,
        **{"from": message.sender, "to": to},
        body=message.body,
        button=written.button.id if written.button else None,
        media=len(message.media),
        contact_id=person.contact_id,
        answers=written.answers.sid if written.answers else None,
    )
    if url := inbound_url(account):
        fields = inbound_fields(account, message, person, written, service=service)
        fields += [("OptOutType", keyword)] if keyword and service else []
        await deliver(account, url, fields, kind="webhook", named={"sid": message.sid})
    return message


def inbound_fields(
    account: Account, message: Message, person: Person, written: Written, *, service: str | None
) -> Fields:
    """The form that Twilio posts for an inbound WhatsApp message (2026)."""
    wa_id = message.phone.lstrip("+")
    name = written.profile_name or person.persona.given_name
    context = {"type": "whatsapp", "data": {"context": {"ProfileName": name, "WaId": wa_id}}}
    return [
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(len(message.media))),
        ("ProfileName", name),
        ("MessageType", _message_type(written)),
        ("SmsSid", message.sid),
        ("WaId", wa_id),
        ("SmsStatus", "received"),
        ("Body", message.body),
        ("To", message.to),
        *([("MessagingServiceSid", service)] if service else []),
        ("NumSegments", "1"),
        ("MessageSid", message.sid),
        ("AccountSid", account.sid),
        ("ChannelMetadata", json.dumps(context, ensure_ascii=False)),
        ("From", message.sender),
        ("ExternalUserId", _external_user_id(message.phone, person)),
        ("ApiVersion", VERSION),
        *_button_fields(written),
        *_media_fields(account, message),
    ]


def media_url(account: Account, message: Message, media_sid: str) -> str:
    """Where the API answers with a redirect to the media."""
    base = account.origin or account.world.options.url
    return f"{base}/{VERSION}/Accounts/{account.sid}/Messages/{message.sid}/Media/{media_sid}"


def _file(account: Account, person: Person, to: str, written: Written) -> Message:
    now = account.now
    kinds = [*(["audio/ogg"] if written.voice else []), *(["image/png"] if written.picture else [])]
    media = tuple(Media(account.new_sid("ME"), kind) for kind in kinds)
    message = Message(
        sid=account.new_sid("MM" if media else "SM"),
        sender=written.sender or f"whatsapp:{whatsapp_form(person)}",
        to=to,
        body=written.button.title if written.button else written.text,
        status="received",
        direction="inbound",
        created_at=now,
        updated_at=now,
        sent_at=now,
        media=media,
    )
    account.keep(message)
    return message


def _message_type(written: Written) -> str:
    if written.voice:
        return "audio"
    if written.picture:
        return "image"
    if written.button is None:
        return "text"
    asked = written.answers
    return "button" if asked and asked.content and asked.content.is_approved else "interactive"


def _button_fields(written: Written) -> Fields:
    if written.button is None:
        return []
    fields = [("ButtonText", written.button.title), ("ButtonPayload", written.button.id)]
    if asked := written.answers:
        fields.append(("OriginalRepliedMessageSender", asked.sender))
        fields.append(("OriginalRepliedMessageSid", asked.sid))
    return fields


def _media_fields(account: Account, message: Message) -> Fields:
    fields: Fields = []
    for at, media in enumerate(message.media):
        fields.append((f"MediaContentType{at}", media.kind))
        fields.append((f"MediaUrl{at}", media_url(account, message, media.sid)))
    return fields


def _external_user_id(phone: str, person: Person) -> str:
    found = _CALLING_REGION.match(phone)
    region = _REGIONS.get(found[1], "US") if found else "US"
    digits = int(fixed_sid("", person.key)[:13], 16)
    return f"whatsapp:{region}.{digits}"


def _keyword(text: str) -> str | None:
    word = text.strip().lower()
    return next((kind for kind, words in _KEYWORDS.items() if word in words), None)


def _obey(account: Account, person: Person, service: str | None, keyword: str | None) -> None:
    """The service's opt-out handling: after STOP its sends are refused with 21610."""
    if service and keyword == "STOP":
        account.opted_out.add((service, person.key))
    elif service and keyword == "START":
        account.opted_out.discard((service, person.key))
