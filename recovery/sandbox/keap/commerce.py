"""Orders, subscriptions and opportunities: read before anybody is deleted."""

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.query import (
    Clause,
    Test,
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


def _whose(row: Json, _: str, value: str) -> bool:
    return bool(value in (row.get("contact_id"), row.get("contact", {}).get("id")))


def _status(row: Json, _: str, value: str) -> bool:
    return bool(row["active"]) == (value.casefold() == "active")


IDS: dict[str, Test] = {"id": number("id"), "ids": one_of("id"), "contact_id": _whose}
ORDER_TESTS: dict[str, Test] = {
    **IDS, "title": text("title"), "order_type": text("order_type"),
    "paid": lambda row, op, value: flag("paid")({"paid": row["status"] == "PAID"}, op, value),
    "created_since_time": since("creation_time"), "created_until_time": until("creation_time"),
    "modified_since_time": since("modification_time"),
    "modified_until_time": until("modification_time"),
}  # fmt: skip
SUBSCRIPTION_TESTS: dict[str, Test] = {
    **IDS, "status": _status, "billing_amount": number("billing_amount"),
    "subscription_plan_id": text("subscription_plan_id"),
    "subscription_plan_ids": one_of("subscription_plan_id"),
}  # fmt: skip
OPPORTUNITY_TESTS: dict[str, Test] = {
    **IDS, "opportunity_id": number("id"), "opportunity_title": text("opportunity_title"),
    "stage_id": lambda row, _, value: bool(row["stage"]["id"] == value),
}  # fmt: skip
ORDERS = {name: name for name in ("id", "order_time", "modification_time")}
SUBSCRIPTION_ORDERS = {
    name: name for name in ("id", "contact_id", "subscription_plan_id", "modification_time")
}
OPPORTUNITY_ORDERS = {
    "id": "id", "next_action_time": "next_action_time", "contact_name": "id",
    "opportunity_title": "opportunity_title", "created_time": "created_time",
    "update_time": "last_updated_time",
}  # fmt: skip


def sold(number: str, contact: Json, *, product: str, at: str) -> Json:
    """An order of one product from the firm's shop, paid."""
    return {
        "id": number,
        "title": f"Online Order #{number}",
        "status": "PAID",
        "order_type": "ONLINE",
        "source_type": "CHECKOUT_FORM",
        "contact": {"id": contact["id"]},
        "creation_time": at,
        "modification_time": at,
        "order_time": at,
        "order_items": [
            {"id": f"{number}1", "item_type": "SHIPPING", "name": "Shipping"},
            {"id": f"{number}2", "item_type": "PRODUCT", "product": {"id": "9", "name": product}},
        ],
    }


async def list_orders(account: Account, request: Request) -> Response:
    """Orders, also paid ones."""
    rows = _rows(account, request, "orders", ORDER_TESTS)
    return page(ordered(rows, request, ORDERS, "id"), request, name="orders")


async def list_subscriptions(account: Account, request: Request) -> Response:
    """Subscriptions, also ended ones."""
    rows = _rows(account, request, "subscriptions", SUBSCRIPTION_TESTS)
    return page(ordered(rows, request, SUBSCRIPTION_ORDERS, "id"), request, name="subscriptions")


async def list_opportunities(account: Account, request: Request) -> Response:
    """Opportunities in any stage."""
    rows = _rows(account, request, "opportunities", OPPORTUNITY_TESTS)
    return page(ordered(rows, request, OPPORTUNITY_ORDERS, "id"), request, name="opportunities")


def _rows(account: Account, request: Request, kind: str, tests: dict[str, Test]) -> list[Json]:
    wanted: list[Clause] = clauses(request)
    rows = list(account.records[kind].values())
    for clause in wanted:
        if clause.field == "contact_id":
            rows = account.records_of(kind, clause.value)
    return matching(rows, wanted, tests)
