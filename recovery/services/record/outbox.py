"""What Keap is owed, one entry a write, and where entries are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from recovery.domain.contact import ContactId
from recovery.domain.note import Wrote

#: What left just before its process died is done, or never will be, by then: it left within the
#: lease's minute, and an API answers in another.
SETTLES_IN = timedelta(minutes=2)
#: The lease under which Keap is written to.
RECORD = "record"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write that Keap is owed; `was_begun` means a crash may have hidden its success."""

    id: int
    kind: str
    contact_id: ContactId
    case_id: int | None
    payload: dict[str, Any] = field(default_factory=dict)
    was_begun: bool = False
    tries: int = 0


class OutboxStore(Protocol):
    """What writing back reads and writes; each method is one transaction.

    What takes an `epoch` raises NothingToDo where another run took over since.
    """

    def due(self, now: datetime, limit: int) -> list[Entry]:
        """Entries to be written, addresses first, then tags, tasks and notes.

        What Keap may still be at keeps back what is written to the same thing of its case.
        """

    def begin(self, entries: Sequence[Entry], now: datetime, *, epoch: int) -> list[Entry]:
        """Marks entries as begun before anything leaves; those that nobody dropped since, and that
        nothing keeps back. Should this process die they are due in SETTLES_IN."""

    def done(
        self, entries: Sequence[Entry], now: datetime, *, epoch: int, result: str | None = None
    ) -> None:
        """Written, and never again."""

    def again(
        self, entry: Entry, at: datetime, error: str, *, epoch: int, may_be_there: bool
    ) -> None:
        """To be tried later, unless it was dropped; one that certainly never left counts as not
        begun."""

    def put_back(self, entries: Sequence[Entry], now: datetime, *, epoch: int) -> None:
        """As if they had not been taken, unless dropped: nothing left, through no fault of them."""

    def failed(self, entry: Entry, now: datetime, error: str, *, epoch: int) -> None:
        """Given up; a person sees it with the reason."""

    def will_tell(self, entry: Entry, wrote: Wrote, *, epoch: int) -> None:
        """Remembers, before it leaves, what the case's note may say from now on."""

    def told_in_note(self, case_id: int) -> list[Wrote]:
        """All that we ever wrote, or were about to write, into the case's note."""

    def task_of(self, case_id: int) -> str | None:
        """The Keap task of a case."""

    def may_have_task(self, entry: Entry) -> bool:
        """Another entry of its case began a task, which Keap may have whatever we know."""

    def number_of_task(self, entry: Entry) -> str | None:
        """The number that the case's task names, which this entry moves on."""

    def save_task(self, case_id: int, task_id: str | None) -> None:
        """Remembers, or forgets, the Keap task of a case."""
