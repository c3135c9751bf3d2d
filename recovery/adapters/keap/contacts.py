"""Contacts: the keyset sweep, look-ups, the one change we make to them, and deletion."""

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from operator import lt
from typing import Any

from recovery.adapters.keap import operations as op
from recovery.adapters.keap.errors import PROVIDER
from recovery.adapters.keap.schemas import (
    CONTACT_FIELDS,
    Unreadable,
    contact_id_of,
    contact_of,
    contacts_of,
    iso,
)
from recovery.adapters.keap.statuses import PAGE, can_be_filtered, in_queries
from recovery.adapters.keap.wire import Body, Query, Wire, next_token, rows_of
from recovery.domain.contact import Contact, ContactId, EmailField
from recovery.errors import Call, ContractBroken
from recovery.services.ports import ContactPage

PAGE_SIZE = int(PAGE[1])
_FIELDS = ("fields", CONTACT_FIELDS)


class Corrected(Exception):
    """A person gave the contact another first address."""


class Contacts:
    """The contact part of `Crm`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        #: Whether a page said that another follows: then one that says nothing is the last.
        self._tells_of_more = False

    def contacts_after(self, last_id: str, *, changed_since: datetime | None = None) -> ContactPage:
        """The keyset page that follows `last_id` ("0" for the first)."""
        changed = f";start_update_time=={iso(changed_since)}" if changed_since else ""
        query = [
            _FIELDS,
            ("filter", f"contact_id>{last_id}{changed}"),
            ("order_by", "id asc"),
            PAGE,
        ]
        page = self._wire.call(op.LIST_CONTACTS, query=query)
        rows = rows_of(page, "contacts", op.LIST_CONTACTS)
        token = next_token(page)
        self._tells_of_more |= token is not None
        if token and not is_sorted(_ids(rows)):
            # No id of such a list says what follows: only its own tokens reach everybody.
            every = self._wire.pages(op.LIST_CONTACTS, key="contacts", query=query)
            return page_of(list(chain.from_iterable(every)), after=last_id, is_last=True)
        may_end = len(rows) < PAGE_SIZE or self._tells_of_more
        is_last = not rows or (may_end and token is None)
        return page_of(rows, after=last_id, is_last=is_last)

    def contacts_with_email(self, email: str) -> tuple[Contact, ...]:
        """All contacts that hold this address in any of their three fields."""
        wanted = email.strip().lower()
        value = _filter_value(wanted)
        if not value:
            return ()
        found = self._filtered(f"email=={value}")
        return tuple(c for c in found if any(a.email.lower() == wanted for a in c.emails))

    def contacts_by_id(self, ids: Sequence[ContactId]) -> tuple[Contact, ...]:
        """The named contacts; who is gone is left out."""
        found: dict[ContactId, Contact] = {}
        for batch in in_queries(list(dict.fromkeys(ids)), at_most=PAGE_SIZE):
            wanted = set(batch)
            answer = self._filtered(f"contact_ids=={','.join(batch)}")
            found |= {contact.id: contact for contact in answer if contact.id in wanted}
        return tuple(found.values())

    def set_primary_email(
        self, contact_id: ContactId, email: str, *, instead_of: str | None, reason: str | None
    ) -> Contact | None:
        """Makes `email` EMAIL1, keeps EMAIL2 and EMAIL3, and answers the contact read back; None,
        with nothing written, where somebody changed EMAIL1 meanwhile. HeldUp where the change
        would leave long after the look."""
        fields, mask = [("fields", "id,email_addresses")], [("update_mask", "email_addresses")]
        expected = {"", _plain(instead_of), _plain(email)}

        def afresh() -> tuple[Query, Body]:
            raw = self._wire.call(op.GET_CONTACT, contact_id, query=fields)
            shown = raw.get("email_addresses")
            if primary_in(shown) not in expected:
                raise Corrected
            return mask, {"email_addresses": with_primary(shown, email, reason=reason)}

        try:
            self._wire.change(op.PATCH_CONTACT, contact_id, afresh=afresh)
        except Corrected:
            return None
        return self._read(contact_id)

    def delete_contact(self, contact_id: ContactId, *, leave_by: float | None = None) -> None:
        """One DELETE; a contact that is gone already is a PermanentFailure with status 404."""
        self._wire.call(op.DELETE_CONTACT, contact_id, leave_by=leave_by)

    def _read(self, contact_id: ContactId) -> Contact:
        raw = self._wire.call(op.GET_CONTACT, contact_id, query=[_FIELDS])
        try:
            return contact_of(raw)
        except Unreadable:
            raise ContractBroken(Call(PROVIDER, op.GET_CONTACT.name)) from None

    def _filtered(self, condition: str) -> list[Contact]:
        query = [_FIELDS, ("filter", condition), ("order_by", "id asc"), PAGE]
        pages = self._wire.pages(op.LIST_CONTACTS, key="contacts", query=query)
        return [contact for rows in pages for contact in contacts_of(rows)[0]]


def page_of(rows: list[Any], *, after: str, is_last: bool) -> ContactPage:
    """A keyset page of these records, each once; ContractBroken when they lead no further.

    A record out of its place is kept, but does not say where the next page begins.
    """
    contacts, broken = contacts_of(rows)
    fresh = {contact.id: contact for contact in contacts if int(contact.id) > int(after)}
    if not fresh and (contacts or not is_last):
        raise _broken("Keap's list of contacts does not get further.")
    ids = [int(one) for one in fresh]
    if not (is_last or is_sorted(ids)):
        raise _broken("Keap's list of contacts is not in the order of ids.")
    last = str(max(ids) if is_last else in_order(ids)[-1]) if ids else None
    return ContactPage(tuple(fresh.values()), last, is_last=is_last, broken=broken)


def is_sorted(ids: Sequence[int]) -> bool:
    """Whether a page follows the order of ids, but for some records out of their place."""
    return 2 * len(in_order(ids)) >= len(ids)


def in_order(ids: Sequence[int]) -> list[int]:
    """The longest rising row of these: what is left out stands in a wrong place."""
    if all(map(lt, ids, ids[1:])):
        return list(ids)
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for one in ids:
        place = bisect_left(ends, one)
        before[one] = ends[place - 1] if place else None
        ends[place : place + 1] = [one]
    row: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        row.append(last)
        last = before[last]
    return row[::-1]


def _ids(rows: list[Any]) -> list[int]:
    """The ids of these records, each once, without those that are none."""
    found: dict[int, None] = {}
    for raw in rows:
        with suppress(Unreadable):
            found[int(contact_id_of(raw.get("id") if isinstance(raw, dict) else None))] = None
    return list(found)


def primary_in(addresses: Any) -> str:
    """EMAIL1 of the array as Keap answers it, in lower case; empty where there is none."""
    rows = [raw for raw in addresses or [] if isinstance(raw, dict)]
    first = (raw.get("email") for raw in rows if raw.get("field") == EmailField.EMAIL1.value)
    return _plain(str(next(first, None) or ""))


def _plain(email: str | None) -> str:
    return (email or "").strip().lower()


def with_primary(addresses: Any, email: str, *, reason: str | None) -> list[dict[str, str]]:
    """The whole array to send: Keap drops what a PATCH leaves out of it."""
    kept = [
        {"email": raw["email"], "field": raw["field"]}
        for raw in addresses or []
        if isinstance(raw, dict)
        and raw.get("field") in {EmailField.EMAIL2.value, EmailField.EMAIL3.value}
        and isinstance(raw.get("email"), str)
        and raw["email"].strip().lower() not in {"", email.strip().lower()}
    ]
    first = {"email": email, "field": EmailField.EMAIL1.value}
    return [{**first, "opt_in_reason": reason} if reason else first, *kept]


def _filter_value(email: str) -> str:
    if can_be_filtered(email):
        return email
    signs = [email.index(sign) for sign in ",;*" if sign in email]
    prefix = email[: min(signs)]
    return f"{prefix}*" if prefix else ""


def _broken(message: str) -> ContractBroken:
    return ContractBroken(Call(PROVIDER, op.LIST_CONTACTS.name), message)
