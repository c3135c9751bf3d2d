"""`recovery import`: files as spreadsheets write them, told line by line."""

import re
import tracemalloc
from pathlib import Path

import pytest

from recovery.adapters.files.lists import lines
from recovery.errors import ConfigurationError
from tests.integration.cli import CommandLine, command_line

DOCS = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


def a_file(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "list.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_the_sample_files_of_the_guide_can_be_imported(recovery: CommandLine):
    done = recovery.json("import", "--do-not-contact", str(DOCS / "do-not-contact.csv"))
    assert (done["wrong"], done["new"], done["block_lists"]) == (0, 4, ["BR", "CO", "MX"])
    done = recovery.json("import", "--consent", str(DOCS / "consent.csv"), code=1)
    assert {one["message"].partition(":")[0] for one in done["problems"]} == {
        "no contact has this id",
        "nobody in Keap has this number or address",
    }


def test_a_wrong_line_is_told_and_the_others_count(recovery: CommandLine, tmp_path: Path):
    path = a_file(tmp_path, "Teléfono;País;Fuente;Vence\n5512345678;MX;REPEP;\n12;MX;REPEP;\n")
    result = recovery("import", "--do-not-contact", path, code=1)
    assert "2 line(s): 1 new number(s) not to be contacted, 0 known before" in result.stdout
    assert "line 3: the number cannot be read" in result.stdout
    assert "1 line(s) were left out: mend them" in result.stderr
    again = recovery.json("import", "--do-not-contact", path, code=1)
    assert (again["new"], again["known"], again["wrong"]) == (0, 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheet_may_save_it_in_any_way(tmp_path: Path, encoding: str):
    path = a_file(tmp_path, "número\tpaís\r\n\r\n55 1234 5678\tMéxico\r\n", encoding)
    found = list(lines(Path(path), wanted=["number", "country"], needs=[["number"]]))
    assert found == [(3, {"number": "55 1234 5678", "country": "México"})]


def test_what_came_before_a_line_that_is_none_is_kept(recovery: CommandLine, tmp_path: Path):
    path = a_file(tmp_path, "number,country\n+525512345678,MX\n" + "5" * 20_000 + "\n")
    result = recovery("import", "--do-not-contact", path, code=2)
    assert "list.csv:3: this is no line of a CSV file" in result.stderr
    assert "what came before it is kept" in result.stderr
    again = a_file(tmp_path, "number,country\n+525512345678,MX\n")
    done = recovery.json("import", "--do-not-contact", again)
    assert (done["new"], done["known"]) == (0, 1)


def test_letters_in_no_encoding_are_told_without_a_line_they_are_not_in(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"number\n" + b"+525512345678\n" * 2000 + b"\x81\n")
    with pytest.raises(ConfigurationError) as told:
        list(lines(path, wanted=["number"], needs=[["number"]]))
    (line,) = re.findall(r"list\.csv: after line (\d+) come letters", str(told.value))
    assert 1 < int(line) < 2002


def test_a_list_of_ones_own_is_not_told_to_be_no_block_list(recovery: CommandLine, tmp_path: Path):
    path = a_file(tmp_path, "number\n+525512345678\n")
    given = ("import", "--do-not-contact", path)
    assert "no block list counts as read" in recovery(*given).stdout
    assert "block list" not in recovery(*given, "--own").stdout


def test_options_fill_what_lines_leave_out(recovery: CommandLine, tmp_path: Path):
    path = a_file(tmp_path, "number\n5512345678\n")
    given = ("--country", "mx", "--source", "Robinson", "--channel", "call", "--own")
    done = recovery.json("import", path, "--do-not-contact", *given)
    assert (done["new"], done["countries"], done["block_lists"]) == (1, {"MX": 1}, [])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--do-not-contact or --consent"),
        (("--do-not-contact", "--consent"), "--do-not-contact or --consent"),
        (("--do-not-contact", "--country", "Atlantis"), "two letters"),
    ],
)
def test_wrong_usage_ends_with_2(recovery: CommandLine, tmp_path: Path, arguments, word):
    path = a_file(tmp_path, "number\n")
    assert word in recovery("import", path, *arguments, code=2).output


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "the first line must name"),
        ("+525512345678\n", "no column is called number or hash"),
        ("name,fax\nAna,1\n", "such as number,hash,country"),
    ],
)
def test_a_file_without_columns_is_refused_whole(
    recovery: CommandLine, tmp_path: Path, text: str, word: str
):
    result = recovery("import", "--do-not-contact", a_file(tmp_path, text), code=2)
    assert word in result.stderr


def test_a_file_that_is_not_there_is_named(recovery: CommandLine, tmp_path: Path):
    missing = str(tmp_path / "nowhere.csv")
    assert "name a CSV file" in recovery("import", "--consent", missing, code=2).stderr


def test_a_large_file_is_read_in_flat_memory(tmp_path: Path):
    path = Path(a_file(tmp_path, "number,country\n" + "+525512345678,MX\n" * 100_000))
    tracemalloc.start()
    assert sum(1 for _ in lines(path, wanted=["number", "country"], needs=[["number"]])) == 100_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
