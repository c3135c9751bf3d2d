"""Who is told by Prefect: a run's end emits events, an automation turns them into a notification,
and a webhook of the firm's own gets it; all on a real server."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import SyncPrefectClient
from prefect.events import emit_event
from prefect.states import Cancelled, Crashed, Running

from flows import parts
from flows.deploying import ALERTS, automations, who_is_told
from flows.record import record
from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.adapters.db.gate import SqlPromiseStore
from recovery.domain.brakes import Brake, BrakeName
from recovery.errors import AuthorizationLost, Call
from recovery.services.promises import Finding
from recovery.services.record.service import RecordService
from tests.installation import Home, policy_file


@pytest.fixture(scope="module")
def heard() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A webhook of the firm, and what it was told."""
    told: list[dict[str, str]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/told", told
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def told(
    heard: tuple[str, list[dict[str, str]]], make_it_ready: Callable[[], int]
) -> list[dict[str, str]]:
    """The firm has made its block, and `serve` was started again."""
    url, told = heard
    body = {"subject": "{{subject}}", "body": "{{body}}"}
    block = CustomWebhookNotificationBlock(
        name="firm", url=url, json_data=body, allow_private_urls=True
    )
    block.save(ALERTS, overwrite=True)
    make_it_ready()
    return told


def wait_for(told: list[dict[str, str]], sign: str) -> dict[str, str]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for one in told:
            if sign in one["body"]:
                return one
        time.sleep(0.2)
    raise AssertionError(told)


def test_what_is_broken_and_what_waits_reaches_somebody_by_its_end_of_run(
    make_home: Callable[..., Home], tmp_path: Path, told: list[dict[str, str]]
) -> None:
    policy = "[delete]\nmax_share = 1.0\nnever_called = true\n"
    home = make_home(policy=policy_file(tmp_path, policy))
    home.contact(phones=[])
    home.run("pull", "route")
    home.next_day(15)
    home.contact(email="ana.vieja@example.com")
    home.contact("CONFIRMED", email="ana@empresa.com", tags=[])
    home.run("pull", "route", "archive")
    broken = Finding("I4", "nothing is started after a stop", 1, ("7",))
    SqlPromiseStore(home.fresh.database).latch([broken], home.now)
    SqlBrakeStore(home.fresh.database).put_on([Brake(BrakeName.CREDENTIAL, since=home.now)])
    with parts.using(home.fresh):
        record(return_state=True)
        record(return_state=True)
    for sign in ("I4 is broken", "refused the credentials", "waits for approval", "free win"):
        found = wait_for(told, sign)
        assert found["subject"] == "Recovery, Casa Prado"
        assert "Next: " in found["body"]
    assert len([one for one in told if "I4" in one["body"]]) == 1


def test_a_run_that_keap_lets_in_no_more_asks_and_tells_as_well(
    make_home: Callable[..., Home], told: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(account="Casa Verde")
    home.contact()
    home.send()
    SqlBrakeStore(home.fresh.database).put_on([Brake(BrakeName.ACCOUNT, since=home.now)])
    with home.fresh.database.begin() as connection:
        connection.execute(sa.text("UPDATE attempt SET sid = NULL, state = 'delivered'"))
    broken = [one.number for one in home.fresh.promises._store.ask() if not one.holds]

    def refused(*_: Any, **__: Any) -> Any:
        raise AuthorizationLost(Call("keap", "token", 400), "Keap refuses the refresh token")

    monkeypatch.setattr(RecordService, "hear", refused)
    with parts.using(home.fresh):
        assert record(return_state=True).is_failed()
    assert [one.finding.number for one in home.fresh.promises.latched()] == broken != []
    assert wait_for(told, "sending stands still")["subject"] == "Recovery, Casa Verde"


def test_a_run_that_died_reaches_somebody(
    told: list[dict[str, str]], client: SyncPrefectClient
) -> None:
    deployment = client.read_deployment_by_name("record/record")
    run = client.create_flow_run_from_deployment(deployment.id)
    client.set_flow_run_state(run.id, Running(), force=True)
    client.set_flow_run_state(run.id, Crashed(message="its process died"), force=True)
    assert "died" in wait_for(told, "its process died")["subject"]


@pytest.mark.usefixtures("told")
def test_a_run_that_gives_no_sign_of_life_is_ended_and_one_that_gives_some_is_not(
    client: SyncPrefectClient,
) -> None:
    rule = automations()[0]
    quick = rule.trigger.model_copy(update={"within": timedelta(seconds=10)})
    made = client.create_automation(rule.model_copy(update={"name": "quick", "trigger": quick}))
    deployment = client.read_deployment_by_name("record/record")
    silent, alive = (client.create_flow_run_from_deployment(deployment.id) for _ in range(2))
    for run in (silent, alive):
        client.set_flow_run_state(run.id, Running(), force=True)
        beat(run.id)
    until = time.monotonic() + 40
    while not client.read_flow_run(silent.id).state.is_crashed():
        assert time.monotonic() < until, client.read_flow_run(silent.id).state
        beat(alive.id)
        time.sleep(0.5)
    assert client.read_flow_run(alive.id).state.is_running()
    client.delete_automation(made)
    client.set_flow_run_state(alive.id, Cancelled(), force=True)


def beat(run_id: UUID) -> None:
    """What the process of a run says every 30 seconds, as the server is told."""
    emit_event(
        "prefect.flow-run.heartbeat",
        resource={"prefect.resource.id": f"prefect.flow-run.{run_id}"},
        related=[{"prefect.resource.id": "prefect.tag.recovery", "prefect.resource.role": "tag"}],
    )


@pytest.mark.usefixtures("told")
def test_without_a_block_of_ours_nobody_is_written_to(client: SyncPrefectClient) -> None:
    assert {action.type for one in automations()[1:] for action in one.actions} == {"do-nothing"}
    block = who_is_told(client)
    ours = automations(alerts=block)[1:]
    assert {action.type for one in ours for action in one.actions} == {"send-notification"}
