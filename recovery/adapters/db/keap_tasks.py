"""Open calls that are tasks in Keap, and their end when they were worked there."""

from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables_ops import MetaRow
from recovery.adapters.db.tables_queue import DispositionRow
from recovery.domain.case import AttemptState, Channel
from recovery.services.keap_tasks import OpenTask

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

    def done_in_keap(self, task: OpenTask, at: datetime, now: datetime) -> bool:
        pending = sa.select(_SAID.c.id).where(_SAID.c.slot == task.case_id)
        with self._database.begin() as connection:
            ended = connection.execute(
                ATTEMPT.update()
                .where(ATTEMPT.c.id == task.attempt_id, ~pending.exists())
                .where(ATTEMPT.c.state == AttemptState.QUEUED.value)
                .values(state=AttemptState.DONE.value, ended_at=at, actor="keap")
            )
            if ended.rowcount != 1:
                return False
            query = sa.select(CASE).where(CASE.c.id == task.case_id)
            case = connection.execute(query).mappings().one()
            attempt_id = task.attempt_id
            cases.record(
                connection, case, "call_done_in_keap", at, actor="keap", attempt_id=attempt_id
            )
            # It is ticked off there: the next call of the case gets a task of its own.
            cases.touch(connection, task.case_id, now, keap_task_id=None)
        return True


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
