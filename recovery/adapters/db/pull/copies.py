"""Our copies of Keap's contacts: records, keys and consents as Keap showed them last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.sql import add_new, chunks, table, upsert
from recovery.adapters.db.tables.ops import PullRow
from recovery.adapters.db.tables.people import ConsentRow, ContactKeyRow, ContactRow
from recovery.services.pull.reading import ConsentSeen, ContactFacts

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_CONSENT = table(ConsentRow)
_PULL = table(PullRow)

#: Contact, channel, basis and source of a consent.
Sign = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """When contacts were read; `at` is the time of what changed, `pull` None outside of one."""

    at: datetime
    read_at: datetime
    pull: int | None = None


def save_facts(
    connection: sa.Connection, facts: Sequence[ContactFacts], moment: Moment
) -> Counter[str]:
    """Stores contacts as they are now; their cases follow. Counts the cases that ended by it."""
    known = {row.id: row for row in _contacts(connection, [fact.id for fact in facts])}
    moved, changed_keys = [], []
    values: list[dict[str, Any]] = []
    for fact in facts:
        old = known.get(fact.id)
        since, healed_at = moment.at, old.healed_at if old is not None else None
        if old is not None and old.status == fact.status.value:
            since = old.status_since
        elif old is not None:
            moved.append(fact)
            healed_at = moment.at if fact.status.is_deliverable else healed_at
        values.append(_contact(fact, since=since, healed_at=healed_at, moment=moment))
        if old is None or not old.is_lean or fact.data is not None:
            changed_keys.append(fact)
    # Before the copies of the contacts, which still show what an earlier reading saw.
    _save_consents(connection, [f for f in facts if f.data is not None], set(known), moment.at)
    keep = ("requested_at",) if moment.pull else ("requested_at", "seen_pull")
    upsert(connection, ContactRow, sorted(values, key=lambda one: str(one["id"])), keep=keep)
    _replace_keys(connection, changed_keys, new=not known)
    return cases.contacts_changed(connection, moved, facts, moment.at)


def _contacts(connection: sa.Connection, ids: Sequence[str]) -> list[sa.Row[Any]]:
    columns = (
        _CONTACT.c.id,
        _CONTACT.c.status,
        _CONTACT.c.status_since,
        _CONTACT.c.healed_at,
        _CONTACT.c.data.is_(None).label("is_lean"),
    )
    rows: list[sa.Row[Any]] = []
    for some in chunks(ids):
        rows += connection.execute(sa.select(*columns).where(_CONTACT.c.id.in_(some))).all()
    return rows


def _contact(
    fact: ContactFacts, *, since: datetime, healed_at: datetime | None, moment: Moment
) -> dict[str, Any]:
    return {
        "id": fact.id,
        "status": fact.status.value,
        "raw_status": fact.raw_status,
        "status_since": since,
        "healed_at": healed_at,
        "primary_key": fact.primary_key,
        "owner_id": fact.owner_id,
        "score": fact.score,
        "data": fact.data,
        "keap_updated_at": fact.updated_at,
        "seen_pull": moment.pull or 0,
        "read_at": moment.read_at,
    }


def _replace_keys(connection: sa.Connection, facts: Sequence[ContactFacts], *, new: bool) -> None:
    if not new:
        for some in chunks([fact.id for fact in facts]):
            connection.execute(_KEY.delete().where(_KEY.c.contact_id.in_(some)))
    rows = [{"key": key, "contact_id": fact.id} for fact in facts for key in fact.keys]
    add_new(connection, ContactKeyRow, rows)


def _save_consents(
    connection: sa.Connection, facts: Sequence[ContactFacts], known: set[str], at: datetime
) -> None:
    """New signs get today's date; signs that Keap no longer shows prove nothing any more.

    One that a contact we knew may have had all along is no newer than anything a pull saw.
    """
    wanted = {
        (f.id, c.channel.value, c.basis.value, c.source): c for f in facts for c in f.consents
    }
    columns = (_CONSENT.c.id, _CONSENT.c.contact_id, _CONSENT.c.channel, _CONSENT.c.basis)
    for some in chunks([fact.id for fact in facts]):
        query = sa.select(*columns, _CONSENT.c.source).where(
            _CONSENT.c.contact_id.in_(some), _CONSENT.c.basis.in_(("tag", "field"))
        )
        for row in connection.execute(query).all():
            sign = (row.contact_id, row.channel, row.basis, row.source)
            if wanted.pop(sign, None) is None:
                connection.execute(_CONSENT.delete().where(_CONSENT.c.id == row.id))
    old = _may_be_old(connection, wanted, known)
    first = _first_pull(connection) if old else at
    names = ("contact_id", "channel", "basis", "source")
    rows = [
        dict(zip(names, sign, strict=True), at=first if sign in old else at, text="")
        for sign in sorted(wanted)
    ]
    add_new(connection, ConsentRow, rows)


def _may_be_old(
    connection: sa.Connection, wanted: Mapping[Sign, ConsentSeen], known: set[str]
) -> set[Sign]:
    """New signs of contacts whose earlier reading had them too, or did not look for them."""
    read: dict[str, Any] = {}
    for some in chunks(sorted({sign[0] for sign in wanted} & known)):
        query = sa.select(_CONTACT.c.id, _CONTACT.c.data).where(_CONTACT.c.id.in_(some))
        read.update((row.id, row.data) for row in connection.execute(query))
    return {
        sign
        for sign, seen in wanted.items()
        if sign[0] in read and (read[sign[0]] is None or seen.may_be_old(read[sign[0]]))
    }


def _first_pull(connection: sa.Connection) -> datetime:
    found: datetime = connection.execute(sa.select(sa.func.min(_PULL.c.started_at))).scalar_one()
    return found
