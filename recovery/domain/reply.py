"""What a WhatsApp reply asks of us; what is not certain is `other`, for a person to read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recovery.domain.email_address import is_valid, normalise, suggestion


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
    "upd:": ReplyKind.CONFIRM,
    "yes:": ReplyKind.CONFIRM,
    "no:": ReplyKind.DECLINE,
    "call:": ReplyKind.CALL_ME,
    "stop:": ReplyKind.STOP,
    "wrong:": ReplyKind.WRONG_PERSON,
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
    if (opt_out_type or "").upper() == "STOP":
        return Understanding(ReplyKind.STOP, matched="opt_out_type")
    for prefix, kind in _BUTTONS.items():
        if (payload or "").startswith(prefix):
            return Understanding(kind, matched="button")
    folded = text.strip().strip(".!¡ ").casefold()
    if folded in {"stop", "baja", "sair", "pare", "parar", "salir", "unsubscribe", "cancelar"}:
        return Understanding(ReplyKind.STOP, matched="stop_word")
    addresses = [normalise(word) for word in text.split() if "@" in word]
    if addresses and is_valid(addresses[-1]):
        email = addresses[-1]
        return Understanding(ReplyKind.NEW_EMAIL, email, correction=suggestion(email))
    if folded in {"si", "sí", "sim", "yes", "ok"}:
        return Understanding(ReplyKind.CONFIRM, matched="yes")
    if folded in {"no", "não", "nao"}:
        return Understanding(ReplyKind.DECLINE, matched="no")
    return Understanding(ReplyKind.OTHER)
