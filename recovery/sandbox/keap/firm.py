"""The firm behind the account: its users, its fields, its settings."""

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
    text,
)

USER_TESTS = {
    "given_name": text("given_name"), "user_ids": one_of("id"),
    "include_inactive": lambda *_: True, "include_partners": lambda *_: True,
    "email": lambda row, _, value: row["email_addresses"][0]["email"] == value,
}  # fmt: skip
USER_ORDERS = {"create_time": "create_time", "email": "keap_id", "name": "family_name"}


async def list_users(account: Account, request: Request) -> Response:
    """Users; those who left only when asked for."""
    wanted = clauses(request)
    with_inactive = any(c.field == "include_inactive" and c.value == "true" for c in wanted)
    users = [u for u in account.users.values() if with_inactive or u["status"] == "ACTIVE"]
    found = ordered(matching(users, wanted, USER_TESTS), request, USER_ORDERS, "name")
    return page(found, request, name="users", ceiling=100)


async def get_user(account: Account, request: Request) -> Response:
    """One user."""
    user = account.users.get(request.path_params["user_id"])
    if user is None:
        raise KeapError(404, "User not found", domain="user")
    return answer(user)


async def userinfo(account: Account, request: Request) -> Response:
    """Whose key this is."""
    user = account.users[request.scope["keap_user"]]
    return answer({
        "id": user["id"],
        "sub": user["global_user_id"],
        "keap_id": user["keap_id"],
        "email": user["email_addresses"][0]["email"],
        "given_name": user["given_name"],
        "family_name": user["family_name"],
        "is_admin": user["admin"],
        "tenant_id": "sandbox",
    })  # fmt: skip


async def contact_model(account: Account, _: Request) -> Response:
    """The custom fields: contacts carry their ids only."""
    optional = ["custom_fields", "tag_ids"]
    return answer({"custom_fields": account.custom_fields, "optional_properties": optional})


async def task_model(_: Account, __: Request) -> Response:
    """Tasks and notes have no custom fields here."""
    return answer({"custom_fields": [], "optional_properties": ["custom_fields"]})


async def create_custom_field(account: Account, request: Request) -> Response:
    """A new custom field of contacts, 201."""
    body = await body_of(request)
    if not body.get("label") or not body.get("field_type"):
        raise KeapError(400, "label and field_type are required", domain="custom_field")
    number = account.next_id()
    name = "".join(letter for letter in body["label"].title() if letter.isalnum())
    options = [
        {"id": f"{number}{n}", "label": option.get("label", "")}
        for n, option in enumerate(body.get("options") or [])
    ]
    model: Json = {
        "id": number,
        "label": body["label"],
        "field_type": body["field_type"],
        "field_name": f"{name}0",
        "record_type": "CONTACT",
        "group_id": body.get("group_id") or "1",
        "group_name": "Custom Fields",
        "options": options,
    }
    account.custom_fields.append(model)
    account.world.ledger.append("keap.custom_field_created", id=number, label=body["label"])
    return answer(model, 201)


async def business_profile(_: Account, __: Request) -> Response:
    """Who the firm is."""
    return answer({
        "name": "Sandbox S.A.",
        "email": "hola@firm.example",
        "website": "https://firm.example",
        "phone": "+13105550100",
        "address": {"line1": "1 Test Way", "locality": "Phoenix", "country_code": "USA"},
        "time_zone": "America/Mexico_City",
        "currency_code": "USD",
        "language_tag": "es-MX",
    })  # fmt: skip


async def configuration(_: Account, __: Request) -> Response:
    """The little of the settings that anybody reads."""
    company = {"name": "Sandbox S.A.", "country": "United States", "email": "hola@firm.example"}
    application = {"company": company, "time_zone": "America/Mexico_City"}
    return answer({"application": application, "contact": {"phone_types": "Mobile,Work,Home"}})


async def is_enabled(_: Account, __: Request) -> Response:
    """The application is on."""
    return answer({"isEnabled": True})
