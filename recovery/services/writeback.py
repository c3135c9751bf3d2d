"""Writing to Keap through the outbox: each entry once, whatever crashes.

Tags, re-dated tasks and addresses may be written again. Notes and tasks carry a marker at the
beginning of their title and are looked up before a second try; goals cannot be looked up, so one
in doubt is left to a person.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from recovery.crashpoints import crashpoint
from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Policy
from recovery.domain.template import MissingVariable
from recovery.errors import (
    ConfigurationError,
    ContractBroken,
    InDoubt,
    PermanentFailure,
    QuotaExhausted,
    TemporaryFailure,
    Unsupported,
)
from recovery.services.ports import Clock, Crm, TaskDraft
from recovery.services.reach import Lease

#: One run writes for so long; the rest waits for the next, five minutes later.
TIME_BOX = 240.0
SET = 100
TRIES = 8


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


@dataclass(frozen=True, slots=True)
class Story:
    """The texts of a case's note and task, ready to be written."""

    title: str
    text: str


class OutboxStore(Protocol):
    """What writing back reads and writes; each method is one transaction."""

    def due(self, now: datetime, limit: int) -> list[Entry]:
        """Entries to be written, addresses first, then tags, tasks and notes."""

    def begin(self, entries: Sequence[Entry], now: datetime) -> None:
        """Marks entries as begun before anything leaves."""

    def done(self, entries: Sequence[Entry], now: datetime, *, result: str | None = None) -> None:
        """Written, and never again."""

    def again(self, entry: Entry, at: datetime, error: str) -> None:
        """To be tried later."""

    def failed(self, entry: Entry, now: datetime, error: str) -> None:
        """Given up; a person sees it with the reason."""

    def task_of(self, case_id: int) -> str | None:
        """The Keap task of a case."""

    def may_have_task(self, case_id: int) -> bool:
        """A task was begun for the case, which Keap may have whatever we know."""

    def save_task(self, case_id: int, task_id: str | None) -> None:
        """Remembers, or forgets, the Keap task of a case."""

    def address_written(self, entry: Entry, contact: Contact, now: datetime) -> bool:
        """A contact as read back; True when its case is recovered by it."""

    def hand_over(self, entry: Entry, now: datetime) -> None:
        """A person of the team decides what Keap shall show."""

    def opted_in(
        self, entry: Entry, status: EmailStatus, now: datetime, *, may_confirm: bool
    ) -> bool:
        """What Keap made of an opt-in; True when the case is recovered by it.

        A refused one is for a person at once, unless the person still may confirm by the form.
        """

    def email_of(self, contact_id: ContactId) -> str | None:
        """The contact's deciding address."""


class Storyteller(Protocol):
    """Renders notes and tasks in the case's language."""

    def note(self, entry: Entry) -> Story: ...

    def task(self, entry: Entry) -> Story: ...


