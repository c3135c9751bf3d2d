"""What the queue's pages ask beside the queue: who is meant by a search, which countries there are,
and what changed since they looked last."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OUTCOME
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import CLAIM
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.queries.person import find_contacts
from recovery.adapters.db.queries.queue import ITEM
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ReplyRow
from recovery.adapters.db.tables.queue import QueuePlaceRow
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.keys import Keys
from recovery.domain.lane import Place

_PLACE = table(QueuePlaceRow)
_REPLY = table(ReplyRow)
#: People that a search shows.
MOST_FOUND = 30
#: Changed cases that one look names; who missed more loads everything anew.
_MOST_CHANGED = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A person that a search means, with their open case or the latest one."""

    case_id: int
    contact_id: str
    name: str
    status: str
    state: str


def countries(database: Database) -> list[str]:
    """Codes of the countries that people of the queue are in."""
    with database.read() as connection:
        keys = connection.execute(sa.select(_PLACE.c.key)).scalars().all()
    return sorted({country for key in keys if (country := Place.of(key).country)})


def find_people(database: Database, text: str, *, keys: Keys, region: str | None) -> list[Found]:
    """Whom a Keap id, an address or a number means, else who is called so among the open cases."""
    ids = find_contacts(database, text, keys=keys, region=region)
    with database.read() as connection:
        if ids:
            return _latest(connection, ids)
        wanted = plain(text).split()
        return list(_named(connection, wanted)) if wanted else []


def plain(text: str) -> str:
    """Without case and accents, as people type names."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


_COLUMNS = (
    CASE.c.id,
    CASE.c.contact_id,
    CASE.c.status,
    CASE.c.state,
    CONTACT.c.data["given_name"].as_string().label("given"),
    CONTACT.c.data["family_name"].as_string().label("family"),
)


def _latest(connection: sa.Connection, contacts: Sequence[str]) -> list[Found]:
    query = (
        sa.select(*_COLUMNS)
        .join(MEMBER, MEMBER.c.case_id == CASE.c.id)
        .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
        .where(MEMBER.c.contact_id.in_(contacts[:MOST_FOUND]))
        .order_by(CASE.c.id)
    )
    newest = {row.contact_id: _found(row) for row in connection.execute(query)}
    return list(newest.values())[:MOST_FOUND]


def _named(connection: sa.Connection, wanted: Sequence[str]) -> Iterator[Found]:
    query = (
        sa.select(*_COLUMNS)
        .join(CONTACT, CONTACT.c.id == CASE.c.contact_id)
        .where(CASE.c.state != CaseState.CLOSED.value)
        .order_by(CASE.c.id.desc())
    )
    count = 0
    for row in connection.execute(query):
        found = _found(row)
        words = plain(found.name).split()
        if all(any(word.startswith(part) for word in words) for part in wanted):
            yield found
            count += 1
        if count == MOST_FOUND:
            return


def _found(row: sa.Row[Any]) -> Found:
    name = " ".join(part.strip() for part in (row.given, row.family) if part and part.strip())
    return Found(row.id, row.contact_id, name, row.status, row.state)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a look at the database left off."""

    outcome: int = 0
    #: When the latest reply was understood: only then is it known whose it is.
    heard_at: datetime | None = None
    calls: frozenset[tuple[object, ...]] = frozenset()
    texts: frozenset[tuple[object, ...]] = frozenset()
    claims: frozenset[tuple[object, ...]] = frozenset()
    items: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Cases of which something is new, and whether the lanes may differ."""

    cases: frozenset[int]
    lanes: bool


def mark(database: Database) -> Mark:
    """Now, for the first look."""
    with database.read() as connection:
        outcome = connection.execute(sa.select(sa.func.max(OUTCOME.c.id))).scalar()
        heard_at = connection.execute(sa.select(sa.func.max(_REPLY.c.handled_at))).scalar()
        return _mark(connection, outcome or 0, heard_at)


def look(database: Database, before: Mark) -> tuple[Mark, Changes]:
    """What changed since; a few short reads by index, however much there is."""
    with database.read() as connection:
        outcomes = _recorded(connection, before.outcome)
        replies = _understood(connection, before.heard_at)
        now = _mark(
            connection,
            max((id_ for id_, _ in outcomes), default=before.outcome),
            max((at for at, _ in replies), default=before.heard_at),
        )
    told = {case_id for _, case_id in (*outcomes, *replies) if case_id is not None}
    moved = {
        *(now.calls ^ before.calls),
        *(now.texts ^ before.texts),
        *(now.claims ^ before.claims),
    }
    cases = frozenset(told | set(_first(moved)))
    return now, Changes(cases, lanes=bool(cases) or now.items != before.items)


def _recorded(connection: sa.Connection, last: int) -> list[tuple[int, int]]:
    query = sa.select(OUTCOME.c.id, OUTCOME.c.case_id).where(OUTCOME.c.id > last)
    found = connection.execute(query.order_by(OUTCOME.c.id).limit(_MOST_CHANGED))
    return [(row.id, row.case_id) for row in found]


def _understood(
    connection: sa.Connection, last: datetime | None
) -> list[tuple[datetime, int | None]]:
    fresh = _REPLY.c.handled_at.is_not(None) if last is None else _REPLY.c.handled_at > last
    query = sa.select(_REPLY.c.handled_at, _REPLY.c.case_id).where(fresh)
    found = connection.execute(query.order_by(_REPLY.c.handled_at).limit(_MOST_CHANGED))
    return [(row.handled_at, row.case_id) for row in found]


def _mark(connection: sa.Connection, outcome: int, heard_at: datetime | None) -> Mark:
    calls = sa.select(
        PLACED.c.case_id,
        PLACED.c.id,
        PLACED.c.phase,
        PLACED.c.rep_status,
        PLACED.c.contact_status,
        PLACED.c.dialled_at,
    ).where(PLACED.c.ended_at.is_(None))
    texts = sa.select(ATTEMPT.c.case_id, ATTEMPT.c.id, ATTEMPT.c.state).where(
        ATTEMPT.c.channel == Channel.WHATSAPP.value,
        ATTEMPT.c.state.in_((AttemptState.INTENDED.value, AttemptState.SENDING.value)),
    )
    claims = sa.select(CLAIM.c.case_id, CLAIM.c.rep)
    items = sa.select(sa.func.count(), sa.func.max(ITEM.c.attempt_id)).select_from(ITEM)
    return Mark(
        outcome,
        heard_at,
        calls=_rows(connection, calls),
        texts=_rows(connection, texts.limit(_MOST_CHANGED)),
        claims=_rows(connection, claims),
        items=tuple(connection.execute(items).one()),
    )


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> frozenset[tuple[object, ...]]:
    return frozenset(tuple(row) for row in connection.execute(query))


def _first(rows: Iterable[tuple[object, ...]]) -> Iterator[int]:
    for row in rows:
        if isinstance(row[0], int):
            yield row[0]
