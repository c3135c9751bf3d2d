"""What a WhatsApp reply asks of us; what is not certain is `other`, for a person to read."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from recovery.domain.replies.address import read_address
from recovery.domain.replies.call import asks_for_call
from recovery.domain.replies.dictation import written_out
from recovery.domain.replies.moment import read_moment
from recovery.domain.replies.new_owner import succeeds
from recovery.domain.replies.person import is_somebody_else
from recovery.domain.replies.short import is_no, is_yes
from recovery.domain.replies.stop import Refusal, read_refusal
from recovery.domain.replies.text import Reply, read

#: Longer texts are letters to a person; the beginning says what matters.
_LONGEST = 1000


class ReplyKind(StrEnum):
    """The seven things a reply can be; the names stay (`recovery understand`)."""

    STOP = "stop"
    NEW_EMAIL = "new_email"
    CALL_ME = "call_me"
    CONFIRM = "confirm"
    DECLINE = "decline"
    WRONG_PERSON = "wrong_person"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a reply was read, and by which rule."""

    kind: ReplyKind
    #: The address as typed, normalised; only with `new_email`.
    email: str | None = None
    #: Local time without zone, `2026-11-25T17:00`; only with `call_me`, None where none was said.
    at: str | None = None
    #: The rule that decided, for `explain`.
    matched: str = ""
    #: The address probably meant where the domain looks misspelt: to be asked, not taken.
    correction: str | None = None
    #: The stop is for e-mail as well, in the person's own words.
    email_opt_out: bool = False
    #: The one channel refused (`call`, `email`, `message`); such a reply is `other`.
    refused_channel: str | None = None


_BUTTONS = {
    "upd": ReplyKind.CONFIRM,
    "yes": ReplyKind.CONFIRM,
    "no": ReplyKind.DECLINE,
    "call": ReplyKind.CALL_ME,
    "stop": ReplyKind.STOP,
    "wrong": ReplyKind.WRONG_PERSON,
}


def understand(
    text: str,
    *,
    lang: str | None = None,
    now: datetime | None = None,
    payload: str | None = None,
    opt_out_type: str | None = None,
    media: bool = False,
) -> Understanding:
    """Read one inbound message; `now` is the person's local time, `at` is relative to it."""
    announced = _announced(payload, opt_out_type, now)
    if announced is not None:
        return announced
    text = text[:_LONGEST]
    written = written_out(text)
    reply = replace(read(written or text), raw=text)
    refusal = read_refusal(reply)
    if refusal.rule is not None:
        return Understanding(ReplyKind.STOP, matched=refusal.rule, email_opt_out=refusal.email_too)
    if media:  # a caption may stop us; whatever else a picture says, a person looks at it
        return Understanding(ReplyKind.OTHER, matched="media")
    return _beyond_stop(reply, written, refusal, now)


def _beyond_stop(
    reply: Reply, written: str | None, refusal: Refusal, now: datetime | None
) -> Understanding:
    if refusal.in_part:
        return Understanding(ReplyKind.OTHER, matched="unclear")
    found = read_address(reply.raw, written)
    stranger = is_somebody_else(reply)
    if found is not None and (not stranger or succeeds(reply)):
        return Understanding(
            ReplyKind.NEW_EMAIL, found.email, matched=found.rule, correction=found.correction
        )
    if refusal.channel is not None or (found is not None and stranger):
        return Understanding(
            ReplyKind.OTHER,
            matched="one_channel" if refusal.channel else "unclear",
            refused_channel=refusal.channel,
        )
    if "@" in reply.raw:
        return Understanding(ReplyKind.OTHER, matched="address_not_theirs")
    return _plain_answer(reply, now, stranger=stranger)


def _plain_answer(reply: Reply, now: datetime | None, *, stranger: bool) -> Understanding:
    if stranger:
        return Understanding(ReplyKind.WRONG_PERSON, matched="wrong_person")
    if asks_for_call(reply):
        return Understanding(ReplyKind.CALL_ME, at=read_moment(reply, now), matched="call")
    if is_yes(reply):
        return Understanding(ReplyKind.CONFIRM, matched="yes")
    if is_no(reply):
        return Understanding(ReplyKind.DECLINE, matched="no")
    return Understanding(ReplyKind.OTHER, matched="unclear")


def _announced(
    payload: str | None, opt_out_type: str | None, now: datetime | None
) -> Understanding | None:
    """What a button or Twilio itself says needs no reading."""
    match (opt_out_type or "").strip().upper():
        case "STOP":
            return Understanding(ReplyKind.STOP, matched="opt_out_type")
        case "START" | "HELP":
            return Understanding(ReplyKind.OTHER, matched="opt_out_type")
    # A template's button comes back as its plain id, a session message's as `id:token`.
    kind = _BUTTONS.get((payload or "").partition(":")[0])
    return Understanding(kind, matched="button") if kind is not None else None
