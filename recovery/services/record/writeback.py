"""Writing to Keap through the outbox: each entry once, whatever crashes.

Tags, re-dated tasks and addresses may be written again. Notes and tasks carry a marker at the
beginning of their title and are looked up before a second try; goals cannot be looked up, so one
in doubt is listed for a person.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import Protocol

from recovery.crashpoints import crashpoint
from recovery.domain.note import Note, Wrote, retold
from recovery.domain.policy import Policy
from recovery.domain.template import MissingVariable
from recovery.errors import (
    AuthorizationLost,
    ConfigurationError,
    ContractBroken,
    HeldUp,
    InDoubt,
    PermanentFailure,
    ProviderError,
    QuotaExhausted,
    TemporaryFailure,
    Unsupported,
)
from recovery.services.lease import Lease
from recovery.services.ports import Clock, Crm, TaskDraft
from recovery.services.record.addresses import Addresses
from recovery.services.record.outbox import SETTLES_IN, Entry, OutboxStore
from recovery.services.record.side_by_side import side_by_side

#: One run writes for so long; the rest waits for the next, five minutes later.
TIME_BOX = 240.0
SET = 100
#: About three days, with two hours at most between tries: as long as a weekend that Keap is down.
TRIES = 40
#: Keap's pacer decides how many calls leave; these wait for answers meanwhile.
THREADS = 16
_TAGS = ("tag", "untag")


class GoalInDoubt(Exception):
    """A crash or a lost answer hid whether Keap achieved a goal."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"goal {name}: nobody can tell whether Keap achieved it, and it is not repeated: look "
            "at the contact in Keap and start the automation by hand if it did not run"
        )


