"""What became of it all, every few minutes."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parts import as_task, attempt, finish, recovery, run_name
from recovery.services.stages import StageReport


@flow(name="record", flow_run_name=run_name("record"), retries=0, persist_result=False)
def record() -> State[Any]:
    """Records what became of messages, understands and answers replies, settles what is in doubt,
    and tells Keap: new addresses, notes, tags and tasks, each once."""
    return finish("record", lambda: [attempt("record", recorded)])


def recorded() -> StageReport:
    """The stage, as one task."""
    report: StageReport = as_task("listen, settle, write back", lambda: recovery().stages.record())
    return report
