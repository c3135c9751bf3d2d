"""What a newcomer stumbles over: typos, wrong addresses, narrow terminals, each with its mend."""

import errno
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr

from recovery.adapters.db.keap_pace import SqlPacerStore
from recovery.adapters.files.lock import FileLocks
from recovery.cli.errors import explained
from recovery.cli.prerequisites import need_credentials
from recovery.cli.run import told
from recovery.cli.tables import lines
from recovery.errors import AuthorizationLost
from recovery.services.stages import StageReport
from tests.installation import Home
from tests.integration.cli import CommandLine, command_line
from tests.sandbox_server import Running, running


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(contacts=40) as started:
        yield started


@pytest.mark.parametrize("command", ["pull", "reach", "record", "run"])
def test_an_unreachable_keap_is_told_at_once_with_host_and_setting(
    recovery: CommandLine, sandbox: Running, command: str
):
    recovery.connect(sandbox)
    recovery.set(KEAP__BASE_URL="http://127.0.0.1:9/crm")
    began = time.monotonic()
    said = recovery(command, code=1).stderr
    assert time.monotonic() - began < 10
    assert "127.0.0.1:9" in said
    assert "RECOVERY_KEAP__BASE_URL" in said


@pytest.mark.parametrize("command", ["pull", "doctor"])
def test_a_base_url_without_crm_is_told_what_it_should_be(
    recovery: CommandLine, sandbox: Running, command: str
):
    recovery.connect(sandbox)
    recovery.set(KEAP__BASE_URL=sandbox.url)
    assert f"RECOVERY_KEAP__BASE_URL={sandbox.url}/crm" in recovery(command, code=2).output


def test_an_unknown_variable_is_named_with_the_one_that_was_meant(recovery: CommandLine):
    recovery.set(KEAP_TOKEN="x")
    (recovery.folder / ".env").write_text("RECOVERY_HOMEE=somewhere\n")
    said = recovery("migrate").stderr
    assert len(said.splitlines()) == 1
    assert "RECOVERY_KEAP_TOKEN is no setting: did you mean RECOVERY_KEAP__TOKEN?" in said
    assert "did you mean RECOVERY_HOME?" in said
    found = [one for one in recovery.json("doctor", code=None)["findings"] if one["mend"]]
    assert "write RECOVERY_KEAP__TOKEN" in [one["mend"] for one in found]


def test_known_variables_are_passed_over_in_silence(recovery: CommandLine):
    recovery.set(KEAP__TOKEN="x", PACE="full")
    assert recovery("migrate").stderr == ""


def test_a_group_without_its_part_is_wrong_configuration(recovery: CommandLine):
    recovery.set(KEAP="token")
    assert "RECOVERY_KEAP__TOKEN" in recovery("migrate", code=2).output


def test_a_second_serve_on_one_home_is_wrong_usage_with_the_mend(recovery: CommandLine):
    with FileLocks(recovery.folder / "home" / "prefect")("serve"):
        said = recovery("serve", code=2).stderr
    assert "RECOVERY_HOME" in said
    assert str(recovery.folder / "home") in said


@pytest.mark.parametrize("setting", ["KEAP__TOKEN", "TWILIO__AUTH_TOKEN"])
def test_a_credential_that_is_refused_ends_a_run_before_prefect_starts(
    recovery: CommandLine, sandbox: Running, setting: str
):
    recovery.connect(sandbox)
    recovery.set(**{setting: "wrong"})
    said = recovery("run", code=2).stderr
    assert f"RECOVERY_{setting}" in said
    assert not (recovery.folder / "home" / "prefect").exists()


def test_a_credential_that_is_refused_keeps_no_calls_reserved(home: Home) -> None:
    keap = home.settings.keap.model_copy(update={"token": SecretStr("wrong")})
    home.settings = home.settings.model_copy(update={"keap": keap})
    with pytest.raises(AuthorizationLost):
        need_credentials(home.restart())
    assert SqlPacerStore(home.fresh.database).load().used == 1


def test_serve_refuses_a_wrong_setting_before_prefect_starts(
    recovery: CommandLine, sandbox: Running
):
    recovery.connect(sandbox)
    recovery.policy("hold_dayz = 3\n")
    assert "hold_dayz" in recovery("serve", "--port", "18080", code=2).stderr
    assert not (recovery.folder / "home" / "prefect" / "server.log").exists()


