"""Phone numbers as firms really store them: right, old, doubled, in words, or not at all."""

from random import Random
from typing import Any

from recovery.sandbox.places import Place

Json = dict[str, Any]

WORDS = ("no tiene", "s/n", "-", "0", "123", "pedir a recepción", "xxx", "ver notas", "+", "n/a")
AFTER_WORDS = (" (whatsapp)", " Ana esposa", " solo tardes", " cel", " casa", " recado")


def mobile(place: Place, index: int) -> str:
    """The national significant number of contact `index`: one of its own, bar the fictional US."""
    return _number(place.mobiles, index)


def landline(place: Place, index: int) -> str:
    """Like `mobile`, of a fixed line."""
    return _number(place.landlines, index)


def field(chance: Random, place: Place, number: str, *, name: str, kind: str) -> Json:
    """A phone number as Keap's API shows it; `number_e164` may be right, absent or wrong."""
    answer = {"field": name, "type": kind, "number": written(chance, place, number)}
    luck = chance.random()
    if luck < 0.55:
        answer["number_e164"] = f"+{place.calling}{number}"
    elif luck < 0.62:
        answer["number_e164"] = f"+1{number}"[:16]
    return answer


def written(chance: Random, place: Place, number: str) -> str:
    """One of the many ways in which people write this number down."""
    luck = chance.random()
    if luck < 0.24:
        return f"+{place.calling}{number}"
    if luck < 0.38:
        return f"+{place.calling} {_grouped(number, ' ')}"
    if luck < 0.54:
        return _national(place, number, chance.choice("- ."))
    if luck < 0.68:
        return _national(place, number, "")
    if luck < 0.74:
        return f"{place.calling}{number}"
    if luck < 0.78:
        return f"00{place.calling} {_grouped(number, ' ')}"
    if luck < 0.93:
        return old_form(chance, place, number)
    return _with_company(chance, place, number)


def old_form(chance: Random, place: Place, number: str) -> str:
    """The number as it was dialled before its country changed its plan, or as habit has it."""
    match place.code:
        case "MX":
            return chance.choice((f"+52 1 {number}", f"044 {number}", f"045{number}", f"1{number}"))
        case "BR":
            area, rest = number[:2], number[3:] if len(number) == 11 else number[2:]
            before = chance.choice(("+55 ", "55", "0", "0 15 ", ""))
            return f"{before}{area} {rest[:4]}-{rest[4:]}"
        case "AR" if number.startswith("911"):
            rest = number[3:]
            return chance.choice(
                (f"11 15-{rest[:4]}-{rest[4:]}", f"(011) 15{rest}", f"+5411{rest}")
            )
        case "AR" if number.startswith("9"):
            return f"0{number[1:4]} 15 {number[4:]}"
        case "CO" if number.startswith("60"):
            return number[3:]
        case "US":
            return f"({number[:3]}) {number[3:6]}-{number[6:]}"
        case _:
            return _national(place, number, " ")


def garbage(chance: Random) -> str:
    """What stands in a phone field when nobody had a number."""
    return chance.choice(WORDS)


def _number(beginnings: tuple[tuple[str, int], ...], index: int) -> str:
    beginning, digits = beginnings[index % len(beginnings)]
    turn = index // len(beginnings)
    if digits == 2:
        return f"{beginning}{turn % 100:02d}"
    free = 10 ** (digits - 1)
    # 7919 is prime to any power of ten: numbers scatter and none is given twice.
    return f"{beginning}{6 + turn // free % 3}{(turn * 7919 + index % 13) % free:0{digits - 1}d}"


def _national(place: Place, number: str, separator: str) -> str:
    match place.code:
        case "AR" if number.startswith("911"):
            return f"11{separator}15{separator}{_grouped(number[3:], separator)}"
        case "BR" if separator:
            return f"({number[:2]}) {number[2:-4]}-{number[-4:]}"
        case "US" if separator:
            return f"({number[:3]}) {number[3:6]}-{number[6:]}"
        case "EC" | "UY":
            return f"0{_grouped(number, separator)}"
        case _:
            return _grouped(number, separator)


def _grouped(number: str, separator: str) -> str:
    head, tail = number[:-4], number[-4:]
    split = 3 if len(head) > 4 else 2
    return separator.join(part for part in (head[:split], head[split:], tail) if part)


def _with_company(chance: Random, place: Place, number: str) -> str:
    match chance.randrange(4):
        case 0:
            other = number[:-3] + f"{(int(number[-3:]) + 7) % 1000:03d}"
            return f"{_national(place, number, '')} / {_national(place, other, '')}"
        case 1:
            return f"{_national(place, number, '')} ext 12"
        case 2:
            return f"Tel: +{place.calling} {number}"
        case _:
            return _national(place, number, "") + chance.choice(AFTER_WORDS)
