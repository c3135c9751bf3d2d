"""The workbook's columns: the names Keap's own screens use, each with what it shows of a row.

A row is read once, by `shown`; columns only name what they take of it. An archive has some
seventy columns, of which a contact fills twenty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.domain.archive import tag_names

ArchivedRow = Mapping[str, Any]
#: Where a text of a row comes from: a list of the contact, its member's place, and the key there;
#: or a list and an id; or one name alone.
Key = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading over the texts that `shown` has under `key`."""

    heading: str
    key: Key


def columns_for(model: Mapping[str, Any], *, language: str) -> list[Column]:
    """All columns of an account with these custom fields; our own are named in es, pt or en."""
    own = {
        key: Column(heading, f"our {key}")
        for key, heading in zip(_OWN, _HEADINGS[language], strict=True)
    }
    return [
        Column("Id", "our id"),
        *(Column(heading, key) for heading, key in _NAMES.items()),
        Column("Company", "company"),
        *(_email(n) for n in (1, 2, 3)),
        own["status"],
        own["since"],
        *(column for n in range(1, 6) for column in _phone("Phone", "phone_numbers", n)),
        *(column for n in (1, 2) for column in _phone("Fax", "fax_numbers", n)[:2]),
        *(column for kind in ("Billing", "Shipping", "Other") for column in _address(kind)),
        *(Column(heading, key) for heading, key in _DATES.items()),
        own["tags"],
        own["notes"],
        own["tasks"],
        *(_custom(field) for field in _list(model, "custom_fields") if field.get("id")),
        own["why"],
        own["read_at"],
    ]


def shown(row: ArchivedRow) -> dict[Key, str]:
    """The texts of a row by the keys of columns; what is empty is left out."""
    record = row.get("record")
    record = record if isinstance(record, dict) else {}
    contact = record.get("contact")
    contact = contact if isinstance(contact, dict) else {}
    found: dict[Key, str] = {
        "our id": str(row.get("contact_id") or ""),
        "our status": str(row.get("status") or ""),
        "our since": str(row.get("status_since") or ""),
        "our why": str(row.get("why") or ""),
        "our read_at": str(row.get("read_at") or ""),
        "our tags": "\n".join(tag_names(record)),
        "our notes": "\n\n".join(map(_note, _list(record, "notes"))),
        "our tasks": "\n\n".join(map(_task, _list(record, "tasks"))),
        "company": _inner(contact.get("company"), "company_name"),
    }
    found.update((key, _text(contact.get(key))) for key in _FIELDS)
    for place, value in _members(contact):
        # Of two in one place Keap's screens show the first.
        found.setdefault(place, _text(value))
    return {key: text for key, text in found.items() if text}


def _members(contact: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for part, keys in _PLACED.items():
        for item in _list(contact, part):
            field = str(item.get("field"))
            for key in keys:
                yield (part, field, key), item.get(key)
    for value in _list(contact, "custom_fields"):
        yield ("custom_fields", str(value.get("id"))), value.get("content")


_OWN = ("status", "since", "tags", "notes", "tasks", "why", "read_at")
_HEADINGS = {
    "es": ("Estado", "Desde", "Etiquetas", "Notas", "Tareas", "Por qué no se recuperó", "Leído"),
    "pt": (
        "Status",
        "Desde",
        "Etiquetas",
        "Notas",
        "Tarefas",
        "Por que não foi recuperado",
        "Lido em",
    ),
    "en": ("Status", "Since", "Tags", "Notes", "Tasks", "Why unrecovered", "Read at"),
}
_NAMES = {
    "Title": "prefix",
    "First Name": "given_name",
    "Middle Name": "middle_name",
    "Last Name": "family_name",
    "Suffix": "suffix",
    "Nickname": "preferred_name",
    "Job Title": "job_title",
    "Person Type": "contact_type",
    "Person Notes": "notes",
}
_DATES = {
    "Spouse Name": "spouse_name",
    "Birthday": "birth_date",
    "Anniversary": "anniversary_date",
    "Time Zone": "time_zone",
    "Website": "website",
    "Lead Source Id": "leadsource_id",
    "Owner Id": "owner_id",
    "Date Created": "create_time",
    "Last Updated": "update_time",
}
_FIELDS = (*_NAMES.values(), *_DATES.values())
_NUMBER = {"": "number", " Type": "type", " Ext": "extension"}
_PARTS = {
    "Street 1": "line1",
    "Street 2": "line2",
    "City": "locality",
    "State": "region_code",
    "Postal Code": "postal_code",
    "Zip Four": "zip_four",
    "Country": "country_code",
}
#: Lists whose members say in `field` which place they have, with what is shown of them.
_PLACED = {
    "email_addresses": ("email",),
    "phone_numbers": tuple(_NUMBER.values()),
    "fax_numbers": tuple(_NUMBER.values()),
    "addresses": tuple(_PARTS.values()),
}


def _email(number: int) -> Column:
    heading = "Email" if number == 1 else f"Email {number}"
    return Column(heading, ("email_addresses", f"EMAIL{number}", "email"))


def _phone(kind: str, part: str, number: int) -> list[Column]:
    field = f"{kind.upper()}{number}"
    return [Column(f"{kind} {number}{end}", (part, field, key)) for end, key in _NUMBER.items()]


def _address(kind: str) -> list[Column]:
    return [
        Column(f"{kind} Address {end}", ("addresses", kind.upper(), key))
        for end, key in _PARTS.items()
    ]


def _custom(field: Mapping[str, Any]) -> Column:
    field_id = str(field["id"])
    heading = str(field.get("label") or field.get("field_name") or field_id)
    return Column(heading, ("custom_fields", field_id))


def _note(note: Mapping[str, Any]) -> str:
    head = " · ".join(filter(None, (_text(note.get("create_time")), _text(note.get("title")))))
    return "\n".join(filter(None, (head, _text(note.get("text")))))


def _task(task: Mapping[str, Any]) -> str:
    done = "✓" if task.get("completed") else ""
    head = " · ".join(filter(None, (_text(task.get("due_time")), _text(task.get("title")), done)))
    return "\n".join(filter(None, (head, _text(task.get("description")))))


def _list(holder: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = holder.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _inner(value: Any, key: str) -> str:
    return _text(value.get(key)) if isinstance(value, dict) else _text(value)


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_text, value)))
    return str(value)
