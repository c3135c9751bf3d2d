"""How commands behave: quick help, clear ends, never a traceback."""

import errno
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recovery.cli import app
from recovery.cli.errors import explained
from recovery.cli.group import LazyGroup
from recovery.errors import (
    AuthorizationLost,
    Call,
    ConfigurationError,
    NothingToDo,
    RecoveryError,
    Refusal,
    StorageFull,
    TemporaryFailure,
)
from tests.integration.cli import CommandLine, command_line

_CALL = Call("keap", "listContacts", 401)
_SLOW = ("requests", "sqlalchemy", "twilio", "prefect", "fastapi", "phonenumbers", "rich")


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


def _names() -> list[str]:
    group = app.info.cls
    assert group is not None
    assert issubclass(group, LazyGroup)
    return list(group.later)


def _seconds_of_children() -> float:
    """Of the processor: how busy the machine is with others says nothing of us."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_help_imports_none_of_the_slow_libraries_and_is_quick():
    code = (
        "import sys; sys.argv = ['recovery', '--help']\n"
        "from recovery.cli import main\n"
        "try: main()\n"
        f"finally: print([m for m in {_SLOW!r} if m in sys.modules], file=sys.stderr)"
    )
    times = []
    for _ in range(3):
        began = _seconds_of_children()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        times.append(_seconds_of_children() - began)
        assert done.stderr.strip() == "[]"
        assert "understand" in done.stdout
    assert min(times) < 0.3


@pytest.mark.parametrize("name", _names())
def test_every_command_has_a_help_with_an_example(recovery: CommandLine, name: str):
    shown = recovery(name, "--help").stdout
    assert "Example" in shown
    assert f"recovery {name}" in shown


def test_the_commands_of_a_group_have_examples_too(recovery: CommandLine):
    for group, command in (("archive", "delete"), ("users", "add"), ("templates", "push")):
        assert f"recovery {group} {command}" in recovery(group, command, "--help").stdout


def test_a_misspelt_command_is_wrong_usage_with_a_suggestion(recovery: CommandLine):
    assert "'phone'" in recovery("phon", code=2).output


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (NothingToDo("another run has it"), 0, "nothing to do: another run has it"),
        (ConfigurationError("set X"), 2, "recovery: set X"),
        (AuthorizationLost(_CALL), 2, "recovery doctor"),
        (StorageFull(), 1, "free some space"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "free some space"),
        (Refusal("not now"), 1, "recovery: not now"),
        (TemporaryFailure(_CALL), 1, "run again later"),
        (RecoveryError("else"), 1, "recovery: else"),
    ],
)
def test_every_error_ends_in_one_line_and_its_exit_code(
    error: Exception, code: int, line: str, capsys: pytest.CaptureFixture[str]
):
    assert _end(error) == code
    shown = capsys.readouterr()
    assert line in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""


def test_ctrl_c_ends_quietly(capsys: pytest.CaptureFixture[str]):
    assert _end(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == ""


def test_an_unexpected_error_is_named_and_its_text_kept_out_of_the_log(
    recovery: CommandLine, capsys: pytest.CaptureFixture[str]
):
    assert _end(ValueError("ana@example.com has no phone")) == 1
    shown = capsys.readouterr().err
    log = recovery.folder / "home" / "recovery.log"
    assert "ValueError" in shown
    assert str(log) in shown
    text = log.read_text(encoding="utf-8")
    assert "test_cli.py" in text
    assert "ana@example.com" not in text + shown
    assert log.stat().st_mode & 0o077 == 0


def _end(error: BaseException) -> int:
    def fails() -> None:
        with explained():
            raise error

    return _exit_code(fails)


def _exit_code(work: Callable[[], None]) -> int:
    import typer

    with pytest.raises(typer.Exit) as caught:
        work()
    return caught.value.exit_code


def test_a_phone_is_answered_with_exactly_its_five_fields(recovery: CommandLine):
    assert recovery.json("phone", "+52 1 55 1234 5678") == {
        "e164": "+525512345678",
        "key": "+525512345678",
        "kind": "either",
        "zone": "America/Mexico_City",
        "reason": None,
    }


def test_a_phone_without_any_country_is_no_number(recovery: CommandLine):
    answer = recovery.json("phone", "55 1234 5678")
    assert answer["e164"] is None
    assert answer["reason"] == "no_country"
    assert recovery.json("phone", "--country", "MX", "55 1234 5678")["e164"] == "+525512345678"


def test_an_unknown_country_is_wrong_usage(recovery: CommandLine):
    assert "MX" in recovery("phone", "--country", "XX", "55", code=2).output


def test_a_reply_is_understood_with_its_address(recovery: CommandLine):
    said = "Oi! meu novo é ana.souza@empresa.com.br"
    assert recovery.json("understand", "--lang", "pt", said) == {
        "kind": "new_email",
        "email": "ana.souza@empresa.com.br",
        "at": None,
    }


def test_a_text_may_begin_with_a_hyphen(recovery: CommandLine):
    assert recovery.json("understand", "- no me escriban más")["kind"] == "stop"


def test_a_wrong_setting_names_its_variable(recovery: CommandLine):
    recovery.set(KEAP__CALLS_PER_SECOND="fast")
    assert "RECOVERY_KEAP__CALLS_PER_SECOND" in recovery("migrate", code=2).output


def test_looking_at_an_unused_home_says_so_and_makes_nothing(recovery: CommandLine):
    for command in (("report",), ("explain", "1"), ("archive", "list"), ("users", "list")):
        assert "recovery pull" in recovery(*command, code=2).output
    assert not (recovery.folder / "home").exists()


def test_migrate_can_be_repeated(recovery: CommandLine):
    first, second = recovery.json("migrate"), recovery.json("migrate")
    assert first["before"] is None
    assert second["before"] == second["after"] == first["after"]


def test_a_home_that_cannot_be_made_is_a_wrong_setting(recovery: CommandLine):
    (recovery.folder / "file").write_text("")
    recovery.set(HOME=str(recovery.folder / "file" / "home"))
    assert "RECOVERY_HOME" in recovery("pull", code=2).output


def test_without_a_token_nothing_starts(recovery: CommandLine):
    assert "RECOVERY_KEAP__TOKEN" in recovery("pull", code=2).output
    assert "RECOVERY_KEAP__TOKEN" in recovery("run", code=2).output


def test_the_first_user_gets_a_password_and_a_secret_once(recovery: CommandLine):
    added = recovery.json("users", "add", "Boss@Example.com", "--role", "manager")
    assert added["email"] == "boss@example.com"
    assert added["totp_secret"] in added["otpauth_uri"]
    listed = recovery("users", "list", "--json").stdout
    assert json.loads(listed)[0]["role"] == "manager"
    assert added["password"] not in listed
    again = recovery("users", "add", "boss@example.com", "--role", "rep", code=1)
    assert "exists already" in again.output


def test_the_shipped_templates_pass_and_can_be_seen(recovery: CommandLine):
    assert recovery.json("templates", "check")["problems"] == []
    shown = recovery("templates", "preview", "new_email_first", "--language", "pt").stdout
    assert "Prefiro uma ligação" in shown


def test_an_empty_folder_of_templates_is_a_wrong_setting(recovery: CommandLine):
    recovery.set(TEMPLATES=str(recovery.folder))
    assert "RECOVERY_TEMPLATES" in recovery("templates", "check", code=2).output


def test_an_unknown_batch_is_refused(recovery: CommandLine):
    recovery("migrate")
    recovery.set(KEAP__TOKEN="x", KEAP__BASE_URL="http://127.0.0.1:9/crm")
    refused = recovery("archive", "approve", "nope", "--as", "a@example.com", code=1)
    assert "recovery archive list" in refused.output


def test_init_writes_files_that_the_doctor_understands_and_keeps_what_is_there(
    recovery: CommandLine,
):
    recovery("init", "--account", "Casa Verde")
    env = recovery.folder / ".env"
    assert env.stat().st_mode & 0o077 == 0
    found = {one["what"]: one for one in recovery.json("doctor", code=2)["findings"]}
    assert "policy.toml" in found["policy"]["found"]
    assert "RECOVERY_KEAP__TOKEN" in found["Keap"]["found"]
    env.write_text("RECOVERY_ACCOUNT=Mine\n")
    recovery("init")
    assert env.read_text() == "RECOVERY_ACCOUNT=Mine\n"
