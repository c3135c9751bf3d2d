"""Rate limits of the account, shared by all processes: a line in which each takes its place.

Twilio would queue calls that come faster, for up to a day, and ring them whenever it likes.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.ops import PacerRow
from recovery.services.ports import Clock

_PACER = table(PacerRow)
CALLS = "twilio calls"
MESSAGES = "twilio messages"
#: A clock that was set back must not close the line for long.
_LONGEST_LINE = timedelta(minutes=2)


class SqlRateLimit:
    """Implements `Pace`; `clock` is real time, as Twilio's own."""

    def __init__(self, database: Database, name: str, *, per_second: float, clock: Clock) -> None:
        self._database = database
        self._name = name
        self._gap = timedelta(seconds=1 / per_second)
        self._clock = clock

    def reserve(self, *, longest: float, places: int = 1) -> float | None:
        with self._database.begin() as connection:
            state = self._locked(connection)
            now = self._clock()
            at = max(now, _free_at(state.get("free_at"), now))
            if (at - now).total_seconds() > longest:
                return None
            change = _PACER.update().where(_PACER.c.name == self._name)
            free_at = (at + places * self._gap).isoformat()
            connection.execute(change.values(state={"free_at": free_at}))
        return (at - now).total_seconds()

    def _locked(self, connection: sa.Connection) -> dict[str, str]:
        """The line's row, which is written only once: it is asked many times a second."""
        query = sa.select(_PACER.c.state).where(_PACER.c.name == self._name).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            add_new(connection, PacerRow, [{"name": self._name, "version": 0}])
            row = connection.execute(query).one()
        return row.state or {}


def _free_at(text: str | None, now: datetime) -> datetime:
    at = datetime.fromisoformat(text) if text else now
    return at if at <= now + _LONGEST_LINE else now
