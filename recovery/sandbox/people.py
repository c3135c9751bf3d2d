"""Who a simulated contact is: language, habits on WhatsApp, habits on the phone.

Everything is drawn from the seed and the contact's own record, never from the order of events, so a
run can be repeated and a contact can be asked about before anything was sent.
"""

import dataclasses
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final, TypeVar

from recovery.sandbox.homes import home, numbers_in
from recovery.sandbox.phrases import Language

T = TypeVar("T")


class Behaviour(StrEnum):
    """What somebody does about our first message."""

    silent = "silent"
    new_address = "new_address"
    button_then_address = "button_then_address"
    spelled_address = "spelled_address"
    typo_address = "typo_address"
    question = "question"
    stop = "stop"
    call_me = "call_me"
    wrong_person = "wrong_person"
    voice_note = "voice_note"
    not_on_whatsapp = "not_on_whatsapp"
    blocked = "blocked"
    capped = "capped"


class Confirmation(StrEnum):
    """What somebody does when shown the address they gave."""

    button = "button"
    word = "word"
    corrects = "corrects"
    never = "never"


class Carrier(StrEnum):
    """How a dialled call ends."""

    answered = "answered"
    no_answer = "no_answer"
    busy = "busy"
    voicemail = "voicemail"
    failed = "failed"


