"""The nightly decisions."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.parts import DECIDE_BATCH, attempt, finish, in_tasks, recovery, run_name
from recovery.services.stages import StageReport


@flow(name="route", flow_run_name=run_name("route"), retries=0, persist_result=False)
def route() -> State[Any]:
    """Decides what comes next for every open case that needs it: a message, a call, a wait, the
    hold. Each decision keeps its rule and its reason; `recovery explain` shows them."""
    return finish("route", lambda: [attempt("route", routed)])


def routed() -> StageReport:
    """The stage, one task for each 500 cases."""
    return recovery().stages.route(hand_out=in_tasks("decide", DECIDE_BATCH))
