"""Wrong settings and input: one line with what to do, its exit code, and no traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli import CommandLine, command_line


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "name", ["KEAP__BASE_URL", "KEAP__TOKEN_URL", "TWILIO__BASE_URL"], ids=str.lower
)
@pytest.mark.parametrize("url", ["http://keap.example/crm", "http://10.0.0.7", "keap.example"])
def test_no_credential_goes_out_in_clear_or_to_half_an_address(
    recovery: CommandLine, name: str, url: str
):
    recovery.set(KEAP__TOKEN="x", **{name: url})
    shown = recovery("pull", code=2).output
    assert f"RECOVERY_{name}" in shown
    assert "https://" in shown


@pytest.mark.parametrize("url", ["http://firm.example", "firm.example"])
def test_an_address_that_twilio_could_not_report_to_loses_no_message(
    recovery: CommandLine, url: str
):
    recovery.set(PUBLIC_URL=url)
    for command in ("reach", "doctor"):
        assert "RECOVERY_PUBLIC_URL" in recovery(command, code=2).output


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("KEAP__CALLS_PER_SECOND", "inf", "finite number"),
        ("TWILIO__MESSAGES_PER_SECOND", "inf", "finite number"),
        ("KEAP__TOKEN", "hush\nhush", "copy it once more"),
        ("TWILIO__AUTH_TOKEN", "hush\n", "copy it once more"),
        ("TRUSTED_PROXIES", "127.0.0.1, proxy.firm.example", "IP addresses, by comma"),
    ],
)
def test_what_would_only_fail_in_use_is_a_wrong_setting(
    recovery: CommandLine, name: str, value: str, mend: str
):
    recovery.set(**{name: value})
    shown = recovery("pull", code=2).output
    assert f"RECOVERY_{name}" in shown
    assert mend in shown
    assert "hush" not in shown


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:9", "[::1]:9"])
def test_plain_http_is_allowed_on_this_machine(recovery: CommandLine, host: str):
    recovery.set(KEAP__BASE_URL=f"http://{host}/crm")
    assert "RECOVERY_KEAP__TOKEN is not set" in recovery("pull", code=2).output


def test_a_setting_that_does_not_exist_is_named(recovery: CommandLine):
    recovery.set(KEAP__TOKN="x")
    assert "RECOVERY_KEAP__TOKN: there is no such setting" in recovery("report", code=2).output


@pytest.mark.parametrize("url", ["mysql://user:hush@host/name", "nonsense"])
def test_another_database_is_a_wrong_setting_and_hides_no_check(recovery: CommandLine, url: str):
    recovery.set(DATABASE_URL=url)
    refused = recovery("pull", code=2).output + recovery("report", code=2).output
    assert "postgresql+psycopg://" in refused
    assert "hush" not in refused
    assert recovery.json("doctor", code=2)["findings"][-1]["what"] == "Prefect"


def test_a_database_that_is_no_database_lets_the_doctor_tell_the_rest(recovery: CommandLine):
    home = recovery.folder / "home"
    home.mkdir(exist_ok=True)
    recovery.set(HOME=str(home))
    (home / "recovery.db").write_text("no database at all, and long enough to be read as one" * 99)
    assert "backup" in recovery("report", code=1).output
    found = recovery.json("doctor", code=None)["findings"]
    assert found[-1]["what"] == "Prefect"


@pytest.mark.parametrize("command", ["web", "serve", "sandbox"])
def test_a_port_in_use_is_told_before_anything_starts(recovery: CommandLine, command: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = recovery(command, "--port", port, code=2)
    assert "--port" in refused.stderr
    assert not refused.stdout


def test_a_home_that_is_a_file_is_told_by_the_doctor(recovery: CommandLine):
    file = recovery.folder / "file"
    file.write_text("")
    recovery.set(HOME=str(file))
    disk = [one for one in recovery.json("doctor", code=2)["findings"] if one["what"] == "disk"]
    assert disk[0]["level"] == "misconfigured"


def test_a_choice_that_is_none_names_the_choices_in_plain_words(recovery: CommandLine):
    shown = recovery("templates", "preview", "new_email_first", "--language", "fr", code=2).output
    assert "'es'" in shown
    assert "Value error" not in shown


def _in_a_process(folder: Path, *arguments: str, **variables: str) -> bytes:
    shown = subprocess.run(
        [sys.executable, "-c", "from recovery.cli import main; main()", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | variables,
        capture_output=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_a_terminal_that_knows_only_ascii_still_gets_its_answer(tmp_path: Path):
    arguments = ("templates", "preview", "new_email_first")
    assert b"Hola, Ana" in _in_a_process(tmp_path, *arguments, PYTHONIOENCODING="ascii")


def test_the_database_is_its_owners_alone_also_in_a_folder_open_to_all(tmp_path: Path):
    home = tmp_path / "shared"
    home.mkdir(mode=0o755)
    _in_a_process(tmp_path, "migrate", RECOVERY_HOME=str(home))
    assert (home / "recovery.db").stat().st_mode & 0o077 == 0


def test_a_policy_error_names_the_line_that_was_typed_and_once(recovery: CommandLine):
    recovery.policy("hard_bounce = { cals = 3 }")
    shown = recovery("policy", "check", code=2).output
    assert shown.count("hard_bounce.cals") == 1
    assert "deactivated" not in shown


def test_a_default_region_that_is_no_country_is_refused(recovery: CommandLine):
    recovery.policy('default_region = "ZZ"')
    assert "is no country" in recovery("policy", "check", code=2).output