def test_what_is_no_address_is_wrong_usage(recovery: CommandLine):
    assert "ana@example.com" in recovery("users", "add", "notmail", "--role", "rep", code=2).stderr
    wrong = ("record", "--contact", "1", "--result", "new_email", "--email", "notmail")
    assert "--email" in recovery(*wrong, code=2).stderr


def test_a_fault_the_sandbox_does_not_know_is_wrong_usage(recovery: CommandLine):
    assert "nope" in recovery("sandbox", "--port", "0", "--faults", "nope", code=2).stderr


def test_the_second_factor_names_the_account(recovery: CommandLine):
    recovery.set(ACCOUNT="Casa Verde")
    added = recovery.json("users", "add", "boss@example.com", "--role", "manager")
    assert "issuer=Casa%20Verde" in added["otpauth_uri"]


def test_cases_that_wait_for_a_decision_are_not_called_nothing(
    recovery: CommandLine, sandbox: Running
):
    recovery.connect(sandbox)
    recovery("pull")
    said = recovery("reach")
    assert "nothing was due" not in said.output
    assert "recovery route" in said.stderr


def test_a_stage_prints_words_and_no_names_of_rules(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    for command in ("pull", "route", "reach", "record"):
        shown = recovery(command).stdout
        assert "_" not in shown.replace("RECOVERY_LIVE_SENDING", "")
        assert "no_route" not in shown


def test_keap_calls_are_counted_when_they_leave(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    before = sandbox.world.requests
    recovery("pull")
    used = recovery.json("report")["keap_calls"]["used_today"]
    assert 0 < used <= sandbox.world.requests - before


def test_two_runs_at_once_are_told_in_one_line(capsys: pytest.CaptureFixture[str]):
    names = ("record", "pull", "route", "reach", "record", "archive")
    busy = [
        StageReport(one, note=f"nothing to do: another run works on {one}: it goes on by itself")
        for one in names
    ]
    assert told(busy) == []
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("record, pull, route, reach, archive: another run works on this home")


@pytest.mark.parametrize("command", [("report",), ("policy", "check"), ("archive", "list")])
@pytest.mark.parametrize("width", [60, 80])
def test_tables_are_whole_on_narrow_terminals(
    recovery: CommandLine, sandbox: Running, command: tuple[str, ...], width: int
):
    recovery.connect(sandbox)
    recovery("pull")
    recovery.monkeypatch.setenv("COLUMNS", str(width))
    shown = recovery(*command).stdout
    assert "…" not in shown
    tables = [line for line in shown.splitlines() if "  " in line]
    assert all(len(line) <= width for line in tables)


@pytest.mark.parametrize("width", [30, 60, 80, None])
def test_no_cell_is_lost_on_any_width(width: int | None):
    head = ("#", "status", *(f"column {n}" for n in range(9)), "reason")
    row = (7, "Soft Bounce", *range(1000, 1009), "because of " + "many words " * 9)
    shown = list(lines(head, [row], width=width, keys=2))
    for cell in ("Soft Bounce", *(f"{n:,}" for n in range(1000, 1009))):
        assert any(cell in line for line in shown)
    assert " ".join(shown).count("many") == 9
    assert width is None or max(map(len, shown)) <= max(width, 40)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EMFILE, "Too many open files"), ("Too many open files", "ulimit")),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            ("Permission denied", "RECOVERY_HOME"),
        ),
        (OSError(errno.ENOSPC, "No space left on device"), ("free some space",)),
    ],
)
def test_what_the_system_refused_is_told_with_its_words(
    recovery: CommandLine,
    error: OSError,
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
):
    said = _end(error, capsys)
    assert all(word in said for word in words)
    assert len(said.splitlines()) == 1


def test_without_a_home_to_write_to_the_log_is_elsewhere(
    recovery: CommandLine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (recovery.folder / "file").write_text("")
    recovery.set(HOME=str(recovery.folder / "file" / "home"))
    monkeypatch.setattr("recovery.cli.errors.gettempdir", lambda: str(recovery.folder))
    said = _end(ValueError("x"), capsys)
    (log,) = recovery.folder.glob("recovery-*.log")
    assert str(log) in said
    assert "ValueError" in log.read_text()


def _end(error: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    def fails() -> None:
        with explained():
            raise error

    with pytest.raises(typer.Exit):
        fails()
    return capsys.readouterr().err
