"""What our own rows say about contacts that may be deleted; all inside the caller's transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ContactKeyRow,
    ContactRow,
    OpenKeyRow,
    ReplyRow,
)
from recovery.domain.case import AttemptState, CaseEnd, CaseState, Disposition
from recovery.domain.deletion import Standing
from recovery.domain.email_status import DELIVERABLE
from recovery.domain.reply import ReplyKind

_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_OPEN_KEY = table(OpenKeyRow)
_KEY = table(ContactKeyRow)
_CONTACT = table(ContactRow)
_ATTEMPT = table(AttemptRow)
_REPLY = table(ReplyRow)

_BEGUN = (AttemptState.INTENDED, AttemptState.SENDING)
_RAN = (AttemptState.DELIVERED, AttemptState.READ, AttemptState.DONE)
#: Words of a person on a call that are no "no": whoever said them is not deleted.
_ANSWERS = (
    Disposition.SPOKE,
    Disposition.NEW_EMAIL,
    Disposition.CONSENT,
    Disposition.CALLBACK,
)

Keys = Mapping[str, frozenset[str]]


def standings(
    connection: sa.Connection, pairs: Sequence[tuple[str, int]], *, person_limit: int
) -> dict[str, Standing]:
    """The standing of each (contact, case); a key of more contacts than the limit is an office's,
    which makes no twins."""
    contacts, cases = [pair[0] for pair in pairs], sorted({pair[1] for pair in pairs})
    keys = keys_of(connection, contacts)
    rows = {row["id"]: row for row in _rows(connection, _CASE, _CASE.c.id, cases)}
    attempts = _touching(connection, _ATTEMPT, cases, keys)
    replies = _touching(connection, _REPLY, cases, keys)
    twins = deliverable_twins(connection, keys, person_limit=person_limit)
    ends = _recoveries(connection, contacts)
    held = _members(connection, contacts)
    return {
        contact: _standing(
            rows.get(case),
            is_member=held.get(contact) == case,
            attempts=_about(attempts, case, keys[contact]),
            replies=_about(replies, case, keys[contact]),
            recoveries=ends.get(contact, []),
            has_twin=contact in twins,
        )
        for contact, case in pairs
    }


def keys_of(connection: sa.Connection, contacts: Sequence[str]) -> dict[str, frozenset[str]]:
    """The keyed hashes of each contact's numbers and addresses."""
    found: dict[str, set[str]] = {contact: set() for contact in contacts}
    for row in _rows(connection, _KEY, _KEY.c.contact_id, contacts):
        found[row["contact_id"]].add(row["key"])
    return {contact: frozenset(keys) for contact, keys in found.items()}


def twins_of(
    connection: sa.Connection, keys: Keys, *, person_limit: int
) -> dict[str, frozenset[str]]:
    """Other contacts that share a key with each; an office's keys make nobody a twin."""
    every = sorted(set().union(*keys.values())) if keys else []
    holders: dict[str, set[str]] = defaultdict(set)
    for row in _rows(connection, _KEY, _KEY.c.key, every):
        holders[row["key"]].add(row["contact_id"])
    persons = {key: held for key, held in holders.items() if len(held) <= person_limit}
    shared = {
        contact: frozenset().union(*(persons.get(key, set()) for key in own)) - {contact}
        for contact, own in keys.items()
    }
    return {contact: others for contact, others in shared.items() if others}


def deliverable_twins(connection: sa.Connection, keys: Keys, *, person_limit: int) -> set[str]:
    """Contacts with a twin that was deliverable at the last pull."""
    twins = twins_of(connection, keys, person_limit=person_limit)
    others = sorted(set().union(*twins.values())) if twins else []
    works = {
        row["id"]
        for row in _rows(connection, _CONTACT, _CONTACT.c.id, others)
        if row["status"] in DELIVERABLE
    }
    return {contact for contact, found in twins.items() if found & works}


def _standing(
    case: sa.RowMapping | None,
    *,
    is_member: bool,
    attempts: list[sa.RowMapping],
    replies: list[sa.RowMapping],
    recoveries: list[datetime],
    has_twin: bool,
) -> Standing:
    if case is None:
        return Standing(in_hold=False, reached=False)
    opened_at = case["opened_at"]
    since = opened_at or datetime.min.replace(tzinfo=UTC)
    states = {attempt["state"] for attempt in attempts}
    own = [attempt for attempt in attempts if attempt["case_id"] == case["id"]]
    return Standing(
        in_hold=is_member and case["state"] == CaseState.HOLD.value,
        opened_at=opened_at,
        recovered=case["end"] == CaseEnd.RECOVERED.value or any(at >= since for at in recoveries),
        answered=_answered(case["id"], since, attempts, replies),
        reached=any(_reached(attempt) for attempt in own),
        open_attempt=bool(states.intersection(_BEGUN)),
        in_doubt=AttemptState.IN_DOUBT in states,
        open_call=AttemptState.QUEUED in states,
        twin_deliverable=has_twin,
    )


def _reached(attempt: sa.RowMapping) -> bool:
    """A message arrived or somebody dialled, which a task ticked off in Keap does not say."""
    return attempt["state"] in _RAN and attempt["disposition"] != Disposition.DONE_IN_KEAP


def _answered(
    case_id: int,
    since: datetime,
    attempts: list[sa.RowMapping],
    replies: list[sa.RowMapping],
) -> bool:
    """Anything but a stop, also what nobody has read yet; on a call, anything but a no."""
    on_calls = any(attempt["disposition"] in _ANSWERS for attempt in attempts)
    return on_calls or any(
        reply["kind"] != ReplyKind.STOP
        and (reply["case_id"] == case_id or reply["received_at"] >= since)
        for reply in replies
    )


def _about(rows: Iterable[sa.RowMapping], case: int, keys: frozenset[str]) -> list[sa.RowMapping]:
    return [row for row in rows if row["case_id"] == case or row["number_key"] in keys]


def _touching(
    connection: sa.Connection, where: sa.Table, cases: Sequence[int], keys: Keys
) -> list[sa.RowMapping]:
    """Rows of these cases or of these numbers: an answer spares all who share the phone."""
    numbers = sorted(set().union(*keys.values())) if keys else []
    rows = [*_rows(connection, where, where.c.case_id, cases)]
    rows += _rows(connection, where, where.c.number_key, numbers)
    return list({row["id"]: row for row in rows}.values())


def _members(connection: sa.Connection, contacts: Sequence[str]) -> dict[str, int]:
    """The open case that each contact belongs to now: some leave the case they were in."""
    keys = [f"c{contact}" for contact in contacts]
    rows = _rows(connection, _OPEN_KEY, _OPEN_KEY.c.key, keys)
    return {row["key"].removeprefix("c"): row["case_id"] for row in rows}


def _recoveries(connection: sa.Connection, contacts: Sequence[str]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    for some in chunks(contacts):
        query = (
            sa.select(_MEMBER.c.contact_id, _CASE.c.closed_at)
            .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
            .where(_MEMBER.c.contact_id.in_(some), _CASE.c.end == CaseEnd.RECOVERED.value)
        )
        for contact, at in connection.execute(query):
            if at:
                found[contact].append(at)
    return found


def _rows(
    connection: sa.Connection,
    where: sa.Table,
    column: sa.ColumnElement[Any],
    values: Sequence[Any],
) -> list[sa.RowMapping]:
    found: list[sa.RowMapping] = []
    for some in chunks(values):
        found += connection.execute(sa.select(where).where(column.in_(some))).mappings()
    return found
