"""The nightly read of Keap."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import BaseModel, ConfigDict, Field

from flows.parts import as_task, attempt, finish, recovery, run_name
from recovery.services.stages import StageReport


class PullOptions(BaseModel):
    """What to read from Keap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    full: bool = Field(
        default=False,
        title="Read every contact",
        description=(
            "Off, only what changed is read, and everything once a week. On, every contact is "
            "read now: about one Keap call for each 1,000 contacts."
        ),
    )


@flow(name="pull", flow_run_name=run_name("pull"), retries=0, persist_result=False)
def pull(options: PullOptions = PullOptions()) -> State[Any]:  # noqa: B008 (frozen)
    """Reads from Keap whose e-mail no longer arrives, opens cases for them and closes those that
    healed. A pull that was cut short goes on where it was."""
    return finish("pull", lambda: [attempt("pull", lambda: pulled(options))])


def pulled(options: PullOptions) -> StageReport:
    """The stage, as one task."""
    report: StageReport = as_task(
        "read from Keap", lambda: recovery().stages.pull(full=options.full)
    )
    return report
