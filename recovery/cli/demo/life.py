"""Six weeks of a firm, moment by moment: the engine looks, people answer, a rep calls."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from recovery.adapters.db.queries.diary import (
    Happening,
    happened,
    last_outcome,
    messages_sent,
)
from recovery.bootstrap import Recovery
from recovery.cli.demo.days import MovedClock, days, moments, opening_after
from recovery.cli.demo.manager import Farewell, Manager
from recovery.cli.demo.rep import Rep
from recovery.cli.demo.stopwatch import Stopwatch
from recovery.cli.demo.town import Town
from recovery.errors import RecoveryError
from recovery.services.stages import StageReport

_SATURDAY = 5
#: All stages once, up to the approval, as `recovery run` does them.
WholeJob = Callable[[], list[StageReport]]


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
        self,
        recovery: Recovery,
        clock: MovedClock,
        town: Town,
        *,
        rep: Rep,
        manager: Manager,
        whole_job: WholeJob,
        watch: Stopwatch,
    ) -> None:
        self._recovery = recovery
        self._clock = clock
        self._town = town
        self._rep = rep
        self._manager = manager
        self._whole_job = whole_job
        self._watch = watch
        self._seen = last_outcome(recovery.database)

    def live(self, weeks: int) -> Iterator[Day]:
        """Each day when it is over."""
        for day in days(weeks):
            yield self._live(Day(day))

    def open_again(self) -> None:
        """The morning after: the whole job once more, and from here on time passes by itself."""
        opening = opening_after(self._clock())
        self._move(opening)
        self._engine(Day(opening.date()), is_morning=True)
        self._clock.run_on()

    def go_on(self) -> None:
        """People read, answer and call back up to this moment."""
        self._town.move(self._clock())

    def _live(self, day: Day) -> Day:
        for number, moment in enumerate(moments(day.date)):
            with self._watch.on("people and their callbacks"):
                self._move(moment)
            with self._watch.on("the morning's runs" if number == 0 else "the day's stages"):
                self._engine(day, is_morning=number == 0)
            with self._watch.on("the rep"):
                self._rep.work()
            if number == 1 and day.date.weekday() < _SATURDAY:
                with self._watch.on("the manager"):
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
        later = (stages.record, stages.route, stages.reach)
        reports = self._whole_job() if is_morning else [stage() for stage in later]
        for report in reports:
            self._keep(day, report)

    def _keep(self, day: Day, report: StageReport) -> None:
        if report.broken:
            raise RecoveryError(f"{report.name} broke on {day.date}: {report.broken}")
        day.counts.update(
            {f"{report.name}.{name}": number for name, number in report.counts.items()}
        )
