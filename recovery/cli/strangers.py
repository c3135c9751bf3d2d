"""Variables that look like settings of ours and are none: a typo there is otherwise silent."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_PREFIX = "RECOVERY_"
#: Not settings of an installation: tests, crash points, the sandbox, prefect.yaml.
_OTHERS = ("RECOVERY_TEST_", "RECOVERY_CRASH", "RECOVERY_SANDBOX_", "RECOVERY_PROJECT")


@dataclass(frozen=True, slots=True)
class Stranger:
    """A variable nobody reads, and the setting that was probably meant."""

    name: str
    meant: str | None

    def __str__(self) -> str:
        return f"{self.name} is no setting" + (
            f": did you mean {self.meant}?" if self.meant else "; the README lists them all"
        )


def strangers(dotenv: Path = Path(".env")) -> list[Stranger]:
    """Those of the environment and of `.env`, by name; values are not looked at."""
    seen = sorted({name.upper() for name in (*os.environ, *_names_in(dotenv))})
    ours = [name for name in seen if name.startswith(_PREFIX) and not name.startswith(_OTHERS)]
    if not ours:
        return []
    known = list(_known())
    return [Stranger(name, nearest(name, known)) for name in ours if name not in known]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The setting whose name is like this one's; a lost `_` of `__` counts for little."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.75)
    return close[0] if close else None


def _known() -> Iterator[str]:
    from recovery.settings import names

    yield from names()


def _names_in(dotenv: Path) -> Iterator[str]:
    try:
        lines = dotenv.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        name, is_set, _ = line.strip().removeprefix("export ").partition("=")
        if is_set and not name.startswith("#"):
            yield name.strip()
