"""Makes a Prefect server ready for our flows: work pool, deployments, automations."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import StateType
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed
from prefect.workers.process import ProcessWorker

from flows.server import ServerUnavailable
from recovery.errors import ConfigurationError

POOL = "recovery"
#: What a firm calls the notification block that our automations use.
ALERTS = "recovery"
#: Two interpreters and about 200 MB a run; each stage runs once at a time anyway.
_RUNS_AT_ONCE = 4
_HERE = Path(__file__).parent
PROJECT = _HERE.parent


def make_ready(*, variables: Mapping[str, str], log: Path, account: str = "Recovery") -> int:
    """Pool, deployments and automations on the server that is set; answers how many deployments.

    Can be repeated: what is there is brought up to date. `variables` is the environment of
    Prefect's own tool, and `log` gets what it says; `account` is named in tags and descriptions.
    """
    with get_client(sync_client=True) as client:
        _make_pool(client)
        _deploy(variables, log, account)
        for automation in automations(alerts=who_is_told(client)):
            _upsert(client, automation)
    return len(deployments())


def deployments() -> list[dict[str, Any]]:
    """The deployments of prefect.yaml; ConfigurationError where there is no such file."""
    try:
        with (PROJECT / "prefect.yaml").open(encoding="utf-8") as file:
            return list(yaml.safe_load(file)["deployments"])
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no prefect.yaml in {PROJECT}: install Recovery from a checkout "
            "(`make setup`), which holds it"
        ) from None


def automations(*, alerts: UUID | None = None) -> list[AutomationCore]:
    """The automations we keep on the server; without a block for alerts these do nothing but show
    in its event feed."""
    with (_HERE / "automations.yaml").open(encoding="utf-8") as file:
        return [
            AutomationCore.model_validate(
                {**one, "actions": [_action(action, alerts) for action in one["actions"]]}
            )
            for one in yaml.safe_load(file)
        ]


def _action(action: dict[str, Any], alerts: UUID | None) -> dict[str, Any]:
    if action.get("block_document_id") != ALERTS:
        return action
    return {**action, "block_document_id": str(alerts)} if alerts else {"type": "do-nothing"}


def who_is_told(client: SyncPrefectClient) -> UUID | None:
    """The notification block of our name that the firm made in Prefect, whatever its type."""
    for block in client.read_block_documents(limit=200, include_secrets=False):
        notifies = block.block_schema and "notify" in block.block_schema.capabilities
        if block.name == ALERTS and notifies:
            return block.id
    return None


def end_dead_runs(why: str) -> int:
    """Ends runs that no worker of ours can still be at; only for a server of our own, while our
    worker does not run."""
    going = FlowRunFilterStateType(
        any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=going)),
            work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
        )
        for run in runs:
            client.set_flow_run_state(run.id, Crashed(message=why), force=True)
    return len(runs)


def _make_pool(client: SyncPrefectClient) -> None:
    try:
        client.read_work_pool(POOL)
        client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=_RUNS_AT_ONCE))
    except ObjectNotFound:
        client.create_work_pool(
            WorkPoolCreate(
                name=POOL,
                type=ProcessWorker.type,
                description="Runs of Recovery, each in its own process on the worker's machine.",
                base_job_template=ProcessWorker.get_default_base_job_template(),
                concurrency_limit=_RUNS_AT_ONCE,
            )
        )


def _deploy(variables: Mapping[str, str], log: Path, account: str) -> None:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
            cwd=PROJECT,
            env={**variables, "RECOVERY_PROJECT": str(PROJECT), "RECOVERY_ACCOUNT": account},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if done.returncode:
        raise ServerUnavailable(f"prefect.yaml could not be deployed: see {log}")


def _upsert(client: SyncPrefectClient, automation: AutomationCore) -> None:
    """Prefect's own command makes another one at every call."""
    known = client.read_automations_by_name(automation.name)
    for one in known[1:]:
        client.delete_automation(one.id)
    if known:
        # Somebody may have switched it off, and it stays off.
        kept = automation.model_copy(update={"enabled": known[0].enabled})
        client.update_automation(known[0].id, kept)
    else:
        client.create_automation(automation)
