"""Contacts: listed, read, created, changed, merged and deleted."""

from bisect import bisect_right
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.faults import Fault
from recovery.sandbox.keap import contact_form
from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.contact_filters import tests_of
from recovery.sandbox.keap.contact_form import FIELDS
from recovery.sandbox.keap.query import (
    Clause,
    KeapError,
    answer,
    body_of,
    clauses,
    matching,
    offset,
    ordered,
    page,
)

UNASKED = frozenset(
    ("id", "given_name", "family_name", "email_addresses", "phone_numbers", "update_time")
)
ORDERS = {"id": "id", "create_time": "create_time", "email": "email", "update_time": "update_time"}


async def list_contacts(account: Account, request: Request) -> Response:
    """A page of contacts; with `contact_id>N` in ascending order of id it costs the page alone."""
    if offset(request) and account.world.faults.happens(
        Fault.PAGE_MUTATION, account.world.requests
    ):
        _delete_one_seen(account, request)
    show = _view(request)
    wanted = clauses(request)
    rows = matching(_candidates(account, wanted), wanted, tests_of(account, wanted))
    rows = [row for row in rows if may_see(request, row)]
    if request.query_params.get("order_by", "id asc").strip() not in {"id", "id asc"}:
        rows = ordered([_with_email(row) for row in rows], request, ORDERS, "id")
    return page(rows, request, name="contacts", view=show)


async def get_contact(account: Account, request: Request) -> Response:
    """One contact."""
    return answer(_view(request)(_found(account, request)))


async def create_contact(account: Account, request: Request) -> Response:
    """A new contact, 201; or 200 and the one that `duplicate_option` recognised, updated."""
    show, body = _view(request), await body_of(request)
    if not any(body.get(name) for name in ("email_addresses", "phone_numbers", "addresses")):
        raise KeapError(400, "One of email_addresses, phone_numbers or addresses is required")
    contact_form.check(account, body)
    twin = _twin(account, body, request.query_params.get("duplicate_option"))
    if twin is not None:
        contact_form.change(account, twin, body, fields=sorted(body))
        return answer(show(twin))
    return answer(show(contact_form.create(account, body)), 201)


async def change_contact(account: Account, request: Request) -> Response:
    """Changes the masked fields, or those given; arrays are replaced whole."""
    show, contact, body = _view(request), _found(account, request), await body_of(request)
    mask = request.query_params.getlist("update_mask")
    if unknown := set(mask) - FIELDS:
        raise KeapError(400, f"Invalid update_mask: {sorted(unknown)}")
    contact_form.check(account, body)
    contact_form.change(account, contact, body, fields=mask or sorted(body))
    return answer(show(contact))


async def delete_contact(account: Account, request: Request) -> Response:
    """Deletes for good: 204, and 404 ever after."""
    if request.scope["keap_user"] != "1":
        raise KeapError(403, "You do not have permission to delete contacts")
    delete(account, _found(account, request)["id"], by="api")
    return Response(status_code=204)


async def merge_contacts(account: Account, request: Request) -> Response:
    """Moves everything of the duplicate to the contact, and the duplicate is gone."""
    show, body = _view(request), await body_of(request)
    kept = account.contacts.get(str(body.get("contact_id")))
    gone = account.contacts.get(str(body.get("duplicate_contact_id")))
    if kept is None or gone is None or kept is gone:
        raise KeapError(404, "Contact not found")
    contact_form.merge(account, kept, gone)
    return answer(show(kept))


def delete(account: Account, contact_id: str, *, by: str) -> None:
    """Takes the contact out; the ledger keeps all that it held."""
    contact = account.remove(contact_id)
    account.world.ledger.append("keap.contact_deleted", id=contact_id, by=by, contact=contact)
    account.world.contact_changed(contact_id)


def may_see(request: Request, contact: Json) -> bool:
    """A key that is no administrator's sees its own user's contacts only, without saying so."""
    user = request.scope["keap_user"]
    return bool(user == "1" or contact.get("owner_id") == user)


def _found(account: Account, request: Request) -> Json:
    contact = account.contacts.get(request.path_params["contact_id"])
    if contact is None or not may_see(request, contact):
        raise KeapError(404, "Contact not found")
    return contact


def _view(request: Request) -> Callable[[Json], Json]:
    asked = ",".join(request.query_params.getlist("fields"))
    fields = {name.strip() for name in asked.split(",") if name.strip()} or UNASKED
    if unknown := fields - FIELDS:
        raise KeapError(400, f"Invalid fields: {sorted(unknown)}")
    shown = fields | {"id"}
    return lambda contact: {name: value for name, value in contact.items() if name in shown}


def _candidates(account: Account, wanted: list[Clause]) -> list[Json]:
    """The few contacts that an indexed condition leaves, else all, in ascending order of id."""
    ids: list[str] | None = None
    for clause in wanted:
        match clause.field, clause.operator:
            case "contact_ids" | "ids", "==":
                ids = clause.values
            case "email", "==" if not clause.value.endswith("*"):
                ids = list(account.holders.get(clause.value.lower(), ()))
            case "contact_id", ">" if clause.value.isdecimal() and ids is None:
                start = bisect_right(account.ids, int(clause.value))
                return [account.contacts[str(number)] for number in account.ids[start:]]
    if ids is None:
        return list(account.contacts.values())
    known = {number for number in ids if number in account.contacts}
    return [account.contacts[number] for number in sorted(known, key=int)]


def _twin(account: Account, body: Json, option: str | None) -> Json | None:
    if option is None:
        return None
    if option not in {"Email", "EmailAndName", "EmailAndNameAndCompany"}:
        raise KeapError(400, f"Invalid duplicate_option: {option}")
    emails = [email.get("email", "").lower() for email in body.get("email_addresses", ())]
    names = ("given_name", "family_name") if "Name" in option else ()
    for number in sorted({n for email in emails for n in account.holders.get(email, ())}, key=int):
        contact = account.contacts[number]
        same_company = "Company" not in option or contact.get("company") == body.get("company")
        if same_company and all(contact.get(name) == body.get(name) for name in names):
            return contact
    return None


def _with_email(contact: Json) -> Json:
    emails = contact.get("email_addresses")
    return {**contact, "email": emails[0]["email"]} if emails else contact


def _delete_one_seen(account: Account, request: Request) -> None:
    """Somebody deletes a contact of an earlier page in Keap, so that the next page skips one."""
    seen = account.ids[: offset(request)]
    healthy = [number for number in map(str, seen) if _is_first_deliverable(account, number)]
    if healthy:
        chosen = account.world.random("mutation", account.world.requests).choice(healthy)
        delete(account, chosen, by="human")


def _is_first_deliverable(account: Account, number: str) -> bool:
    emails = account.contacts[number].get("email_addresses")
    return bool(emails and emails[0]["is_opt_in"])
