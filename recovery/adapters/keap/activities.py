"""What we leave in Keap for its users: tags, notes, call tasks and goals."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.errors import PROVIDER, Gone
from recovery.adapters.keap.operations import Operation
from recovery.adapters.keap.schemas import Unreadable, id_of, iso, moment_of
from recovery.adapters.keap.statuses import PAGE, can_be_filtered
from recovery.adapters.keap.wire import Body, Query, Wire
from recovery.domain.contact import ContactId
from recovery.domain.note import Note
from recovery.errors import Call, InDoubt, PermanentFailure
from recovery.services.ports import Clock, DoneTask, TaskDraft

_BATCH = 100
#: Keap documents no words for a tag that was not applied; these have been seen in its API.
_FAILURES = ("fail", "error", "not_exist", "not exist", "not_found", "not found", "invalid", "deni")


class Activities:
    """The writing part of `Crm`."""

    def __init__(self, wire: Wire, *, clock: Clock) -> None:
        self._wire = wire
        self._clock = clock

    def tag_id(self, name: str, *, create: bool = False) -> str | None:
        """The id of the tag of this name; created where asked for."""
        found = self._find_tag(name)
        if found is not None or not create:
            return found
        try:
            return self._created(op.CREATE_TAG, body={"name": name})
        except InDoubt:
            if (made := self._find_tag(name)) is not None:
                return made
            raise

    def tag_names(self) -> dict[str, str]:
        """The names of all tags of the account by id, a thousand a call."""
        rows = _rows(self._wire, op.LIST_TAGS, key="tags", query=[PAGE])
        found = ((id_of(raw.get("id")), str(raw.get("name") or "")) for raw in rows)
        return {tag: name for tag, name in found if tag}

    def apply_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> frozenset[ContactId]:
        """Tags up to 100 contacts; answers who got it, which is all where Keap names nobody."""
        body = {"contact_ids": list(dict.fromkeys(contact_ids))}
        answer = self._wire.call(op.APPLY_TAG, tag_id, body=body)
        results = answer.get("results")
        if not isinstance(results, dict) or not results:
            return frozenset(contact_ids)
        return frozenset(
            one for one in contact_ids if one in results and _was_applied(results[one])
        )

    def remove_tag(self, tag_id: str, contact_ids: Sequence[ContactId]) -> None:
        """Takes the tag off up to 100 contacts; a tag that is gone is off."""
        body = {"contact_ids": list(dict.fromkeys(contact_ids))}
        try:
            self._wire.call(op.REMOVE_TAG, tag_id, body=body)
        except Gone:
            return

    def find_note(self, contact_id: ContactId, marker: str) -> str | None:
        """The id of the contact's note whose title begins with the marker."""
        query = [*_titled(marker), PAGE]
        try:
            notes = _rows(self._wire, op.CONTACT_NOTES, contact_id, key="notes", query=query)
            return _first_marked(notes, marker, contact_id)
        except Gone:
            return None

    def add_note(
        self,
        contact_id: ContactId,
        *,
        user_id: str,
        title: str,
        text: str,
        leave_by: float | None = None,
    ) -> str:
        """One POST; InDoubt when nobody can tell, HeldUp where it would leave too late."""
        body = {"user_id": user_id, "title": title, "text": text}
        return self._created(op.CREATE_NOTE, contact_id, body=body, leave_by=leave_by)

    def change_note(
        self,
        contact_id: ContactId,
        note_id: str,
        *,
        user_id: str,
        rewrite: Callable[[Note], Note],
    ) -> None:
        """Tells another story in a note of ours; PermanentFailure when it is gone.

        Each try asks `rewrite` what to make of what stands there, and writes what differs.
        """

        def afresh() -> tuple[Query, Body]:
            stood = self._note(contact_id, note_id)
            new = rewrite(stood)
            changes = {"text": new.text} | (
                {"title": new.title} if new.title != stood.title else {}
            )
            mask, body = _masked(**changes)
            return mask, {"user_id": user_id, **body}

        self._wire.change(op.CHANGE_NOTE, contact_id, note_id, afresh=afresh)

    def _note(self, contact_id: ContactId, note_id: str) -> Note:
        query = [("filter", f"ids=={note_id}"), PAGE]
        notes = _rows(self._wire, op.CONTACT_NOTES, contact_id, key="notes", query=query)
        raw = next((raw for raw in notes if str(raw.get("id")) == note_id), {})
        made = raw.get("create_time")
        is_untouched = bool(made) and raw.get("update_time") == made
        return Note(str(raw.get("title") or ""), str(raw.get("text") or ""), is_untouched)

    def find_task(self, contact_id: ContactId, marker: str) -> str | None:
        """The id of the contact's open task whose title begins with the marker."""
        query = [*_titled(marker, contact_id=contact_id), PAGE]
        tasks = _rows(self._wire, op.LIST_TASKS, key="tasks", query=query)
        still_open = (raw for raw in tasks if raw.get("completed") is not True)
        return _first_marked(still_open, marker, contact_id)

    def add_task(self, draft: TaskDraft, *, leave_by: float | None = None) -> str:
        """One POST; InDoubt when nobody can tell, HeldUp where it would leave too late."""
        body = {
            "assigned_to_user_id": draft.user_id,
            "contact_id": draft.contact_id,
            "title": draft.title,
            "description": draft.description,
            "type": "CALL",
            "due_time": iso(draft.due_at),
        }
        return self._created(op.CREATE_TASK, body=body, leave_by=leave_by)

    def redate_task(
        self, task_id: str, due_at: datetime, *, instead: tuple[str, str] | None = None
    ) -> None:
        """Moves a task; `instead` is a text in its description and what stands in its place from
        now on, so that what people wrote beside it stays. PermanentFailure when it is gone, or
        ticked off: nobody looks at it any more."""
        due = iso(due_at)

        def afresh() -> tuple[Query, Body]:
            text = self._description(task_id) if instead else ""
            if instead is None or instead[0] not in text:
                return _masked(due_time=due)
            return _masked(due_time=due, description=text.replace(*instead))

        task = self._wire.change(op.PATCH_TASK, task_id, afresh=afresh)
        if (task or {}).get("completed") is True:
            raise Gone(Call(PROVIDER, op.PATCH_TASK.name))

    def assign_task(self, task_id: str, *, user_id: str) -> None:
        """Gives a task to another user; a task that is gone needs nobody."""
        try:
            self._patch_task(task_id, assigned_to_user_id=user_id)
        except Gone:
            return

    def complete_task(self, task_id: str, at: datetime) -> None:
        """Ticks a task off; a task that is gone counts as done."""
        try:
            self._patch_task(task_id, completed=True, completion_time=iso(at))
        except Gone:
            return

    def completed_tasks(self, task_ids: Sequence[str]) -> dict[str, DoneTask]:
        """Which of these tasks somebody completed in Keap."""
        done: dict[str, DoneTask] = {}
        wanted = list(dict.fromkeys(task_ids))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            query = [("filter", f"task_ids=={','.join(batch)}"), PAGE]
            for raw in _rows(self._wire, op.LIST_TASKS, key="tasks", query=query):
                if str(raw.get("id")) in batch and raw.get("completed") is True:
                    title = str(raw.get("title") or "")
                    done[str(raw["id"])] = DoneTask(self._completed_at(raw), title)
        return done

    def achieve_goal(
        self,
        contact_id: ContactId,
        *,
        integration: str,
        call_name: str,
        leave_by: float | None = None,
    ) -> None:
        """One POST; InDoubt when nobody can tell, PermanentFailure when Keap started nothing,
        HeldUp where it would leave too late."""
        call = Call(PROVIDER, op.ACHIEVE_GOAL.name)
        if not contact_id.isdecimal():
            raise PermanentFailure(call, "Keap's goals take contacts with a number as id.")
        body = {"contact_id": int(contact_id), "integration": integration, "call_name": call_name}
        answer = self._wire.call(op.ACHIEVE_GOAL, body=body, leave_by=leave_by)
        results = answer.get("results") or []
        if results and not any(isinstance(r, dict) and r.get("success") for r in results):
            raise PermanentFailure(
                call, "Keap knows no such goal: check integration and call name."
            )

    def _find_tag(self, name: str) -> str | None:
        query = [("filter", f"name=={name}")] if can_be_filtered(name) else []
        for raw in _rows(self._wire, op.LIST_TAGS, key="tags", query=[*query, PAGE]):
            if str(raw.get("name", "")).strip().casefold() == name.strip().casefold():
                return id_of(raw.get("id"))
        return None

    def _description(self, task_id: str) -> str:
        query = [("filter", f"task_ids=={task_id}"), PAGE]
        tasks = _rows(self._wire, op.LIST_TASKS, key="tasks", query=query)
        own = (raw for raw in tasks if str(raw.get("id")) == task_id)
        return str(next(own, {}).get("description") or "")

    def _patch_task(self, task_id: str, **changes: Any) -> Any:
        mask, body = _masked(**changes)
        return self._wire.call(op.PATCH_TASK, task_id, query=mask, body=body)

    def _created(
        self,
        operation: Operation,
        *ids: str,
        body: dict[str, Any],
        leave_by: float | None = None,
    ) -> str:
        answer = self._wire.call(operation, *ids, body=body, leave_by=leave_by)
        try:
            return id_of(answer.get("id"))
        except Unreadable:
            raise InDoubt(Call(PROVIDER, operation.name)) from None

    def _completed_at(self, raw: dict[str, Any]) -> datetime:
        told = moment_of(raw.get("completion_time")) or moment_of(raw.get("modification_time"))
        return told or self._clock()


def _rows(
    wire: Wire, operation: Operation, *ids: str, key: str, query: list[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    for rows in wire.pages(operation, *ids, key=key, query=query):
        yield from (raw for raw in rows if isinstance(raw, dict))


def _masked(**changes: Any) -> tuple[Query, Body]:
    """A change of these fields alone."""
    return [("update_mask", name) for name in changes], changes


def _titled(marker: str, *, contact_id: str | None = None) -> list[tuple[str, str]]:
    conditions = [f"title=={marker}*"] if can_be_filtered(marker) else []
    conditions += [f"contact_id=={contact_id}"] if contact_id else []
    return [("filter", ";".join(conditions))] if conditions else []


def _first_marked(rows: Iterator[dict[str, Any]], marker: str, contact_id: str) -> str | None:
    for raw in rows:
        owner = raw.get("contact_id")
        is_theirs = owner is None or str(owner) == contact_id
        if is_theirs and str(raw.get("title") or "").startswith(marker):
            return id_of(raw.get("id"))
    return None


def _was_applied(text: Any) -> bool:
    words = str(text).lower()
    return not any(word in words for word in _FAILURES)
