"""Brakes on the command line: what stands still, a person's go, and how a stage ends by it."""

import json
from pathlib import Path

import pytest

from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.adapters.db.engine import Database
from recovery.bootstrap import utc_now
from recovery.domain.brakes import Brake
from tests.integration.cli import CommandLine, command_line
from tests.integration.test_invariants import Hand
from tests.sandbox_server import running


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    line = command_line(tmp_path, monkeypatch)
    line("migrate")
    return line


def put_on(cli: CommandLine, name: str, **more: object) -> None:
    database = Database(f"sqlite:///{cli.folder / 'home' / 'recovery.db'}")
    brake = Brake(name, since=utc_now(), **more)  # type: ignore[arg-type]
    SqlBrakeStore(database).put_on([brake])
    database.dispose()


def test_doctor_and_report_tell_what_is_on_and_how_to_mend_it(cli: CommandLine) -> None:
    put_on(cli, "account", code="63051")
    said = cli("doctor", code=None).stdout
    assert "✗ brake account: sending stands still, code 63051" in said
    assert "Meta locked the WhatsApp business account" in said
    assert "recovery policy go" in said
    assert "account, since" in cli("report").stdout
    (told,) = cli.json("report")["brakes"]
    assert (told["name"], told["is_latched"]) == ("account", True)


def test_go_releases_what_is_named_or_all_of_it_with_an_audit_row(cli: CommandLine) -> None:
    put_on(cli, "account", code="63051")
    put_on(cli, "template:new_email_first/es", code="63041")
    assert "no such brake is on: wave" in cli("policy", "go", "wave", code=1).stderr
    cli("users", "add", "boss@example.com", "--role", "manager")
    found = cli.json("policy", "go", "account", "--as", "boss@example.com")
    assert found == {"released": ["account"]}
    assert "released: template:new_email_first/es" in cli("policy", "go").stdout
    assert "no brake is on" in cli("policy", "go").stdout
    database = Database(f"sqlite:///{cli.folder / 'home' / 'recovery.db'}")
    with database.read() as connection:
        query = "SELECT actor, object FROM audit WHERE action = 'brake released' ORDER BY id"
        acts = connection.exec_driver_sql(query).all()
    database.dispose()
    assert [tuple(act) for act in acts] == [
        ("boss@example.com", "account"),
        ("console", "template:new_email_first/es"),
    ]


def test_a_rep_may_not_say_go(cli: CommandLine) -> None:
    put_on(cli, "account", code="63051")
    cli("users", "add", "rep@example.com", "--role", "rep")
    assert "may not say so" in cli("policy", "go", "--as", "rep@example.com", code=1).stderr
    assert cli.json("report")["brakes"]


def test_a_latched_brake_ends_reach_with_exit_code_1_and_a_wave_the_pull_with_0(
    cli: CommandLine,
) -> None:
    with running(contacts=20) as sandbox:
        cli.connect(sandbox)
        put_on(cli, "account", code="63051")
        ended = cli("reach", code=1)
        assert "a brake is on: sending stands still" in ended.stderr
        cli("policy", "go")
        cli.set(PACE="careful")
        cli("pull")
        put_on(cli, "wave", detail={"bounces": 90, "usual": 4, "domain": None})
        waited = cli("pull", "--json")
        assert json.loads(waited.stdout)["note"].startswith("wave: 90 new hard bounces")


def test_a_days_work_is_told_without_an_intake_and_who_waits_with_one(cli: CommandLine) -> None:
    assert "0 calls ahead at most" in cli("doctor", code=None).stdout
    cli.policy("intake = { reps = 2, calls_per_rep_day = 30, open_chats_per_rep = 5 }\n")
    assert "0 days for the team" in cli("doctor", code=None).stdout


def test_a_stage_by_itself_ends_with_the_promises_as_every_run_does(cli: CommandLine) -> None:
    assert cli("route").stderr == ""
    database = Database(f"sqlite:///{cli.folder / 'home' / 'recovery.db'}")
    with database.begin() as connection:
        Hand(connection, written=0, called=0).add("reply", case_id=1, handled_at=utc_now())
    broken = "I3 is broken: every reply that was handled is understood as something (1)"
    assert broken in cli("route", code=1).stderr
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE reply SET kind = 'other'")
    database.dispose()
    assert broken in cli("route", code=1).stderr  # until a person has looked
    cli("doctor", "--invariants")
    assert cli("route").stderr == ""
