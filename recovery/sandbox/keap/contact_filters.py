"""What contacts can be searched by: the listed fields, and any custom field by its name."""

from recovery.sandbox.keap.account import Account, Json
from recovery.sandbox.keap.query import Clause, Test, number, since, text, until

PARTS = {
    "line1": "line1", "locality": "locality", "region": "region", "postal_code": "postal_code",
    "country_code": "country_code",
}  # fmt: skip


def tests_of(account: Account, wanted: list[Clause]) -> dict[str, Test]:
    """The tests of all fields; `wanted` tells which phone fields a number is searched in."""
    fields = next((set(c.values) for c in wanted if c.field == "phone_fields"), set())
    tests: dict[str, Test] = {
        **{model["field_name"]: _custom(model["id"]) for model in account.custom_fields},
        **{name: text(name) for name in ("given_name", "family_name", "middle_name", "website")},
        "email": _email,
        "company_id": _company,
        "contact_id": number("id"),
        "contact_ids": _among,
        "ids": _among,
        "start_update_time": since("update_time"),
        "end_update_time": until("update_time"),
        "phone_number": lambda row, _, value: _phone(row, value, fields),
        "phone_fields": lambda *_: True,
        "lead_source_name": text("leadsource_name"),
        "city": _address("BILLING", "locality"),
        "state": _address("BILLING", "region_code"),
    }
    for kind in ("BILLING", "SHIPPING", "OTHER"):
        for name, part in PARTS.items():
            tests[f"{kind.lower()}_address_{name}"] = _address(kind, part)
    return tests


def _matches(have: object, value: str) -> bool:
    found, wanted = str(have or "").casefold(), value.casefold()
    return found.startswith(wanted[:-1]) if wanted.endswith("*") else found == wanted


def _email(row: Json, _: str, value: str) -> bool:
    return any(_matches(email["email"], value) for email in row.get("email_addresses", ()))


def _company(row: Json, _: str, value: str) -> bool:
    return bool(row.get("company", {}).get("id") == value)


def _among(row: Json, _: str, value: str) -> bool:
    return row["id"] in {part.strip() for part in value.split(",")}


def _phone(row: Json, value: str, fields: set[str]) -> bool:
    """As stored, with its punctuation: Keap compares text, not numbers."""
    phones = row.get("phone_numbers", ())
    return any(phone["field"] in fields and _matches(phone["number"], value) for phone in phones)


def _address(kind: str, part: str) -> Test:
    def test(row: Json, _: str, value: str) -> bool:
        homes = [home for home in row.get("addresses", ()) if home["field"] == kind]
        return any(_matches(home.get(part), value) for home in homes)

    return test


def _custom(field_id: str) -> Test:
    def test(row: Json, _: str, value: str) -> bool:
        fields = row.get("custom_fields", ())
        return any(f["id"] == field_id and _matches(f["content"], value) for f in fields)

    return test
