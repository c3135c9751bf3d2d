"""The weekly archive, and the deletion of what somebody approved."""

from collections.abc import Iterator
from functools import partial
from time import monotonic, sleep
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import BaseModel, ConfigDict, Field

from flows.parts import as_task, attempt, finish, recovery, run_name
from recovery.domain.archive import BatchState
from recovery.errors import ConfigurationError
from recovery.services.archive.batches import BatchSummary
from recovery.services.archive.deletion import DeletionResult
from recovery.services.stages import StageReport

_LOOK_EVERY = 10.0


class ArchiveOptions(BaseModel):
    """How to archive, and how long to wait for an approval."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["es", "pt", "en"] | None = Field(
        default=None,
        title="Language of the workbook",
        description="Empty: the policy's default language.",
    )
    wait_minutes: int = Field(
        default=0,
        ge=0,
        le=1440,
        title="Wait for an approval (minutes)",
        description=(
            "How long this run waits until a manager approves with `recovery archive approve`. "
            "0: delete only what is approved already; start the flow again after the approval."
        ),
    )
    delete_all: bool = Field(
        default=False,
        title="Go on after the first small batch",
        description=(
            "Off, an approved batch is deleted up to `delete.first_batch` contacts and then "
            "pauses for a look. On, it is deleted to its end."
        ),
    )


@flow(name="archive", flow_run_name=run_name("archive"), retries=0, persist_result=False)
def archive(options: ArchiveOptions = ArchiveOptions()) -> State[Any]:  # noqa: B008 (frozen)
    """Archives whose hold is over: reads the full record, writes it, reads it back, compares, makes
    the workbook. Then deletes in Keap what an unexpired approval covers, and nothing else."""

    def stages() -> list[StageReport]:
        built = attempt("archive", lambda: archived(options.language))
        if (built.note or "").startswith("nothing to do"):
            return [built]
        return [built, attempt("delete", lambda: deleted(options))]

    return finish("archive", stages)


def archived(language: str | None = None) -> StageReport:
    """The stage up to the approval, as one task."""
    report: StageReport = as_task(
        "archive and verify", lambda: recovery().stages.archive(language=language)
    )
    return report


def deleted(options: ArchiveOptions) -> StageReport:
    """What was approved, one task a batch; nothing where deleting is not allowed."""
    report = StageReport("delete", counts={"deleted": 0})
    try:
        recovery().guard.may_delete()
    except ConfigurationError as error:
        report.note = str(error)
        return report
    for batch_id in _approved(options.wait_minutes):
        result = as_task(f"delete batch {batch_id}", partial(_delete, batch_id, options))
        _add(report, result)
    return report


def _approved(minutes: int) -> Iterator[str]:
    """Approved batches as they are approved, until none is left to wait for or time is up."""
    until = monotonic() + 60 * minutes
    seen: set[str] = set()
    while True:
        open_ones = [one for one in recovery().archive.batches() if _is_open(one)]
        for one in open_ones:
            if one.approved_by and one.batch.id not in seen:
                seen.add(one.batch.id)
                yield one.batch.id
        if monotonic() >= until or all(one.batch.id in seen for one in open_ones):
            return
        sleep(_LOOK_EVERY)


def _is_open(summary: BatchSummary) -> bool:
    left = summary.waiting or summary.in_doubt
    return bool(left) and summary.batch.state not in (BatchState.BUILDING, BatchState.DONE)


def _delete(batch_id: str, options: ArchiveOptions) -> DeletionResult:
    return recovery().deletion.delete(batch_id, everything=options.delete_all)


def _add(report: StageReport, result: DeletionResult) -> None:
    report.add("deleted", result.deleted)
    report.add("gone", result.gone)
    report.add("in_doubt", result.in_doubt)
    for reason, number in result.spared.items():
        report.skipped[reason] = report.skipped.get(reason, 0) + number
    if result.paused:
        report.note = "paused after the first small batch: look, then go on with `delete all`"
