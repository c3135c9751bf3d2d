"""How a simulated person answers what the phone shows; pure, so it can be asked in advance."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from recovery.sandbox.people import Behaviour, Confirmation, Persona, draw, pick
from recovery.sandbox.phrases import PHRASES, Said, spelled

_SHOWN_ADDRESS: Final = re.compile(r"(?<![\w*•…·.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ASKS: Final = re.compile(r"\?|correo|e-?mail|endereço", re.IGNORECASE)
#: Asks to be allowed to write again, in place of asking for an address.
_ASKS_CONSENT: Final = re.compile(
    r"(volver|seguir|voltar|voltemos|continuar)[^?.]{0,40}(e-?mail|correo|escribir|enviar|mandar)"
    r"|(e-?mail|write to|contact) you[^?.]{0,30}again|resume[^?.]{0,30}e-?mail"
    r"|(enlace|link)[^?.]{0,40}confirm|confirm[^?.]{0,40}(enlace|link)",
    re.IGNORECASE,
)
_TYPOS: Final = {"gmail": "gmial", "hotmail": "hotmial", "outlook": "outlok", "yahoo": "yaho"}
_MORNING, _NIGHT = 8, 22


@dataclass(frozen=True, slots=True)
class Button:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One of our messages as the phone shows it."""

    body: str
    buttons: tuple[Button, ...] = ()
    #: Sent from a template, outside a conversation.
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What happened with this person so far."""

    openers: int = 0
    messages: int = 0
    tapped: bool = False
    #: The address they have given, and mean.
    gave: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One message from the person, `after` the previous one; a voice note has no text."""

    after: timedelta
    text: str = ""
    button: Button | None = None
    voice: bool = False


Answers = tuple[Answer, ...]


def respond(person: Persona, heard: Heard, talk: Talk) -> tuple[Talk, Answers]:
    """What they write back, if anything, and how the conversation stands then."""
    talk = replace(
        talk, messages=talk.messages + 1, openers=talk.openers + (1 if heard.opens else 0)
    )
    shown = _SHOWN_ADDRESS.findall(heard.body)
    if talk.over:
        return _thanks(person, heard, talk)
    if shown and talk.gave:
        return _confirm(person, heard, talk, shown=shown)
    if heard.opens:
        return _open(person, heard, talk)
    return _go_on(person, heard, talk)


def daytime(at: datetime, person: Persona) -> datetime:
    """The same moment, or the next morning where it is night for the person."""
    local = at.astimezone(ZoneInfo(person.zone))
    if _MORNING <= local.hour < _NIGHT:
        return at
    morning = local.replace(hour=_MORNING, minute=int(draw(person.key, "wakes") * 60))
    return (morning + timedelta(days=1 if local.hour >= _NIGHT else 0)).astimezone(at.tzinfo)


def _open(person: Persona, heard: Heard, talk: Talk) -> tuple[Talk, Answers]:
    if talk.openers != person.answers_message:
        return talk, ()
    after = _delay(person, "opener")
    match person.behaviour:
        case Behaviour.silent | Behaviour.not_on_whatsapp | Behaviour.blocked | Behaviour.capped:
            return talk, ()
        case Behaviour.stop:
            tap = _button(heard, "stop") if draw(person.key, "tap stop") < 0.4 else None
            return replace(talk, over=True), (_say(person, Said.stop, after, tap),)
        case Behaviour.wrong_person:
            return replace(talk, over=True), (_say(person, Said.wrong_person, after),)
        case Behaviour.call_me:
            return talk, (_ask_for_call(person, heard, after),)
        case Behaviour.question:
            return talk, (_say(person, Said.question, after),)
        case Behaviour.voice_note:
            return talk, (Answer(after, voice=True),)
        case _:
            return _agree(person, heard, talk, after)


def _agree(person: Persona, heard: Heard, talk: Talk, after: timedelta) -> tuple[Talk, Answers]:
    """Those who help: they consent, or they give an address in their own way."""
    if _ASKS_CONSENT.search(heard.body):
        tap = _button(heard, "upd") if draw(person.key, "tap consent") < 0.7 else None
        return replace(talk, tapped=True), (_say(person, Said.consents, after, tap),)
    tap = _button(heard, "upd")
    if person.behaviour is Behaviour.button_then_address and tap:
        tapped = Answer(after, tap.title, tap)
        if draw(person.key, "does not wait") > 0.3:
            return replace(talk, tapped=True), (tapped,)
        address = _say(person, Said.bare_address, timedelta(minutes=2))
        return replace(talk, tapped=True, gave=person.new_email), (tapped, address)
    return replace(talk, gave=person.new_email), (_give_address(person, after),)


