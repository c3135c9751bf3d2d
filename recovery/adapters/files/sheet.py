"""The cells of a worksheet, read back as a stream: a large one never is in memory as a whole.

A workbook's own readers make an object a cell, which took longer than writing it; here a hash of
all cells grows, row by row, and nothing else is kept.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import IO, Any
from xml.parsers import expat

from recovery.domain.archive import ArchiveDamaged

_PIECE = 1 << 16
_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
#: What would make a program do something with a text instead of showing it.
_LIVE = frozenset({"f", "hyperlink"})

#: The place of a cell in its row, counted from 0, and its text.
Cell = tuple[int, str]


class Cells:
    """A running hash of rows with their places; rows in which nothing stands leave no trace."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, row: int, cells: Sequence[Cell]) -> None:
        """The next row; no text holds the signs that part them, which no sheet can hold."""
        if cells:
            text = "\x1e".join([f"{column}\x1f{text}" for column, text in cells])
            self._hash.update(f"{row}\x1d{text}\x1c".encode())

    def digest(self) -> bytes:
        """Of all rows so far."""
        return self._hash.digest()


def cells_in(part: IO[bytes]) -> Cells:
    """What a sheet's XML holds; ArchiveDamaged for a formula or a link, or what is no text."""
    sheet = _Sheet()
    while piece := part.read(_PIECE):
        sheet.parser.Parse(piece, False)
    sheet.parser.Parse(b"", True)
    return sheet.cells


class _Sheet:
    """Expat's events of one sheet: a row with its number, a cell with its place, its text."""

    def __init__(self) -> None:
        self.cells = Cells()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._row: list[Cell] = []
        self._place = ""
        self._said: list[str] = []

    def _start(self, name: str, attributes: dict[str, Any]) -> None:
        if name == "c":
            if attributes.get("t") != "inlineStr":
                raise ArchiveDamaged("a cell of the workbook is no text: it is not kept")
            self._place = attributes["r"]
        elif name in _LIVE:
            raise ArchiveDamaged("the workbook holds a formula or a link: it is not kept")

    def _text(self, text: str) -> None:
        self._said.append(text)

    def _end(self, name: str) -> None:
        if name == "c":
            self._row.append((column_of(self._place.rstrip(_DIGITS)), "".join(self._said)))
            self._said.clear()
        elif name == "row":
            self._end_row()

    def _end_row(self) -> None:
        if self._row:
            number = int(self._place.lstrip(_LETTERS))
            self.cells.add(number - 1, self._row)
            self._row.clear()


@cache
def column_of(letters: str) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