class NotTagged(Exception):
    """Keap answered for each contact, and for these that it did not put the tag on them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__("Keap did not put the tag on this contact")
        self.entries = entries


@dataclass(frozen=True, slots=True)
class Story:
    """The texts of a case's note and task, ready to be written."""

    title: str
    text: str


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
        addresses: Addresses,
        policy: Policy,
        clock: Clock,
        may_write: Callable[[], None],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._crm = crm
        self._stories = stories
        self._addresses = addresses
        self._policy = policy
        self._clock = clock
        self._may_write = may_write
        self._seconds = seconds
        self._lease: Lease
        self._active: set[str] | None = None
        self._asking = Lock()
        self._tag_ids: dict[str, str | None] = {}
        self._write: Mapping[str, Callable[[Entry, Counter[str]], str | None]] = {
            "note": self._note,
            "task": self._task,
            "task_owner": self._task_owner,
            "task_done": self._task_done,
            "new_email": partial(self._address, addresses.new),
            "win": partial(self._address, addresses.win),
            "opt_in": partial(self._address, addresses.opt_in),
            "opt_out": partial(self._address, addresses.opt_out),
            "goal": self._goal,
        }

    def run(self, lease: Lease) -> Counter[str]:
        """Writes what is owed until nothing is, or the time is up; counts by kind.

        NothingToDo where another run took over while this one stood still.
        """
        self._lease = lease
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
            entries = self._without_unwanted(entries)
            self._tags([entry for entry in entries if entry.kind in _TAGS], counts)
            others = [entry for entry in entries if entry.kind not in _TAGS]
            counts += self._cases(others)
        return counts

    def _cases(self, entries: Sequence[Entry]) -> Counter[str]:
        """Cases side by side, so that one lost answer does not hold up all; each in its order."""
        by_case: dict[int | None, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_case[entry.case_id].append(entry)
        counted: list[Counter[str]] = []

        def write(some: Sequence[Entry]) -> None:
            counts: Counter[str] = Counter()
            counted.append(counts)
            for entry in some:
                self._one(entry, counts)

        side_by_side(by_case.values(), write, threads=THREADS)
        return sum(counted, Counter())

    def _without_unwanted(self, entries: Sequence[Entry]) -> list[Entry]:
        """Goals that the policy does not name cost no call."""
        unwanted = [e for e in entries if e.kind == "goal" and not self._call_name(e)]
        if unwanted:
            told = "no goal of the policy"
            self._store.done(unwanted, self._clock(), epoch=self._lease.epoch, result=told)
        return [entry for entry in entries if entry not in unwanted]

    def _tags(self, entries: Sequence[Entry], counts: Counter[str]) -> None:
        by_tag: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in entries:
            by_tag[entry.kind, entry.payload["tag"]].append(entry)
        for (kind, tag), some in by_tag.items():
            self._attempt(some, partial(self._tag, kind, tag), counts)

    def _tag(self, kind: str, name: str, entries: Sequence[Entry]) -> str:
        contacts = [entry.contact_id for entry in entries]
        tag = self._tag_id(name, create=kind == "tag")
        if kind == "untag":
            if tag is not None:
                self._crm.remove_tag(tag, contacts)
            return "taken off"
        tagged = self._crm.apply_tag(tag or "", contacts)
        if left := [entry for entry in entries if entry.contact_id not in tagged]:
            raise NotTagged(left)
        return f"{len(tagged)} tagged"

    def _tag_id(self, name: str, *, create: bool) -> str | None:
        """The id of one of the policy's tags."""
        if self._tag_ids.get(name) is None:
            self._tag_ids[name] = self._crm.tag_id(getattr(self._policy.tags, name), create=create)
        return self._tag_ids[name]

    def _one(self, entry: Entry, counts: Counter[str]) -> None:
        self._attempt([entry], lambda _: self._write[entry.kind](entry, counts), counts)

    def _attempt(
        self,
        entries: Sequence[Entry],
        write: Callable[[Sequence[Entry]], str | None],
        counts: Counter[str],
    ) -> None:
        lease = self._lease
        # Somebody may have dropped some since they were read.
        entries = self._store.begin(entries, self._clock(), epoch=lease.epoch)
        if not entries:
            return
        crashpoint("P13")
        try:
            result = write(entries)
            crashpoint("P14")
        except (QuotaExhausted, AuthorizationLost):
            self._store.put_back(entries, self._clock(), epoch=lease.epoch)
            raise
        except HeldUp:
            self._store.put_back(entries, self._clock(), epoch=lease.epoch)
        except TemporaryFailure as error:
            # Raised only where a note, task or goal certainly did not reach Keap.
            self._later(entries, error, counts, may_be_there=False)
        except GoalInDoubt as error:
            self._give_up(entries, str(error), counts)
        except (InDoubt, ContractBroken) as error:
            self._later(entries, error, counts, may_be_there=True)
        except NotTagged as error:
            self._give_up(error.entries, str(error), counts)
            self._done([entry for entry in entries if entry not in error.entries], None, counts)
        except (MissingVariable, LookupError, ValueError) as error:
            # A text that cannot be made of this case must not keep all others waiting.
            self._give_up(entries, f"{type(error).__name__}: check the template", counts)
        except (PermanentFailure, Unsupported) as error:
            self._give_up(entries, str(error.call), counts)
        else:
            self._done(entries, result, counts)

    def _done(self, entries: Sequence[Entry], result: str | None, counts: Counter[str]) -> None:
        self._store.done(entries, self._clock(), epoch=self._lease.epoch, result=result)
        for entry in entries:
            counts[entry.kind] += 1

    def _give_up(self, entries: Sequence[Entry], why: str, counts: Counter[str]) -> None:
        for entry in entries:
            self._store.failed(entry, self._clock(), why, epoch=self._lease.epoch)
            if entry.kind == "win":
                self._addresses.lose(entry, why)
        counts["failed"] += len(entries)

    def _later(
        self,
        entries: Sequence[Entry],
        error: ProviderError,
        counts: Counter[str],
        *,
        may_be_there: bool,
    ) -> None:
        for entry in entries:
            if entry.tries + 1 >= TRIES:
                self._give_up([entry], type(error).__name__, counts)
                continue
            wait = timedelta(minutes=2 ** min(entry.tries, 7))
            if may_be_there:
                wait = max(wait, SETTLES_IN)
            told, at = type(error).__name__, self._clock() + wait
            epoch = self._lease.epoch
            self._store.again(entry, at, told, epoch=epoch, may_be_there=may_be_there)

    def _note(self, entry: Entry, counts: Counter[str]) -> str | None:
        del counts
        story = self._stories.note(entry)
        marker = f"[REC-{entry.case_id}]"
        is_told = entry.was_begun or entry.payload.get("again", False)
        found = self._crm.find_note(entry.contact_id, marker) if is_told else None
        if found and not entry.payload.get("again"):
            return found
        user = self._crm.acting_user()
        if user is None:
            return "no user of Keap may write notes: set RECOVERY_KEAP__USER_ID"
        note = Note(f"{marker} {story.title}", story.text)
        if found:
            retell = partial(self._retold, entry, note)
            self._crm.change_note(entry.contact_id, found, user_id=user, rewrite=retell)
            return found
        self._store.will_tell(entry, Wrote.of(note), epoch=self._lease.epoch)
        return self._crm.add_note(
            entry.contact_id,
            user_id=user,
            title=note.title,
            text=note.text,
            leave_by=self._lease.good_until,
        )

    def _retold(self, entry: Entry, story: Note, stood: Note) -> Note:
        note, wrote = retold(stood, story, self._store.told_in_note(entry.case_id or 0))
        self._store.will_tell(entry, wrote, epoch=self._lease.epoch)
        return note

    def _task(self, entry: Entry, counts: Counter[str]) -> str | None:
        """One open task a case, moved as the cadence goes on: it names the number of its call."""
        del counts
        assert entry.case_id is not None  # noqa: S101 (tasks belong to cases)
        due_at = datetime.fromisoformat(entry.payload["due_at"])
        marker = f"[REC-{entry.case_id}]"
        task_id = self._store.task_of(entry.case_id)
        if task_id is None and (entry.was_begun or self._store.may_have_task(entry)):
            task_id = self._crm.find_task(entry.contact_id, marker)
        if task_id is not None:
            try:
                self._crm.redate_task(task_id, due_at, instead=self._renumbered(entry))
            except PermanentFailure:
                # What is still open only refused the date: a second task would call twice.
                gone, task_id = task_id, self._crm.find_task(entry.contact_id, marker)
                if task_id == gone:
                    raise
        if task_id is None:
            task_id = self._add_task(entry, marker, due_at)
        if task_id:
            self._store.save_task(entry.case_id, task_id)
        return task_id

    def _renumbered(self, entry: Entry) -> tuple[str, str] | None:
        """The number that the task names, and the one it shall name."""
        old, new = self._store.number_of_task(entry), entry.payload.get("number")
        return (old, new) if old and new and old != new else None

    def _add_task(self, entry: Entry, marker: str, due_at: datetime) -> str | None:
        user = self._assignee(entry.payload.get("owner_id"))
        if user is None:
            return None
        story = self._stories.task(entry)
        draft = TaskDraft(entry.contact_id, user, f"{marker} {story.title}", story.text, due_at)
        return self._crm.add_task(draft, leave_by=self._lease.good_until)

    def _assignee(self, owner_id: str | None) -> str | None:
        """The contact's owner while they work there, else whoever writes our notes."""
        with self._asking:
            if self._active is None:
                self._active = {user.id for user in self._crm.users() if user.is_active}
        return owner_id if owner_id in self._active else self._crm.acting_user()

    def _task_owner(self, entry: Entry, counts: Counter[str]) -> str | None:
        """The case was given to somebody else: so is its task, if it is still there."""
        del counts
        assert entry.case_id is not None  # noqa: S101 (tasks belong to cases)
        task_id, user = (
            self._store.task_of(entry.case_id),
            self._assignee(entry.payload["owner_id"]),
        )
        if task_id is None or user is None:
            return None
        self._crm.assign_task(task_id, user_id=user)
        return task_id

    def _task_done(self, entry: Entry, counts: Counter[str]) -> str | None:
        del counts
        assert entry.case_id is not None  # noqa: S101 (tasks belong to cases)
        task_id = self._store.task_of(entry.case_id)
        if task_id is None and self._store.may_have_task(entry):
            task_id = self._crm.find_task(entry.contact_id, f"[REC-{entry.case_id}]")
        if task_id is not None:
            self._crm.complete_task(task_id, self._clock())
            self._store.save_task(entry.case_id, None)
        return task_id

    def _address(
        self, write: Callable[[Entry], tuple[bool, str | None]], entry: Entry, counts: Counter[str]
    ) -> str | None:
        recovered, result = write(entry)
        counts["recovered"] += recovered
        return result

    def _goal(self, entry: Entry, counts: Counter[str]) -> str | None:
        """Keap tells of no goal whether it was achieved, so one in doubt is not tried again."""
        del counts
        name = self._call_name(entry)
        if entry.was_begun:
            raise GoalInDoubt(name or "")
        if name:
            integration = self._policy.goals.integration
            self._crm.achieve_goal(
                entry.contact_id,
                integration=integration,
                call_name=name,
                leave_by=self._lease.good_until,
            )
        return name

    def _call_name(self, entry: Entry) -> str:
        return self._policy.goals.call_name(entry.payload["outcome"])
