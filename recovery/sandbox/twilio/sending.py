"""What Twilio checks before it takes a message, in its order and with its codes."""

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

from recovery.sandbox.conversation import Button
from recovery.sandbox.directory import line_key, line_of
from recovery.sandbox.twilio import codes
from recovery.sandbox.twilio.api import Form, RefusedError, value_of
from recovery.sandbox.twilio.state import Account, Content, Message, Variables

_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BODY_LIMIT: Final = 1600
_MOST_VALID_S: Final = 36_000


def accept(account: Account, form: Form) -> Message:
    """A message as filed, with its ledger line written. Raises RefusedError."""
    to = _recipient(form)
    service = value_of(form, "MessagingServiceSid")
    sender = _sender(account, form, to=to, service=service)
    content = _content(account, form)
    values = _variables(form, content)
    body = _body(form, content, values)
    callback = _callback(form)
    _check_opt_out(account, to, service)
    _check_validity(form)
    now = account.now
    message = Message(
        sid=account.new_sid("MM" if "MediaUrl" in form else "SM"),
        sender=sender,
        to=to,
        body=body,
        status="accepted" if service else "queued",
        direction="outbound-api",
        created_at=now,
        updated_at=now,
        service_sid=service,
        status_callback=callback,
        content=content,
        variables=values,
        buttons=buttons_of(content, values) if content else (),
        segments=1 if len(body) <= 160 else -(-len(body) // 153),
    )
    account.keep(message)
    _enter_ledger(account, message)
    return message


def buttons_of(content: Content, values: Variables) -> tuple[Button, ...]:
    """The quick replies under a message."""
    actions = [action for shape in content.types.values() for action in shape.get("actions", ())]
    return tuple(
        Button(str(action.get("id", action["title"])), fill(action["title"], content, values))
        for action in actions
        if action.get("type", "QUICK_REPLY") == "QUICK_REPLY"
    )


def fill(text: str, content: Content, values: Variables) -> str:
    """The text with its variables; a missing one shows the template's sample."""
    known = content.variables | values
    return _PLACEHOLDER.sub(lambda found: known.get(found[1], ""), text)


def body_of(content: Content) -> str:
    """The text of a template, whichever of Twilio's types it has."""
    shapes: list[dict[str, Any]] = list(content.types.values())
    texts = (shape.get("body") or shape.get("title") for shape in shapes)
    return next((str(text) for text in texts if text), "")


def placeholders(text: str) -> list[str]:
    """The names of the variables in a text, in order."""
    return _PLACEHOLDER.findall(text)


def _recipient(form: Form) -> str:
    to = value_of(form, "To")
    if to is None:
        raise RefusedError(21604, "A 'To' phone number is required.")
    phone = to.removeprefix("whatsapp:")
    if not _E164.fullmatch(phone) or not line_of(phone).possible:
        raise RefusedError(21211, f"Invalid 'To' Phone Number: {phone[:-4]}XXXX")
    return to


def _sender(account: Account, form: Form, *, to: str, service: str | None) -> str:
    sender = value_of(form, "From")
    by_whatsapp = to.startswith("whatsapp:")
    if service:
        if service != account.service_sid:
            raise RefusedError(21705, "The Messaging Service Sid is invalid")
        default = account.whatsapp_sender if by_whatsapp else account.world.options.voice_from
        sender = sender or default
    if sender is None:
        raise RefusedError(21603, "A 'From' phone number is required.")
    if sender.startswith("whatsapp:") != by_whatsapp:
        raise RefusedError(
            21910, "Invalid From and To pair. From and To should be of the same channel"
        )
    _check_sender(account, sender, to)
    return sender


def _check_sender(account: Account, sender: str, to: str) -> None:
    if sender.startswith("whatsapp:") and sender != account.whatsapp_sender:
        raise RefusedError(63007, "Twilio could not find a Channel with the specified From address")
    if not sender.startswith("whatsapp:") and sender != account.world.options.voice_from:
        message = f"The 'From' phone number {sender} is not a valid, SMS-capable inbound number"
        raise RefusedError(21606, message)
    if sender == to:
        raise RefusedError(codes.SAME_ENDS, codes.TEXTS[codes.SAME_ENDS])


def _content(account: Account, form: Form) -> Content | None:
    sid = value_of(form, "ContentSid")
    if sid is None:
        if value_of(form, "ContentVariables"):
            raise RefusedError(21654, "ContentVariables requires ContentSid")
        return None
    if sid not in account.contents:
        raise RefusedError(21655, "The ContentSid is Invalid")
    return account.contents[sid]


def _variables(form: Form, content: Content | None) -> Variables:
    given = form.get("ContentVariables", [])
    if content is None or not given or not given[-1]:
        return {}
    try:
        values = json.loads(given[-1]) if len(given) == 1 else None
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise RefusedError(21656, "The ContentVariables Parameter is Invalid")
    return values


def _body(form: Form, content: Content | None, values: Variables) -> str:
    if content:
        return fill(body_of(content), content, values)
    body = value_of(form, "Body")
    if body is None and "MediaUrl" not in form:
        raise RefusedError(21619, "A text message body or media urls must be specified.")
    if body and len(body) > _BODY_LIMIT:
        message = "The concatenated message body exceeds the 1600 character limit"
        raise RefusedError(21617, message)
    return body or ""


def _callback(form: Form) -> str | None:
    url = value_of(form, "StatusCallback")
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RefusedError(21609, f"The 'StatusCallback' URL {url} is not a valid URL.")
    return url


def _check_opt_out(account: Account, to: str, service: str | None) -> None:
    if service and (service, line_key(to)) in account.opted_out:
        raise RefusedError(21610, "Attempt to send to unsubscribed recipient")


def _check_validity(form: Form) -> None:
    text = value_of(form, "ValidityPeriod")
    if text is not None and not (text.isdecimal() and 1 <= int(text) <= _MOST_VALID_S):
        raise RefusedError(20001, "Parameter 'ValidityPeriod' must be between 1 and 36000")


def _enter_ledger(account: Account, message: Message) -> None:
    content = message.content
    needed = set(placeholders(body_of(content))) if content else set()
    callback = message.status_callback
    account.world.ledger.append(
        "message",
        sid=message.sid,
        **{"from": message.sender, "to": message.to},
        line=line_key(message.phone),
        body=message.body,
        content_sid=content.sid if content else None,
        content_name=content.friendly_name if content else None,
        variables=message.variables,
        samples_shown=sorted(needed - message.variables.keys()),
        buttons=[button.id for button in message.buttons],
        service=message.service_sid,
        callback=callback,
        token=urlsplit(callback).path.rsplit("/", 1)[-1] if callback else None,
    )
