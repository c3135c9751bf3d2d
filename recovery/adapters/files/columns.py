"""The workbook's columns: the names Keap's own screens use, each with what it shows of a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.domain.archive import tag_names

ArchivedRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading with the text it shows of an archived row; empty where there is none."""

    heading: str
    text: Callable[[ArchivedRow], str]


def columns_for(model: Mapping[str, Any], *, language: str) -> list[Column]:
    """All columns of an account with these custom fields; our own are named in es, pt or en."""
    own = dict(zip(_OWN, _HEADINGS[language], strict=True))
    return [
        Column("Id", lambda row: str(row.get("contact_id") or "")),
        *(_field(heading, key) for heading, key in _NAMES.items()),
        Column("Company", lambda row: _inner(_contact(row).get("company"), "company_name")),
        *(_email(n) for n in (1, 2, 3)),
        Column(own["status"], lambda row: str(row.get("status") or "")),
        Column(own["since"], lambda row: str(row.get("status_since") or "")),
        *(column for n in range(1, 6) for column in _phone("Phone", "phone_numbers", n)),
        *(column for n in (1, 2) for column in _phone("Fax", "fax_numbers", n)[:2]),
        *(column for kind in ("Billing", "Shipping", "Other") for column in _address(kind)),
        *(_field(heading, key) for heading, key in _DATES.items()),
        Column(own["tags"], lambda row: "\n".join(tag_names(_record(row)))),
        Column(own["notes"], lambda row: "\n\n".join(map(_note, _list(_record(row), "notes")))),
        Column(own["tasks"], lambda row: "\n\n".join(map(_task, _list(_record(row), "tasks")))),
        *_custom(model),
        Column(own["why"], lambda row: str(row.get("why") or "")),
        Column(own["read_at"], lambda row: str(row.get("read_at") or "")),
    ]


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
_PARTS = {
    "Street 1": "line1",
    "Street 2": "line2",
    "City": "locality",
    "State": "region_code",
    "Postal Code": "postal_code",
    "Zip Four": "zip_four",
    "Country": "country_code",
}


def _field(heading: str, key: str) -> Column:
    return Column(heading, lambda row: _text(_contact(row).get(key)))


def _email(number: int) -> Column:
    heading = "Email" if number == 1 else f"Email {number}"
    return _of_field(heading, "email_addresses", f"EMAIL{number}", "email")


def _phone(kind: str, part: str, number: int) -> list[Column]:
    field = f"{kind.upper()}{number}"
    keys = {"": "number", " Type": "type", " Ext": "extension"}
    return [_of_field(f"{kind} {number}{end}", part, field, key) for end, key in keys.items()]


def _address(kind: str) -> list[Column]:
    field = kind.upper()
    return [
        _of_field(f"{kind} Address {end}", "addresses", field, key) for end, key in _PARTS.items()
    ]


def _of_field(heading: str, part: str, field: str, key: str) -> Column:
    def text(row: ArchivedRow) -> str:
        found = (item for item in _list(_contact(row), part) if item.get("field") == field)
        return _text(next(found, {}).get(key))

    return Column(heading, text)


def _custom(model: Mapping[str, Any]) -> list[Column]:
    return [_custom_column(field) for field in _list(model, "custom_fields") if field.get("id")]


def _custom_column(field: Mapping[str, Any]) -> Column:
    field_id = str(field["id"])

    def text(row: ArchivedRow) -> str:
        values = _list(_contact(row), "custom_fields")
        found = (value for value in values if str(value.get("id")) == field_id)
        return _text(next(found, {}).get("content"))

    return Column(str(field.get("label") or field.get("field_name") or field_id), text)


def _note(note: Mapping[str, Any]) -> str:
    head = " · ".join(filter(None, (_text(note.get("create_time")), _text(note.get("title")))))
    return "\n".join(filter(None, (head, _text(note.get("text")))))


def _task(task: Mapping[str, Any]) -> str:
    done = "✓" if task.get("completed") else ""
    head = " · ".join(filter(None, (_text(task.get("due_time")), _text(task.get("title")), done)))
    return "\n".join(filter(None, (head, _text(task.get("description")))))


def _record(row: ArchivedRow) -> Mapping[str, Any]:
    record = row.get("record")
    return record if isinstance(record, Mapping) else {}


def _contact(row: ArchivedRow) -> Mapping[str, Any]:
    contact = _record(row).get("contact")
    return contact if isinstance(contact, Mapping) else {}


def _list(holder: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = holder.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _inner(value: Any, key: str) -> str:
    return _text(value.get(key)) if isinstance(value, Mapping) else _text(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_text, value)))
    return str(value)
