"""Lists from outside in the database: suppressions by number and by hash, agreements, ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.agreements import People, agree
from recovery.adapters.db.audit import audit
from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.contact_data import numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull.membership import holders
from recovery.adapters.db.record.news import decide_anew
from recovery.adapters.db.sql import CHUNK, chunks, insert_new, table, upsert
from recovery.adapters.db.suppress import GROUND, open_again, suppress_all
from recovery.adapters.db.tables.imports import ImportedListRow, ListedHashRow
from recovery.adapters.db.tables.people import SuppressionRow
from recovery.domain.imported import Agreed, Listed, digests, read_lately
from recovery.domain.keys import Keys
from recovery.domain.phone import Phone
from recovery.services.imports import ListFacts
from recovery.services.users.user import CONSOLE

_SUPPRESSION = table(SuppressionRow)
_HASH = table(ListedHashRow)
_LIST = table(ImportedListRow)
#: Why somebody is suppressed whom a list names.
LISTED = "on a do-not-contact list"
_PAGE = 1000


class SqlImportStore:
    """Implements `ImportStore`."""

    def __init__(self, database: Database, keys: Keys, *, contacts_per_person: int) -> None:
        self._database = database
        self._keys = keys
        self._limit = contacts_per_person

    def suppress(self, entries: Sequence[Listed], now: datetime) -> int:
        by_number = [
            _row(self._keys.phone(phone.key), one, now) for one in entries for phone in one.phones
        ]
        hashed = [
            {"digest": self._keys.listed(one.digest), **_common(one, now)}
            for one in entries
            if one.digest
        ]
        with self._database.begin() as connection:
            new = insert_new(connection, ListedHashRow, hashed)
            upsert(connection, ListedHashRow, hashed, by=("digest", "channel", "source"))
            return new + _suppress(connection, by_number, now)

    def recognise(self, now: datetime) -> int:
        found = 0
        for page in self._pages_of_numbers():
            with self._database.begin() as connection:
                found += recognise(connection, self._keys, page, now, renew=True)
        return found

    def _pages_of_numbers(self) -> Iterator[Mapping[str, Phone]]:
        last = ""
        whole = sa.select(CONTACT.c.id, CONTACT.c.data).where(CONTACT.c.data.is_not(None))
        while True:
            query = whole.where(CONTACT.c.id > last).order_by(CONTACT.c.id).limit(_PAGE)
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            yield numbers_of(row.data for row in rows)
            last = rows[-1].id

    def agree(self, entries: Sequence[Agreed], now: datetime) -> list[int | str]:
        with self._database.begin() as connection:
            people = People(connection, self._keys, entries, self._limit)
            return agree(connection, people, entries, now)

    def remember(self, facts: ListFacts, now: datetime) -> None:
        rows = [
            {
                "kind": facts.kind,
                "country": country,
                "source": facts.source,
                "is_block_list": country in facts.block_lists,
                "lines": lines,
                "at": now,
            }
            for country, lines in sorted(facts.countries.items())
        ]
        detail = {"source": facts.source, "lines": dict(facts.countries)}
        with self._database.begin() as connection:
            if rows:
                connection.execute(_LIST.insert(), rows)
            about = f"list {facts.source}"
            audit(
                connection,
                f"import.{facts.kind}",
                at=now,
                actor=CONSOLE,
                about=about,
                detail=detail,
            )


def block_lists(connection: sa.Connection) -> dict[str, datetime]:
    """By country when its block list was imported last."""
    query = (
        sa.select(_LIST.c.country, sa.func.max(_LIST.c.at))
        .where(_LIST.c.is_block_list)
        .group_by(_LIST.c.country)
    )
    return dict(connection.execute(query).tuples().all())


def imported_lately(database: Database, now: datetime) -> frozenset[str]:
    """Countries whose block list was imported lately."""
    with database.read() as connection:
        return read_lately(block_lists(connection), now)


def names_by_hash(connection: sa.Connection) -> bool:
    """Some list names numbers by hashes alone."""
    return connection.execute(sa.select(_HASH.c.id).limit(1)).first() is not None


def recognise(
    connection: sa.Connection,
    keys: Keys,
    numbers: Mapping[str, Phone],
    now: datetime,
    *,
    renew: bool = False,
) -> int:
    """Suppresses those of these numbers that a list names by a hash; counts them.

    Only an import renews what a person lifted, or what had run out.
    """
    whose = {keys.listed(text): key for key, phone in numbers.items() for text in digests(phone)}
    rows = []
    for some in chunks(sorted(whose)):
        for found in connection.execute(_named(some, now)).mappings():
            values = {name: found[name] for name in ("channel", "source", "expires_at")}
            rows.append({"key": whose[found["digest"]], "reason": LISTED, "at": now, **values})
    _suppress(connection, rows if renew else _not_on_record(connection, rows), now)
    return len({row["key"] for row in rows})


def _not_on_record(connection: sa.Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ground = [_SUPPRESSION.c[name] for name in GROUND]
    known: set[tuple[Any, ...]] = set()
    for some in chunks(sorted({row["key"] for row in rows})):
        query = sa.select(*ground).where(_SUPPRESSION.c.key.in_(some))
        known.update(map(tuple, connection.execute(query)))
    return [row for row in rows if tuple(row[name] for name in GROUND) not in known]


def _named(some: Sequence[str], now: datetime) -> sa.Select[Any]:
    over = _HASH.c.expires_at.is_not(None) & (_HASH.c.expires_at <= now)
    return sa.select(_HASH).where(_HASH.c.digest.in_(some), ~over)


def lift_expired(database: Database, now: datetime) -> None:
    """What a list closed until a day that has passed is open again."""
    over = (
        _SUPPRESSION.c.expires_at.is_not(None),
        _SUPPRESSION.c.expires_at <= now,
        _SUPPRESSION.c.lifted_at.is_(None),
    )
    some = sa.select(_SUPPRESSION.c.id, _SUPPRESSION.c.key).where(*over).limit(CHUNK)
    while True:
        with database.read() as connection:
            rows = connection.execute(some).all()
        if not rows:
            return
        lifted = _SUPPRESSION.update().where(_SUPPRESSION.c.id.in_([row.id for row in rows]), *over)
        with database.begin() as connection:
            connection.execute(lifted.values(lifted_at=now))
            open_again(connection, _open_cases(connection, [row.key for row in rows]), now)


def numbers_of(records: Iterable[Mapping[str, Any]]) -> dict[str, Phone]:
    """The numbers of contacts' records by their keyed hash."""
    return {one.key: one.phone for data in records for one in numbers_in(data)}


def _row(key: str, one: Listed, now: datetime) -> dict[str, Any]:
    return {"key": key, "reason": LISTED, **_common(one, now)}


def _common(one: Listed, now: datetime) -> dict[str, Any]:
    expires_at = _end_of(one.expires_on) if one.expires_on else None
    return {"channel": one.channel, "source": one.source, "at": now, "expires_at": expires_at}


def _end_of(day: date) -> datetime:
    """The day's end everywhere: it is still that day somewhere twelve hours after UTC's."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1, hours=12)


def _suppress(connection: sa.Connection, rows: list[dict[str, Any]], now: datetime) -> int:
    """Counts the new; what is decided for these is decided anew."""
    new = suppress_all(connection, rows)
    silenced = _open_cases(connection, sorted({row["key"] for row in rows}))
    decide_anew(connection, silenced, now)
    return new


def _open_cases(connection: sa.Connection, keys: Sequence[str]) -> list[int]:
    return sorted(set(holders(connection, keys).values()))
