"""All that Keap knows of one contact, raw, for the archive."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.errors import PROVIDER, Gone
from recovery.adapters.keap.operations import Operation
from recovery.adapters.keap.schemas import ALL_CONTACT_FIELDS, moment_of
from recovery.adapters.keap.statuses import PAGE, Statuses
from recovery.adapters.keap.wire import Wire
from recovery.domain.contact import ContactId
from recovery.errors import Call, ContractBroken, Unsupported
from recovery.services.ports import Order, Purchase

UNSUPPORTED = {"unsupported": True}
#: Part of the record → the operation that lists it by `filter=contact_id==…`.
_LISTED = {
    "tasks": op.LIST_TASKS,
    "orders": op.LIST_ORDERS,
    "subscriptions": op.LIST_SUBSCRIPTIONS,
    "opportunities": op.LIST_OPPORTUNITIES,
}


class Records(Statuses):
    """The archive's part of `Crm`."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)

    def full_record(self, contact_id: ContactId) -> dict[str, Any] | None:
        """All Keap knows of a contact; a part this Keap lacks is `{"unsupported": true}`."""
        try:
            contact = self._whole(contact_id)
            record = {
                "contact": contact,
                "tags": self._below(op.CONTACT_TAGS, contact_id, key="tags"),
                "notes": self._below(op.CONTACT_NOTES, contact_id, key="notes"),
            }
        except Gone:
            return None
        for key, operation in _LISTED.items():
            record[key] = self._listed_for(operation, contact_id, key=key)
        record["statuses"] = list(self.raw_statuses(_addresses_of(contact)).values())
        return record

    def orders_of(self, contact_id: ContactId) -> tuple[Order, ...]:
        """What a contact ordered; nothing where this Keap lists no orders."""
        found = self._listed_for(op.LIST_ORDERS, contact_id, key="orders")
        return () if found == UNSUPPORTED else tuple(_order(raw) for raw in found)

    def purchases_since(self, since: datetime) -> Iterator[tuple[Purchase, ...]]:
        """Orders made or changed since then, by pages; nothing where this Keap lists none."""
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = [("filter", f"modified_since_time=={moment}"), ("order_by", "id asc"), PAGE]
        try:
            for rows in self._wire.pages(op.LIST_ORDERS, key="orders", query=query):
                yield tuple(one for raw in rows if (one := _purchase(raw)))
        except Unsupported:
            return

    def model(self) -> dict[str, Any]:
        """The account's custom fields as Keap describes them; a Keap that describes none is
        `{"unsupported": true}`, as a part of a record is."""
        try:
            return self._wire.call(op.CONTACT_MODEL)  # type: ignore[no-any-return]
        except Unsupported:
            return UNSUPPORTED

    def _whole(self, contact_id: ContactId) -> dict[str, Any]:
        query = [("fields", ALL_CONTACT_FIELDS)]
        contact: dict[str, Any] = self._wire.call(op.GET_CONTACT, contact_id, query=query)
        if str(contact.get("id")) != contact_id:
            call = Call(PROVIDER, op.GET_CONTACT.name)
            raise ContractBroken(call, "Keap answered with another contact than was asked for.")
        return contact

    def _below(self, operation: Operation, contact_id: ContactId, *, key: str) -> Any:
        query = [("fields", "custom_fields"), PAGE] if key == "notes" else [PAGE]
        try:
            pages = self._wire.pages(operation, contact_id, key=key, query=query)
            return [raw for rows in pages for raw in rows]
        except Unsupported:
            return UNSUPPORTED
        except Gone:
            # A 404 here means one of two things; only the contact itself can tell which.
            self._whole(contact_id)
            self._wire.mark_unsupported(operation)
            return UNSUPPORTED

    def _listed_for(self, operation: Operation, contact_id: ContactId, *, key: str) -> Any:
        query = [("filter", f"contact_id=={contact_id}"), PAGE]
        if key == "tasks":
            query.append(("fields", "custom_fields"))
        try:
            pages = self._wire.pages(operation, key=key, query=query)
            return [raw for rows in pages for raw in rows if _belongs(raw, contact_id)]
        except (Unsupported, Gone):
            return UNSUPPORTED


def _order(raw: dict[str, Any]) -> Order:
    total = raw.get("total")
    amount = total.get("formatted_amount") if isinstance(total, dict) else None
    at = moment_of(raw.get("order_time")) or moment_of(raw.get("creation_time"))
    return Order(at, str(amount or ""))


#: Lines of an order that are something bought, and no tax, postage or discount.
_BOUGHT = frozenset({"PRODUCT", "SERVICE", "PROGRAM", "SUBSCRIPTION", "UPSELL"})


def _purchase(raw: Any) -> Purchase | None:
    """None of what names no contact, no day, or nothing that was bought."""
    if not isinstance(raw, dict):
        return None
    contact = raw.get("contact")
    contact_id = contact.get("id") if isinstance(contact, dict) else raw.get("contact_id")
    at = moment_of(raw.get("order_time")) or moment_of(raw.get("creation_time"))
    title = next((name for item in rows_in(raw, "order_items") if (name := _item(item))), "")
    title = title or str(raw.get("title") or "").strip()
    return Purchase(str(contact_id), title, at) if contact_id and at and title else None


def _item(item: dict[str, Any]) -> str:
    product = item.get("product")
    name = product.get("name") if isinstance(product, dict) else None
    return str(name or item.get("name") or "").strip() if item.get("item_type") in _BOUGHT else ""


def rows_in(raw: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list that may be missing."""
    found = raw.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _belongs(raw: Any, contact_id: ContactId) -> bool:
    """Unless it names another contact: not every server heeds a filter."""
    if not isinstance(raw, dict):
        return False
    owner = raw.get("contact_id")
    if owner is None and isinstance(raw.get("contact"), dict):
        owner = raw["contact"].get("id")
    return owner is None or str(owner) == contact_id


def _addresses_of(contact: dict[str, Any]) -> list[str]:
    found = contact.get("email_addresses") or []
    return [
        raw["email"]
        for raw in found
        if isinstance(raw, dict) and isinstance(raw.get("email"), str) and raw["email"]
    ]
