"""The flows on a real Prefect server: what they do, what they leave, and how they end."""

import json
import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
import pytest
import requests
import yaml
from prefect import Flow, flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.flows import load_flow_from_entrypoint
from prefect.states import Running
from prefect.utilities.callables import parameter_schema

from flows import parts
from flows.archive import ArchiveOptions, archive
from flows.deploying import PROJECT, automations, deployments, end_dead_runs
from flows.pull import PullOptions, pull
from flows.reach import ReachOptions, reach
from flows.record import record
from flows.recover import at_server, recover, run_here, run_once
from flows.route import route
from flows.server import Server, ServerUnavailable
from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.domain.brakes import Brake, BrakeName
from recovery.services.stages import StageReport, summarise
from recovery.services.users.service import Role
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Home, policy_file

STAGES = ("pull", "route", "reach", "record", "archive")
#: One contact of one is everybody, and nobody could call them.
DELETABLE = "[delete]\nmax_share = 1.0\nnever_called = true\n"
SECRET = "Ana Prado +525512345678"


def test_each_flow_does_its_stage_and_leaves_a_table_and_a_summary(
    home: Home, client: SyncPrefectClient
) -> None:
    home.contact(phones=[MEXICAN])
    said = {}
    for stage in (pull, route, reach, record, archive):
        with parts.using(home.fresh):
            state = stage(return_state=True)
        assert state.type is StateType.COMPLETED, state.message
        said[stage.name] = state.message
        assert set(artifacts(client, state)) == {f"{stage.name}-counts", f"{stage.name}-summary"}
    assert "1 sent" in said["reach"]
    assert len(home.messages()) == 1


def test_the_whole_job_reports_every_stage_and_never_deletes(
    home: Home, client: SyncPrefectClient
) -> None:
    for phone in (MEXICAN, BRAZILIAN, COLOMBIAN):
        home.contact(phones=[phone])
    with parts.using(home.fresh):
        state = recover(return_state=True)
    reports = state.result()
    assert [one.name for one in reports] == ["record", *STAGES]
    assert summarise(reports)["whatsapp_sent"] == len(home.messages()) == 3
    table = artifacts(client, state)["recover-counts"]
    assert {"stage": "reach", "what": "sent", "number": 3} in table


def test_only_counts_and_batches_are_seen_in_prefect(home: Home, client: SyncPrefectClient) -> None:
    home.contact(phones=[MEXICAN], email="carmen@example.com")
    home.send()
    with parts.using(home.fresh):
        state = recover(return_state=True)
    seen = repr(client.read_flow_run(run_id(state))) + repr(artifacts(client, state))
    assert MEXICAN[1:] not in seen
    assert "carmen" not in seen


def test_a_limit_leaves_the_rest_for_the_next_run(home: Home, prefect: Server) -> None:
    for phone in (MEXICAN, BRAZILIAN, COLOMBIAN):
        home.contact(phones=[phone])
    home.run("pull", "route")
    with parts.using(home.fresh):
        first = reach(ReachOptions(limit=2), return_state=True)
        assert len(home.messages()) == 2
        assert "1 left out (over the limit)" in str(first.message)
        reach(return_state=True)
    assert len(home.messages()) == 3


def test_a_full_pull_reads_also_who_did_not_change(home: Home, prefect: Server) -> None:
    home.contact(phones=[MEXICAN])
    for _ in range(2):
        home.run("pull")
        home.move(hours=1)
    with parts.using(home.fresh):
        quick = pull(return_state=True).result()
        full = pull(PullOptions(full=True), return_state=True).result()
    assert quick[0].counts.get("pulled", 0) == 0
    assert full[0].counts["pulled"] == 1


def test_batches_become_tasks_of_at_most_so_many(prefect: Server) -> None:
    handed: list[list[int]] = []

    @flow(name="batches")
    def batches() -> None:
        parts.in_tasks("count", 100)(range(250), lambda ids: handed.append(list(ids)))

    batches()
    assert [len(batch) for batch in handed] == [100, 100, 50]
    assert [one for batch in handed for one in batch] == list(range(250))


@pytest.mark.parametrize("name", STAGES)
def test_a_run_beside_another_ends_as_nothing_to_do(home: Home, prefect: Server, name: str) -> None:
    flows = {"pull": pull, "route": route, "reach": reach, "record": record, "archive": archive}
    with home.another().leases.hold(name), parts.using(home.fresh):
        state = flows[name](return_state=True)
    assert (state.type, state.name) == (StateType.COMPLETED, "NothingToDo")


