"""Calls of other cases to the same numbers, and what is known of numbers that many share."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, OPEN_KEY
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import ContactKeyRow, SuppressionRow
from recovery.domain.case import AttemptState, Channel
from recovery.domain.decision import Act
from recovery.domain.person import Number

_KEY = table(ContactKeyRow)
_SUPPRESSION = table(SuppressionRow)
_COUNTED = (AttemptState.QUEUED.value, AttemptState.DONE.value)


class Offices:
    """What is known of offices' numbers, whose keys no case holds, so that no case tells it; and
    of every number the calls of all cases, an earlier one of the same person included."""

    def __init__(self, connection: sa.Connection, offices: set[str], numbers: set[str]) -> None:
        self.suppressed: dict[str, list[sa.RowMapping]] = defaultdict(list)
        self._calls: dict[str, list[tuple[int, date]]] = defaultdict(list)
        for some in chunks(sorted(offices)):
            self._load(connection, some)
        for some in chunks(sorted(numbers)):
            self._count(connection, calls_made(some))

    def calls_beside(self, case_id: int, numbers: Sequence[Number]) -> Counter[tuple[str, date]]:
        """The calls to these numbers that other cases made or plan, by number and local day."""
        return Counter(
            (number.key, day)
            for number in numbers
            for other, day in self._calls.get(number.key, ())
            if other != case_id
        )

    def _load(self, connection: sa.Connection, keys: Sequence[str]) -> None:
        lifted = _SUPPRESSION.c.lifted_at.is_(None)
        silenced = sa.select(_SUPPRESSION).where(_SUPPRESSION.c.key.in_(keys), lifted)
        for row in connection.execute(silenced).mappings():
            self.suppressed[row["key"]].append(row)
        decided = (
            sa.select(CASE.c.next_number_key, CASE.c.id, CASE.c.next_planned_on)
            .join(OPEN_KEY, OPEN_KEY.c.case_id == CASE.c.id)
            .join(_KEY, "c" + _KEY.c.contact_id == OPEN_KEY.c.key)
            .where(_KEY.c.key.in_(keys), CASE.c.next_act == Act.CALL.value)
            .where(CASE.c.next_number_key.in_(keys))
            .distinct()
        )
        self._count(connection, decided)

    def _count(self, connection: sa.Connection, calls: sa.Select[Any]) -> None:
        for key, case_id, day in connection.execute(calls):
            if day is not None:
                self._calls[key].append((case_id, day))


def calls_made(keys: Sequence[str]) -> sa.Select[Any]:
    """Key, case and local day of every call to these numbers that is in the queue or was made."""
    return sa.select(ATTEMPT.c.number_key, ATTEMPT.c.case_id, ATTEMPT.c.planned_on).where(
        ATTEMPT.c.number_key.in_(keys),
        # No plain columns, or SQLite takes the index of channel and state: everybody's calls.
        ATTEMPT.c.channel.concat("") == Channel.CALL.value,
        ATTEMPT.c.state.concat("").in_(_COUNTED),
    )