class WriteBack:
    """Part of `record`."""

    def __init__(
        self,
        *,
        store: OutboxStore,
        crm: Crm,
        stories: Storyteller,
        policy: Policy,
        clock: Clock,
        may_write: Callable[[], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._crm = crm
        self._stories = stories
        self._policy = policy
        self._clock = clock
        self._may_write = may_write
        self._seconds = seconds
        self._active: set[str] | None = None
        self._tag_ids: dict[str, str | None] = {}
        self._write = {
            "note": self._note,
            "task": self._task,
            "task_done": self._task_done,
            "new_email": self._new_email,
            "opt_in": self._opt_in,
            "goal": self._goal,
        }

    def run(self, lease: Lease) -> Counter[str]:
        """Writes what is owed until nothing is, or the time is up; counts by kind."""
        counts: Counter[str] = Counter()
        try:
            self._may_write()
        except ConfigurationError:
            return counts
        until = self._seconds() + TIME_BOX
        while self._seconds() < until:
            entries = self._store.due(self._clock(), SET)
            if not entries:
                break
            lease.renew()
            self._tags([entry for entry in entries if entry.kind == "tag"], counts)
            for entry in entries:
                if entry.kind != "tag":
                    self._one(entry, counts)
        return counts

    def _tags(self, entries: Sequence[Entry], counts: Counter[str]) -> None:
        by_tag: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_tag[entry.payload["tag"]].append(entry)
        for kind, some in by_tag.items():
            self._attempt(some, lambda kind=kind, some=some: self._tag(kind, some), counts)  # type: ignore[misc]

    def _tag(self, kind: str, entries: Sequence[Entry]) -> str:
        if kind not in self._tag_ids:
            name = getattr(self._policy.tags, kind)
            self._tag_ids[kind] = self._crm.tag_id(name, create=True)
        tag = self._tag_ids[kind]
        tagged = self._crm.apply_tag(tag or "", [entry.contact_id for entry in entries])
        return f"{len(tagged)} tagged"

    def _one(self, entry: Entry, counts: Counter[str]) -> None:
        self._attempt([entry], lambda: self._write[entry.kind](entry, counts), counts)

    def _attempt(
        self, entries: Sequence[Entry], write: Callable[[], str | None], counts: Counter[str]
    ) -> None:
        self._store.begin(entries, self._clock())
        crashpoint("P13")
        try:
            result = write()
            crashpoint("P14")
        except QuotaExhausted:
            self._later(entries, "quota")
            raise
        except (InDoubt, TemporaryFailure, ContractBroken) as error:
            self._later(entries, type(error).__name__)
        except (MissingVariable, LookupError, ValueError) as error:
            # A text that cannot be made of this case must not keep all others waiting.
            self._give_up(entries, f"{type(error).__name__}: check the template", counts)
        except (PermanentFailure, Unsupported) as error:
            self._give_up(entries, str(error.call), counts)
        else:
            self._store.done(entries, self._clock(), result=result)
            counts[entries[0].kind] += len(entries)

    def _give_up(self, entries: Sequence[Entry], why: str, counts: Counter[str]) -> None:
        for entry in entries:
            self._store.failed(entry, self._clock(), why)
        counts["failed"] += len(entries)

    def _later(self, entries: Iterable[Entry], error: str) -> None:
        for entry in entries:
            if entry.tries + 1 >= TRIES:
                self._store.failed(entry, self._clock(), error)
                continue
            wait = timedelta(minutes=2 ** min(entry.tries, 7))
            self._store.again(entry, self._clock() + wait, error)

    def _note(self, entry: Entry, counts: Counter[str]) -> str | None:
        del counts
        story = self._stories.note(entry)
        marker = f"[REC-{entry.case_id}]"
        if entry.was_begun and (found := self._crm.find_note(entry.contact_id, marker)):
            return found
        user = self._crm.acting_user()
        if user is None:
            return "no user of Keap may write notes: set RECOVERY_KEAP__USER_ID"
        title = f"{marker} {story.title}"
        return self._crm.add_note(entry.contact_id, user_id=user, title=title, text=story.text)

    def _task(self, entry: Entry, counts: Counter[str]) -> str | None:
        """One open task a case, re-dated as the cadence goes on."""
        del counts
        assert entry.case_id is not None  # noqa: S101 (tasks belong to cases)
        due_at = datetime.fromisoformat(entry.payload["due_at"])
        marker = f"[REC-{entry.case_id}]"
        task_id = self._store.task_of(entry.case_id)
        if task_id is None and entry.was_begun:
            task_id = self._crm.find_task(entry.contact_id, marker)
        if task_id is not None:
            try:
                self._crm.redate_task(task_id, due_at)
            except PermanentFailure:
                task_id = None
        if task_id is None:
            task_id = self._add_task(entry, marker, due_at)
        if task_id:
            self._store.save_task(entry.case_id, task_id)
        return task_id

    def _add_task(self, entry: Entry, marker: str, due_at: datetime) -> str | None:
        user = self._assignee(entry.payload.get("owner_id"))
        if user is None:
            return None
        story = self._stories.task(entry)
        return self._crm.add_task(
            TaskDraft(entry.contact_id, user, f"{marker} {story.title}", story.text, due_at)
        )

    def _assignee(self, owner_id: str | None) -> str | None:
        """The contact's owner while they work there, else whoever writes our notes."""
        if self._active is None:
            self._active = {user.id for user in self._crm.users() if user.is_active}
        return owner_id if owner_id in self._active else self._crm.acting_user()

    def _task_done(self, entry: Entry, counts: Counter[str]) -> str | None:
        del counts
        assert entry.case_id is not None  # noqa: S101 (tasks belong to cases)
        task_id = self._store.task_of(entry.case_id)
        if task_id is None and self._store.may_have_task(entry.case_id):
            task_id = self._crm.find_task(entry.contact_id, f"[REC-{entry.case_id}]")
        if task_id is not None:
            self._crm.complete_task(task_id, self._clock())
            self._store.save_task(entry.case_id, None)
        return task_id

    def _new_email(self, entry: Entry, counts: Counter[str]) -> str | None:
        email, words = entry.payload["email"], entry.payload.get("words", "")
        if self._was_corrected(entry, email):
            self._store.hand_over(entry, self._clock())
            return "somebody changed the address in Keap meanwhile"
        reason = f"Recovery: given and confirmed by the person ({words})"[:250]
        contact = self._crm.set_primary_email(entry.contact_id, email, reason=reason)
        counts["recovered"] += self._store.address_written(entry, contact, self._clock())
        return None

    def _was_corrected(self, entry: Entry, email: str) -> bool:
        """EMAIL1 is neither what it was when the person spoke nor what they gave."""
        old = entry.payload.get("old")
        shown = next((c.primary for c in self._crm.contacts_by_id([entry.contact_id])), None)
        if old is None or shown is None:
            return False
        return shown.email.strip().lower() not in {old.lower(), email.strip().lower()}

    def _opt_in(self, entry: Entry, counts: Counter[str]) -> str | None:
        email = self._store.email_of(entry.contact_id)
        if email is None:
            return "no address"
        reason = f"Recovery: fresh consent ({entry.payload.get('words', '')})"[:250]
        status = self._crm.opt_in(email, reason=reason)
        may_confirm = bool(self._policy.confirm_url)
        counts["recovered"] += self._store.opted_in(
            entry, status, self._clock(), may_confirm=may_confirm
        )
        return status.value

    def _goal(self, entry: Entry, counts: Counter[str]) -> str | None:
        del counts
        if entry.was_begun:
            return "in doubt: not repeated"
        self._crm.achieve_goal(
            entry.contact_id,
            integration=entry.payload["integration"],
            call_name=entry.payload["call_name"],
        )
        return None
