"""What people do to contacts in Keap's own pages: the control endpoints of Keap's half."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from recovery.sandbox.keap import commerce, contact_form, contacts, emails, tags, tasks
from recovery.sandbox.keap.account import STATUSES, Account, Json
from recovery.sandbox.keap.query import KeapError


async def change_contact(account: Account, request: Request) -> Response:
    """Body `{"status", "email_status": {address: status}, "fields", "tags", "untag", "delete"}`.

    `status` is EMAIL1's; `tags` and `untag` take names or ids; unlike the API any status goes.
    `"orders": [{"product", "at"}]` are what the person bought in the firm's shop.
    """
    contact = account.contacts.get(request.path_params["contact_id"])
    if contact is None:
        return JSONResponse({"error": "no such contact"}, status_code=404)
    try:
        _change(account, contact, await request.json())
    except (KeapError, ValueError) as refused:
        return JSONResponse({"error": str(refused)}, status_code=400)
    return JSONResponse(contact)


async def show_contact(account: Account, request: Request) -> Response:
    """Everything Keap keeps of the contact, without key and quota."""
    contact_id = request.path_params["contact_id"]
    contact = account.contacts.get(contact_id)
    if contact is None:
        return JSONResponse({"error": "no such contact"}, status_code=404)
    kinds = ("notes", "tasks", "orders", "subscriptions", "opportunities")
    hanging = {kind: account.records_of(kind, contact_id) for kind in kinds}
    return JSONResponse({"contact": contact, "tags": account.applied[contact_id], **hanging})


async def change_task(account: Account, request: Request) -> Response:
    """A rep works a task in Keap's own list: body holds the task's new values."""
    row = account.records["tasks"].get(request.path_params["task_id"])
    if row is None:
        return JSONResponse({"error": "no such task"}, status_code=404)
    tasks.write(account, row, await request.json(), by="human")
    return JSONResponse(row)


def _change(account: Account, contact: Json, body: Json) -> None:
    first = contact["email_addresses"][:1]
    wanted = {email["email"]: body["status"] for email in first if "status" in body}
    _set_statuses(account, wanted | body.get("email_status", {}))
    if fields := body.get("fields"):
        contact_form.check(account, fields)
        contact_form.change(account, contact, fields, fields=sorted(fields), by="human")
    for name in body.get("tags", ()):
        tag_id = _tag_id(account, name)
        tags.tag(account, contact["id"], tag_id)
        _told(account, "keap.tag_applied", contact, tag_id)
    for name in body.get("untag", ()):
        tag_id = _tag_id(account, name)
        tags.untag(account, contact["id"], tag_id)
        _told(account, "keap.tag_removed", contact, tag_id)
    for bought in body.get("orders", ()):
        account.store("orders", commerce.sold(account.next_id(), contact, **bought))
    if body.get("delete"):
        contacts.delete(account, contact["id"], by="human")


def _set_statuses(account: Account, wanted: Mapping[str, str]) -> None:
    for email, status in wanted.items():
        if status not in STATUSES:
            msg = f"no such status: {status}"
            raise ValueError(msg)
        emails.learn(account, email, reason=None)
        account.set_status(email, status, by="human")


def _told(account: Account, kind: str, contact: Json, tag_id: str) -> None:
    account.world.ledger.append(kind, tag_id=tag_id, contact_ids=[contact["id"]], by="human")


def _tag_id(account: Account, name: str) -> str:
    for tag_id, row in account.tags.items():
        if name in {tag_id, row["name"]}:
            return str(tag_id)
    msg = f"no such tag: {name}"
    raise ValueError(msg)
