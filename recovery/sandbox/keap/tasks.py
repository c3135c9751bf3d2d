"""Tasks: what reps find in Keap's own list of things to do."""

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.query import (
    KeapError,
    answer,
    body_of,
    clauses,
    flag,
    matching,
    number,
    one_of,
    ordered,
    page,
    since,
    text,
    until,
)

TESTS = {
    "contact_id": text("contact_id"), "is_completed": flag("completed"),
    "has_due_date": flag("due_time"), "opportunity_id": text("opportunity_id"),
    "task_ids": one_of("id"), "priority": text("priority"), "id": number("id"),
    "since_time": since("create_time"), "until_time": until("create_time"),
    "title": text("title"),
    "user_id": lambda row, _, value: row.get("assigned_to_user_id", "UNASSIGNED") == value,
}  # fmt: skip
ORDERS = {
    "id": "id", "create_time": "create_time", "due_time": "due_time",
    "update_time": "modification_time",
}  # fmt: skip
SETTABLE = frozenset((
    "title", "description", "type", "priority", "completed", "completion_time", "due_time",
    "remind_time_mins", "assigned_to_user_id", "contact_id", "opportunity_id", "accepted",
    "custom_fields",
))  # fmt: skip
MASK = SETTABLE | {"id", "last_updated_by_user_id"}
PRIORITIES = frozenset(("CRITICAL", "ESSENTIAL", "NONESSENTIAL"))
REMINDERS = frozenset((5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880))


async def list_tasks(account: Account, request: Request) -> Response:
    """Tasks by contact, by user, done or not."""
    wanted = clauses(request)
    rows = list(account.records["tasks"].values())
    for clause in wanted:
        if clause.field == "contact_id":
            rows = account.records_of("tasks", clause.value)
    found = ordered(matching(rows, wanted, TESTS), request, ORDERS, "id")
    return page(found, request, name="tasks")


async def create_task(account: Account, request: Request) -> Response:
    """A new task, 201; not idempotent, as at Keap."""
    body, now = await body_of(request), account.now()
    if not body.get("assigned_to_user_id"):
        raise KeapError(400, "assigned_to_user_id is required", domain="task")
    _check(account, body)
    row: Json = {"id": account.next_id(), "completed": False, "accepted": False}
    row |= {name: body[name] for name in SETTABLE if body.get(name) is not None}
    row |= {"create_time": now, "modification_time": now}
    row["created_by_user_id"] = request.scope["keap_user"]
    if row["completed"]:
        row.setdefault("completion_time", now)
    account.store("tasks", row)
    account.world.ledger.append("keap.task_created", **row)
    return answer(row, 201)


async def get_task(account: Account, request: Request) -> Response:
    """One task."""
    return answer(_found(account, request))


async def change_task(account: Account, request: Request) -> Response:
    """Changes the masked fields, or those given; completing sets the time if none was given."""
    row, body = _found(account, request), await body_of(request)
    mask = request.query_params.getlist("update_mask")
    if unknown := set(mask) - MASK:
        raise KeapError(400, f"Invalid update_mask: {sorted(unknown)}", domain="task")
    _check(account, body)
    write(account, row, {name: body.get(name) for name in mask or body}, by="api")
    row["last_updated_by_user_id"] = request.scope["keap_user"]
    return answer(row)


def write(account: Account, row: Json, values: Json, *, by: str) -> None:
    """Sets values of a task; None takes one away."""
    for name in SETTABLE & values.keys():
        if values[name] is None:
            row.pop(name, None)
        else:
            row[name] = values[name]
    if row.get("completed"):
        row.setdefault("completion_time", account.now())
    else:
        row.pop("completion_time", None)
    row["modification_time"] = account.now()
    account.store("tasks", row)
    account.world.ledger.append("keap.task_changed", **row, by=by)


async def delete_task(account: Account, request: Request) -> Response:
    """Deletes the task: 204."""
    row = _found(account, request)
    del account.records["tasks"][row["id"]]
    contact_id = row.get("contact_id")
    account.world.ledger.append("keap.task_deleted", id=row["id"], contact_id=contact_id)
    return Response(status_code=204)


def _found(account: Account, request: Request) -> Json:
    row = account.records["tasks"].get(request.path_params["task_id"])
    if row is None:
        raise KeapError(404, "Task not found", domain="task")
    return row


def _check(account: Account, body: Json) -> None:
    user, contact = body.get("assigned_to_user_id"), body.get("contact_id")
    if user and str(user) not in account.users:
        raise KeapError(400, "assigned_to_user_id must be a user", domain="task")
    if contact and str(contact) not in account.contacts:
        raise KeapError(400, "contact_id must be a contact", domain="task")
    if body.get("priority") not in PRIORITIES | {None}:
        raise KeapError(400, "Invalid priority", domain="task")
    if body.get("remind_time_mins") not in REMINDERS | {None}:
        raise KeapError(400, "Invalid remind_time_mins", domain="task")
