"""New hard bounces by pull and domain."""

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table, upsert
from recovery.adapters.db.tables.brakes import BounceCountRow, BrakeRow
from recovery.adapters.db.tables.ops import PullRow
from recovery.adapters.db.tables.people import AddressRow
from recovery.domain.brakes import BrakeName
from recovery.domain.email_status import HARD_BOUNCES
from recovery.domain.wave import Week, week_of

_PULL = table(PullRow)
_ADDRESS = table(AddressRow)
_COUNT = table(BounceCountRow)
_BRAKE = table(BrakeRow)
_ALL = ""


class SqlWaveStore:
    """Implements `WaveStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def first_pull_at(self) -> datetime | None:
        with self._database.read() as connection:
            found: datetime | None = connection.execute(
                sa.select(sa.func.min(_PULL.c.started_at))
            ).scalar()
        return found

    def bounced(self, at: datetime) -> Counter[str]:
        before = sa.select(sa.func.max(_PULL.c.started_at)).where(_PULL.c.started_at < at)
        # A look before a send may have met it first. The index is on the listing.
        query = sa.select(_ADDRESS.c.email).where(
            _ADDRESS.c.listed_at == at,
            _ADDRESS.c.since > before.scalar_subquery(),
            _ADDRESS.c.status.in_(sorted(HARD_BOUNCES)),
        )
        with self._database.read() as connection:
            emails = connection.execution_options(yield_per=1000).execute(query).scalars()
            return Counter(email.rpartition("@")[2].strip().lower() for email in emails)

    def save(self, pull_id: int, at: datetime, bounced: Counter[str]) -> None:
        numbers = {**bounced, _ALL: bounced.total()}
        rows = [
            {"pull_id": pull_id, "domain": domain, "at": at, "number": number}
            for domain, number in numbers.items()
        ]
        with self._database.begin() as connection:
            connection.execute(_COUNT.delete().where(_COUNT.c.pull_id == pull_id))
            upsert(connection, BounceCountRow, rows)

    def weeks(self, first_pull_at: datetime) -> list[Week]:
        found: dict[int, Counter[str]] = {}
        with self._database.read() as connection:
            for at, domain, number in connection.execute(
                sa.select(_COUNT.c.at, _COUNT.c.domain, _COUNT.c.number)
            ):
                week = found.setdefault(week_of(at, first_pull_at=first_pull_at), Counter())
                week[domain] += number
        return [Week(number, week.pop(_ALL, 0), week) for number, week in sorted(found.items())]

    def last_go(self) -> datetime | None:
        query = sa.select(_BRAKE.c.mended_at).where(_BRAKE.c.name == BrakeName.WAVE)
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found
