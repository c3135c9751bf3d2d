"""Tags, their categories, and who has which since when."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.query import (
    KeapError,
    answer,
    body_of,
    clauses,
    matching,
    one_of,
    ordered,
    page,
    since,
    text,
    until,
)

TIMES = {
    "since_create_time": since("create_time"), "until_create_time": until("create_time"),
    "since_update_time": since("update_time"), "until_update_time": until("update_time"),
    "since_applied_time": since("applied_time"), "until_applied_time": until("applied_time"),
}  # fmt: skip
TESTS = {
    "name": text("name"), "tag_ids": one_of("id"), **TIMES,
    "description": lambda row, _, value: (row.get("description") or "NONE") == value,
    "category_id": lambda row, _, value: row.get("category", {}).get("id", "NONE") == value,
}  # fmt: skip
PEOPLE_TESTS = {name: text(name) for name in ("given_name", "family_name", "email")} | TIMES
ORDERS = {"id": "id"} | {name: name for name in ("name", "create_time", "update_time")}
APPLIED_ORDERS = ORDERS | {"applied_time": "applied_time", "category_id": "category"}
PEOPLE_ORDERS = {
    name: name for name in ("id", "given_name", "family_name", "email", "applied_time")
}


async def list_tags(account: Account, request: Request) -> Response:
    """All tags, by name or category."""
    found = matching(account.tags.values(), clauses(request), TESTS)
    return page(ordered(found, request, ORDERS, "name"), request, name="tags")


async def get_tag(account: Account, request: Request) -> Response:
    """One tag."""
    return answer(_found(account, request))


async def create_tag(account: Account, request: Request) -> Response:
    """A new tag, 201; 409 when the name is taken."""
    body, now = await body_of(request), account.now()
    name = str(body.get("name") or "")[:255]
    if not name:
        raise KeapError(400, "name is required", domain="tag")
    if any(tag["name"].casefold() == name.casefold() for tag in account.tags.values()):
        raise KeapError(409, "A tag with this name exists", domain="tag")
    tag: Json = {"id": account.next_id(), "name": name, "create_time": now, "update_time": now}
    tag["description"] = body.get("description") or ""
    if category := body.get("category"):
        if category.get("id") not in account.categories:
            raise KeapError(400, "Unknown category", domain="tag")
        tag["category"] = {"id": category["id"]}
    account.tags[tag["id"]] = tag
    account.world.ledger.append("keap.tag_created", id=tag["id"], name=name)
    return answer(tag, 201)


async def list_categories(account: Account, request: Request) -> Response:
    """All tag categories."""
    found = matching(account.categories.values(), clauses(request), TESTS)
    return page(ordered(found, request, ORDERS, "name"), request, name="tag_categories")


async def create_category(account: Account, request: Request) -> Response:
    """A new category, 201; 409 when the name is taken."""
    body, now = await body_of(request), account.now()
    if not body.get("name"):
        raise KeapError(400, "name is required", domain="tag_category")
    if any(row["name"] == body["name"] for row in account.categories.values()):
        raise KeapError(409, "A category with this name exists", domain="tag_category")
    row = {"id": account.next_id(), "name": body["name"], "create_time": now, "update_time": now}
    row["description"] = body.get("description") or ""
    account.categories[row["id"]] = row
    return answer(row, 201)


async def apply_tag(account: Account, request: Request) -> Response:
    """Applies one tag to many contacts; the answer tells for each whether it did."""
    tag, ids = _found(account, request), await _ids(request)
    results = {number: _apply(account, number, tag["id"]) for number in ids}
    done = [number for number, said in results.items() if said == "SUCCESS"]
    account.world.ledger.append("keap.tag_applied", tag_id=tag["id"], contact_ids=done, by="api")
    return answer({"results": results})


async def remove_tag(account: Account, request: Request) -> Response:
    """Takes one tag from many contacts: 204, whoever had it."""
    tag, ids = _found(account, request), await _ids(request)
    done = [number for number in ids if untag(account, number, tag["id"])]
    account.world.ledger.append("keap.tag_removed", tag_id=tag["id"], contact_ids=done, by="api")
    return Response(status_code=204)


async def list_tags_of(account: Account, request: Request) -> Response:
    """A contact's tags, each with the time it was applied."""
    contact_id = request.path_params["contact_id"]
    if contact_id not in account.contacts:
        raise KeapError(404, "Contact not found")
    rows = [
        {**account.tags[tag_id], "applied_time": at}
        for tag_id, at in account.applied.get(contact_id, {}).items()
    ]
    found = ordered(
        matching(rows, clauses(request), TESTS), request, APPLIED_ORDERS, "applied_time"
    )
    return page(found, request, name="tags", view=_applied)


async def list_people_of(account: Account, request: Request) -> Response:
    """Contacts that have the tag."""
    tag_id = _found(account, request)["id"]
    rows = matching(_tagged(account, tag_id), clauses(request), PEOPLE_TESTS)
    return page(ordered(rows, request, PEOPLE_ORDERS, "applied_time"), request, name="contacts")


def tag(account: Account, contact_id: str, tag_id: str) -> bool:
    """Whether the contact has the tag only now; a second time changes neither date nor record."""
    contact = account.contacts[contact_id]
    if tag_id in account.applied[contact_id]:
        return False
    account.applied[contact_id][tag_id] = account.now()
    contact["tag_ids"] = list(account.applied[contact_id])
    account.touch(contact)
    return True


def untag(account: Account, contact_id: str, tag_id: str) -> bool:
    """Whether the contact had the tag."""
    contact = account.contacts.get(contact_id)
    if contact is None or account.applied[contact_id].pop(tag_id, None) is None:
        return False
    contact["tag_ids"] = list(account.applied[contact_id])
    account.touch(contact)
    return True


def _apply(account: Account, contact_id: str, tag_id: str) -> str:
    if contact_id not in account.contacts:
        return "CONTACT_DOES_NOT_EXIST"
    return "SUCCESS" if tag(account, contact_id, tag_id) else "DUPLICATE"


def _tagged(account: Account, tag_id: str) -> Iterable[Json]:
    for contact_id, times in account.applied.items():
        if tag_id in times and (contact := account.contacts.get(contact_id)):
            row = {"id": contact_id, "applied_time": times[tag_id]}
            row |= {
                name: contact[name] for name in ("given_name", "family_name") if name in contact
            }
            emails = contact.get("email_addresses")
            yield row | ({"email": emails[0]["email"]} if emails else {})


def _applied(row: Json) -> Json:
    shown = {name: value for name, value in row.items() if name != "applied_time"}
    return {"tag": shown, "applied_time": row["applied_time"]}


async def _ids(request: Request) -> list[str]:
    ids = (await body_of(request)).get("contact_ids")
    if not isinstance(ids, list) or not ids or len(ids) > 1000:
        raise KeapError(400, "contact_ids must list 1 to 1000 contacts", domain="tag")
    return [str(number) for number in ids]


def _found(account: Account, request: Request) -> Json:
    row = account.tags.get(request.path_params["tag_id"])
    if row is None:
        raise KeapError(404, "Tag not found", domain="tag")
    return row
