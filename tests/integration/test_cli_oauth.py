"""`recovery doctor` and the stages with OAuth2: which credential, until when, what to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integration.cli import CommandLine, command_line
from tests.sandbox_server import Running, running


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running(contacts=20, seed=2, start=None, hang_s=0.1) as sandbox:
        yield sandbox


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Running) -> CommandLine:
    made = command_line(tmp_path, monkeypatch)
    made.connect(sandbox)
    options = sandbox.options
    made.set(
        KEAP__TOKEN="",
        KEAP__CLIENT_ID=options.keap_client_id,
        KEAP__CLIENT_SECRET=options.keap_client_secret,
        KEAP__REFRESH_TOKEN=options.keap_refresh_token,
        KEAP__TOKEN_URL=f"{sandbox.url}/token",
    )
    return made


def _look(recovery: CommandLine) -> dict[str, Any]:
    found = recovery.json("doctor", code=None)
    return {one["what"]: one for one in found["findings"]}


def test_the_doctor_says_until_when_oauth_opens_the_account(
    recovery: CommandLine, sandbox: Running
) -> None:
    recovery("migrate")
    for _ in range(2):
        found = _look(recovery)
        assert found["Keap credential"]["level"] == "ok"
        assert "OAuth2, access until 20" in found["Keap credential"]["found"]
        assert found["Keap"]["level"] == "ok"
    assert len(sandbox.ledger("keap.token_refreshed")) == 1


def test_without_a_database_the_doctor_spends_no_refresh_token(
    recovery: CommandLine, sandbox: Running
) -> None:
    found = _look(recovery)
    assert "recovery migrate" in found["Keap credential"]["mend"]
    assert sandbox.ledger("keap.token_refreshed") == []
    assert not (recovery.folder / "home").exists()


def test_a_key_is_named_as_the_credential(recovery: CommandLine, sandbox: Running) -> None:
    recovery.set(KEAP__CLIENT_ID="", KEAP__CLIENT_SECRET="", KEAP__REFRESH_TOKEN="")
    recovery.set(KEAP__TOKEN=sandbox.options.keap_token)
    assert "service account key" in _look(recovery)["Keap credential"]["found"]


def test_a_refused_refresh_token_ends_a_stage_with_2_and_the_way_back(
    recovery: CommandLine, sandbox: Running
) -> None:
    recovery.set(KEAP__REFRESH_TOKEN="spent-long-ago")
    said = recovery("pull", code=2).output
    assert "RECOVERY_KEAP__REFRESH_TOKEN" in said
    assert "spent-long-ago" not in said
    found = _look(recovery)
    assert found["Keap credential"]["level"] == "misconfigured"
    assert "refused" in found["Keap credential"]["found"]
    anew = requests.post(f"{sandbox.url}/_sandbox/keap/reconnect", timeout=9).json()
    recovery.set(KEAP__REFRESH_TOKEN=anew["refresh_token"])
    recovery("pull")
    assert _look(recovery)["Keap credential"]["level"] == "ok"


def test_a_refresh_in_doubt_is_told_while_the_old_token_works(
    recovery: CommandLine, sandbox: Running
) -> None:
    from recovery.cli.installation import migrated

    grants = migrated().keap_grants
    migrated().keap_tokens.token()
    grant = grants.load()
    assert grant.obtained_at
    assert grants.swap(grant.asked(grant.obtained_at), at=grant.generation)
    found = _look(recovery)
    assert found["Keap credential"]["level"] == "note"
    assert "RECOVERY_KEAP__REFRESH_TOKEN" in found["Keap credential"]["mend"]
    assert found["Keap"]["level"] == "ok"


@pytest.mark.parametrize("name", ["KEAP__CLIENT_ID", "KEAP__CLIENT_SECRET"])
def test_a_half_of_oauth_is_a_wrong_setting(recovery: CommandLine, name: str) -> None:
    recovery.set(**{name: ""})
    assert f"RECOVERY_{name}" in recovery("pull", code=2).output
    assert f"RECOVERY_{name}" in _look(recovery)["Keap"]["found"]


def test_a_key_beside_oauth_is_a_wrong_setting(recovery: CommandLine) -> None:
    recovery.set(KEAP__TOKEN="key")
    assert "both set" in recovery("pull", code=2).output
    assert _look(recovery)["Keap"]["level"] == "misconfigured"
