"""Numbers that many contacts share: their suppressions, and the calls of other cases to them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, OPEN_KEY
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables import ContactKeyRow, SuppressionRow
from recovery.domain.case import AttemptState, Channel
from recovery.domain.decision import Act
from recovery.domain.person import Number

_KEY = table(ContactKeyRow)
_SUPPRESSION = table(SuppressionRow)
_COUNTED = (AttemptState.QUEUED.value, AttemptState.DONE.value)


class Offices:
    """What is known of these numbers; no case holds their keys, so the cases do not tell it."""

    def __init__(self, connection: sa.Connection, keys: set[str]) -> None:
        self.suppressed: dict[str, list[sa.RowMapping]] = defaultdict(list)
        self._calls: dict[str, list[tuple[int, date]]] = defaultdict(list)
        for some in chunks(sorted(keys)):
            self._load(connection, some)

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
        made = sa.select(ATTEMPT.c.number_key, ATTEMPT.c.case_id, ATTEMPT.c.planned_on).where(
            ATTEMPT.c.number_key.in_(keys),
            ATTEMPT.c.channel == Channel.CALL.value,
            ATTEMPT.c.state.in_(_COUNTED),
        )
        decided = (
            sa.select(CASE.c.next_number_key, CASE.c.id, CASE.c.next_planned_on)
            .join(OPEN_KEY, OPEN_KEY.c.case_id == CASE.c.id)
            .join(_KEY, "c" + _KEY.c.contact_id == OPEN_KEY.c.key)
            .where(_KEY.c.key.in_(keys), CASE.c.next_act == Act.CALL.value)
            .where(CASE.c.next_number_key.in_(keys))
            .distinct()
        )
        for key, case_id, day in connection.execute(made.union_all(decided)):
            if day is not None:
                self._calls[key].append((case_id, day))
