"""What commands print: JSON for machines on a pure stdout, plain tables for people."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def print_json(value: Any) -> None:
    """One JSON document; dataclasses become objects, moments ISO text."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def note(line: str) -> None:
    """A line beside the answer: on stderr, so that stdout stays what was asked for."""
    print(line, file=sys.stderr)


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their content; numbers to the right, the last column may wrap."""
    lines = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(head), *lines]) for i in range(len(head))]
    right = [bool(lines) and all(_is_number(line[i]) for line in lines) for i in range(len(head))]
    room = max(20, shutil.get_terminal_size((120, 24)).columns - sum(widths[:-1]) - 2 * len(widths))
    for line in [
        list(head),
        ["-" * width for width in widths[:-1]] + ["-" * len(head[-1])],
        *lines,
    ]:
        _print_row(line, widths, right, room)


def _print_row(line: Sequence[str], widths: list[int], right: list[bool], room: int) -> None:
    cells = [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(line[:-1], widths, right, strict=False)
    ]
    before = "  ".join(cells)
    last = line[-1].rjust(widths[-1]) if right[-1] else line[-1]
    first, *more = textwrap.wrap(last, room, drop_whitespace=not right[-1]) or [""]
    print(f"{before}  {first}".rstrip())
    for part in more:
        print(" " * (len(before) + 2) + part)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").isdigit() or cell == "–"
