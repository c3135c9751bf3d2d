"""`recovery doctor`: each thing that may be wrong is one clear line with its mend."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db import schema
from recovery.adapters.db.engine import Database
from recovery.cli.installation import migrated
from recovery.cli.servers import web_app
from recovery.web.serve import server
from tests.integration.cli import CommandLine, command_line
from tests.sandbox_server import Running, running


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(contacts=50, seed=2, start=None) as sandbox:
        yield sandbox


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


def _look(recovery: CommandLine) -> tuple[int, dict[str, Any]]:
    found = recovery.json("doctor", code=None)
    return found["exit_code"], {one["what"]: one for one in found["findings"]}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_an_empty_configuration_names_what_is_missing_and_makes_nothing(recovery: CommandLine):
    shown = recovery("doctor", code=2).stdout
    code, found = _look(recovery)
    assert code == 2
    assert "RECOVERY_KEAP__TOKEN" in found["Keap"]["found"]
    assert "RECOVERY_TWILIO__AUTH_TOKEN" in found["Twilio"]["found"]
    assert found["policy"]["level"] == "ok"
    assert "✗ Keap" in shown
    assert not (recovery.folder / "home").exists()


def test_every_line_that_is_not_fine_has_a_mend(recovery: CommandLine):
    _, found = _look(recovery)
    assert all(one["mend"] for one in found.values() if one["level"] != "ok")


def test_against_a_sandbox_only_the_templates_are_missing(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    code, found = _look(recovery)
    assert code == 1
    assert {name for name, one in found.items() if one["level"] in ("failed", "misconfigured")} == {
        "templates en",
        "templates es",
        "templates pt",
    }
    assert "templates push" in found["templates es"]["mend"]
    assert found["sender"]["level"] == "ok"


def test_a_wrong_token_is_told_at_once(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    recovery.set(KEAP__TOKEN="wrong", TWILIO__AUTH_TOKEN="wrong")
    code, found = _look(recovery)
    assert code == 2
    assert "refuses the token" in found["Keap"]["found"]
    assert "refuses the credentials" in found["Twilio"]["found"]


def test_an_unreachable_host_fails_without_blaming_the_settings(
    recovery: CommandLine, sandbox: Running
):
    recovery.connect(sandbox)
    nowhere = f"http://127.0.0.1:{_free_port()}"
    recovery.set(KEAP__BASE_URL=f"{nowhere}/crm", TWILIO__BASE_URL=nowhere)
    code, found = _look(recovery)
    assert code == 1
    assert "cannot be reached" in found["Keap"]["found"]
    assert found["Twilio"]["level"] == "failed"


def test_callbacks_that_could_not_be_read_are_told_with_their_file(recovery: CommandLine):
    assert "spool" not in _look(recovery)[1]
    folder = recovery.folder / "home" / "spool"
    folder.mkdir(parents=True)
    (folder / "1.bad").write_text("torn")
    _, found = _look(recovery)
    assert str(folder / "1.bad") in found["spool"]["found"]
    assert "recovery record" in found["spool"]["mend"]


def test_a_line_for_calls_that_is_no_number_is_a_wrong_setting(
    recovery: CommandLine, sandbox: Running
):
    recovery.connect(sandbox)
    recovery.set(TWILIO__VOICE_FROM="our office")
    code, found = _look(recovery)
    assert code == 2
    assert "RECOVERY_TWILIO__VOICE_FROM: cannot read 'our office'" in found["Twilio"]["found"]


def test_no_web_address_is_a_wrong_setting(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    recovery.set(KEAP__BASE_URL="api.keap.com")
    assert "RECOVERY_KEAP__BASE_URL" in recovery("doctor", code=2).stderr


def test_a_policy_with_a_typo_does_not_hide_the_rest(recovery: CommandLine):
    recovery.policy("hold_day = 3")
    code, found = _look(recovery)
    assert code == 2
    assert "hold_days" in found["policy"]["found"]
    assert "Keap" in found
    assert "database" in found


def test_a_consent_tag_that_keap_does_not_have_is_told(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    recovery.policy('[consent]\ntags = ["No such tag"]\n')
    _, found = _look(recovery)
    assert "No such tag" in found["consent"]["found"]


@pytest.mark.parametrize(
    "row",
    [
        "contact_key (key, contact_id) VALUES ('k', '7')",
        "suppression (key, channel, reason, source, at)"
        " VALUES ('k', 'all', 'stop', '', '2026-11-23')",
    ],
)
def test_lost_keys_beside_hashes_made_with_them_are_wrong(
    recovery: CommandLine, home: Database, row: str
):
    with home.begin() as connection:
        connection.execute(sa.text(f"INSERT INTO {row}"))
    code, found = _look(recovery)
    assert code == 2
    assert "backup" in found["keys"]["mend"]


def test_a_key_that_no_longer_opens_a_second_factor_is_wrong(recovery: CommandLine):
    recovery("users", "add", "boss@example.com", "--role", "manager")
    (recovery.folder / "home" / "keys" / "seal.key").unlink()
    code, found = _look(recovery)
    assert code == 2
    assert "seal.key" in found["keys"]["found"]


def test_a_key_that_others_can_read_is_wrong(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    recovery("users", "add", "boss@example.com", "--role", "manager")
    recovery("pull")
    assert _look(recovery)[1]["keys"]["level"] == "ok"
    (recovery.folder / "home" / "keys" / "seal.key").chmod(0o644)
    found = _look(recovery)[1]["keys"]
    assert "seal.key can be read by others" in found["found"]


def test_a_database_made_before_the_first_pull_has_lost_no_keys(
    recovery: CommandLine, sandbox: Running
):
    recovery.connect(sandbox)
    recovery("migrate")
    _, found = _look(recovery)
    assert found["keys"]["level"] == "note"
    assert "first pull" in found["keys"]["mend"]


def test_a_web_app_that_does_not_run_is_told(recovery: CommandLine, sandbox: Running):
    recovery.connect(sandbox)
    recovery.set(PUBLIC_URL=f"http://127.0.0.1:{_free_port()}")
    assert "recovery web" in _look(recovery)[1]["webhooks"]["mend"]


def test_a_signed_request_reaches_the_web_app_only_with_its_own_token(
    recovery: CommandLine, sandbox: Running, monkeypatch: pytest.MonkeyPatch
):
    port = _free_port()
    recovery.connect(sandbox)
    recovery.set(PUBLIC_URL=f"http://127.0.0.1:{port}")
    with _web_app(port):
        assert _look(recovery)[1]["webhooks"]["level"] == "ok"
        assert _look(recovery)[1]["webhooks"]["level"] == "ok"
        recovery.set(TWILIO__AUTH_TOKEN="another")
        assert "refuses a signed request" in _look(recovery)[1]["webhooks"]["found"]
    assert [one for one in recovery.json("doctor", "--invariants") if one["count"]] == []


@contextmanager
def _web_app(port: int) -> Iterator[None]:
    """The real web app of this home, in a thread."""
    installation = migrated()
    web = server(web_app(installation), host="127.0.0.1", port=port)
    thread = threading.Thread(target=web.run, daemon=True)
    thread.start()
    try:
        _wait_for(port)
        yield
    finally:
        web.should_exit = True
        thread.join(15)
        installation.database.dispose()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.05)
    raise AssertionError("the web app did not start")


def test_a_prefect_server_that_is_away_is_told(
    recovery: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{_free_port()}/api")
    assert _look(recovery)[1]["Prefect"]["level"] == "failed"


def test_real_hosts_are_said_to_be_only_read(recovery: CommandLine):
    _, found = _look(recovery)
    assert "RECOVERY_LIVE_DELETING" in found["live"]["found"]


@pytest.fixture
def home(recovery: CommandLine) -> Database:
    recovery("migrate")
    return Database(f"sqlite:///{recovery.folder / 'home' / 'recovery.db'}")


_CASE = (
    "INSERT INTO recovery_case (id, contact_id, state, round, version, opened_status, status, goal,"
    " language, value, opened_at, requested, win_rejected, stopped, next_act) VALUES"
    " (1, '7', 'hold', 1, 1, 'HARD_BOUNCE', 'HARD_BOUNCE', 'new_email', 'es', 0,"
    " '2026-11-23', 0, 0, 0, 'archive')"
)
_BATCH = (
    "INSERT INTO archive_batch (id, state, account, file, file_sha256, set_sha256, workbook,"
    " contacts, base, built_by, built_at, verified_at, paused) VALUES"
    " ('b1', 'deleting', 'x', 'f', 'h', 's', '', 1, 9, 'engine', '2026-12-01', '2026-12-01', 0)"
)
_DELETED = (
    "INSERT INTO archive_item (id, batch_id, contact_id, case_id, line, row_sha256,"
    " content_sha256, status, never_reached, read_at, state, deleted_at) VALUES"
    " (1, 'b1', '7', 1, 1, 'r', 'c', 'HARD_BOUNCE', 0, '2026-12-01', 'deleted', '2026-12-02')"
)


def _attempt(values: str) -> str:
    return (
        "INSERT INTO attempt (case_id, contact_id, channel, state, number, number_key, epoch,"
        " case_version, looks, created_at, step, step_key, token, sending_at, content_sid,"
        f" template) VALUES (1, '7', 'whatsapp', {values})"
    )


@pytest.mark.parametrize(
    ("statements", "number"),
    [
        (
            [
                _attempt(
                    "'sent', '+1', 'k', 1, 1, 0, '2026-11-24', 'm1', 's1', 't1', "
                    "'2026-11-24', 'HX1', 'a'"
                )
            ],
            "I2",
        ),
        (
            [
                "INSERT INTO suppression (key, channel, reason, source, at)"
                " VALUES ('k', 'all', 'stop', 'reply', '2026-11-24 09:00:00')",
                _attempt(
                    "'sending', '+1', 'k', 1, 1, 0, '2026-11-24', 'm1', 's1', 't1', "
                    "'2026-11-24 10:00:00', 'HX1', 'a'"
                ),
            ],
            "I4",
        ),
        (
            [
                _attempt(
                    "'sending', '+1', 'k', 1, 1, 0, '2026-11-24', 'm1', 's1', 't1', "
                    "'2026-11-24', NULL, NULL"
                )
            ],
            "I4",
        ),
        (["UPDATE archive_batch SET verified_at = NULL"], "I5"),
        (
            [
                "INSERT INTO reply (sid, number, sender, body, media, source, received_at, case_id,"
                " kind) VALUES ('SM1', '+1', '', 'sí', 0, 'webhook', '2026-12-01', 1, 'confirm')"
            ],
            "I6",
        ),
        (["UPDATE archive_item SET state = 'deleted'"], "I7"),
        (["UPDATE archive_item SET state = 'deleted'"], "I8"),
        (["UPDATE recovery_case SET next_act = NULL"], "I9"),
        (["UPDATE archive_item SET state = 'deleted'"], "I11"),
        (
            [
                "INSERT INTO audit (at, actor, action, object, hash)"
                " VALUES ('2026-12-01', 'me', 'forged', 'x', 'nothing')"
            ],
            "I11",
        ),
    ],
)
def test_a_broken_promise_is_named(
    recovery: CommandLine, home: Database, statements: list[str], number: str
):
    with home.begin() as connection:
        for statement in (_CASE, _BATCH, _DELETED, *statements):
            connection.execute(sa.text(statement))
    found = recovery.json("doctor", "--invariants", code=1)
    broken = {one["number"] for one in found if one["count"]}
    assert number in broken
    assert "nothing is sent" in recovery("doctor", "--invariants", code=1).output


def test_an_empty_installation_breaks_no_promise(recovery: CommandLine, home: Database):
    assert schema.is_current(home)
    assert [one for one in recovery.json("doctor", "--invariants") if one["count"]] == []
