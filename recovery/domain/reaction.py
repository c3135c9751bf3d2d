"""What follows from an answer: a pure table from what was understood to what is done."""

from dataclasses import dataclass
from enum import StrEnum

from recovery.domain.case import CaseState
from recovery.domain.email_address import is_role_address, is_valid, normalise
from recovery.domain.email_status import OPT_IN_WORKS, EmailStatus
from recovery.domain.policy import Goal
from recovery.domain.reply import ReplyKind, Understanding


class Effect(StrEnum):
    """What an answer changes."""

    STOP = "stop"
    DROP_NUMBER = "drop_number"
    ASK_TO_CONFIRM = "ask_to_confirm"
    ASK_ADDRESS = "ask_address"
    TAKE_ADDRESS = "take_address"
    OPT_IN = "opt_in"
    AWAIT_KEAP = "await_keap"
    CALL = "call"
    ENGAGE = "engage"


@dataclass(frozen=True, slots=True)
class Reaction:
    """An effect, and the text that answers the person, if any."""

    effect: Effect
    answer: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """Where the conversation stands when the answer comes."""

    state: CaseState
    goal: Goal
    status: EmailStatus
    payload: str | None = None
    pending_email: str | None = None
    #: What our message asked about by one tap: a typo of theirs put right.
    asked_email: str | None = None
    #: The deciding address that Keap has now.
    own_email: str | None = None
    has_confirm_url: bool = False


def react(understood: Understanding, talk: Talk) -> Reaction:
    """Only what is certain acts by itself; all else is for a person."""
    match understood.kind:
        case ReplyKind.STOP:
            return Reaction(Effect.STOP)
        case ReplyKind.WRONG_PERSON:
            return Reaction(Effect.DROP_NUMBER)
        case _ if talk.goal is Goal.COMPLAINT:
            return _to_a_person(understood)
        case ReplyKind.NEW_EMAIL:
            return _address(understood, talk)
        case ReplyKind.CONFIRM:
            return _yes(talk)
        case ReplyKind.DECLINE:
            return _no(talk)
        case ReplyKind.CALL_ME:
            return Reaction(Effect.CALL, "will_call_at" if understood.at else "will_call")
        case ReplyKind.OTHER:
            return Reaction(Effect.ENGAGE)


def _to_a_person(understood: Understanding) -> Reaction:
    """Who complained hears nothing automated, not even a thank-you."""
    return Reaction(Effect.CALL if understood.kind is ReplyKind.CALL_ME else Effect.ENGAGE)


def _address(understood: Understanding, talk: Talk) -> Reaction:
    email = understood.correction or understood.email
    if email and talk.own_email and email == normalise(talk.own_email):
        return _same_address(talk)
    if not email or not is_valid(email) or is_role_address(email):
        return Reaction(Effect.ENGAGE)
    answer = "correct_email" if understood.correction else "confirm_email"
    return Reaction(Effect.ASK_TO_CONFIRM, answer, email)


def _same_address(talk: Talk) -> Reaction:
    """What does not work is not new because they say it again; a soft bounce may work by now."""
    if talk.goal is Goal.ADDRESS_WORKS:
        return Reaction(Effect.AWAIT_KEAP, "thanks_works")
    return Reaction(Effect.ENGAGE)


def _yes(talk: Talk) -> Reaction:
    if talk.state is CaseState.CONFIRMING and talk.pending_email:
        return Reaction(Effect.TAKE_ADDRESS, "thanks_recovered", talk.pending_email)
    button = (talk.payload or "").partition(":")[0]
    if talk.asked_email and button != "upd":
        return Reaction(Effect.TAKE_ADDRESS, "thanks_recovered", talk.asked_email)
    match talk.goal:
        case Goal.NEW_EMAIL | Goal.OTHER_EMAIL:
            return Reaction(Effect.ASK_ADDRESS, "ask_email")
        case Goal.ADDRESS_WORKS if button == "upd":
            return Reaction(Effect.ASK_ADDRESS, "ask_email")
        case Goal.ADDRESS_WORKS:
            return Reaction(Effect.AWAIT_KEAP, "thanks_works")
        case Goal.CONFIRM_LINK | Goal.FRESH_CONSENT | Goal.LIST_CONSENT | Goal.COMPLAINT:
            return _agreed(talk)


def _agreed(talk: Talk) -> Reaction:
    """A fresh consent: the API where Keap takes it, else the firm's form, else a new address."""
    if talk.status in OPT_IN_WORKS:
        return Reaction(Effect.OPT_IN, "thanks_waiting")
    if talk.has_confirm_url:
        return Reaction(Effect.AWAIT_KEAP, "send_confirm_link")
    return Reaction(Effect.ASK_ADDRESS, "ask_email")


def _no(talk: Talk) -> Reaction:
    if talk.state is CaseState.CONFIRMING and talk.pending_email:
        return Reaction(Effect.ASK_ADDRESS, "ask_email")
    if talk.asked_email or talk.goal is Goal.ADDRESS_WORKS:
        return Reaction(Effect.ASK_ADDRESS, "ask_email")
    return Reaction(Effect.ENGAGE)
