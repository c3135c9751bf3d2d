"""What the doctor asks of today's base: countries at work, numbers without one, hashes at all."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import CaseRow, ContactKeyRow, ContactRow, SuppressionRow
from recovery.domain.case import CaseState

_CASE = table(CaseRow)
_CONTACT = table(ContactRow)
_KEYED = (table(ContactKeyRow), table(SuppressionRow))


def countries_at_work(database: Database) -> dict[str, int]:
    """Open cases by the country of the number that is next, else of the record."""
    country = sa.func.coalesce(_CASE.c.next_place["country"].as_string(), _CASE.c.country)
    query = (
        sa.select(country, sa.func.count())
        .where(_CASE.c.state != CaseState.CLOSED.value, country.is_not(None))
        .group_by(country)
    )
    with database.read() as connection:
        return dict(connection.execute(query).tuples().all())


def without_country(database: Database) -> tuple[int, int]:
    """(contacts with a number that lacks a country, contacts stored whole)."""
    whole = _CONTACT.c.data.is_not(None)
    lacks = sa.cast(_CONTACT.c.data, sa.Text).like('%"no_country"%')
    with database.read() as connection:
        some = connection.execute(sa.select(sa.func.count()).where(whole, lacks)).scalar_one()
        every = connection.execute(sa.select(sa.func.count()).where(whole)).scalar_one()
    return int(some), int(every)


def has_keyed_hashes(database: Database) -> bool:
    """Is anything in it that only the key it was made with can recognise?"""
    held = [sa.select(one.c.key).exists() for one in _KEYED]
    with database.read() as connection:
        return bool(connection.execute(sa.select(sa.or_(*held))).scalar_one())
