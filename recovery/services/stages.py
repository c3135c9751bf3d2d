"""The five stages of the job as flows and commands run them: one at a time an account, each
ending with counts or with the name of what it waits for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from recovery.errors import (
    AuthorizationLost,
    Busy,
    ConfigurationError,
    NothingToDo,
    PromiseBroken,
    QuotaExhausted,
    StorageFull,
    TemporaryFailure,
)
from recovery.services.archive.batches import BatchSummary
from recovery.services.lease import Lease
from recovery.services.ports import ContentStatus
from recovery.services.pull.service import PullService
from recovery.services.reach.service import ReachCounts, ReachService
from recovery.services.record.service import RecordCounts, RecordService
from recovery.services.reps.upkeep import RepUpkeep
from recovery.services.route.service import PAGE, RouteCounts, RouteService


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

    def build(self, *, language: str | None = None) -> BatchSummary | None: ...


Contents = Mapping[tuple[str, str], ContentStatus]
Work = Callable[[Sequence[int]], object]
#: Calls the work with all ids, in as many parts as it likes; a flow makes a task of each part.
HandOut = Callable[[Sequence[int], Work], None]


def at_once(ids: Sequence[int], work: Work) -> None:
    """All in one part."""
    if ids:
        work(ids)


def in_pages(ids: Sequence[int], work: Work) -> None:
    """As many in a part as one transaction should hold."""
    for start in range(0, len(ids), PAGE):
        work(ids[start : start + PAGE])


@dataclass(frozen=True, slots=True)
class Services:
    """Makes each service when its stage begins."""

    #: These two change nothing once another run has the lease.
    pull: Callable[[Lease], PullService]
    route: Callable[[Lease], RouteService]
    reach: Callable[[], ReachService]
    record: Callable[[], RecordService]
    reps: Callable[[], RepUpkeep]
    archive: Callable[[], Archives]
    approved: Callable[[], Contents]
    may_send: Callable[[], None]
    credential_lost: Callable[[], None]
    waiting: Callable[[], int]
    read_twins: Callable[[], int]
    read_purchases: Callable[[], None]
    #: Open cases in countries whose block list was not imported lately.
    without_block_list: Callable[[], int]


class Stages:
    """Runs stages; a stage that another process is at ends as `nothing to do`."""

    def __init__(self, services: Services, leases: Leases) -> None:
        self._services = services
        self._leases = leases

    def pull(self, *, full: bool = False) -> StageReport:
        """Contacts from Keap; opens cases and closes healed ones. `full` reads every contact."""
        return self._run("pull", lambda *given: self._pull(*given, full=full))

    def route(self, *, hand_out: HandOut | None = None) -> StageReport:
        """A decision for every open case that needs one."""
        give = hand_out or in_pages
        return self._run("route", lambda report, lease: self._route(report, lease, give))

    def reach(self, *, hand_out: HandOut | None = None, limit: int | None = None) -> StageReport:
        """Calls into the queue, messages out, to at most `limit` people."""
        give = hand_out or at_once
        return self._run("reach", lambda report, lease: self._reach(report, lease, give, limit))

    def record(self) -> StageReport:
        """What became of it all; answers, doubts, and Keap told."""
        return self._run("record", self._record)

    def archive(self, *, language: str | None = None) -> StageReport:
        """A verified batch of those whose hold is over, waiting for approval."""
        report = StageReport("archive")
        # Deleting needs the same lease: whoever builds takes it.
        with self._noting(report):
            self._archive(report, language)
        return report

    def _run(self, name: str, work: Callable[[StageReport, Lease], None]) -> StageReport:
        report = StageReport(name)
        with self._noting(report), self._leases.hold(name) as lease:
            work(report, lease)
        return report

    @contextmanager
    def _noting(self, report: StageReport) -> Iterator[None]:
        """Turns what the stage may wait for into a note."""
        try:
            yield
        except NothingToDo as error:
            report.note = f"nothing to do: {error}"
        except QuotaExhausted as error:
            report.note = f"quota: {error}"
        except (TemporaryFailure, Busy, StorageFull, PromiseBroken) as error:
            report.broken = str(error)
        except AuthorizationLost as error:
            if error.call.provider.lower() == "twilio":
                self._services.credential_lost()
            raise

    def _pull(self, report: StageReport, lease: Lease, *, full: bool) -> None:
        service = self._services.pull(lease)
        for name, number in service.run(full=full).counts.items():
            kind, _, reason = name.partition(":")
            if kind == "skipped":
                report.skipped[reason] = number
            else:
                report.counts[name] = number
        if service.held:
            report.note = f"wave: {service.held}"

    def _route(self, report: StageReport, lease: Lease, hand_out: HandOut) -> None:
        service, counts = self._services.route(lease), RouteCounts()
        try:
            hand_out(service.due(), lambda ids: service.work(ids, counts))
            hand_out(service.admit(counts), lambda ids: service.work(ids, counts))
            if unlisted := self._services.without_block_list():
                report.add("without_block_list", unlisted)
        finally:
            add_routed(report, counts)

    def _reach(
        self, report: StageReport, lease: Lease, hand_out: HandOut, limit: int | None
    ) -> None:
        service, record = self._services.reach(), self._services.record()
        route = self._services.route(lease)
        record.drain()
        # What was decided before somebody edited the policy is decided by the one of now.
        in_pages(route.outdated(), route.work)
        counts = ReachCounts(calls=service.queue_calls(), skipped=service.waiting())
        due = service.due()

        def send(ids: Sequence[int]) -> None:
            if counts.held:
                counts.skipped["brake"] += len(ids)
            else:
                service.work(ids, self._services.approved(), lease, counts)

        try:
            if self._is_live(report):
                ready = service.ready(due, counts)
                if ready:
                    record.catch_up()
                hand_out(ready[:limit], send)
                if counts.changed:
                    # Whoever changed in Keap since gets another decision, with its reason, at once.
                    route.work(sorted(counts.changed))
                counts.skipped["over_the_limit"] += len(ready) - len(ready[:limit])
            else:
                counts.skipped["live_sending_off"] += len(due)
                # Only reading: routing and the pages of templates go by what is remembered.
                self._services.approved()
        finally:
            add_reached(report, counts)
            latched = "; ".join(str(hold) for hold in service.latched())
            report.broken = f"a brake is on: {latched}" if latched else None

    def _is_live(self, report: StageReport) -> bool:
        try:
            self._services.may_send()
        except ConfigurationError as error:
            report.note = str(error)
            return False
        return True

    def _record(self, report: StageReport, lease: Lease) -> None:
        reps, record, counts = self._services.reps(), self._services.record(), RecordCounts()
        _add(report, reps.before())
        try:
            record.hear(counts)
            _add(report, reps.worked_in_keap())
            record.tell(lease, counts)
        finally:
            add_recorded(report, counts)
        _add(report, reps.after())
        self._services.read_purchases()
        # So that a manager sees the very address that a free win would write.
        self._services.read_twins()

    def _archive(self, report: StageReport, language: str | None) -> None:
        batch = self._services.archive().build(language=language)
        report.counts["archived"] = batch.batch.contacts if batch else 0
        report.counts["awaiting_approval"] = self._services.waiting()
        if report.counts["awaiting_approval"]:
            report.note = "waits for approval: see `recovery archive list`"


def _add(report: StageReport, counts: Mapping[str, int]) -> None:
    for name, number in counts.items():
        report.add(name, number)


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
    report.note = report.note or counts.note
    if counts.held:
        report.note = f"brake: {counts.held}"


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
    report.add("refused_by_keap", counts.refused)
    _merge(report.skipped, counts.skipped)


def _merge(into: dict[str, int], counts: Mapping[str, int]) -> None:
    for reason, number in counts.items():
        if number:
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