def _give_address(person: Persona, after: timedelta) -> Answer:
    match person.behaviour:
        case Behaviour.spelled_address:
            return _say(person, Said.spelled_address, after)
        case Behaviour.typo_address:
            return _say(person, Said.new_address, after, email=_mistyped(person.new_email))
        case _:
            return _say(person, Said.new_address, after)


def _ask_for_call(person: Persona, heard: Heard, after: timedelta) -> Answer:
    how = draw(person.key, "asks for call")
    if how < 0.35:
        return _say(person, Said.call_me, after, _button(heard, "call"))
    return _say(person, Said.call_me if how < 0.6 else Said.call_me_at, after)


def _go_on(person: Persona, heard: Heard, talk: Talk) -> tuple[Talk, Answers]:
    """Inside a conversation: who tapped, or was only curious, may still give the address."""
    curious = person.behaviour is Behaviour.question and draw(person.key, "curious") < 0.4
    if talk.gave or not (talk.tapped or curious) or not _ASKS.search(heard.body):
        return talk, ()
    after = _delay(person, f"message {talk.messages}", quick=True)
    return replace(talk, gave=person.new_email), (_say(person, Said.bare_address, after),)


def _confirm(
    person: Persona, heard: Heard, talk: Talk, *, shown: list[str]
) -> tuple[Talk, Answers]:
    after = _delay(person, f"message {talk.messages}", quick=True)
    meant = talk.gave or person.new_email
    if meant.casefold() not in {address.strip(".").casefold() for address in shown}:
        return talk, (_say(person, Said.corrects, after, email=meant),)
    match person.confirmation:
        case Confirmation.never:
            return replace(talk, over=True), ()
        case Confirmation.corrects if meant == person.new_email:
            meant = _second_thought(meant)
            correction = _say(person, Said.corrects, after, email=meant)
            return replace(talk, gave=meant), (correction,)
        case Confirmation.word:
            return replace(talk, over=True), (_say(person, Said.yes, after),)
        case _:
            return replace(talk, over=True), (_say(person, Said.yes, after, _button(heard, "yes")),)


def _thanks(person: Persona, heard: Heard, talk: Talk) -> tuple[Talk, Answers]:
    polite = talk.gave and not heard.opens and "?" not in heard.body
    if not polite or draw(person.key, f"thanks {talk.messages}") > 0.2:
        return talk, ()
    return talk, (_say(person, Said.thanks, _delay(person, "thanks", quick=True)),)


def _say(
    person: Persona,
    said: Said,
    after: timedelta,
    tap: Button | None = None,
    *,
    email: str | None = None,
) -> Answer:
    """A tap where there is a button for it, else a phrase in the person's language."""
    if tap:
        return Answer(after, tap.title, tap)
    phrase = pick(person.key, f"phrase {said}", PHRASES[person.language][said])
    address = email or person.new_email
    spoken = spelled(address, language=person.language)
    return Answer(after, phrase.format(email=address, spelled=spoken, name=person.given_name))


def _button(heard: Heard, meaning: str) -> Button | None:
    return next((button for button in heard.buttons if button.id.startswith(meaning)), None)


def _mistyped(email: str) -> str:
    local, host = email.split("@")
    name, _, ending = host.partition(".")
    return f"{local}@{_TYPOS.get(name, name[:-1])}.{ending}"


def _second_thought(email: str) -> str:
    local, host = email.split("@")
    return f"{local}x@{host}"


def _delay(person: Persona, topic: str, *, quick: bool = False) -> timedelta:
    """Minutes for most, up to a day for some; in a running conversation mostly minutes."""
    kind, length = draw(person.key, f"{topic} pace"), draw(person.key, f"{topic} delay")
    if kind < (0.85 if quick else 0.5):
        return timedelta(seconds=40 + length * 1160)
    if kind < (0.97 if quick else 0.8):
        return timedelta(minutes=20 + length * 160)
    return timedelta(hours=3 + length * 19)
