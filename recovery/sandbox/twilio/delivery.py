"""What becomes of a message: its statuses, the callbacks about them, and the person's answer."""

import re
from datetime import timedelta
from typing import Final, NamedTuple

from recovery.sandbox import conversation
from recovery.sandbox.conversation import Answers, Heard, Talk, daytime
from recovery.sandbox.directory import (
    Person,
    has_old_form,
    is_old_form,
    line_of,
)
from recovery.sandbox.people import Behaviour, draw
from recovery.sandbox.twilio import codes
from recovery.sandbox.twilio.inbound import Written, write
from recovery.sandbox.twilio.post import Fields
from recovery.sandbox.twilio.shapes import VERSION
from recovery.sandbox.twilio.state import Account, Message
from recovery.sandbox.twilio.webhooks import notify

_BODY_LIMIT: Final = 1024
_BAD_VALUE: Final = re.compile(r" {5,}|[\n\t]")
_BUTTONS_UNAPPROVED: Final = 3


class Step(NamedTuple):
    """The next status, so long after the one before."""

    after: timedelta
    status: str
    error_code: int | None = None


Steps = tuple[Step, ...]


def begin(account: Account, message: Message) -> None:
    """Sets the message on its way."""
    person = account.directory.person(message.phone)
    _go_on(account, message, fate(account, message, person))


def fate(account: Account, message: Message, person: Person) -> Steps:
    """All statuses to come, decided when Twilio hands the message over."""
    chance = _chance(account, message, person)
    pause = timedelta(seconds=1 + 3 * draw(chance, "sent"))
    if not message.is_whatsapp:
        return _sms_fate(message, pause)
    if problem := _refusal(account, message, person):
        return (Step(pause, "failed", problem),)
    if not _reached(message, person):
        return (Step(pause, "undelivered", codes.NOT_ON_WHATSAPP),)
    sent = Step(pause, "sent")
    if _capped(account, message, person):
        return (sent, Step(timedelta(seconds=2), "undelivered", codes.CAPPED))
    if person.persona.behaviour is Behaviour.blocked:
        return (sent,)
    return (sent, *_arrival(chance, person))


def callback_fields(account: Account, message: Message) -> Fields:
    """The form of a status callback about the message's present status."""
    status = message.status
    fields = [
        ("SmsSid", message.sid),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("MessageSid", message.sid),
        ("To", message.to),
        ("From", message.sender),
        ("AccountSid", account.sid),
        ("ApiVersion", VERSION),
    ]
    if message.service_sid:
        fields.append(("MessagingServiceSid", message.service_sid))
    if message.is_whatsapp:
        fields += _channel_fields(message)
    if message.error_code:
        fields.append(("ErrorCode", str(message.error_code)))
    return fields


async def report(account: Account, message: Message) -> None:
    """Tells the firm the present status, where it asked to be told."""
    if not message.status_callback:
        return
    fields = callback_fields(account, message)
    named = {"sid": message.sid, "status": message.status, "error_code": message.error_code}
    await notify(account, message.status_callback, fields, named=named)


def _go_on(account: Account, message: Message, steps: Steps) -> None:
    if not steps:
        return
    step, rest = steps[0], steps[1:]

    async def reach() -> None:
        if message.status in {"canceled", "failed"} or message.sid not in account.messages:
            return
        _enter(account, message, step)
        _go_on(account, message, rest)
        if step.status == "delivered":
            _hear(account, message)
        await report(account, message)

    account.world.clock.schedule(account.now + step.after, reach)


def _enter(account: Account, message: Message, step: Step) -> None:
    message.status = step.status
    message.updated_at = account.now
    message.error_code = step.error_code
    if message.sent_at is None:
        message.sent_at = account.now


def _hear(account: Account, message: Message) -> None:
    """The person sees it, and may answer."""
    if not message.is_whatsapp:
        return
    person = account.directory.person(message.phone)
    opens = message.content is not None and message.content.is_approved
    heard = Heard(message.body, message.buttons, opens=opens)
    talk = account.talks.get(person.key, Talk())
    account.talks[person.key], answers = conversation.respond(person.persona, heard, talk)
    _answer(account, message, person, answers)


