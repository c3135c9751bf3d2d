"""Finds what may be numbers in what people type into a phone field; knows no numbering plan."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: Longer texts are notes, not phones; what stands behind is not read.
_LONGEST_TEXT = 500

_EMAIL = re.compile(r"\S+@\S+")
_CHAT_LINK = re.compile(r"(?:wa\.me/|[?&]phone=)\+?(\d+)\S*", re.I)
#: A spreadsheet's rounded number has lost its last digits: it is nobody's.
_ROUNDED = re.compile(r"\d[.,]?\d*e\+?\d+", re.I)
_FLOAT = re.compile(r"(?<=\d{7})[.,]0+(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d"
    r"|(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01]))(?!\d)"
)
#: Brazilians write 0xx11 where the x stand for the carrier's code.
_CARRIER_XX = re.compile(r"(?<!\d)\(?0[\s-]*x\s*x[\s()-]*(?=\d\d)", re.I)
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_EXTENSION = re.compile(
    r"(?<=\d)[\s,;.()-]*(?:\b(?:extensi[oó]n|extens[aã]o|extension|extn|ext|ramal|anexo"
    r"|interno|int|r)\b|(?<=\d)x|\bx|#)[\s.:º#]*\d{1,7}(?!\d)\)?",
    re.I,
)
_PIECE = re.compile(r"(?:\+[\s(+]*)?\d(?:[^\S\n\r]|[\d().\-_\[\]~])*")
_GROUPS = re.compile(r"\d+")
_SLASHED = re.compile(r"[\d\s().,/-]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of digits with its groups; `plus` when an international number was written."""

    groups: tuple[str, ...]
    plus: bool

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    def splits(self) -> Iterator[tuple["Piece", "Piece"]]:
        """Every way to see two numbers in it, cut between groups."""
        for cut in range(1, len(self.groups)):
            yield Piece(self.groups[:cut], self.plus), Piece(self.groups[cut:], plus=False)


def pieces_in(text: str) -> tuple[Piece, ...]:
    """The runs of digits of a text without dates, e-mail addresses and extensions."""
    clean = _cleaned(text)
    return tuple(_piece(found) for found in _PIECE.findall(clean))


def joined(text: str) -> Piece | None:
    """One number written with slashes or commas between its groups, else None."""
    clean = _cleaned(text).strip()
    groups = tuple(_GROUPS.findall(clean))
    if not _SLASHED.fullmatch(clean) or any(len(group) > 5 for group in groups):
        return None
    return Piece(groups, plus=False)


def _cleaned(text: str) -> str:
    plain = _plain(text[:_LONGEST_TEXT])
    plain = _CHAT_LINK.sub(r" +\1 ", plain)
    for noise in (_EMAIL, _ROUNDED, _DATE):
        plain = noise.sub(" ; ", plain)
    plain = _TRUNK_ZERO.sub("", _FLOAT.sub("", plain))
    return _EXTENSION.sub(" ; ", _CARRIER_XX.sub("0", plain))


def _plain(text: str) -> str:
    """ASCII digits, one kind of dash, and none of the invisible marks that copying leaves."""
    if text.isascii():
        return text
    return "".join(_plain_character(each) for each in unicodedata.normalize("NFKC", text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case _:
            return character


def _piece(found: str) -> Piece:
    return Piece(tuple(_GROUPS.findall(found)), plus=found.startswith("+"))
