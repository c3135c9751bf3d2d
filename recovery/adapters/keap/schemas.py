"""Keap's records read into ours: what is odd is made plain, what is unreadable is counted.

`contact_of` runs a million times a pull: it asks for the usual type first and leaves the rest
to the slower functions below.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from recovery.domain.contact import Contact, ContactId, EmailAddress, EmailField, PhoneText
from recovery.domain.email_status import parse_email_status
from recovery.services.ports import CrmUser, StatusRow

#: What `contact_of` reads, and all a list asks Keap for.
CONTACT_FIELDS = (
    "id,given_name,family_name,email_addresses,phone_numbers,addresses,preferred_locale,time_zone,"
    "owner_id,tag_ids,score_value,company,custom_fields,create_time,update_time"
)
#: All that Keap documents of a contact, for the archive.
ALL_CONTACT_FIELDS = (
    "addresses,anniversary_date,birth_date,company,contact_type,create_time,custom_fields,"
    "email_addresses,family_name,fax_numbers,given_name,id,job_title,leadsource_id,links,"
    "middle_name,notes,origin,owner_id,phone_numbers,preferred_locale,preferred_name,prefix,"
    "referral_code,score_value,social_accounts,source_type,spouse_name,suffix,tag_ids,time_zone,"
    "update_time,utm_parameters,website,account_id,assistant_name,assistant_phone,"
    "billing_information,created_by,groups,last_updated_by"
)
#: A positive number of 64 bits, as Keap writes it.
_CONTACT_ID = re.compile(r"[1-9][0-9]{0,17}")
_FIELDS = {field.value: field for field in EmailField}
_ADDRESS_ORDER = {"BILLING": 0, "SHIPPING": 1, "OTHER": 2}


class Unreadable(ValueError):
    """A record that no contact, row or user can be read from."""


def contacts_of(rows: Sequence[Any]) -> tuple[list[Contact], int]:
    """The readable contacts, and how many were not."""
    contacts = []
    broken = 0
    for raw in rows:
        try:
            contacts.append(contact_of(raw))
        except Unreadable:
            broken += 1
    return contacts, broken


def contact_of(raw: Any) -> Contact:
    """A contact of Keap's; Unreadable without an id, or when its addresses are no list."""
    if not isinstance(raw, dict):
        raise Unreadable("not an object")
    get = raw.get
    address = _address(get("addresses"))
    company = get("company")
    return Contact(
        id=contact_id_of(get("id")),
        given_name=_text(get("given_name")),
        family_name=_text(get("family_name")),
        emails=_emails(get("email_addresses")),
        phones=_phones(get("phone_numbers")),
        country=_or_none(address.get("country_code")) or _or_none(address.get("country")),
        region_code=_or_none(address.get("region_code")) or _or_none(address.get("region")),
        locality=_or_none(address.get("locality")),
        locale=_or_none(get("preferred_locale")),
        time_zone=_or_none(get("time_zone")),
        owner_id=_or_none(get("owner_id")),
        tag_ids=_ids(get("tag_ids")),
        score=_number(get("score_value")),
        company=_text(company.get("company_name")) if isinstance(company, dict) else "",
        custom_fields=_custom_fields(get("custom_fields")),
        created_at=moment_of(get("create_time")),
        updated_at=moment_of(get("update_time")),
    )


def status_row_of(raw: Any) -> StatusRow:
    """A row of the status list; Unreadable without an address."""
    email = _text(raw.get("email")).strip() if isinstance(raw, dict) else ""
    if not email:
        raise Unreadable("no address")
    return StatusRow(
        email,
        parse_email_status(raw.get("status")),
        _text(raw.get("status")),
        moment_of(raw.get("last_sent_time")),
        moment_of(raw.get("last_open_time")),
        moment_of(raw.get("last_click_time")),
    )


def status_rows_of(rows: Sequence[Any]) -> tuple[StatusRow, ...]:
    """The readable rows: an address nobody can read is nobody's."""
    found = []
    for raw in rows:
        try:
            found.append(status_row_of(raw))
        except Unreadable:
            continue
    return tuple(found)