def _answer(account: Account, message: Message, person: Person, answers: Answers) -> None:
    if not answers:
        return
    answer, rest = answers[0], answers[1:]

    async def reply() -> None:
        written = Written(
            text=answer.text, button=answer.button, voice=answer.voice, answers=message
        )
        _answer(account, message, person, rest)
        await write(account, person, message.sender, written)

    account.world.clock.schedule(daytime(account.now + answer.after, person.persona), reply)


def _sms_fate(message: Message, pause: timedelta) -> Steps:
    sent = Step(pause, "sent")
    if line_of(message.phone).landline:
        return (sent, Step(pause, "undelivered", codes.SMS_LANDLINE))
    return (sent, Step(pause, "delivered"))


def _refusal(account: Account, message: Message, person: Person) -> int | None:
    """What WhatsApp refuses before anybody sees it."""
    content = message.content
    if account.standing.fails_with:
        return account.standing.fails_with.pop(0)
    if any(_BAD_VALUE.search(value) for value in message.variables.values()):
        return codes.POLICY
    if len(message.body) > _BODY_LIMIT:
        return codes.TOO_LONG
    if content and content.is_approved:
        return None
    if content and content.approval and content.approval.status in _TEMPLATE_STATES:
        return _TEMPLATE_STATES[content.approval.status]
    if not account.window_open(message.sender, person.key):
        return codes.OUTSIDE_WINDOW
    return codes.TOO_LONG if len(message.buttons) > _BUTTONS_UNAPPROVED else None


_TEMPLATE_STATES: Final = {
    "rejected": codes.REJECTED,
    "paused": codes.PAUSED,
    "disabled": codes.DISABLED,
}


def _reached(message: Message, person: Person) -> bool:
    """Whether this form of this number has WhatsApp."""
    habits = person.persona
    if habits.behaviour is Behaviour.not_on_whatsapp or line_of(message.phone).landline:
        return False
    if habits.whatsapp_line and habits.whatsapp_line[-8:] != person.key[-8:]:
        return False
    wants_old = habits.old_form_only and has_old_form(message.phone)
    return not wants_old or is_old_form(message.phone)


def _capped(account: Account, message: Message, person: Person) -> bool:
    """Meta drops marketing: always in the US, elsewhere to who is tired of it."""
    content = message.content
    if content is None or content.approval is None or content.approval.category != "MARKETING":
        return False
    if account.window_open(message.sender, person.key):
        return False
    return line_of(message.phone).region == "US" or person.persona.behaviour is Behaviour.capped


def _chance(account: Account, message: Message, person: Person) -> str:
    """What a message's luck starts from: whose it is and which of theirs, whatever its SID is.

    SIDs count all messages, and those of many threads come in another order each time.
    """
    ours = account.by_address[message.to]
    place = ours.index(message) if message in ours else len(ours)
    return f"{person.key}:{place}"


def _arrival(chance: str, person: Person) -> Steps:
    late = draw(chance, "phone off") < 0.06
    minutes = draw(chance, "delivered") * (540 if late else 0.7)
    delivered = Step(timedelta(minutes=minutes, seconds=1), "delivered")
    if not person.persona.reads:
        return (delivered,)
    seen = timedelta(seconds=20 + draw(chance, "read") ** 3 * 18_000)
    return (delivered, Step(seen, "read"))


def _channel_fields(message: Message) -> Fields:
    fields = [
        ("ChannelPrefix", "whatsapp"),
        ("ChannelToAddress", message.phone[:-4] + "XXXX"),
        ("StructuredMessage", "false"),
    ]
    if message.status != "read":
        fields.append(("ChannelInstallSid", "XE" + "0" * 31 + "1"))
    if message.status in {"delivered", "read", "undelivered"}:
        fields.append(("EventType", message.status.upper()))
    if message.error_code:
        fields.append(("ChannelStatusMessage", codes.TEXTS.get(message.error_code, "Failed")))
    return fields
