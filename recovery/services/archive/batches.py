"""What archiving and deleting share: a batch, its summary, and what both need of the outside."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from recovery.domain.archive import BatchState, ItemState, Row
from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId
from recovery.domain.deletion import Standing

S = TypeVar("S")
#: The lease under which archives are built and batches deleted.
ARCHIVE = "archive"
#: Holds it for as long as it is entered, raising NothingToDo where another does; its store changes
#: nothing once another took over.
Alone = Callable[[], AbstractContextManager[S]]


@dataclass(frozen=True, slots=True)
class Batch:
    """One archive file with the set it holds; `base` is how many contacts Keap had then."""

    id: str
    state: BatchState
    account: str
    file: str
    built_by: str
    built_at: datetime
    file_sha256: str = ""
    set_sha256: str = ""
    workbook: str = ""
    contacts: int = 0
    base: int = 0
    verified_at: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """A batch with what became of its contacts; `spared` counts by reason."""

    batch: Batch
    by_status: Mapping[str, int]
    never_reached: int
    waiting: int
    deleted: int
    gone: int
    in_doubt: int
    spared: Mapping[str, int]
    #: Who did not get into the file when it was built, by reason.
    left_out: Mapping[str, int]
    #: Who approved it last, and until when that holds; None once it holds no more.
    approver: str | None = None
    approved_until: datetime | None = None

    @property
    def approved_by(self) -> str | None:
        """Whose approval holds now."""
        return self.approver if self.approved_until else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact of a case whose hold is over."""

    contact_id: ContactId
    case_id: CaseId
    status_since: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Archived:
    """One row about to be known to the database."""

    row: Row
    never_reached: bool


class ArchiveStore(Protocol):
    """What building needs of the database; each method is one short transaction."""

    def unfinished(self) -> Batch | None:
        """The batch a killed build left behind."""

    def ready(
        self, batch_id: str | None, *, after: tuple[int, str], now: datetime, limit: int
    ) -> list[Candidate]:
        """Contacts to be archived that follow (case, contact): those of cases out of hold that no
        batch holds unchanged."""

    def start(self, batch: Batch) -> None:
        """Opens a batch that is building."""

    def known(self, batch_id: str) -> Iterator[str]:
        """Hashes of the batch's rows, in the order of the file."""

    def members(self, batch_id: str) -> Iterator[tuple[str, str]]:
        """(contact id, row hash) of the batch, in the order of the file."""

    def cut(self, batch_id: str, lines: int) -> None:
        """Forgets rows beyond this line, which did not reach the disk."""

    def standings(self, candidates: Sequence[Candidate]) -> dict[ContactId, Standing]:
        """What we know of each, now."""

    def twins(self, contact_ids: Sequence[ContactId]) -> dict[ContactId, frozenset[ContactId]]:
        """Other contacts that share a phone or an address with each, offices left out."""

    def keep(self, batch_id: str, rows: Sequence[Archived], *, first_line: int) -> None:
        """Makes rows of the draft known; older waiting rows of the same contacts are set aside."""

    def set_aside(
        self,
        batch_id: str,
        candidate: Candidate,
        *,
        state: ItemState,
        reason: str | None,
        at: datetime,
    ) -> None:
        """Decides about a contact that does not go into the file."""

    def finish(
        self, batch_id: str, *, file_sha256: str, set_sha256: str, workbook: str, at: datetime
    ) -> None:
        """The manifest: from now on the batch counts, and waits for an approval."""

    def close_empty(self, batch_id: str) -> None:
        """Ends a batch into which nobody went."""

    def batch(self, batch_id: str) -> Batch | None:
        """A batch by its id."""

    def summaries(self, batch_id: str | None = None, *, now: datetime) -> list[BatchSummary]:
        """One batch, or all that hold anybody, newest first."""

    def mark_verified(self, batch_id: str, at: datetime) -> None:
        """Remembers when the file was last compared."""


class Draft(Protocol):
    """A file being written."""

    lines: int

    def append(self, lines: Iterable[bytes]) -> None:
        """Adds rows, durably; StorageFull leaves it as it was."""

    def seal(self, expected: Iterable[str]) -> str:
        """Reads it back, compares, gives it its name; answers its SHA-256."""

    def close(self) -> None:
        """Leaves it for the next run."""


class ArchiveFiles(Protocol):
    """Where archives are kept."""

    def draft(self, name: str, known: Iterable[str]) -> Draft:
        """The draft of this name, cut back to its leading rows with these hashes."""

    def discard(self, name: str) -> None:
        """Removes a draft."""

    def verify(self, name: str, expected: Iterable[str]) -> str:
        """The file's SHA-256; ArchiveDamaged unless it holds exactly these rows."""

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows, parsed."""

    def keep_model(self, name: str, model: dict[str, Any]) -> None:
        """Stores the custom fields beside the rows."""


class Workbook(Protocol):
    """The rendering people know."""

    def write(
        self,
        name: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        model: Mapping[str, Any],
        language: str,
    ) -> int:
        """Writes, re-opens, compares; answers the rows; ArchiveDamaged where they differ."""
