"""Call tasks in Keap, looked at from there: what a rep ticks off in Keap is done here as well.

The result is what they wrote behind a hash sign in the task's title; else nobody knows it.

The other way is the outbox's: a case's one task is made, re-dated and ticked off by `writeback`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from recovery.domain.case import Disposition
from recovery.domain.disposition import Choices
from recovery.services.ports import Clock, Crm, CrmUser, DoneTask

#: Tasks looked at in one run of `record`: three of Keap's scarce calls.
AT_ONCE = 300
#: Whose call is due so soon may have been worked in Keap already.
_AHEAD = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A case's open call with its task in Keap."""

    case_id: int
    attempt_id: int
    task_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a completed task tells of its call; `code` is the firm's own name for it, if any."""

    at: datetime
    means: Disposition
    code: str = ""


class TaskStore(Protocol):
    """What mirroring tasks reads and writes; each method is one transaction."""

    def open_tasks(self, due_before: datetime, limit: int) -> list[OpenTask]:
        """Open calls that are due by then and have a task in Keap; goes round, so that the next
        call goes on where this one ended."""

    def done_in_keap(self, task: OpenTask, told: Told, now: datetime) -> bool:
        """The call was worked in Keap, with all that follows; False where its result was said here,
        or is owed by the rep who called from here, or it was the call before that was worked."""


class KeapUsers(Protocol):
    """Keap's users and tags, as reps see them."""

    def are_old(self, now: datetime) -> bool:
        """Nobody has read them lately."""

    def save(self, users: Sequence[CrmUser], now: datetime) -> None:
        """The users as Keap shows them now."""

    def save_tags(self, names: Mapping[str, str]) -> None:
        """The names of tags by id."""


class KeapTasks:
    """Part of `record`."""

    def __init__(
        self, store: TaskStore, users: KeapUsers, *, choices: Choices, crm: Crm, clock: Clock
    ) -> None:
        self._store = store
        self._choices = choices
        self._users = users
        self._crm = crm
        self._clock = clock

    def run(self) -> int:
        """Follows what was ticked off in Keap, and now and then who works there; counts calls."""
        self._read_users()
        now = self._clock()
        tasks = self._store.open_tasks(now + _AHEAD, AT_ONCE)
        if not tasks:
            return 0
        done = self._crm.completed_tasks([one.task_id for one in tasks])
        ended = (
            self._store.done_in_keap(one, self._told(done[one.task_id]), now)
            for one in tasks
            if one.task_id in done
        )
        return sum(ended)

    def _told(self, task: DoneTask) -> Told:
        """What needs an address, a time or words was not given there: they spoke, no more."""
        choice = self._choices.told_in(task.title)
        if choice is None:
            return Told(task.at, Disposition.DONE_IN_KEAP)
        return Told(task.at, Disposition.SPOKE if choice.asks else choice.means, choice.code)

    def _read_users(self) -> None:
        now = self._clock()
        if self._users.are_old(now):
            self._users.save(self._crm.users(), now)
            self._users.save_tags(self._crm.tag_names())
