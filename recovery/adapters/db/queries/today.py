"""What the doctor asks of today's base: countries at work, and numbers without a country."""

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import CaseRow, ContactRow
from recovery.domain.case import CaseState

_CASE = table(CaseRow)
_CONTACT = table(ContactRow)


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