def user_of(raw: Any) -> CrmUser:
    """A user; Unreadable without an id."""
    if not isinstance(raw, dict):
        raise Unreadable("not an object")
    name = f"{_text(raw.get('given_name'))} {_text(raw.get('family_name'))}".strip()
    addresses = _emails(raw.get("email_addresses"))
    email = addresses[0].email if addresses else ""
    return CrmUser(id_of(raw.get("id")), name, email, raw.get("status") == "ACTIVE")


def id_of(value: Any) -> str:
    """An id as text: Keap documents strings, and numbers have been seen."""
    if type(value) is str and value:
        return value
    if type(value) is int:
        return str(value)
    raise Unreadable("no id")


def contact_id_of(value: Any) -> ContactId:
    """A contact's id, which is a number: we page by it, and Keap's filters take nothing else."""
    text = id_of(value)
    if _CONTACT_ID.fullmatch(text) is None:
        raise Unreadable("no number")
    return ContactId(text)


def moment_of(value: Any) -> datetime | None:
    """Any of Keap's spellings (`Z`, `+0000`, `+00:00`, with or without milliseconds) in UTC."""
    if type(value) is not str or not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def iso(moment: datetime) -> str:
    """With milliseconds and Z, the only spelling Keap's filters take."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    return str(value) if type(value) in {int, float} else ""


def _or_none(value: Any) -> str | None:
    if type(value) is str:
        return value or None
    return _text(value) or None


def _number(value: Any) -> float | None:
    if value is None or type(value) is bool:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable("not a list")
    return value


def _emails(value: Any) -> tuple[EmailAddress, ...]:
    found = []
    for raw in _list(value):
        if not isinstance(raw, dict):
            raise Unreadable("not an address")
        email = _text(raw.get("email")).strip()
        if email:
            found.append((email, raw))
    taken = {raw.get("field") for _, raw in found}
    free = [field for field in EmailField if field.value not in taken]
    return tuple(_email(email, raw, free) for email, raw in found)


def _email(email: str, raw: Mapping[str, Any], free: list[EmailField]) -> EmailAddress:
    name = raw.get("field")
    place = _FIELDS.get(name) if type(name) is str else None
    if place is None:
        place = free.pop(0) if free else EmailField.EMAIL3
    status = raw.get("email_opt_status")
    if not status:
        return EmailAddress(email, place)
    return EmailAddress(email, place, parse_email_status(status), _text(status))


def _phones(value: Any) -> tuple[PhoneText, ...]:
    if not isinstance(value, list):
        return ()
    found = []
    for raw in value:
        if not isinstance(raw, dict):
            continue
        stated = _or_none(raw.get("number_e164"))
        text = _text(raw.get("number")) or stated
        if text:
            found.append(PhoneText(text, stated, _or_none(raw.get("field")) or "PHONE1"))
    return tuple(found)


def _address(value: Any) -> Mapping[str, Any]:
    if not value or not isinstance(value, list):
        return {}
    if len(value) == 1:
        return value[0] if isinstance(value[0], dict) else {}
    known = [raw for raw in value if isinstance(raw, dict)]
    return min(known, key=_address_rank, default={})


def _address_rank(raw: Mapping[str, Any]) -> tuple[bool, int]:
    has_country = bool(raw.get("country_code") or raw.get("country"))
    return (not has_country, _ADDRESS_ORDER.get(str(raw.get("field")), 3))


def _ids(value: Any) -> frozenset[str]:
    if not value or not isinstance(value, list):
        return frozenset()
    return frozenset([str(one) for one in value if type(one) in {str, int}])


def _custom_fields(value: Any) -> dict[str, str]:
    if not value or not isinstance(value, list):
        return {}
    found = {}
    for raw in value:
        if isinstance(raw, dict) and (content := raw.get("content")) is not None:
            key = raw.get("id")
            if type(key) in {str, int}:
                found[str(key)] = content if type(content) is str else _plain(content)
    return found


def _plain(content: Any) -> str:
    if isinstance(content, list) and all(type(one) in {str, int, float} for one in content):
        return ", ".join(str(one) for one in content)
    return json.dumps(content, ensure_ascii=False)
