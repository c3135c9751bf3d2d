"""Tables as plain lines, whole on any width: what does not fit stands below, under its own head."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_GAP = 2
#: The last column's text wraps, but not into less than this.
_LEAST = 20


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    cells: tuple[str, ...]

    @property
    def width(self) -> int:
        return max(map(len, (self.head, *self.cells)))

    @property
    def is_number(self) -> bool:
        return bool(self.cells) and all(map(_is_number, self.cells))

    @property
    def least(self) -> int:
        """The width below which its text would be cut."""
        return self.width if self.is_number else min(self.width, max(_LEAST, len(self.head)))


def lines(
    head: Sequence[str], rows: Iterable[Sequence[object]], *, width: int | None, keys: int = 1
) -> Iterator[str]:
    """Columns as wide as their content; numbers to the right, a text at the end may wrap.

    Where `width` is too small the table comes in parts, each beginning with the first `keys`
    columns; None is any width.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    columns = [_Column(name, tuple(row[n] for row in cells)) for n, name in enumerate(head)]
    for number, part in enumerate(_parts(columns, width, keys)):
        if number:
            yield ""
        yield from _part(part, width)


def _parts(columns: list[_Column], width: int | None, keys: int) -> Iterator[list[_Column]]:
    part, fresh = columns[:keys], 0
    for column in columns[keys:]:
        if fresh and width is not None and _needs([*part, column]) > width:
            yield part
            part, fresh = columns[:keys], 0
        part = [*part, column]
        fresh += 1
    yield part


def _needs(columns: list[_Column]) -> int:
    return sum(one.width + _GAP for one in columns[:-1]) + columns[-1].least


def _part(columns: list[_Column], width: int | None) -> Iterator[str]:
    before = sum(one.width + _GAP for one in columns[:-1])
    last = columns[-1]
    room = max(_LEAST, width - before) if width is not None else max(last.width, 1)
    rules = ["-" * one.width for one in columns[:-1]] + ["-" * min(last.width, room)]
    yield from _line([one.head for one in columns], columns, room)
    yield from _line(rules, columns, room)
    for cells in zip(*(one.cells for one in columns), strict=True):
        yield from _line(cells, columns, room)


def _line(cells: Sequence[str], columns: list[_Column], room: int) -> Iterator[str]:
    *first, last = (
        cell.rjust(one.width) if one.is_number else cell.ljust(one.width)
        for cell, one in zip(cells, columns, strict=True)
    )
    before = "".join(cell + " " * _GAP for cell in first)
    text = last if columns[-1].is_number else last.rstrip()
    told, *more = [text] if len(text) <= room else textwrap.wrap(text, room)
    yield (before + told).rstrip()
    for part in more:
        yield " " * len(before) + part


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").isdigit() or cell in ("–", "·")
