"""The seeded bugs, as data: where each is put, and which tests have to notice it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bug:
    """One change of one file, and the tests that must fail by it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def put_into(self, root: Path) -> None:
        """Changes the file; ValueError unless the old text stands there exactly once."""
        text = (root / self.file).read_text("utf-8")
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.file} no longer holds its text exactly once")
        (root / self.file).write_text(text.replace(self.old, self.new), "utf-8")


def bugs() -> list[Bug]:
    """All of them."""
    found = tomllib.loads((Path(__file__).parent / "bugs.toml").read_text("utf-8"))
    return [
        Bug(name, one["file"], one["old"], one["new"], tuple(one["tests"]))
        for name, one in found.items()
    ]
