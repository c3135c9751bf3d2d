"""What the archive keeps of a contact: one line a contact, and the hash of what Keap held.

The hash leaves out what changes without anybody touching the person: the order of lists, update
times, when Keap last sent, and the tags, notes and tasks that this engine itself put there.

Records are what a JSON parser made of Keap's answers: plain dicts and lists, of which most values
are text. This runs for everybody who is archived, and asks for what is usual first.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus, parse_email_status
from recovery.errors import Refusal

#: Rises when the meaning of a line changes, so that a restore reads old files as they were meant.
SCHEMA = 1
OUR_TAGS = "recovery: "
OUR_MARK = "[REC-"
_VOLATILE = ("update_time", "last_updated_by")

# For what orjson refuses: lone surrogates, and numbers longer than 64 bits.
_any_line = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=True, default=datetime.isoformat
).encode
_any_canonical = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, sort_keys=True).encode


class ArchiveDamaged(Refusal):
    """An archive file is not what was verified: nothing is deleted from it."""


class BatchState(StrEnum):
    """The life of a batch; only one that is no longer building may be deleted from."""

    BUILDING = "building"
    WAITING = "waiting"
    DELETING = "deleting"
    DONE = "done"


class ItemState(StrEnum):
    """Where one archived contact stands; `intended` is committed before the DELETE leaves."""

    ARCHIVED = "archived"
    INTENDED = "intended"
    IN_DOUBT = "in_doubt"
    DELETED = "deleted"
    GONE = "gone"
    SPARED = "spared"

    @property
    def is_decided(self) -> bool:
        """Nothing more will happen to this contact in this batch."""
        return self in (ItemState.DELETED, ItemState.GONE, ItemState.SPARED)


class Row(NamedTuple):
    """One contact as archived; `line` is the JSON line without its end."""

    contact_id: ContactId
    case_id: CaseId
    line: bytes
    row_sha256: str
    content_sha256: str
    status: EmailStatus
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one contact, and what the engine knows beside it."""

    contact_id: ContactId
    case_id: CaseId
    record: Mapping[str, Any]
    read_at: datetime
    status_since: datetime | None = None
    why: str = ""


def row_of(reading: Reading, *, account: str, model_id: str) -> Row:
    """The archive's line of one reading, with its hashes."""
    content_sha256 = content_hash(reading.record)
    status = status_of(reading.record)
    line = _line(
        {
            "schema": SCHEMA,
            "contact_id": reading.contact_id,
            "case_id": reading.case_id,
            "account": account,
            "read_at": reading.read_at,
            "model": model_id,
            "status": status,
            "status_since": reading.status_since,
            "why": reading.why,
            "content_sha256": content_sha256,
            "record": reading.record,
        }
    )
    return Row(
        reading.contact_id,
        reading.case_id,
        line,
        sha256(line),
        content_sha256,
        status,
        reading.read_at,
    )


def content_hash(record: Mapping[str, Any]) -> str:
    """The hash that must be the same at the archive and at the last read before a deletion."""
    return sha256(content(record))


def content(record: Mapping[str, Any]) -> bytes:
    """Canonical JSON of what people and Keap's features put into a record, volatile bits out."""
    ours = _our_tag_ids(record)
    parts = {key: _without_ours(key, value, ours) for key, value in record.items() if value}
    return _canonical(_ordered(parts))


def model_id(model: Mapping[str, Any]) -> str:
    """Names a version of the account's custom fields; values on contacts carry ids only."""
    return sha256(_canonical(_ordered(model)))[:16]


def set_hash(account: str, items: Iterable[tuple[str, str]]) -> str:
    """Names exactly one set of (contact id, row hash): what an approval is bound to."""
    digest = hashlib.sha256(f"{SCHEMA}|{account}\n".encode())
    for contact_id, row_sha256 in items:
        digest.update(f"{contact_id}:{row_sha256}\n".encode())
    return digest.hexdigest()


