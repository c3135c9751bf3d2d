"""The five stages of the job as flows and commands run them: one at a time an account, each
ending with counts or with the name of what it waits for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from recovery.errors import (
    ConfigurationError,
    NothingToDo,
    QuotaExhausted,
    StorageFull,
    TemporaryFailure,
)
from recovery.services.batches import BatchSummary
from recovery.services.ports import ContentStatus
from recovery.services.pull import PullService
from recovery.services.reach import Lease, ReachCounts, ReachService
from recovery.services.record import RecordCounts, RecordService
from recovery.services.route import RouteCounts, RouteService


@dataclass(slots=True)
class StageReport:
    """What one stage did; `note` names what it waits for, `broken` what a person must mend."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    note: str | None = None
    broken: str | None = None

    def add(self, what: str, number: int) -> None:
        """Adds to a count."""
        self.counts[what] = self.counts.get(what, 0) + number


class Leases(Protocol):
    """Hands out the right to work on a stage."""

    def hold(self, name: str) -> AbstractContextManager[Lease]:
        """Raises NothingToDo when another run has it."""


class Archives(Protocol):
    """Builds the batch of those whose hold is over."""

    def build(self) -> BatchSummary | None: ...


Contents = Mapping[tuple[str, str], ContentStatus]


@dataclass(frozen=True, slots=True)
class Services:
    """Makes each service when its stage begins."""

    pull: Callable[[], PullService]
    route: Callable[[], RouteService]
    reach: Callable[[], ReachService]
    record: Callable[[], RecordService]
    archive: Callable[[], Archives]
    approved: Callable[[], Contents]
    may_send: Callable[[], None]
    waiting: Callable[[], int]


class Stages:
    """Runs stages; a stage that another process is at ends as `nothing to do`."""

    def __init__(self, services: Services, leases: Leases) -> None:
        self._services = services
        self._leases = leases

    def pull(self) -> StageReport:
        """Contacts from Keap; opens cases and closes healed ones."""
        report = StageReport("pull")
        with self._stage(report):
            pull = self._services.pull().run()
            for name, number in pull.counts.items():
                kind, _, reason = name.partition(":")
                if kind == "skipped":
                    report.skipped[reason] = number
                else:
                    report.counts[name] = number
        return report

    def route(self) -> StageReport:
        """A decision for every open case that needs one."""
        report = StageReport("route")
        with self._stage(report):
            add_routed(report, self._services.route().run())
        return report

    def reach(self) -> StageReport:
        """Calls into the queue, messages out."""
        report = StageReport("reach")
        with self.reaching(report) as (service, approved, lease):
            counts = service.run(approved, lease)
            add_reached(report, counts)
        return report

    def record(self) -> StageReport:
        """What became of it all; answers, doubts, and Keap told."""
        report = StageReport("record")
        with self._stage(report) as lease:
            add_recorded(report, self._services.record().run(lease))
        return report

    def archive(self) -> StageReport:
        """A verified batch of those whose hold is over, waiting for approval."""
        report = StageReport("archive")
        with self._stage(report):
            batch = self._services.archive().build()
            report.counts["archived"] = batch.batch.contacts if batch else 0
            report.counts["awaiting_approval"] = self._services.waiting()
            if report.counts["awaiting_approval"]:
                report.note = "waits for approval: see `recovery archive list`"
        return report

    @contextmanager
    def reaching(self, report: StageReport) -> Iterator[tuple[ReachService, Contents, Lease]]:
        """A reach in parts: the service, the approved templates and the lease, for batches."""
        with self._stage(report) as lease:
            service = self._services.reach()
            try:
                self._services.may_send()
            except ConfigurationError as error:
                report.add("calls_queued", service.queue_calls())
                report.note = str(error)
                report.skipped["live_sending_off"] = len(service.due())
                return
            yield service, self._services.approved(), lease

    def routing(self, report: StageReport) -> "AbstractContextManager[RouteService]":
        """A routing in parts, for batches."""
        return self._routing(report)

    @contextmanager
    def _routing(self, report: StageReport) -> Iterator[RouteService]:
        with self._stage(report):
            yield self._services.route()

    @contextmanager
    def _stage(self, report: StageReport) -> Iterator[Lease]:
        """Holds the stage's lease and turns what it may wait for into a note."""
        try:
            with self._leases.hold(report.name) as lease:
                yield lease
        except NothingToDo as error:
            report.note = f"nothing to do: {error}"
        except QuotaExhausted as error:
            report.note = f"quota: {error}"
        except (TemporaryFailure, StorageFull) as error:
            report.broken = str(error)


def add_routed(report: StageReport, counts: RouteCounts) -> None:
    """Adds what a routing did to its report."""
    for act, number in counts.acts.items():
        report.add(f"decided_{act}", number)
    report.add("calls_lapsed", counts.lapsed)
    report.add("unrecovered", counts.unrecovered)
    _merge(report.skipped, counts.skipped)


def add_reached(report: StageReport, counts: ReachCounts) -> None:
    """Adds what a reach did to its report."""
    report.add("whatsapp_sent", counts.sent)
    report.add("calls_queued", counts.calls)
    report.add("in_doubt", counts.in_doubt)
    _merge(report.skipped, counts.skipped)
    if counts.stopped_by:
        report.broken = f"sending stopped: code {counts.stopped_by}; run `recovery doctor`"


def add_recorded(report: StageReport, counts: RecordCounts) -> None:
    """Adds what a recording found to its report."""
    report.add("replies", sum(counts.replies.values()))
    for kind, number in counts.replies.items():
        report.add(f"replies_{kind}", number)
    report.add("recovered", counts.recovered)
    report.add("repaired", counts.repaired)
    report.add("doubts_settled", counts.settled)
    report.add("absent", counts.absent)
    report.add("written_to_keap", sum(counts.written.values()))
    _merge(report.skipped, counts.skipped)


def _merge(into: dict[str, int], counts: Mapping[str, int]) -> None:
    for reason, number in counts.items():
        into[reason] = into.get(reason, 0) + number


#: The counts of `recovery run --json`, in their order (DESIGN §8).
SUMMARY = (
    "pulled",
    "opened",
    "closed_healed",
    "whatsapp_sent",
    "calls_queued",
    "in_doubt",
    "replies",
    "recovered",
    "unrecovered",
    "archived",
    "awaiting_approval",
    "deleted",
)


def summarise(reports: Sequence[StageReport]) -> dict[str, object]:
    """One run's summary from the reports of its stages; later waits replace earlier ones."""
    summary: dict[str, object] = {
        name: sum(report.counts.get(name, 0) for report in reports) for name in SUMMARY
    }
    skipped: dict[str, int] = {}
    for report in reports:
        _merge(skipped, report.skipped)
    summary["skipped"] = skipped
    return summary
