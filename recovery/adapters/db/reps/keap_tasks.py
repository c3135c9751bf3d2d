"""Open calls that are tasks in Keap, and their end when they were worked there."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.owed import owed_call
from recovery.adapters.db.calls.results import dispose_attempt
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.keap_writes import OUTBOX
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.domain.case import AttemptState, Channel
from recovery.services.record.by_person import CallResult
from recovery.services.reps.keap_tasks import OpenTask, Told

_META = table(MetaRow)
_SAID = table(DispositionRow)
_CURSOR = "keap_tasks_cursor"


class SqlTaskStore:
    """Implements `TaskStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_tasks(self, due_before: datetime, limit: int) -> list[OpenTask]:
        with self._database.read() as connection:
            value = connection.execute(sa.select(_META.c.value).where(_META.c.key == _CURSOR))
            after = int((value.scalar() or {}).get("after", 0))
            found = _page(connection, due_before, after, limit)
            if len(found) < limit and after:
                found += _page(connection, due_before, 0, limit - len(found), until=after)
        with self._database.begin() as connection:
            last = found[-1].attempt_id if len(found) == limit else 0
            upsert(connection, MetaRow, [{"key": _CURSOR, "value": {"after": last}}])
        return found

    def done_in_keap(self, task: OpenTask, told: Told, now: datetime) -> bool:
        pending = sa.select(_SAID.c.id).where(_SAID.c.slot == task.case_id)
        open_ = sa.select(ATTEMPT.c.contact_id).where(
            ATTEMPT.c.id == task.attempt_id,
            ATTEMPT.c.state == AttemptState.QUEUED.value,
            ~pending.exists(),
            ~_was_an_earlier_calls(task, told.at).exists(),
        )
        with self._database.begin() as connection:
            connection.execute(sa.select(CASE.c.id).where(_is(task)).with_for_update())
            contact_id = connection.execute(open_).scalar()
            if contact_id is None or owed_call(connection, task.case_id):
                return False
            word = CallResult(contact_id, told.means, "keap", code=told.code, said_at=told.at)
            dispose_attempt(connection, task.attempt_id, word, now)
            # It is ticked off there: the next call of the case gets a task of its own.
            cases.touch(connection, task.case_id, now, keap_task_id=None)
        return True


def _was_an_earlier_calls(task: OpenTask, at: datetime) -> sa.Select[Any]:
    """Writes that moved the task on, or shall: until then it was the task of the call before."""
    waits = OUTBOX.c.state.in_(("pending", "begun"))
    came_later = sa.and_(OUTBOX.c.state == "done", OUTBOX.c.done_at > at)
    return sa.select(OUTBOX.c.id).where(
        OUTBOX.c.case_id == task.case_id, OUTBOX.c.kind == "task", waits | came_later
    )


def _is(task: OpenTask) -> sa.ColumnElement[bool]:
    return CASE.c.id == task.case_id


def _page(
    connection: sa.Connection,
    due_before: datetime,
    after: int,
    limit: int,
    *,
    until: int | None = None,
) -> list[OpenTask]:
    query = (
        sa.select(ATTEMPT.c.case_id, ATTEMPT.c.id, CASE.c.keap_task_id)
        .join(CASE, CASE.c.id == ATTEMPT.c.case_id)
        .where(ATTEMPT.c.channel == Channel.CALL.value, ATTEMPT.c.id > after)
        .where(ATTEMPT.c.state == AttemptState.QUEUED.value, ATTEMPT.c.due_at <= due_before)
        .where(CASE.c.keap_task_id.is_not(None))
    )
    if until is not None:
        query = query.where(ATTEMPT.c.id <= until)
    rows = connection.execute(query.order_by(ATTEMPT.c.id).limit(limit))
    return [OpenTask(*row) for row in rows]
