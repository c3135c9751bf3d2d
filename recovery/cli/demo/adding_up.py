"""Do our numbers add up against the sandbox's own account? Compared by id, not by count alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.adapters.db.queries.account import OurAccount

_OURS = "[REC-"


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of thing, as each side counts it; `differing` are ids that one side lacks."""

    what: str
    ours: int
    theirs: int
    differing: frozenset[str]

    @property
    def adds_up(self) -> bool:
        """Both sides name the same ones."""
        return not self.differing


def add_up(ours: OurAccount, ledger: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Every message, answer, call task, note and deletion, ours beside theirs."""
    theirs = _Theirs(ledger)
    return [
        _line("WhatsApp messages", ours.messages, theirs.ids("message", "sid")),
        _line("answers from people", ours.replies, theirs.ids("inbound", "sid")),
        _line("call tasks in Keap", ours.tasks, theirs.of_cases("keap.task_created")),
        _line("notes in Keap", ours.notes, theirs.of_cases("keap.note_created")),
        _line("deletions", ours.deleted, theirs.ids("keap.contact_deleted", "id", by="api")),
        _line("tombstones", ours.tombstones, theirs.ids("keap.contact_deleted", "id", by="api")),
    ]


class _Theirs:
    def __init__(self, ledger: Iterable[Mapping[str, Any]]) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in ledger:
            self._rows.setdefault(str(row["kind"]), []).append(row)

    def ids(self, kind: str, name: str, **same: str) -> list[str]:
        """All ids of a kind, twice where it was done twice."""
        rows = self._rows.get(kind, ())
        return [str(row[name]) for row in rows if all(row.get(k) == v for k, v in same.items())]

    def of_cases(self, kind: str) -> list[str]:
        """Tasks or notes that the engine wrote, told by their marker."""
        rows = self._rows.get(kind, ())
        return [str(row["id"]) for row in rows if str(row.get("title", "")).startswith(_OURS)]


def _line(what: str, ours: frozenset[str], theirs: list[str]) -> Line:
    twice = {one for one in theirs if theirs.count(one) > 1} if len(theirs) > len(ours) else set()
    return Line(what, len(ours), len(theirs), (ours ^ frozenset(theirs)) | twice)
