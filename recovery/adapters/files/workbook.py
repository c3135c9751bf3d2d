"""The .xlsx people know from Keap's export: a rendering of the archive, compared cell by cell.

Every cell is text, so that no formula, link or lost leading zero can come out of it. Control
characters and lone surrogates, which no sheet can hold, are shown as a replacement sign.
"""

import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from recovery.adapters.files.columns import ArchivedRow, Column, columns_for, shown
from recovery.adapters.files.private import make_folder, storage, sync_folder
from recovery.adapters.files.sheet import Cell, Cells, cells_in
from recovery.domain.archive import ArchiveDamaged
from recovery.domain.email_status import parse_email_status

MAX_ROWS = 1_048_576
#: Excel counts UTF-16 units and refuses more than 32,767.
MAX_CELL = 32_700
CUT = "… (see the JSON lines)"
_CANNOT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The file format's own escape: as a person's text it would be read as another character.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NEWLINE = re.compile("\r\n?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


@dataclass(slots=True)
class _Sheet:
    """A sheet while it grows: its next row and a running hash of all its cells."""

    sheet: Any
    name: str
    rows: int = 0
    cells: Cells = field(default_factory=Cells)

    def write(self, cells: Sequence[Cell]) -> None:
        for column, text in cells:
            if self.sheet.write_string(self.rows, column, text) != 0:
                raise ArchiveDamaged(f"a cell of sheet {self.name} could not be written")
        self.cells.add(self.rows, cells)
        self.rows += 1


class Workbooks:
    """Implements `Workbook` in the folder of the archives."""

    def __init__(self, folder: Path, *, max_rows: int = MAX_ROWS) -> None:
        self._folder = folder
        self._max_rows = max_rows

    def write(
        self,
        name: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        model: Mapping[str, Any],
        language: str,
    ) -> int:
        """Writes, re-opens and compares; answers the rows; ArchiveDamaged where they differ."""
        path, draft = self._folder / name, self._folder / f".part-{name}"
        spool = self._folder / f".{name}.spool"
        with storage(path):
            make_folder(self._folder)
            shutil.rmtree(spool, ignore_errors=True)
            make_folder(spool)
            try:
                written = self._write(draft, spool, rows, model=model, language=language)
                _compare(draft, written)
                draft.replace(path)
                sync_folder(self._folder)
            finally:
                draft.unlink(missing_ok=True)
                shutil.rmtree(spool, ignore_errors=True)
        return sum(sheet.rows - 1 for sheet in written)

    def _write(
        self,
        draft: Path,
        spool: Path,
        rows: Iterable[ArchivedRow],
        *,
        model: Mapping[str, Any],
        language: str,
    ) -> list[_Sheet]:
        draft.touch(mode=0o600)
        # The spool is ours, not the system's: personal data in a shared folder would outlive us.
        options = {"constant_memory": True, "tmpdir": str(spool)}
        book = xlsxwriter.Workbook(str(draft), options)
        sheets = _Sheets(book, columns_for(model, language=language), language, self._max_rows)
        try:
            for row in rows:
                sheets.add(row)
        finally:
            _close(book)
        return sheets.all


class _Sheets:
    """One sheet a status, and further ones where a sheet is full."""

    def __init__(self, book: Any, columns: list[Column], language: str, max_rows: int) -> None:
        self.all: list[_Sheet] = []
        self._book = book
        self._headings = [column.heading for column in columns]
        self._keys = [(number, column.key) for number, column in enumerate(columns)]
        self._language = language
        self._max_rows = max_rows
        self._current: dict[str, _Sheet] = {}

    def add(self, row: ArchivedRow) -> None:
        """Puts one archived contact on the sheet of its status."""
        status = str(row.get("status") or "")
        sheet = self._current.get(status)
        if sheet is None or sheet.rows >= self._max_rows:
            sheet = self._current[status] = self._new(status)
        texts = shown(row)
        sheet.write([(number, _cell(texts[key])) for number, key in self._keys if key in texts])

    def _new(self, status: str) -> _Sheet:
        label = parse_email_status(status).label(self._language)
        name = self._free_name(_NOT_IN_NAMES.sub(" ", label))
        sheet = _Sheet(self._book.add_worksheet(name), name)
        sheet.sheet.freeze_panes(1, 0)
        sheet.write([(number, _cell(text)) for number, text in enumerate(self._headings)])
        self.all.append(sheet)
        return sheet

    def _free_name(self, label: str) -> str:
        taken = {sheet.name.lower() for sheet in self.all}
        name, number = label[:31], 1
        while name.lower() in taken:
            number += 1
            end = f" ({number})"
            name = label[: 31 - len(end)] + end
        return name


def _close(book: Any) -> None:
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        # The cause behind it is the system's own error, which `storage` knows how to explain.
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else error from None


def _cell(text: str) -> str:
    # Nearly all texts are so: nothing in them is odd, nor is there much of it.
    if text.isprintable() and "_x" not in text and len(text) * 2 <= MAX_CELL:
        return text
    text = _CANNOT.sub("\ufffd", _NEWLINE.sub("\n", text))
    text = _ESCAPE.sub("\uff3f", text)
    if len(text) * 2 <= MAX_CELL or len(text.encode("utf-16-le")) // 2 <= MAX_CELL:
        return text
    room = (MAX_CELL - len(CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT


def _compare(path: Path, written: list[_Sheet]) -> None:
    try:
        names = _sheet_names(path)
        if names != [sheet.name for sheet in written]:
            raise ArchiveDamaged(f"{path.name} has other sheets than were written: build it again")
        with zipfile.ZipFile(path) as package:
            for number, sheet in enumerate(written, start=1):
                _compare_sheet(package, number, sheet)
    except (zipfile.BadZipFile, InvalidFileException, ParseError, ExpatError, KeyError) as error:
        raise ArchiveDamaged(f"{path.name} cannot be opened again: build it again") from error


def _sheet_names(path: Path) -> list[str]:
    """As another program than the one that wrote it sees them."""
    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return list(book.sheetnames)
    finally:
        book.close()


def _compare_sheet(package: zipfile.ZipFile, number: int, written: _Sheet) -> None:
    with package.open(f"xl/worksheets/sheet{number}.xml") as part:
        found = cells_in(part)
    if found.digest() != written.cells.digest():
        raise ArchiveDamaged(
            f"sheet {written.name} does not read back as it was written: build the archive again"
        )
