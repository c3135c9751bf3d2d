"""Reads the shipped policy and the firm's own file that holds only what differs."""

import re
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from recovery.domain.policy import Policy, PolicyError
from recovery.domain.policy_making import make_policy

_SECTION = re.compile(r"\s*\[\[?\s*([\w.\-\"' ]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\-\"']+)\s*=")
_PLACE = re.compile(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)")


def load_policy(path: Path | None = None) -> Policy:
    """The policy in force; PolicyError names the file, the line and the key that is wrong."""
    text = _text(path) if path else ""
    own = _parsed(text, path)
    try:
        return make_policy(_shipped(), own)
    except PolicyError as error:
        told = (f"{_place(text, problem)}{problem}" for problem in error.problems)
        raise PolicyError(f"{path or 'policy'}: {'; '.join(told)}") from None


def shipped_keys() -> tuple[str, ...]:
    """The lines of statuses as the shipped file spells them."""
    return tuple(_shipped()["profiles"]["careful"])


@cache
def _shipped() -> dict[str, Any]:
    data = resources.files("recovery") / "data"
    # The list of dispositions is long, and most firms keep it as it is.
    names = ("policy.toml", "dispositions.toml")
    read = [tomllib.loads((data / name).read_text(encoding="utf-8")) for name in names]
    return {key: value for one in read for key, value in one.items()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise PolicyError(
            f"RECOVERY_POLICY: cannot read {path} ({reason}); check the path"
        ) from None


def _parsed(text: str, path: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.fullmatch(str(error))
        what, line = (found[1], found[2]) if found else (str(error), None)
        last = str(len(text.splitlines()) or 1)
        raise PolicyError(
            f'{path}: line {line or last}: write it as key = value, texts in "quotes", lists in '
            f"[brackets], each key once ({what})"
        ) from None


def _place(text: str, problem: str) -> str:
    """`line 3: ` where the key of this problem was typed; a key not typed has no line."""
    wanted = problem.partition(":")[0].split(".")
    best, where, section = 0, 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _SECTION.match(line):
            section = head[1] + "."
            typed = _parts(head[1])
        elif key := _KEY.match(line):
            typed = _parts(section + key[1])
        else:
            continue
        if best < len(typed) and typed == wanted[: len(typed)]:
            best, where = len(typed), number
    return f"line {where}: " if where else ""


def _parts(name: str) -> list[str]:
    return [part.strip(" \"'") for part in name.split(".")]