def test_a_broken_stage_fails_the_run_without_a_traceback_and_the_others_go_on(
    home: Home, prefect: Server, caplog: pytest.LogCaptureFixture
) -> None:
    break_stage(home, "pull", lambda: StageReport("pull", broken="the disk is full: free space"))
    with caplog.at_level(logging.INFO, "prefect"), parts.using(home.fresh):
        state = recover(return_state=True)
    assert state.type is StateType.FAILED
    assert "pull: the disk is full: free space" in str(state.message)
    assert "Traceback" not in caplog.text
    assert len(state.result(raise_on_failure=False)) == 1 + len(STAGES)


def test_a_missing_setting_fails_the_run_with_its_name_and_no_traceback(
    make_home: Callable[..., Home], prefect: Server, caplog: pytest.LogCaptureFixture
) -> None:
    home = make_home()
    bare = home.settings.keap.model_copy(update={"token": None})
    home.settings = home.settings.model_copy(update={"keap": bare})
    home.restart()
    with caplog.at_level(logging.INFO, "prefect"), parts.using(home.fresh):
        state = pull(return_state=True)
    assert state.type is StateType.FAILED
    assert "RECOVERY_KEAP__TOKEN" in str(state.message)
    assert "Traceback" not in caplog.text


def test_an_unexpected_error_is_named_by_its_kind_and_place_alone(
    home: Home, prefect: Server, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> StageReport:
        raise KeyError(SECRET)

    break_stage(home, "record", fails)
    with caplog.at_level(logging.INFO, "prefect"), parts.using(home.fresh):
        state = record(return_state=True)
    assert state.type is StateType.FAILED
    assert "KeyError" in str(state.message)
    assert SECRET not in caplog.text + str(state.message)
    with pytest.raises(KeyError):
        run_here(home.fresh)


def test_only_the_archive_flow_deletes_and_only_what_was_approved(
    make_home: Callable[..., Home], prefect: Server, tmp_path: Path
) -> None:
    home = make_home(policy=policy_file(tmp_path, DELETABLE))
    lost = unrecovered(home)
    with parts.using(home.fresh):
        assert recover(return_state=True).name == "AwaitingApproval"
        assert archive(return_state=True).name == "AwaitingApproval"
        approve_all(home)
        recover()
        assert not gone(home, lost)
        after = archive(return_state=True)
    assert gone(home, lost)
    assert "1 deleted" in str(after.message)


def test_an_archive_run_that_waits_deletes_once_the_approval_is_there(
    make_home: Callable[..., Home],
    prefect: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = make_home(policy=policy_file(tmp_path, DELETABLE))
    lost = unrecovered(home)
    monkeypatch.setattr("flows.archive.sleep", lambda _: approve_all(home))
    with parts.using(home.fresh):
        archive(ArchiveOptions(wait_minutes=1))
    assert gone(home, lost)


def test_the_job_runs_on_the_server_that_prefect_is_set_to(home: Home, prefect: Server) -> None:
    home.contact(phones=[MEXICAN])
    assert summarise(run_once(home.fresh))["whatsapp_sent"] == 1
    assert not (home.settings.home / "prefect").exists()


@pytest.mark.parametrize("is_its_own", [True, False])
def test_a_server_that_ends_with_its_run_is_told_nothing(
    home: Home, prefect: Server, monkeypatch: pytest.MonkeyPatch, *, is_its_own: bool
) -> None:
    SqlBrakeStore(home.fresh.database).put_on([Brake(BrakeName.ACCOUNT, since=home.now)])
    server = prefect if is_its_own else replace(prefect, child=None)
    monkeypatch.setattr("flows.recover.joined_or_running", lambda _: nullcontext(server))
    run_once(home.fresh)
    # What nobody heard is still news.
    assert bool(home.fresh.attention.news()) is is_its_own


def test_a_server_that_does_not_answer_is_named(home: Home) -> None:
    with at_server("http://127.0.0.1:9/api"), pytest.raises(ServerUnavailable, match=r":9/api"):
        run_once(home.fresh)


def test_the_deployments_carry_the_names_others_script_against() -> None:
    assert [one["name"] for one in deployments()] == [*STAGES, "recover"]


@pytest.mark.parametrize("name", [*STAGES, "recover"])
def test_a_deployment_gives_its_flow_whole_and_valid_parameters(name: str) -> None:
    (given,) = [one for one in deployments() if one["name"] == name]
    loaded = load(given["entrypoint"])
    assert loaded.name == name
    loaded.validate_parameters(given["parameters"])
    schema = parameter_schema(loaded).model_dump()
    assert set(given["parameters"]) == set(schema["properties"])
    for argument, definition in schema["definitions"].items():
        assert definition["description"], argument
        for field in definition["properties"].values():
            assert field["title"]
            assert field["description"]
    wholes = {key: set(value) for key, value in given["parameters"].items()}
    for argument, fields in wholes.items():
        reference = schema["properties"][argument]["$ref"]
        definition = schema["definitions"][reference.rpartition("/")[2]]
        assert fields == set(definition["properties"])


def test_every_schedule_has_a_slug_and_a_zone_and_every_deployment_runs_once_at_a_time() -> None:
    for one in deployments():
        assert one["tags"] == ["recovery", one["name"], "{{ $RECOVERY_ACCOUNT }}"]
        assert one["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert all({"slug", "timezone", "cron"} == set(s) for s in one["schedules"])
    assert yaml.safe_load((PROJECT / "prefect.yaml").read_text())["pull"]


def test_a_server_made_ready_twice_schedules_runs_and_keeps_one_of_each(
    make_it_ready: Callable[[], int], client: SyncPrefectClient
) -> None:
    """Also the guard of our pins: with other versions of SQLAlchemy nothing is ever scheduled."""
    assert make_it_ready() == 6
    for automation in automations():
        assert len(client.read_automations_by_name(automation.name)) == 1
    for name, number in {"reach": 1, "recover": 0}.items():
        assert len(deployed(client, name).schedules) == number
    assert "Casa Prado" in deployed(client, "reach").tags
    assert str(deployed(client, "reach").description).startswith("Casa Prado: Sends")
    assert eventually(lambda: scheduled(client)) > 0


@pytest.mark.usefixtures("make_it_ready")
def test_a_run_whose_worker_is_gone_is_ended(client: SyncPrefectClient) -> None:
    run = client.create_flow_run_from_deployment(deployed(client, "record").id)
    client.set_flow_run_state(run.id, Running(), force=True)
    assert end_dead_runs("its worker was gone") == 1
    state = client.read_flow_run(run.id).state
    assert state is not None
    assert (state.type, state.message) == (StateType.CRASHED, "its worker was gone")


def unrecovered(home: Home) -> str:
    """A contact without any way to reach them, whose hold is over."""
    contact = home.contact(phones=[])
    home.send()
    home.next_day(15)
    return contact


def approve_all(home: Home) -> None:
    """A manager consents to every batch, with the second factor."""
    made = home.fresh.users.add("jefa@example.com", Role.MANAGER)
    code = pyotp.TOTP(made.totp_secret).at(home.now)
    for batch in home.fresh.archive.batches():
        home.fresh.approvals.approve(batch.batch.id, as_="jefa@example.com", code=code)


def gone(home: Home, contact_id: str) -> bool:
    """Does Keap no longer have this contact?"""
    try:
        home.keap("GET", f"/contacts/{contact_id}")
    except requests.HTTPError as error:
        return error.response is not None and error.response.status_code == 404
    return False


def break_stage(home: Home, name: str, stage: Callable[[], StageReport]) -> None:
    """Replaces one stage of an installation."""
    setattr(home.fresh.stages, name, lambda **_: stage())


def artifacts(client: SyncPrefectClient, state: State[Any]) -> dict[str, Any]:
    """What a run left, by key."""
    mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id(state)]))
    return {
        str(one.key): json.loads(one.data) if one.type == "table" else one.data
        for one in client.read_artifacts(artifact_filter=mine)
    }


def run_id(state: State[Any]) -> UUID:
    found = state.state_details.flow_run_id
    assert found
    return found


def load(entrypoint: str) -> Flow[Any, Any]:
    return load_flow_from_entrypoint(str(PROJECT / entrypoint))


def deployed(client: SyncPrefectClient, name: str) -> Any:
    mine = DeploymentFilter(name=DeploymentFilterName(any_=[name]))
    (found,) = client.read_deployments(deployment_filter=mine)
    return found


def scheduled(client: SyncPrefectClient) -> int:
    waiting = FlowRunFilterStateType(any_=[StateType.SCHEDULED])
    state = FlowRunFilterState(type=waiting)
    return len(client.read_flow_runs(flow_run_filter=FlowRunFilter(state=state)))


def eventually(look: Callable[[], int], *, within: float = 20) -> int:
    """What `look` finds as soon as it finds something; the server's own loops set the pace."""
    until = time.monotonic() + within
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.2)
    return found
