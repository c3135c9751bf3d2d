"""The head of a template's file: YAML between two lines of dashes, read as text and checked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

import yaml

from recovery.domain.template import Button, Category, Kind, Step
from recovery.domain.template_lint import Code, Problem

_FRONT_MATTER_KEYS = frozenset(
    {"kind", "category", "goals", "step", "buttons", "samples", "fallbacks", "description"}
)


class Unreadable(Exception):
    """A file that cannot become a template at all; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def unreadable(line: int, message: str, mend: str, about: tuple[str, ...] = ()) -> Problem:
    """A problem of reading, at this line of the file."""
    return Problem(code=Code.UNREADABLE, line=line, message=message, mend=mend, about=about)


def placed(problem: Problem, head: str) -> Problem:
    """With the line where the front matter has what it is about."""
    return replace(problem, line=_line_of(head, *problem.about)) if problem.about else problem


def split(source: str) -> tuple[str, str, int]:
    """Front matter, body, and the line of the file where the body begins; raises Unreadable."""
    lines = source.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    fences = [n for n, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(fences) < 2 or fences[0] != 0:
        mend = "begin the file with a line ---, the front matter, and another line ---"
        raise Unreadable(unreadable(1, "there is no front matter", mend))
    first = fences[1] + 1
    while first < len(lines) - 1 and not lines[first].strip():
        first += 1
    return "\n".join(lines[1 : fences[1]]), "\n".join(lines[first:]).rstrip(), first + 1


def front_matter(head: str) -> dict[str, object]:
    """Known keys only, every scalar as text, kind, category and step checked; raises Unreadable."""
    try:
        # BaseLoader reads every scalar as text: to YAML, a button's id `yes` would be true.
        facts = yaml.load(head, Loader=yaml.BaseLoader)  # noqa: S506 - builds only str, list, dict
    except yaml.MarkedYAMLError as error:
        line = 2 + (error.problem_mark.line if error.problem_mark else 0)
        raise Unreadable(
            unreadable(line, f"front matter: {error.problem}", "quote texts that contain : or #")
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(unreadable(2, "front matter is not YAML", "write key: value")) from error
    if not isinstance(facts, dict):
        raise Unreadable(unreadable(2, "front matter is empty", "write at least kind: …"))
    _check_keys(facts, head)
    return facts


def _check_keys(facts: Mapping[str, object], head: str) -> None:
    for key in facts:
        if key not in _FRONT_MATTER_KEYS:
            mend = f"use one of: {', '.join(sorted(_FRONT_MATTER_KEYS))}"
            raise Unreadable(unreadable(_line_of(head, str(key)), f"unknown key {key!r}", mend))
    for key, choice in (("kind", Kind), ("category", Category), ("step", Step)):
        allowed = [member.value for member in choice]
        if (key in facts or key == "kind") and facts.get(key) not in allowed:
            message = f"{key} is {facts.get(key)!r}"
            raise Unreadable(
                unreadable(_line_of(head, key), message, f"use one of: {', '.join(allowed)}")
            )


def _line_of(head: str, key: str, part: str = "") -> int:
    """The key's line, or of the lines below it the one with this part of its value; else 2."""
    lines = list(enumerate(head.split("\n"), start=2))
    at = next((n for n, line in lines if line.startswith(f"{key}:")), None)
    if at is None:
        return 2
    below = takewhile(lambda one: one[1][:1] in ("", " ", "-", "\t"), lines[at - 1 :])
    return next((n for n, line in below if part and part in line), at)


def texts(found: object, *, key: str) -> Mapping[str, str]:
    """A table of names and texts (samples, fallbacks); raises Unreadable."""
    table = found or {}
    if not isinstance(table, dict) or not _all_text([*table.keys(), *table.values()]):
        raise Unreadable(
            unreadable(2, f"{key} is not a table", f"write {key}: and name: text", (key,))
        )
    return MappingProxyType(dict(table))


def goals(found: object) -> tuple[str, ...]:
    """A list of names; raises Unreadable."""
    names = found or []
    if not isinstance(names, list) or not _all_text(names):
        raise Unreadable(
            unreadable(2, "goals is not a list", "write goals: [new_email]", ("goals",))
        )
    return tuple(names)


def buttons(found: object) -> tuple[Button, ...]:
    """A list of tables with exactly id and text; raises Unreadable."""
    items = found or []
    if not isinstance(items, list) or not all(_is_button(item) for item in items):
        mend = "write each as - {id: upd, text: …}"
        raise Unreadable(unreadable(2, "buttons cannot be read", mend, ("buttons",)))
    return tuple(Button(id=item["id"], text=item["text"]) for item in items)


def _is_button(item: object) -> bool:
    return isinstance(item, dict) and set(item) == {"id", "text"} and _all_text(item.values())


def _all_text(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)
