"""Six weeks of a firm, moment by moment: the engine looks, people answer, a rep calls."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from recovery.adapters.db.queries.diary import (
    Happening,
    happened,
    last_outcome,
    messages_sent,
)
from recovery.bootstrap import Recovery
from recovery.cli.demo.days import MovedClock, days, moments
from recovery.cli.demo.manager import Farewell, Manager
from recovery.cli.demo.rep import Rep
from recovery.cli.demo.town import Town
from recovery.errors import RecoveryError
from recovery.services.stages import StageReport

_SATURDAY = 5


@dataclass(slots=True)
class Day:
    """All that one day brought, for the story."""

    date: date
    counts: Counter[str] = field(default_factory=Counter)
    sent: dict[str, int] = field(default_factory=dict)
    happened: list[Happening] = field(default_factory=list)
    farewell: Farewell | None = None


class Life:
    """Moves time and lets everybody do their work; no rule is skipped and nobody sleeps."""

    def __init__(
        self, recovery: Recovery, clock: MovedClock, town: Town, *, rep: Rep, manager: Manager
    ) -> None:
        self._recovery = recovery
        self._clock = clock
        self._town = town
        self._rep = rep
        self._manager = manager
        self._seen = last_outcome(recovery.database)

    def live(self, weeks: int) -> Iterator[Day]:
        """Each day when it is over."""
        for day in days(weeks):
            yield self._live(Day(day))

    def _live(self, day: Day) -> Day:
        for number, moment in enumerate(moments(day.date)):
            self._move(moment)
            self._engine(day, is_morning=number == 0)
            self._rep.work()
            if number == 1 and day.date.weekday() < _SATURDAY:
                day.farewell = self._manager.decide()
        self._seen, day.happened = happened(self._recovery.database, after=self._seen)
        begin = datetime.combine(day.date, time.min, UTC)
        day.sent = messages_sent(
            self._recovery.database, since=begin, until=begin + timedelta(days=1)
        )
        return day

    def _move(self, to: datetime) -> None:
        # Ours first: what the town tells us while its time passes has come by then.
        self._clock.move(to)
        self._town.move(to)

    def _engine(self, day: Day, *, is_morning: bool) -> None:
        """In the morning all of `recovery run`; later in the day what its schedules do."""
        stages = self._recovery.stages
        work = [stages.record, stages.route, stages.reach]
        if is_morning:
            work = [
                stages.record,
                stages.pull,
                stages.route,
                stages.reach,
                stages.record,
                stages.archive,
            ]
        for stage in work:
            self._keep(day, stage())

    def _keep(self, day: Day, report: StageReport) -> None:
        if report.broken:
            raise RecoveryError(f"{report.name} broke on {day.date}: {report.broken}")
        day.counts.update(
            {f"{report.name}.{name}": number for name, number in report.counts.items()}
        )
