"""What Keap shall be told of a case, each thing once: put down by the transaction that makes it
true, carried out by `record`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.people import OutboxRow
from recovery.domain.case import CaseEnd

OUTBOX = table(OutboxRow)
#: The tag and the note that Keap gets when a case ends so.
_STORIES = {
    CaseEnd.RECOVERED: ("recovered", "recovered_note"),
    CaseEnd.STOPPED: ("stopped", "stopped_note"),
    CaseEnd.UNRECOVERED: ("unrecovered", "unrecovered_note"),
    CaseEnd.RELATIONSHIP: ("relationship", "relationship_note"),
}
#: Kinds of writes that make somebody reachable by e-mail again.
_AGREED = ("new_email", "win", "opt_in")
#: Kinds of writes that put a tag and take it off; their keys say kind, case, tag and turn.
_TAGGING = ("tag", "untag")


def write_back(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    kind: str,
    at: datetime,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
) -> None:
    """Queues a write to Keap; the same key again changes nothing."""
    add_new(
        connection,
        OutboxRow,
        [
            {
                "key": key,
                "case_id": case["id"],
                "contact_id": case["contact_id"],
                "kind": kind,
                "payload": payload,
                "state": "pending",
                "tries": 0,
                "next_at": at,
                "created_at": at,
            }
        ],
    )


def drop_task(connection: sa.Connection, case_id: int, at: datetime) -> None:
    """A task that Keap does not have yet is not made any more."""
    _drop(connection, case_id, ("task",), at)


def withhold(connection: sa.Connection, case_id: int, at: datetime) -> None:
    """An address or a consent that Keap was not told yet is not told: who says no after a yes
    wants neither."""
    _drop(connection, case_id, _AGREED, at)


def _drop(connection: sa.Connection, case_id: int, kinds: Sequence[str], at: datetime) -> None:
    connection.execute(
        OUTBOX.update()
        .where(OUTBOX.c.case_id == case_id, OUTBOX.c.kind.in_(kinds))
        .where(OUTBOX.c.state.in_(("pending", "begun")))
        .values(state="dropped", done_at=at)
    )


def end_keap_task(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, at: datetime
) -> None:
    """The case's task in Keap is ticked off by the next `record`."""
    key = f"task-done:{case['id']}:{case['version']}"
    write_back(connection, case, "task_done", at, key=key)


def tell_story(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, end: CaseEnd, at: datetime
) -> None:
    """One tag, one goal and one note a case, in Keap."""
    if end not in _STORIES:
        return
    tag, note = _STORIES[end]
    tell_outcome(connection, case, tag, at)
    _tell_note(connection, case, note, at)


def _tell_note(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, note: str, at: datetime
) -> None:
    """One note a case: a case that ends otherwise than was told tells it in the same note."""
    first = OUTBOX.c.key == f"note:{case['id']}"
    told = connection.execute(sa.select(OUTBOX.c.id, OUTBOX.c.payload).where(first)).first()
    # Of a person who is forgotten it stays that a note was told, not which.
    if told is None or (told.payload or {}).get("note", note) == note:
        write_back(connection, case, "note", at, key=f"note:{case['id']}", payload={"note": note})
        return
    _dropped(connection, told.id, at)
    payload = {"note": note, "again": True}
    write_back(connection, case, "note", at, key=f"note:{case['id']}:{note}", payload=payload)


def tell_outcome(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, outcome: str, at: datetime
) -> None:
    """The tag of this outcome, and the goal that the firm's own automations start from."""
    last, times = _tag_writes(connection, case, outcome)
    stays = last is not None and (last.kind == "tag" or _dropped(connection, last.id, at))
    if not stays:
        _write_tag(connection, case, "tag", outcome, at, turn=times["tag"])
    tell_goal(connection, case, outcome, at)


def tell_goal(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, outcome: str, at: datetime
) -> None:
    """Achieved once a case and outcome, where the policy names a goal for it."""
    key = f"goal:{case['id']}:{outcome}"
    write_back(connection, case, "goal", at, key=key, payload={"outcome": outcome})


def take_off(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, tag: str, at: datetime
) -> None:
    """A tag of this case that is true no longer leaves the contact, or is never put there."""
    last, times = _tag_writes(connection, case, tag)
    if last is not None and last.kind == "tag" and not _dropped(connection, last.id, at):
        _write_tag(connection, case, "untag", tag, at, turn=times["untag"])


def _write_tag(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    kind: str,
    tag: str,
    at: datetime,
    *,
    turn: int,
) -> None:
    """One more write of this kind: a tag of a case may come again once it was taken off."""
    key = f"{kind}:{case['id']}:{tag}{f':{turn}' if turn else ''}"
    write_back(connection, case, kind, at, key=key, payload={"tag": tag})


def _tag_writes(
    connection: sa.Connection, case: Mapping[str, Any] | sa.RowMapping, tag: str
) -> tuple[sa.Row[Any] | None, Counter[str]]:
    """The last write of this tag that holds, and how many of each kind there are.

    By the keys: the payload of a person who is forgotten is gone.
    """
    columns = (OUTBOX.c.id, OUTBOX.c.key, OUTBOX.c.kind, OUTBOX.c.state)
    query = sa.select(*columns).where(OUTBOX.c.case_id == case["id"], OUTBOX.c.kind.in_(_TAGGING))
    found = connection.execute(query.order_by(OUTBOX.c.id)).all()
    rows = [row for row in found if row.key.split(":")[2] == tag]
    last = next((row for row in reversed(rows) if row.state != "dropped"), None)
    return last, Counter(row.kind for row in rows)


def _dropped(connection: sa.Connection, entry: int, at: datetime) -> bool:
    """Whether this write was not begun yet, and is never written now."""
    waiting = OUTBOX.update().where(OUTBOX.c.id == entry, OUTBOX.c.state == "pending")
    return connection.execute(waiting.values(state="dropped", done_at=at)).rowcount > 0
