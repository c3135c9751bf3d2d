"""The workbook: text alone, in the user's language, compared cell by cell."""

import openpyxl
import pytest
import xlsxwriter

from recovery.adapters.files.workbook import CUT, Workbooks
from recovery.domain.archive import ArchiveDamaged

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x.y","z")',
    "http://example.com/",
    "mailto:a@b.c",
    "\t=1",
    "＝1",
    "00123",
    "+5215512345678",
    "2026-12-01",
    "1e5",
    "TRUE",
    "#N/A",
    "{=1}",
    "'quoted",
    " spaces ",
    "_x0041_",
    "_x005F_x0041_x0042_",
    "line\r\nbreak\rand\nmore",
    "nul\x00bell\x07",
    "lone \ud800 surrogate",
    "\ufffe",
    "😀 שלום مرحبا",
    "<f>1</f> & <hyperlink>",
    "",
]
SHOWN = {
    "line\r\nbreak\rand\nmore": "line\nbreak\nand\nmore",
    "nul\x00bell\x07": "nul\ufffdbell\ufffd",
    "lone \ud800 surrogate": "lone \ufffd surrogate",
    "\ufffe": "\ufffd",
    "_x0041_": "\uff3fx0041_",
    "_x005F_x0041_x0042_": "\uff3fx005F\uff3fx0041\uff3fx0042_",
}


def a_row(number, name="Ana", status="HARD_BOUNCE", **contact):
    return {
        "contact_id": str(number),
        "status": status,
        "status_since": "2026-10-01T00:00:00+00:00",
        "why": "all steps of the cadence have ended",
        "record": {
            "contact": {
                "given_name": name,
                "email_addresses": [{"email": "a@x.com", "field": "EMAIL1"}],
                "phone_numbers": [{"number": "0055", "field": "PHONE1", "type": "Mobile"}],
                "custom_fields": [{"id": "12", "content": ["red", "blue"]}],
                **contact,
            },
            "tags": [{"tag": {"id": "1", "name": "Customer"}}],
            "notes": [{"title": "Call", "text": "asked", "create_time": "2026-01-01"}],
            "tasks": [{"title": "Ring", "completed": True}],
        },
    }


MODEL = {"custom_fields": [{"id": "12", "label": "Colour"}]}


def write(folder, rows, language="en", **more):
    count = Workbooks(folder, **more).write("a.xlsx", rows, model=MODEL, language=language)
    return count, openpyxl.load_workbook(folder / "a.xlsx")


def test_hostile_cells_are_text_and_never_formulas(tmp_path):
    rows = [a_row(n, text) for n, text in enumerate(HOSTILE * 75)]
    count, book = write(tmp_path, rows)
    sheet = book["Hard Bounce"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert count == len(rows) > 2000
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    column = [cell.value for cell in sheet[1]].index("First Name")
    shown = [row[column].value or "" for row in sheet.iter_rows(min_row=2)]
    expected = [SHOWN.get(text, text) for text in HOSTILE * 75]
    assert shown == expected


def test_headings_are_keaps_and_values_are_text(tmp_path):
    _, book = write(tmp_path, [a_row(7)])
    head, row = ([cell.value for cell in cells] for cells in book["Hard Bounce"].iter_rows())
    shown = dict(zip(head, row, strict=True))
    assert shown["Id"] == "7"
    assert shown["Email"] == "a@x.com"
    assert (shown["Phone 1"], shown["Phone 1 Type"]) == ("0055", "Mobile")
    assert shown["Tags"] == "Customer"
    assert shown["Notes"] == "2026-01-01 · Call\nasked"
    assert shown["Tasks"] == "Ring · ✓"
    assert shown["Colour"] == "red\nblue"
    assert shown["Status"] == "HARD_BOUNCE"
    assert shown["Why unrecovered"] == "all steps of the cadence have ended"


@pytest.mark.parametrize(
    ("language", "sheet", "heading"),
    [
        ("es", "Rebote definitivo", "Por qué no se recuperó"),
        ("pt", "Devolução definitiva", "Por que não foi recuperado"),
    ],
)
def test_the_workbook_speaks_the_users_language(tmp_path, language, sheet, heading):
    _, book = write(tmp_path, [a_row(1)], language)
    assert heading in [cell.value for cell in book[sheet][1]]


def test_one_sheet_a_status_and_further_ones_when_full(tmp_path):
    rows = [a_row(n) for n in range(7)] + [a_row(9, status="ADMIN")]
    count, book = write(tmp_path, rows, max_rows=4)
    assert count == 8
    assert book.sheetnames == [
        "Hard Bounce",
        "Hard Bounce (2)",
        "Hard Bounce (3)",
        "Opt-Out  Admin",
    ]


def test_a_long_cell_says_where_the_rest_is(tmp_path):
    _, book = write(tmp_path, [a_row(1, "😀" * 20_000)])
    sheet = book["Hard Bounce"]
    column = [cell.value for cell in sheet[1]].index("First Name")
    text = sheet.cell(2, column + 1).value
    assert text.endswith(CUT)
    assert len(text.encode("utf-16-le")) // 2 <= 32_767


def test_a_workbook_that_reads_back_otherwise_is_not_kept(tmp_path, monkeypatch):
    real = xlsxwriter.worksheet.Worksheet.write_string

    def other(sheet, row, column, text):
        return real(sheet, row, column, text.replace("Ana", "Eva"))

    monkeypatch.setattr(xlsxwriter.worksheet.Worksheet, "write_string", other)
    with pytest.raises(ArchiveDamaged, match="does not read back"):
        write(tmp_path, [a_row(1)])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_in_any_temporary_folder(tmp_path, monkeypatch):
    elsewhere = tmp_path / "system"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    write(tmp_path / "archives", [a_row(n) for n in range(50)])
    assert list(elsewhere.iterdir()) == []
    assert [path.name for path in (tmp_path / "archives").iterdir()] == ["a.xlsx"]
    assert (tmp_path / "archives" / "a.xlsx").stat().st_mode & 0o777 == 0o600
