"""Writing contacts: what a request may set, how long it may be, and what a change replaces."""

from typing import Any

from recovery.sandbox.keap import emails
from recovery.sandbox.keap.account import Account, Json, owner_of
from recovery.sandbox.keap.query import KeapError

#: Longest text of each field; more is refused.
LENGTHS = {
    "given_name": 40, "family_name": 40, "middle_name": 100, "preferred_name": 100,
    "website": 100, "spouse_name": 100, "job_title": 255, "assistant_name": 20,
    "assistant_phone": 15,
}  # fmt: skip
#: All that a contact may be asked for, and what no request can set.
FIELDS = frozenset((
    "addresses", "anniversary_date", "birth_date", "company", "contact_type", "create_time",
    "custom_fields", "email_addresses", "family_name", "fax_numbers", "given_name", "id",
    "job_title", "leadsource_id", "links", "middle_name", "notes", "origin", "owner_id",
    "phone_numbers", "preferred_locale", "preferred_name", "prefix", "referral_code",
    "score_value", "social_accounts", "source_type", "spouse_name", "suffix", "tag_ids",
    "time_zone", "update_time", "utm_parameters", "website", "account_id", "assistant_name",
    "assistant_phone", "billing_information", "created_by", "groups", "last_updated_by",
))  # fmt: skip
READ_ONLY = frozenset((
    "create_time", "id", "links", "notes", "score_value", "tag_ids", "update_time", "account_id",
    "created_by", "groups", "last_updated_by",
))  # fmt: skip
SETTABLE = FIELDS - READ_ONLY
ARRAYS = frozenset(
    ("addresses", "custom_fields", "email_addresses", "fax_numbers", "phone_numbers",
     "social_accounts", "utm_parameters")
)  # fmt: skip


def check(account: Account, body: Json) -> None:
    """Raises KeapError for what Keap would refuse."""
    for name, longest in LENGTHS.items():
        if len(str(body.get(name) or "")) > longest:
            raise KeapError(400, f"{name} must not be longer than {longest}")
    for name in ARRAYS & body.keys():
        if not isinstance(body[name] or [], list):
            raise KeapError(400, f"{name} must be an array")
    for email in body.get("email_addresses") or ():
        _check_email(email)
    for phone in body.get("phone_numbers") or ():
        _check_phone(phone)
    for home in body.get("addresses") or ():
        if (home.get("region") or home.get("region_code")) and not home.get("country_code"):
            raise KeapError(400, "country_code is required when a region is given")
    known = {model["id"] for model in account.custom_fields}
    for custom in body.get("custom_fields") or ():
        if custom.get("id") not in known:
            raise KeapError(400, f"Unknown custom field: {custom.get('id')}")


def create(account: Account, body: Json) -> Json:
    """A new contact of the fields given."""
    now = account.now()
    contact: Json = {"id": account.next_id(), "create_time": now, "update_time": now}
    contact |= {"source_type": "API", "tag_ids": [], "email_addresses": [], "phone_numbers": []}
    fields = sorted(SETTABLE & body.keys())
    for name in fields:
        _set(account, contact, name, body[name])
    account.add(contact)
    account.world.ledger.append("keap.contact_created", id=contact["id"], by="api", contact=contact)
    account.world.contact_changed(contact["id"])
    return contact


def change(
    account: Account, contact: Json, body: Json, *, fields: list[str], by: str = "api"
) -> None:
    """Sets the fields named; one that is named and not given is emptied."""
    named = [name for name in fields if name in SETTABLE]
    before = {name: contact.get(name) for name in named}
    if "email_addresses" in named:
        account.release_addresses(contact)
    for name in named:
        _set(account, contact, name, body.get(name))
    if "email_addresses" in named:
        account.hold_addresses(contact)
    account.touch(contact)
    account.world.ledger.append(
        "keap.contact_changed",
        id=contact["id"],
        by=by,
        before=before,
        after={name: contact.get(name) for name in named},
    )


def merge(account: Account, kept: Json, gone: Json) -> None:
    """Fills what is empty from the duplicate, moves its records and tags, and deletes it."""
    account.release_addresses(kept)
    for name in sorted(SETTABLE & gone.keys()):
        if not kept.get(name):
            kept[name] = gone[name]
    account.hold_addresses(kept)
    for kind, number in sorted(account.hanging.pop(gone["id"], set())):
        _give(account, kind, account.records[kind][number], kept["id"])
    tags = account.applied.pop(gone["id"], {})
    account.applied[kept["id"]] = tags | account.applied[kept["id"]]
    kept["tag_ids"] = list(account.applied[kept["id"]])
    account.remove(gone["id"])
    account.touch(kept)
    account.world.ledger.append(
        "keap.contact_merged", id=kept["id"], gone=gone["id"], by="api", contact=gone
    )
    account.world.contact_changed(gone["id"])


def _give(account: Account, kind: str, row: Json, contact_id: str) -> None:
    if owner_of(row) == row.get("contact_id"):
        row["contact_id"] = contact_id
    else:
        row["contact"] = {**row["contact"], "id": contact_id}
    account.store(kind, row)


def _set(account: Account, contact: Json, name: str, value: Any) -> None:
    match name:
        case "email_addresses":
            contact[name] = [_email(account, email, n) for n, email in enumerate(value or [], 1)]
        case "phone_numbers":
            contact[name] = [_phone(phone, n) for n, phone in enumerate(value or [], 1)]
        case "addresses":
            contact[name] = [{"field": "BILLING", **home} for home in value or []]
        case _ if name in ARRAYS:
            contact[name] = list(value or [])
        case _ if value is None or value == "":
            contact.pop(name, None)
        case _:
            contact[name] = value


def _email(account: Account, given: Json, place: int) -> Json:
    email, reason = given["email"], given.get("opt_in_reason")
    emails.learn(account, email, reason=reason)
    answer = {"email": email, "field": given.get("field") or f"EMAIL{place}"}
    return {**answer, "opt_in_reason": reason} if reason else answer


def _phone(given: Json, place: int) -> Json:
    settable = ("number", "extension", "type")
    answer = {name: given[name] for name in settable if given.get(name)}
    answer["field"] = given.get("field") or f"PHONE{place}"
    digits = "".join(letter for letter in str(given.get("number")) if letter.isdigit())
    if str(given.get("number")).startswith("+") and len(digits) >= 8:
        answer["number_e164"] = f"+{digits}"
    return answer


def _check_email(email: Json) -> None:
    local, at, domain = str(email.get("email") or "").rpartition("@")
    longest = 75 if email.get("field", "EMAIL1") == "EMAIL1" else 100
    if not (local and at and "." in domain) or " " in local + domain:
        raise KeapError(400, "Invalid email address", domain="email")
    if len(local) + len(domain) + 1 > longest:
        raise KeapError(400, f"email must not be longer than {longest}", domain="email")


def _check_phone(phone: Json) -> None:
    longest = 20 if phone.get("field") in {"PHONE4", "PHONE5"} else 40
    if len(str(phone.get("number") or "")) > longest:
        raise KeapError(400, f"number must not be longer than {longest}")
