"""Reads the corpora of replies: `[kind]` headings, one reply a line, `=>` the address or time."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recovery.domain.reply import Understanding, understand

#: A Tuesday, in the person's own time.
NOW = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Example:
    kind: str
    text: str
    email: str | None = None
    at: str | None = None
    email_opt_out: bool = False

    @property
    def agrees(self) -> bool:
        return self.agrees_with(understand(self.text, now=NOW))

    def agrees_with(self, seen: Understanding) -> bool:
        if self.kind == "stop" and self.email_opt_out != seen.email_opt_out:
            return False
        return (seen.kind, seen.email, seen.at) == (self.kind, self.email, self.at)


def corpus(name: str) -> list[Example]:
    examples, heading = [], ""
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            heading = line[1:-1]
        else:
            examples.append(_example(heading, line))
    return examples


def _example(heading: str, line: str) -> Example:
    text, _, said = line.partition(" => ")
    kind, _, extra = heading.partition("+")
    value = None if said in {"", "-"} else said.strip()
    if kind == "new_email" and value is None:
        kind = "other"
    return Example(
        kind,
        text.strip(),
        email=value if kind == "new_email" else None,
        at=value if kind == "call_me" else None,
        email_opt_out=extra == "email",
    )
