"""Automations, campaigns and saved reports: small, but answering in the right shapes."""

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.keap.account import SETUP_TIME, Account, Json
from recovery.sandbox.keap.query import (
    KeapError,
    answer,
    body_of,
    offset,
    page,
    page_size,
    token_for,
)

AUTOMATION: Json = {
    "id": "1",
    "title": "E-mail recovery",
    "categories": [],
    "status": "PUBLISHED",
    "locked": False,
    "active_contacts": 0,
    "published_date": SETUP_TIME,
}
CAMPAIGN: Json = {
    "id": "1",
    "name": "E-mail recovery",
    "locked": False,
    "date_created": SETUP_TIME,
    "published_date": SETUP_TIME,
    "published_status": True,
    "active_contact_count": 0,
}
SEQUENCE: Json = {"id": "5", "name": "Confirm by e-mail", "paths": [], "active_contact_count": 0}
REPORT: Json = {
    "id": "11",
    "name": "Email Status Search",
    "created_time": SETUP_TIME,
    "updated_time": SETUP_TIME,
    "user_ids": ["1"],
}
COLUMNS = {"Id": "Id", "Email": "Email", "Status": "Email Status"}


async def list_automations(_: Account, request: Request) -> Response:
    """The one automation, at most 25 a page."""
    return page([AUTOMATION], request, name="automations", ceiling=25)


async def list_campaigns(_: Account, request: Request) -> Response:
    """The one campaign."""
    return page([CAMPAIGN], request, name="campaigns")


async def list_sequences(_: Account, request: Request) -> Response:
    """The campaign's sequences."""
    return page([SEQUENCE], request, name="sequences")


async def achieve_goal(account: Account, request: Request) -> Response:
    """Records that a contact reached a goal named by integration and call."""
    body = await body_of(request)
    contact = str(body.get("contact_id"))
    if not isinstance(body.get("contact_id"), int):
        raise KeapError(400, "contact_id must be a number", domain="automation")
    if not (body.get("integration") and body.get("call_name")) and not body.get("goal_id"):
        raise KeapError(400, "integration and call_name are required", domain="automation")
    known = contact in account.contacts
    if known:
        names = ("integration", "call_name", "automation_id", "goal_id")
        goal = {name: body[name] for name in names if name in body}
        account.world.ledger.append("keap.goal_achieved", contact_id=contact, **goal)
    message = "Goal achieved" if known else "Contact not found"
    return answer({"results": [{"success": known, "message": message}]})


async def add_to_campaign(account: Account, request: Request) -> Response:
    """Puts contacts into a campaign's sequence."""
    return answer({"add_to_sequence_results": await _add(account, request)})


async def remove_from_campaign(account: Account, request: Request) -> Response:
    """Takes contacts out of a campaign's sequence."""
    ids = await _contact_ids(request)
    account.world.ledger.append("keap.sequence_removed", contact_ids=ids)
    results = {number: _result(account, number) for number in ids}
    return answer({"remove_from_sequence_results": results})


async def add_to_automation(account: Account, request: Request) -> Response:
    """Puts contacts into an automation's sequence."""
    return answer({"add_to_automation_sequence_results": await _add(account, request)})


async def list_reports(_: Account, request: Request) -> Response:
    """The one saved search."""
    return page([REPORT], request, name="reports")


async def report_model(_: Account, request: Request) -> Response:
    """Its columns, by the names that its user gave them."""
    _report(request)
    return answer({"fields": [{"name": n, "label": label} for n, label in COLUMNS.items()]})


async def run_report(account: Account, request: Request) -> Response:
    """A page of its rows; here the next token is called `page_token`."""
    _report(request)
    start, size = offset(request), page_size(request, 1000)
    rows = [_columns(contact) for contact in account.contacts.values()]
    content: Json = {"results": [{"columns": row} for row in rows[start : start + size]]}
    if start + size < len(rows):
        content["page_token"] = token_for(start + size)
    return answer(content)


def _columns(contact: Json) -> list[Json]:
    first: Json = next(iter(contact["email_addresses"]), {})
    values = (contact["id"], first.get("email", ""), first.get("email_opt_status", ""))
    return [{"field_name": n, "value": value} for n, value in zip(COLUMNS, values, strict=True)]


def _report(request: Request) -> None:
    if request.path_params["report_id"] != REPORT["id"]:
        raise KeapError(404, "Report not found", domain="report")


async def _add(account: Account, request: Request) -> dict[str, str]:
    ids = await _contact_ids(request)
    place = request.path_params
    results = {number: _result(account, number) for number in ids}
    account.world.ledger.append(
        "keap.sequence_added", sequence_id=place["sequence_id"], contact_ids=ids
    )
    return results


def _result(account: Account, number: str) -> str:
    return "SUCCESS" if number in account.contacts else "CONTACT_DOES_NOT_EXIST"


async def _contact_ids(request: Request) -> list[str]:
    ids = (await body_of(request)).get("contact_ids")
    if not isinstance(ids, list) or not ids:
        raise KeapError(400, "contact_ids is required", domain="automation")
    return [str(number) for number in ids]
