"""The sending, a few times an hour."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import BaseModel, ConfigDict, Field

from flows.parts import SEND_BATCH, attempt, finish, in_tasks, recovery, run_name
from recovery.services.stages import StageReport


class ReachOptions(BaseModel):
    """How many people to write to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        title="At most so many messages",
        description=(
            "Most people to write to in this run, the most promising first; the rest stay due "
            "for the next run. Empty: everybody who is due."
        ),
    )


@flow(name="reach", flow_run_name=run_name("reach"), retries=0, persist_result=False)
def reach(options: ReachOptions = ReachOptions()) -> State[Any]:  # noqa: B008 (frozen)
    """Puts decided calls in the queue and sends the WhatsApp messages that are due, each step at
    most once, and only in the hours, with the consent and by the templates that the policy allows.
    Against the real Twilio nothing leaves until RECOVERY_LIVE_SENDING=true."""
    return finish("reach", lambda: [attempt("reach", lambda: reached(options))])


def reached(options: ReachOptions) -> StageReport:
    """The stage, one task for each 100 people."""
    return recovery().stages.reach(hand_out=in_tasks("send", SEND_BATCH), limit=options.limit)
