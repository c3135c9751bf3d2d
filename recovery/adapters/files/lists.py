"""Files of lines from outside, as spreadsheets write them, read one line at a time.

Excel in Spanish and Portuguese separates by semicolons and saves in the system's code page; both
are recognised, because who exports a list cannot be asked to know it.
"""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from recovery.errors import ConfigurationError

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATORS = ",;\t|"
_PIECE = 1 << 20
#: A line longer than this is none of a list.
_LONGEST_CELL = 10_000

#: What a column may be called, by what it is to us.
NAMES: Mapping[str, frozenset[str]] = {
    name: frozenset(titles.split())
    for name, titles in {
        "number": "number phone telephone mobile numero número telefono teléfono telefone celular",
        "hash": "hash sha256 sha-256 number_hash",
        "country": "country pais país",
        "channel": "channel canal",
        "source": "source list fuente origen fonte origem lista",
        "expires": "expires expiry expires_on expiry_date expires_at until vence caduca validade",
        "contact": "contact contact_id id contacto contato",
        "email": "email e-mail correo mail",
        "date": "date at agreed_on fecha data",
        "text": "text words texto note",
    }.items()
}

Line = tuple[int, dict[str, str]]


def lines(path: Path, *, wanted: Sequence[str], needs: Sequence[Sequence[str]]) -> Iterator[Line]:
    """The lines of a file after its first, which names the columns, each with its number.

    ConfigurationError where no first line names one column of each group in `needs`.
    """
    with _opened(path) as file:
        head = _head(file, path)
        separator = max(_SEPARATORS, key=head.count)
        columns = _columns(next(csv.reader([head], delimiter=separator), []), wanted)
        for group in needs:
            if not set(group) & set(columns.values()):
                raise _unnamed(path, group, wanted)
        reader = csv.reader(file, delimiter=separator)
        with _told(path.name, reader):
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num + 1, _fields(cells, columns)


@contextmanager
def _told(name: str, reader: "CsvReader") -> Iterator[None]:
    """What ends the reading, in words of the file."""
    try:
        yield
        return
    except csv.Error as error:
        why = f":{reader.line_num + 1}: this is no line of a CSV file ({error})"
    except UnicodeDecodeError:
        # Letters are decoded in pieces of many lines: it may be in any of those to come.
        why = f": after line {reader.line_num + 1} come letters in no encoding we know"
    raise ConfigurationError(
        f"{name}{why}; what came before it is kept: save it as UTF-8, mend it and import the file "
        "again"
    )


def _head(file: TextIO, path: Path) -> str:
    try:
        return file.readline()
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{path.name}: its letters are in no encoding we know: save it as UTF-8 and import it"
        ) from None


def _opened(path: Path) -> TextIO:
    try:
        csv.field_size_limit(_LONGEST_CELL)
        return path.open(encoding=_encoding(path), newline="")
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}): name a CSV file"
        ) from None


def _encoding(path: Path) -> str:
    """UTF-8 unless the bytes say otherwise; read in pieces, however large the file."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _columns(head: Sequence[str], wanted: Sequence[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for place, cell in enumerate(head):
        title = cell.strip().casefold()
        name = next((one for one in wanted if title in NAMES[one]), None)
        if name and name not in found.values():
            found[place] = name
    return found


def _fields(cells: Sequence[str], columns: Mapping[int, str]) -> dict[str, str]:
    return {name: cells[n].strip() for n, name in columns.items() if n < len(cells)}


def _unnamed(path: Path, group: Sequence[str], wanted: Sequence[str]) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name}:1: no column is called {' or '.join(group)}: the first line must name the "
        f"columns, such as {','.join(wanted)}"
    )
