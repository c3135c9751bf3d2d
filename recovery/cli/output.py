"""What commands print: JSON for machines on a pure stdout, plain tables for people."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from recovery.cli.tables import lines

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


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]], *, keys: int = 1) -> None:
    """A table, whole on any terminal; each part of one too wide begins with the first `keys`."""
    for line in lines(head, rows, width=columns(), keys=keys):
        print(line)


def columns() -> int | None:
    """The terminal's width; None where lines go to a file or a program, which cut nothing off."""
    if os.environ.get("COLUMNS") or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return None
