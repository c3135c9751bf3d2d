"""Who is behind a phone number, in whatever form the number is written."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType

from recovery.sandbox.homes import home_code, numbers_in
from recovery.sandbox.people import Persona, persona, scripted
from recovery.sandbox.world import Json, World

_OLD_MX, _OLD_BR_LENGTH, _NEW_BR_LENGTH = "521", 12, 13
#: Brazilian areas whose WhatsApp accounts carry the ninth digit.
_BR_WITH_NINE = frozenset("11 12 13 14 15 16 17 18 19 21 22 24 27 28".split())  # noqa: SIM905


#: Area and number of an Argentine mobile as dialled at home: 0351 15 602-3767.
_ARGENTINE_15 = re.compile(r"^0(\d{2,4})15(\d{6,8})$")


@dataclass(frozen=True, slots=True)
class Line:
    """What the numbering plan says of a number; `e164` as it was dialled."""

    e164: str
    region: str | None
    possible: bool
    landline: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a telephone; `contact_id` is None for who is not in Keap."""

    key: str
    contact_id: str | None
    persona: Persona


@dataclass(slots=True)
class Directory:
    """Finds people by number; follows what changes in Keap."""

    world: World
    _by_tail: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _tails: dict[str, set[str]] = field(default_factory=dict)
    _known: dict[str, Person] = field(default_factory=dict)
    _scripts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _built: bool = False

    def __post_init__(self) -> None:
        self.world.on_contact.append(self._changed)

    def person(self, e164: str) -> Person:
        """Who answers at this number: a contact, or a stranger."""
        key = line_key(e164)
        if key not in self._known:
            self._known[key] = self._look_up(key)
        return self._known[key]

    def script(self, e164: str, changes: dict[str, Any]) -> Person:
        """Has this person behave as told from now on; raises ValueError on an unknown habit."""
        key = line_key(e164)
        person = self._look_up(key)
        scripted(person.persona, changes)
        self._scripts[key] = self._scripts.get(key, {}) | changes
        self._known.pop(key, None)
        return self.person(e164)

    def _look_up(self, key: str) -> Person:
        contact = self._contact(key)
        seed = self.world.options.seed
        habits = persona(seed, contact or {"id": key, "phone_numbers": [{"number": f"+{key}"}]})
        if contact is None:
            habits = scripted(habits, {"picks_up": 1, "dead_line": False})
        contact_id = str(contact["id"]) if contact else None
        return Person(key, contact_id, scripted(habits, self._scripts.get(key, {})))

    def _contact(self, key: str) -> Json | None:
        if not self._built:
            self._build()
        candidates = sorted(self._by_tail.get(key[-8:], ()), key=lambda cid: (len(cid), cid))
        contacts = (self.world.contacts.get(contact_id) for contact_id in candidates)
        return next((one for one in contacts if one and _has_line(one, key)), None)

    def _build(self) -> None:
        self._built = True
        for contact_id in self.world.contacts:
            self._index(contact_id)

    def _changed(self, contact_id: str) -> None:
        if self._built:
            for tail in self._tails.pop(contact_id, ()):
                self._by_tail[tail].discard(contact_id)
            self._index(contact_id)
            self._known.clear()

    def _index(self, contact_id: str) -> None:
        contact = self.world.contacts.get(contact_id)
        if contact is None:
            return
        tails = {number[-8:] for number in _numbers(contact)}
        self._tails[contact_id] = tails
        for tail in tails:
            self._by_tail[tail].add(contact_id)


@lru_cache(maxsize=100_000)
def line_of(e164: str) -> Line:
    """The numbering plan's word on a number; the old Mexican and Brazilian forms are possible."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return Line(e164, None, possible=False, landline=False)
    kind = phonenumbers.number_type(number)
    return Line(
        e164,
        phonenumbers.region_code_for_number(number),
        possible=phonenumbers.is_possible_number(number) or e164.startswith(f"+{_OLD_MX}"),
        landline=kind == PhoneNumberType.FIXED_LINE,
    )


def line_key(number: str) -> str:
    """The digits of a line in one form, whichever of its forms is given: +521…, 9 in BR and AR."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if digits.startswith(_OLD_MX) and len(digits) == 13:
        return "52" + digits[3:]
    if digits.startswith("55") and len(digits) == _NEW_BR_LENGTH and digits[4] == "9":
        return digits[:4] + digits[5:]
    if digits.startswith("549") and len(digits) == 13:
        return "54" + digits[3:]
    return digits


def whatsapp_form(person: Person) -> str:
    """The E.164 under which WhatsApp shows this person: often the old form in MX and BR."""
    key = person.key
    if key.startswith("52") and len(key) == 12:
        return f"+521{key[2:]}"
    if key.startswith("55") and len(key) == _OLD_BR_LENGTH and key[4] in "6789":
        with_nine = key[2:4] in _BR_WITH_NINE and not person.persona.old_form_only
        return f"+{key[:4]}9{key[4:]}" if with_nine else f"+{key}"
    if key.startswith("54") and len(key) == 12:
        return f"+549{key[2:]}"
    return f"+{key}"


def is_old_form(e164: str) -> bool:
    """Whether this is the form that Mexico (+521) and Brazil (eight digits) have given up."""
    digits = e164.lstrip("+")
    mexican = digits.startswith(_OLD_MX) and len(digits) == 13
    return mexican or (digits.startswith("55") and len(digits) == _OLD_BR_LENGTH)


def has_old_form(e164: str) -> bool:
    """Whether numbers of this country have an old form at all."""
    return e164.startswith(("+52", "+55"))


def _numbers(contact: Json) -> list[str]:
    fields = contact.get("phone_numbers") or ()
    written = [number for one in fields for number in numbers_in(str(one.get("number") or ""))]
    stated = [str(one.get("number_e164") or "") for one in fields]
    # Keap takes any ten digits for a number of the US: its +1 proves nothing.
    believed = [number[1:] for number in stated if number and not number.startswith("+1")]
    return [_ARGENTINE_15.sub(r"\1\2", number) for number in (*written, *believed)]


def _has_line(contact: Json, key: str) -> bool:
    code = home_code(contact)
    return any(_same_line(number, key, code) for number in _numbers(contact))


def _same_line(written: str, key: str, code: str | None) -> bool:
    """Whether digits as a person writes them mean the line: area and number agree."""
    if written[-8:] != key[-8:]:
        return False
    bare = written.lstrip("0")
    if line_key(bare) == key:
        return True
    if code is None:
        return len(bare) >= 10 and key.endswith(bare[-10:])
    return key.startswith(code) and key[len(code) : -8] in written[:-8]