class PhoneWord(StrEnum):
    """What somebody says once they picked up."""

    new_email = "new_email"
    refuses = "refuses"
    wrong_person = "wrong_person"
    call_later = "call_later"
    consents = "consents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """One person; every habit can be scripted for a test."""

    #: Seed and contact id: what all further draws of this person start from.
    key: str
    language: Language
    zone: str
    given_name: str
    behaviour: Behaviour
    confirmation: Confirmation
    #: Which of our opening messages is answered, counted from 1.
    answers_message: int
    reads: bool
    #: The last eight digits of the one number with WhatsApp; None: whichever is written to.
    whatsapp_line: str | None
    #: Registered under the old form of the number (+521, eight Brazilian digits) and only there.
    old_form_only: bool
    new_email: str
    #: The call that is picked up, counted from 1; None: never.
    picks_up: int | None
    says: PhoneWord | None
    #: No call ever gets through.
    dead_line: bool


@dataclass(frozen=True, slots=True)
class PhoneTalk:
    """A call dialled by hand, as the rep lives it."""

    carrier: Carrier
    says: PhoneWord | None
    email: str | None
    seconds: int


def draw(key: str, topic: str) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = blake2b(f"{key}:{topic}".encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def pick(key: str, topic: str, options: tuple[T, ...]) -> T:
    """One of the options, by `draw`."""
    return options[int(draw(key, topic) * len(options))]


def weighted(key: str, topic: str, shares: tuple[tuple[T, float], ...]) -> T:
    """One of the options, each as likely as its share; shares add up to 1."""
    left = draw(key, topic)
    for option, share in shares:
        left -= share
        if left < 0:
            return option
    return shares[-1][0]


_BEHAVIOURS: Final = (
    (Behaviour.silent, 0.45),
    (Behaviour.new_address, 0.14),
    (Behaviour.button_then_address, 0.08),
    (Behaviour.question, 0.06),
    (Behaviour.not_on_whatsapp, 0.06),
    (Behaviour.stop, 0.05),
    (Behaviour.call_me, 0.04),
    (Behaviour.spelled_address, 0.03),
    (Behaviour.wrong_person, 0.03),
    (Behaviour.typo_address, 0.02),
    (Behaviour.voice_note, 0.02),
    (Behaviour.blocked, 0.01),
    (Behaviour.capped, 0.01),
)
_CONFIRMATIONS: Final = (
    (Confirmation.button, 0.62),
    (Confirmation.word, 0.22),
    (Confirmation.never, 0.09),
    (Confirmation.corrects, 0.07),
)
_PICKS_UP: Final = ((1, 0.34), (2, 0.2), (3, 0.12), (4, 0.06), (None, 0.28))
_WORDS: Final = (
    (PhoneWord.new_email, 0.4),
    (PhoneWord.call_later, 0.17),
    (PhoneWord.consents, 0.15),
    (PhoneWord.refuses, 0.12),
    (PhoneWord.wrong_person, 0.04),
    (None, 0.12),
)
_MISSED: Final = (
    (Carrier.no_answer, 0.62),
    (Carrier.voicemail, 0.26),
    (Carrier.busy, 0.12),
)
_MAIL_HOSTS: Final = (
    ("gmail.com", 0.5),
    ("hotmail.com", 0.16),
    ("outlook.com", 0.14),
    ("yahoo.com", 0.08),
    ("empresa.example", 0.12),
)


def persona(seed: int, contact: dict[str, Any]) -> Persona:
    """Who this contact is; the same for the same seed and record, whatever happened before."""
    key = f"{seed}:{contact.get('id', '')}"
    language, zone = home(contact)
    behaviour = weighted(key, "behaviour", _BEHAVIOURS)
    given = str(contact.get("given_name") or "").strip()
    return Persona(
        key=key,
        language=language,
        zone=zone,
        given_name=given or "Ana",
        behaviour=behaviour,
        confirmation=weighted(key, "confirmation", _CONFIRMATIONS),
        answers_message=weighted(key, "answers", ((1, 0.78), (2, 0.22))),
        reads=draw(key, "reads") < 0.76,
        whatsapp_line=_whatsapp_line(key, contact),
        old_form_only=draw(key, "old form") < 0.03,
        new_email=_new_email(key, given, str(contact.get("family_name") or "")),
        picks_up=weighted(key, "picks up", _PICKS_UP),
        says=_phone_word(key, behaviour),
        dead_line=draw(key, "dead line") < 0.03,
    )


def scripted(person: Persona, changes: dict[str, Any]) -> Persona:
    """The person with some habits replaced; raises ValueError on an unknown habit or value."""
    kinds: dict[str, Any] = {
        "behaviour": Behaviour,
        "confirmation": Confirmation,
        "language": Language,
        "says": PhoneWord,
    }
    known = {field.name for field in dataclasses.fields(Persona)} - {"key"}
    if unknown := changes.keys() - known:
        msg = f"no such habit: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}"
        raise ValueError(msg)
    typed = {
        name: kinds[name](value) if name in kinds and value is not None else value
        for name, value in changes.items()
    }
    return dataclasses.replace(person, **typed)


def as_json(person: Persona) -> dict[str, Any]:
    """What `GET /_sandbox/people` shows."""
    return dataclasses.asdict(person)


def phone_talk(person: Persona, *, attempt: int) -> PhoneTalk:
    """What happens when a rep dials this person for the `attempt`-th time."""
    topic = f"call {attempt}"
    if person.dead_line:
        return PhoneTalk(Carrier.failed, None, None, 0)
    if person.picks_up is None or attempt < person.picks_up:
        return _missed(person, topic)
    if attempt > person.picks_up and draw(person.key, topic) < 0.4:
        return _missed(person, topic)
    email = person.new_email if person.says is PhoneWord.new_email else None
    return PhoneTalk(
        Carrier.answered, person.says, email, 20 + int(draw(person.key, f"{topic} length") * 200)
    )


def _missed(person: Persona, topic: str) -> PhoneTalk:
    carrier = weighted(person.key, f"{topic} missed", _MISSED)
    return PhoneTalk(carrier, None, None, 22 if carrier is Carrier.voicemail else 0)


def _phone_word(key: str, behaviour: Behaviour) -> PhoneWord | None:
    match behaviour:
        case Behaviour.stop:
            return PhoneWord.refuses
        case Behaviour.wrong_person:
            return PhoneWord.wrong_person
        case Behaviour.call_me:
            return PhoneWord.new_email
        case _:
            return weighted(key, "says", _WORDS)


def _whatsapp_line(key: str, contact: dict[str, Any]) -> str | None:
    phones = [str(phone.get("number") or "") for phone in contact.get("phone_numbers") or ()]
    lines = [line[-8:] for text in phones for line in numbers_in(text)]
    if len(lines) < 2:
        return None
    return lines[1] if draw(key, "line") < 0.25 else lines[0]


def _new_email(key: str, given: str, family: str) -> str:
    first, last = _plain(given) or "ana", _plain(family) or "lima"
    number = int(draw(key, "number") * 900) + 100
    local = pick(
        key, "local", (f"{first}.{last}{number}", f"{first}{number}", f"{first}_{last}{number}")
    )
    return f"{local}@{weighted(key, 'host', _MAIL_HOSTS)}"


def _plain(name: str) -> str:
    """Latin letters only, lower case: what one can have in an address."""
    letters = unicodedata.normalize("NFKD", name.split(" ")[0])
    return "".join(sign for sign in letters.lower() if sign.isascii() and sign.isalpha())