def sha256(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def status_of(record: Mapping[str, Any]) -> EmailStatus:
    """The status of EMAIL1, by the status list before the contact's own word on it."""
    fields = _address_fields(record)
    if not fields:
        return EmailStatus.NO_EMAIL
    return parse_email_status(_status_in(_listed(record), fields[0]))


def addresses_of(record: Mapping[str, Any]) -> list[tuple[str, EmailStatus]]:
    """Every address of the record with its present status, EMAIL1 first."""
    listed = _listed(record)
    return [
        (str(a["email"]), parse_email_status(_status_in(listed, a)))
        for a in _address_fields(record)
    ]


def tag_names(record: Mapping[str, Any]) -> list[str]:
    """The names of the record's tags; a tag without a name shows its id."""
    return [_tag_name(tag) or _tag_id(tag) for tag in _dicts(record.get("tags"))]


def _contact(record: Mapping[str, Any]) -> Mapping[str, Any]:
    contact = record.get("contact")
    return contact if isinstance(contact, dict) else {}


def _address_fields(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The addresses as Keap holds them, EMAIL1 first, those without text left out."""
    every = _dicts(_contact(record).get("email_addresses"))
    fields = [a for a in every if a.get("email") and str(a["email"]).strip()]
    return sorted(fields, key=lambda a: str(a.get("field") or "EMAIL9"))


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _listed(record: Mapping[str, Any]) -> dict[str, Any]:
    rows = _dicts(record.get("statuses"))
    return {str(row.get("email", "")).lower(): row.get("status") for row in rows}


def _status_in(listed: Mapping[str, Any], address: Mapping[str, Any]) -> Any:
    return listed.get(str(address["email"]).lower()) or address.get("email_opt_status")


def _tag(applied: Mapping[str, Any]) -> Mapping[str, Any]:
    tag = applied.get("tag")
    return tag if isinstance(tag, dict) else applied


def _tag_name(applied: Mapping[str, Any]) -> str:
    return str(_tag(applied).get("name") or "")


def _tag_id(applied: Mapping[str, Any]) -> str:
    return str(_tag(applied).get("id") or "")


def _our_tag_ids(record: Mapping[str, Any]) -> frozenset[str]:
    tags = _dicts(record.get("tags"))
    return frozenset(_tag_id(t) for t in tags if _tag_name(t).lower().startswith(OUR_TAGS))


def _without_ours(part: str, value: Any, ours: frozenset[str]) -> Any:
    match part:
        case "contact" if isinstance(value, dict):
            return _contact_content(value, ours)
        case "tags" if isinstance(value, list):
            return [
                {"id": tag, "applied_time": applied.get("applied_time")}
                for applied in _dicts(value)
                if (tag := _tag_id(applied)) not in ours
            ]
        case "notes" | "tasks" if isinstance(value, list):
            titles = ((v, str(v.get("title") or "")) for v in _dicts(value))
            return [v for v, title in titles if not title.lstrip().startswith(OUR_MARK)]
        case "statuses" if isinstance(value, list):
            # That Keap sent once more changes nothing; that they opened or clicked does.
            return [_less(s, ("last_sent_time",)) for s in _dicts(value)]
    return value


def _contact_content(contact: Mapping[str, Any], ours: frozenset[str]) -> dict[str, Any]:
    kept = _less(contact, _VOLATILE)
    if isinstance(kept.get("tag_ids"), list):
        kept["tag_ids"] = [tag for tag in kept["tag_ids"] if str(tag) not in ours]
    if isinstance(kept.get("groups"), str):
        kept["groups"] = [g for g in kept["groups"].split(",") if g.strip() not in ours]
    return kept


def _less(value: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    kept = dict(value)
    for key in keys:
        kept.pop(key, None)
    return kept


def _ordered(value: Any) -> Any:
    """Lists in an order of their own and empty values left out, since Keap omits them at will."""
    if type(value) is dict:
        kept = {}
        for key, inner in value.items():
            if type(inner) is str:
                if inner:
                    kept[key] = inner
            elif (found := _ordered(inner)) or found == 0:
                kept[key] = found
        return kept
    if type(value) is list:
        if len(value) == 1:
            return [_ordered(value[0])]
        return sorted(map(_ordered, value), key=_canonical)
    return value


def _line(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _any_line(value).encode()


def _canonical(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _any_canonical(value).encode()
