"""What a person has bought, for their card: one call of Keap's a record when a rep opens it,
remembered for a day. Whoever asks waits a moment at most; an answer that comes later is there for
the next look.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from recovery.errors import RecoveryError
from recovery.services.ports import Clock, Order

#: Seconds that a page waits for Keap and its pacer.
PATIENCE = 1.5
_GOOD_FOR = timedelta(days=1)
#: Keap could not be asked: not for every card anew.
_REST = timedelta(minutes=5)
_MOST_KEPT = 5000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bought:
    """How many orders there are; `latest` is the last one's amount as Keap writes it."""

    orders: int
    latest_at: datetime | None
    latest: str


class Values:
    """One instance a process, with one thread of its own: at most one question is under way."""

    def __init__(self, read: Callable[[str], Sequence[Order]], *, clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="orders")
        self._kept: dict[str, tuple[datetime, Future[Bought | None]]] = {}
        self._rests_until: datetime | None = None

    def of(self, records: Sequence[str], *, patience: float = PATIENCE) -> Bought | None:
        """What the person with these records bought; None while Keap has not said it of each."""
        asked = [one for one in map(self._asked, records) if one]
        known = [found for one in wait(asked, patience).done if (found := one.result())]
        if not known or len(known) < len(records):
            return None
        latest = max(known, key=lambda one: one.latest_at or _LONG_AGO)
        return Bought(sum(one.orders for one in known), latest.latest_at, latest.latest)

    def _asked(self, contact_id: str) -> Future[Bought | None] | None:
        now = self._clock()
        until, asked = self._kept.get(contact_id, (now, None))
        if asked and until > now and not (asked.done() and asked.result() is None):
            return asked
        if self._rests_until and now < self._rests_until:
            return None
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        asked = self._thread.submit(self._ask, contact_id)
        self._kept[contact_id] = (now + _GOOD_FOR, asked)
        return asked

    def _ask(self, contact_id: str) -> Bought | None:
        try:
            orders = self._read(contact_id)
        except RecoveryError:
            self._rests_until = self._clock() + _REST
            return None
        dated = [(order.at, order.amount) for order in orders if order.at]
        latest_at, amount = max(dated, default=(None, ""))
        return Bought(len(orders), latest_at, amount)
