"""Archiving: our verified lines and workbook, and writers that trust what they wrote."""

import json
import os
from typing import Any

import xlsxwriter

from benchmarks.contender import Done, Job
from benchmarks.place import NOON, Place
from recovery.adapters.files.archive_file import ArchiveFolder
from recovery.adapters.files.columns import columns_for, shown
from recovery.adapters.files.workbook import Workbooks
from recovery.domain.archive import Reading, row_of
from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId
from recovery.services.archive.service import ROWS

#: Each of the records that were read stands for so many people.
COPIES = 40


def jsonl(place: Place) -> Job:
    """Ours: canonical lines with hashes, synced as a build does where nobody waits for Keap, read
    back, parsed and compared."""
    readings = _readings(_records(place))
    return lambda: Done(_write_verified(ArchiveFolder(place.own), readings))


def _write_verified(folder: ArchiveFolder, readings: list[Reading]) -> int:
    draft, hashes = folder.draft("archive.jsonl", ()), []
    for start in range(0, len(readings), ROWS):
        rows = [
            row_of(reading, account="Casa Prado", model_id="m")
            for reading in readings[start : start + ROWS]
        ]
        draft.append(row.line for row in rows)
        hashes += [row.row_sha256 for row in rows]
    draft.seal(hashes)
    return len(hashes)


def jsonl_bare(place: Place) -> Job:
    """`json.dumps` of the same records, a line each, synced once."""
    records = _records(place)["records"]

    def job() -> Done:
        with (place.own / "bare.jsonl").open("wb") as file:
            for record in records:
                file.write(json.dumps(record).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return Done(len(records))

    return job


def workbook(place: Place) -> Job:
    """Ours: a sheet a status, every cell text, re-opened and compared cell by cell."""
    found = _records(place)
    rows, books = _rows(found), Workbooks(place.own)
    return lambda: Done(books.write("a.xlsx", rows, model=found["model"], language="es"))


def workbook_bare(place: Place) -> Job:
    """xlsxwriter with the same cells, made before; one sheet, nothing compared."""
    found = _records(place)
    columns = columns_for(found["model"], language="es")
    texts = (shown(row) for row in _rows(found))
    cells = [[row.get(column.key, "") for column in columns] for row in texts]
    return lambda: Done(_write_cells(place, cells))


def _write_cells(place: Place, cells: list[list[str]]) -> int:
    book = xlsxwriter.Workbook(str(place.own / "bare.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(cells):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, text)
    book.close()
    return len(cells)


def _records(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place.shared / "records.json").read_text())
    return {**found, "records": found["records"] * COPIES}


def _readings(found: dict[str, Any]) -> list[Reading]:
    return [
        Reading(ContactId(str(n)), CaseId(n), record, NOON)
        for n, record in enumerate(found["records"], start=1)
    ]


def _rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    rows = (row_of(one, account="Casa Prado", model_id="m") for one in _readings(found))
    return [json.loads(row.line) for row in rows]
