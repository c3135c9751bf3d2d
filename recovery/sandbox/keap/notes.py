"""Notes of a contact, and of the whole account."""

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.contacts import may_see
from recovery.sandbox.keap.query import (
    KeapError,
    answer,
    body_of,
    clauses,
    contains,
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
    "id": number("id"), "ids": one_of("id"), "title": contains("title"),
    "contact_id": text("contact_id"), "assigned_to_user_id": text("user_id"),
    "since_time": since("create_time"), "until_time": until("create_time"),
}  # fmt: skip
ORDERS = {name: name for name in ("id", "create_time", "update_time")}
SETTABLE = ("title", "text", "type", "custom_fields")


async def list_notes(account: Account, request: Request) -> Response:
    """Notes of all contacts, or of one."""
    wanted = clauses(request)
    contact_id = request.path_params.get("contact_id") or next(
        (c.value for c in wanted if c.field == "contact_id"), None
    )
    rows = account.records["notes"].values()
    if contact_id is not None:
        rows = account.records_of("notes", contact_id)  # type: ignore[assignment]
    found = ordered(matching(rows, wanted, TESTS), request, ORDERS, "id")
    return page(found, request, name="notes", view=lambda row: _shown(account, row))


async def create_note(account: Account, request: Request) -> Response:
    """A new note; not idempotent, as at Keap."""
    contact = account.contacts.get(request.path_params["contact_id"])
    if contact is None or not may_see(request, contact):
        raise KeapError(404, "Contact not found")
    body, now = await body_of(request), account.now()
    _check(account, body)
    if not (body.get("title") or body.get("type")):
        raise KeapError(400, "title or type is required", domain="note")
    user = str(body["user_id"])
    row: Json = {"id": account.next_id(), "contact_id": contact["id"], "user_id": user}
    row |= {name: body[name] for name in SETTABLE if body.get(name)}
    row |= {"create_time": now, "update_time": now, "created_by_user_id": user}
    row |= {"last_updated_by_user_id": user} | ({"pinned_at": now} if body.get("is_pinned") else {})
    account.store("notes", row)
    account.world.ledger.append("keap.note_created", **row)
    return answer(_shown(account, row), 201)


async def get_note(account: Account, request: Request) -> Response:
    """One note of the contact."""
    return answer(_shown(account, _found(account, request)))


async def change_note(account: Account, request: Request) -> Response:
    """Changes the masked fields, or those given."""
    row, body = _found(account, request), await body_of(request)
    _check(account, body)
    for name in request.query_params.getlist("update_mask") or sorted(body):
        if name in SETTABLE:
            row[name] = body.get(name) or ""
    row |= {"update_time": account.now(), "last_updated_by_user_id": str(body["user_id"])}
    account.world.ledger.append("keap.note_changed", **row)
    return answer(_shown(account, row))


async def delete_note(account: Account, request: Request) -> Response:
    """Deletes the note: 204."""
    row = _found(account, request)
    del account.records["notes"][row["id"]]
    account.world.ledger.append("keap.note_deleted", id=row["id"], contact_id=row["contact_id"])
    return Response(status_code=204)


def _found(account: Account, request: Request) -> Json:
    row = account.records["notes"].get(request.path_params["note_id"])
    if row is None or row["contact_id"] != request.path_params["contact_id"]:
        raise KeapError(404, "Note not found", domain="note")
    return row


def _check(account: Account, body: Json) -> None:
    if str(body.get("user_id")) not in account.users:
        raise KeapError(400, "user_id must be a user of this account", domain="note")


def _shown(account: Account, row: Json) -> Json:
    user = account.users[row["user_id"]]
    assigned = {name: user[name] for name in ("id", "given_name", "family_name")}
    assigned["email_address"] = user["email_addresses"][0]["email"]
    shown = {name: value for name, value in row.items() if name != "user_id"}
    return {**shown, "assigned_to_user": assigned}
