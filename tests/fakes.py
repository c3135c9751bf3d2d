"""In-memory doubles of the outside: honest about what they hold, obedient about what goes wrong."""

from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from recovery.adapters.keap.schemas import contact_of
from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus, parse_email_status
from recovery.domain.note import Note
from recovery.errors import Call, PermanentFailure
from recovery.services.ports import (
    ContactPage,
    CrmUser,
    DoneTask,
    StatusPage,
    StatusRow,
    TaskDraft,
    Usage,
)

_PARTS = ("tags", "notes", "tasks", "orders", "subscriptions", "opportunities")
#: Something to happen instead of, or after, a call: it may raise.
Trouble = Callable[[], None]


class FakeClock:
    """Time that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Moves time on, by a timedelta's names."""
        self.now += timedelta(**by)


class FakeCrm:
    """A Keap of raw records. `before` and `after` hold, by method and contact, what goes wrong once
    before or after the work was done; `calls` is what was asked, in order."""

    page_size = 1000

    def __init__(self) -> None:
        self.contacts: dict[str, dict[str, Any]] = {}
        self.statuses: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self.tag_names_by_id: dict[str, str] = {}
        self.custom_fields: list[dict[str, Any]] = []
        self.before: dict[tuple[str, str], deque[Trouble]] = {}
        self.after: dict[tuple[str, str], deque[Trouble]] = {}
        self.calls: list[tuple[str, str]] = []
        self._ids = count(9000)

    def add(
        self, contact_id: str, email: str | None, status: str | None = "HARD_BOUNCE", **more: Any
    ) -> dict[str, Any]:
        """Puts a contact into Keap and answers its raw record, to be changed at will."""
        addresses = [{"email": email, "field": "EMAIL1"}] if email else []
        contact = {"id": contact_id, "email_addresses": addresses, "tag_ids": [], **more}
        self.contacts[contact_id] = contact
        self.parts[contact_id] = {part: [] for part in _PARTS}
        if email and status:
            self.set_status(email, status)
        return contact

    def set_status(self, email: str, status: str, **times: str) -> None:
        """Keap's word on an address."""
        self.statuses[email.lower()] = {"email": email, "status": status, **times}

    def tag(self, contact_id: str, name: str) -> None:
        """Tags a contact, as a person in Keap would."""
        tag_id = self.tag_id(name, create=True)
        assert tag_id is not None
        self.apply_tag(tag_id, [ContactId(contact_id)])

    def trouble(self, method: str, contact_id: str, *errors: Exception, done: bool = False) -> None:
        """The next calls fail so; with `done` only after the work was done."""
        queue = (self.after if done else self.before).setdefault((method, contact_id), deque())
        queue.extend(_raiser(error) for error in errors)

    def asked(self, method: str) -> list[str]:
        """For which contacts a method was called."""
        return [about for name, about in self.calls if name == method]

    def status_page(
        self, statuses: Sequence[EmailStatus], *, token: str | None = None
    ) -> StatusPage:
        wanted = {status.value for status in statuses}
        rows = [_status_row(raw) for raw in self.statuses.values() if raw["status"] in wanted]
        rows.sort(key=lambda row: row.email)
        start = int(token or 0)
        end = start + self.page_size
        self._call("status_page", token or "")
        return StatusPage(tuple(rows[start:end]), str(end) if end < len(rows) else None)

    def statuses_of(self, emails: Sequence[str]) -> dict[str, StatusRow]:
        self._call("statuses_of", str(len(emails)))
        found = (self.statuses.get(email.lower()) for email in emails)
        return {raw["email"].lower(): _status_row(raw) for raw in found if raw}

    def contacts_after(self, last_id: str, *, changed_since: datetime | None = None) -> ContactPage:
        self._call("contacts_after", last_id)
        later = sorted((c for c in self.contacts if int(c) > int(last_id)), key=int)
        page = tuple(self._contact(c) for c in later[: self.page_size])
        if changed_since:
            page = tuple(c for c in page if c.updated_at is None or c.updated_at >= changed_since)
        return ContactPage(page, page[-1].id if page else None, len(later) <= self.page_size)

    def contacts_with_email(self, email: str) -> tuple[Contact, ...]:
        self._call("contacts_with_email", "")
        everybody = map(self._contact, self.contacts)
        return tuple(c for c in everybody if email.lower() in {a.email.lower() for a in c.emails})

    def contacts_by_id(self, ids: Sequence[ContactId]) -> tuple[Contact, ...]:
        self._call("contacts_by_id", ",".join(ids))
        return tuple(self._contact(c) for c in ids if c in self.contacts)

    def full_record(self, contact_id: ContactId) -> dict[str, Any] | None:
        self._call("full_record", contact_id)
        if contact_id not in self.contacts:
            return None
        contact = self.contacts[contact_id]
        emails = [a["email"].lower() for a in contact["email_addresses"]]
        statuses = [self.statuses[email] for email in emails if email in self.statuses]
        record = {"contact": contact, **self.parts[contact_id], "statuses": statuses}
        return deepcopy(record)

    def model(self) -> dict[str, Any]:
        self._call("model", "")
        return {"custom_fields": deepcopy(self.custom_fields)}

    def delete_contact(self, contact_id: ContactId, *, leave_by: float | None = None) -> None:
        del leave_by
        self._call("delete_contact", contact_id)
        if self.contacts.pop(contact_id, None) is None:
            raise PermanentFailure(Call("keap", "delete contact", 404))
        self._done("delete_contact", contact_id)

    def tag_names(self) -> dict[str, str]:
        return dict(self.tag_names_by_id)

    def tag_id(self, name: str, *, create: bool = False) -> str | None:
        found = next((tag for tag, known in self.tag_names_by_id.items() if known == name), None)
        if found is None and create:
            found = str(next(self._ids))
            self.tag_names_by_id[found] = name
        return found

    def apply_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> frozenset[ContactId]:
        there = [contact_id for contact_id in contact_ids if contact_id in self.contacts]
        for contact_id in there:
            if tag_id not in self.contacts[contact_id]["tag_ids"]:
                self.contacts[contact_id]["tag_ids"].append(tag_id)
                tag = {"id": tag_id, "name": self.tag_names_by_id[tag_id]}
                applied = {"tag": tag, "applied_time": "2026-01-01T00:00:00Z"}
                self.parts[contact_id]["tags"].append(applied)
        return frozenset(there)

    def remove_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> None:
        for contact_id in contact_ids:
            contact = self.contacts[contact_id]
            contact["tag_ids"] = [tag for tag in contact["tag_ids"] if tag != tag_id]
            tags = self.parts[contact_id]["tags"]
            self.parts[contact_id]["tags"] = [t for t in tags if t["tag"]["id"] != tag_id]

    def find_note(self, contact_id: ContactId, marker: str) -> str | None:
        return _marked(self.parts[contact_id]["notes"], marker)

    def add_note(
        self,
        contact_id: ContactId,
        *,
        user_id: str,
        title: str,
        text: str,
        leave_by: float | None = None,
    ) -> str:
        self._call("add_note", contact_id)
        note_id = str(next(self._ids))
        note = {"id": note_id, "title": title, "text": text, "created_by_user_id": user_id}
        self.parts[contact_id]["notes"].append(note)
        self._done("add_note", contact_id)
        return note_id

    def change_note(
        self, contact_id: ContactId, note_id: str, *, user_id: str, rewrite: Callable[[Note], Note]
    ) -> None:
        self._call("change_note", contact_id)
        (note,) = [one for one in self.parts[contact_id]["notes"] if one["id"] == note_id]
        new = rewrite(Note(note["title"], note["text"]))
        note.update(title=new.title, text=new.text, last_updated_by_user_id=user_id)

    def find_task(self, contact_id: ContactId, marker: str) -> str | None:
        still_open = [task for task in self.parts[contact_id]["tasks"] if not task["completed"]]
        return _marked(still_open, marker)

    def add_task(self, draft: TaskDraft, *, leave_by: float | None = None) -> str:
        self._call("add_task", draft.contact_id)
        task_id = str(next(self._ids))
        task = {
            "id": task_id,
            "title": draft.title,
            "description": draft.description,
            "due_time": draft.due_at.isoformat(),
            "completed": False,
        }
        self.parts[draft.contact_id]["tasks"].append(task)
        self._done("add_task", draft.contact_id)
        return task_id

    def redate_task(
        self, task_id: str, due_at: datetime, *, instead: tuple[str, str] | None = None
    ) -> None:
        task = self._task(task_id)
        if task is None or task.get("completed"):
            raise PermanentFailure(Call("keap", "update task", 404))
        task["due_time"] = due_at.isoformat()
        if instead:
            task["description"] = str(task.get("description", "")).replace(*instead)

    def assign_task(self, task_id: str, *, user_id: str) -> None:
        if task := self._task(task_id):
            task["assigned_to_user_id"] = user_id

    def complete_task(self, task_id: str, at: datetime) -> None:
        if task := self._task(task_id):
            task.update(completed=True, completion_time=at.isoformat())

    def completed_tasks(self, task_ids: Sequence[str]) -> dict[str, DoneTask]:
        tasks = (task for task_id in task_ids if (task := self._task(task_id)))
        done = (task for task in tasks if task["completed"])
        return {task["id"]: _done_task(task) for task in done}

    def set_primary_email(
        self, contact_id: ContactId, email: str, *, instead_of: str | None, reason: str | None
    ) -> Contact | None:
        self._call("set_primary_email", contact_id)
        others = self.contacts[contact_id]["email_addresses"]
        shown = next((a["email"] for a in others if a["field"] == "EMAIL1"), None)
        if shown not in (instead_of, email):
            return None
        kept = [a for a in others if a["field"] != "EMAIL1" and a["email"] != email]
        first = {"email": email, "field": "EMAIL1", "opt_in_reason": reason}
        self.contacts[contact_id]["email_addresses"] = [first, *kept]
        if email.lower() not in self.statuses:
            self.set_status(email, "SINGLE_OPT_IN")
        return self._contact(contact_id)

    def opt_in(self, email: str, *, reason: str, still: Callable[[], bool]) -> EmailStatus | None:
        self._call("opt_in", reason)
        if not still():
            return None
        raw = self.statuses[email.lower()]
        if raw["status"] in {"MANUAL", "NON_MARKETABLE", "UNENGAGED_NON_MARKETABLE"}:
            raw["status"] = "SINGLE_OPT_IN"
        return parse_email_status(raw["status"])

    def opt_out(self, email: str, *, reason: str) -> EmailStatus:
        self._call("opt_out", reason)
        self.statuses[email.lower()]["status"] = "ADMIN"
        return EmailStatus.ADMIN

    def achieve_goal(
        self,
        contact_id: ContactId,
        *,
        integration: str,
        call_name: str,
        leave_by: float | None = None,
    ) -> None:
        self._call("achieve_goal", contact_id)

    def users(self) -> tuple[CrmUser, ...]:
        return (CrmUser("1", "Keap Admin", "admin@example.com", is_active=True),)

    def acting_user(self) -> str | None:
        return "1"

    def usage(self) -> Usage:
        return Usage(len(self.calls), None)

    def _call(self, method: str, about: str) -> None:
        self.calls.append((method, about))
        _next(self.before, method, about)

    def _done(self, method: str, about: str) -> None:
        _next(self.after, method, about)

    def _task(self, task_id: str) -> dict[str, Any] | None:
        tasks = (task for parts in self.parts.values() for task in parts["tasks"])
        return next((task for task in tasks if task["id"] == task_id), None)

    def _contact(self, contact_id: str) -> Contact:
        raw = deepcopy(self.contacts[contact_id])
        for address in raw["email_addresses"]:
            known = self.statuses.get(address["email"].lower(), {})
            address.setdefault("email_opt_status", known.get("status"))
        return contact_of(raw)


def _raiser(error: Exception) -> Trouble:
    def trouble() -> None:
        raise error

    return trouble


def _next(troubles: dict[tuple[str, str], deque[Trouble]], method: str, about: str) -> None:
    queue = troubles.get((method, about))
    if queue:
        queue.popleft()()


def _done_task(task: dict[str, Any]) -> DoneTask:
    return DoneTask(datetime.fromisoformat(task["completion_time"]), task["title"])


def _marked(rows: list[dict[str, Any]], marker: str) -> str | None:
    return next((row["id"] for row in rows if row["title"].startswith(marker)), None)


def _status_row(raw: dict[str, Any]) -> StatusRow:
    times = (raw.get(f"last_{what}_time") for what in ("sent", "open", "click"))
    moments = [_moment(text) for text in times]
    return StatusRow(raw["email"], parse_email_status(raw["status"]), raw["status"], *moments)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
