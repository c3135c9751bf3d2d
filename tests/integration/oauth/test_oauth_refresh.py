"""Tokens are renewed in time, once for all who ask at once, sealed, and told to nobody."""

import logging
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db.grants import NAME
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.keap.rotating import RotatingToken
from recovery.errors import AuthorizationLost
from recovery.sandbox.faults import Fault
from tests.oauth_world import Account, at_once

ROOT = Path(__file__).parents[3]
ROUNDS = 160 if os.environ.get("FULL") else 10
PROCESSES = f"""
import multiprocessing
import recovery.bootstrap

context = multiprocessing.get_context("fork")
gate = context.Barrier(8, timeout=60)

def work():
    tokens = recovery.bootstrap.Recovery().keap_tokens
    gate.wait()
    token = tokens.token()
    for _ in range({ROUNDS}):
        gate.wait()
        assert tokens.refresh(token)
        token = tokens.token()

children = [context.Process(target=work) for _ in range(8)]
for child in children:
    child.start()
for child in children:
    child.join()
print([child.exitcode for child in children])
"""


def kept(keap: Account) -> str:
    """The stored row as text."""
    with keap.process().database.read() as connection:
        meta = table(MetaRow)
        return str(connection.execute(sa.select(meta.c.value).where(meta.c.key == NAME)).scalar())


def _endpoint(process: Any) -> Any:
    return process.keap_tokens._endpoint


def test_the_first_call_fetches_a_pair_and_the_whole_client_works_with_it(keap: Account) -> None:
    assert keap.process().crm.users()
    assert keap.process().crm.users()
    assert keap.refreshes == 1


def test_the_kept_pair_is_sealed(keap: Account) -> None:
    token = keap.source().token()
    text = kept(keap)
    assert "sealed" in text
    seed = keap.sandbox.options.keap_refresh_token
    for secret in (token, "sandbox-access", "sandbox-refresh", seed):
        assert secret not in text


def test_a_pair_is_renewed_at_half_its_life_and_the_old_token_goes_on(keap: Account) -> None:
    first = keap.source()
    old = first.token()
    keap.move(hours=11, minutes=59)
    assert (first.token(), keap.refreshes) == (old, 1)
    keap.move(minutes=2)
    assert first.token() != old
    assert keap.refreshes == 2
    assert keap.opens(old)


@pytest.mark.parametrize("occasion", ["nothing kept", "half of the life", "expired", "rejected"])
def test_eight_at_once_make_exactly_one_refresh(keap: Account, occasion: str) -> None:
    sources = [RotatingToken(p.keap_grants, _endpoint(p), clock=p.clock)
               for p in (keap.process() for _ in range(8))]  # fmt: skip
    if occasion != "nothing kept":
        old = [source.token() for source in sources].pop()
        keap.move(hours={"half of the life": 13, "expired": 25}.get(occasion, 1))
    before = keap.refreshes
    if occasion == "rejected":
        assert at_once([lambda s=s: s.refresh(old) for s in sources]) == [True] * 8
    found = at_once([source.token for source in sources])
    assert keap.refreshes == before + 1
    assert keap.reuses == 0
    assert all(isinstance(token, str) and keap.opens(token) for token in found), found


def test_threads_of_one_process_share_one_refresh(keap: Account) -> None:
    source = keap.source()
    assert len(set(at_once([source.token] * 16))) == 1
    keap.move(hours=25)
    assert len(set(at_once([source.token] * 16))) == 1
    assert keap.refreshes == 2


def test_eight_processes_make_exactly_one_refresh_each_time(keap: Account, tmp_path: Path) -> None:
    options = keap.sandbox.options
    environment = {
        "RECOVERY_HOME": str(tmp_path),
        "RECOVERY_KEAP__BASE_URL": f"{keap.sandbox.url}/crm",
        "RECOVERY_KEAP__CLIENT_ID": options.keap_client_id,
        "RECOVERY_KEAP__CLIENT_SECRET": options.keap_client_secret,
        "RECOVERY_KEAP__REFRESH_TOKEN": options.keap_refresh_token,
        "RECOVERY_KEAP__TOKEN_URL": f"{keap.sandbox.url}/token",
        "RECOVERY_DATABASE_URL": keap.process().settings.database,
    }
    command = [sys.executable, "-c", PROCESSES]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False
    )
    assert ended.stdout == f"{[0] * 8}\n", ended.stderr
    assert (keap.refreshes, keap.reuses) == (1 + ROUNDS, 0)


@pytest.mark.parametrize("ahead", [timedelta(hours=-30), timedelta(hours=30)])
def test_with_a_wrong_clock_keaps_401_counts(keap: Account, ahead: timedelta) -> None:
    keap.now += ahead
    client = keap.process().crm
    assert client.users()
    keap.sandbox.move(keap.sandbox.world.clock.now() + timedelta(hours=25))
    assert client.users()
    assert keap.refreshes == 2


def test_tokens_that_end_every_few_calls_cost_a_read_nothing(
    keap: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = keap.sandbox.world.faults
    monkeypatch.setattr(
        faults,
        "happens",
        lambda kind, *key: kind is Fault.TOKEN_EXPIRED and key[0] % 10 == 0,
    )
    client = keap.process().crm
    assert all(client.users() for _ in range(60))
    assert keap.refreshes > 5
    assert keap.reuses == 0


def test_no_token_is_logged_or_told(keap: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keap.trouble("server_error")
    source = keap.source()
    old = source.token()
    keap.move(hours=13)
    keap.trouble("execute_then_reset")
    source.token()
    keap.move(hours=12)
    with pytest.raises(AuthorizationLost) as caught:
        source.refresh(old)
    grant = keap.process().keap_grants.load()
    told = f"{caplog.text} {caught.value} {grant!r} {_endpoint(keap.process())!r}"
    assert "keap refresh of the token" in told
    secrets = ("sandbox-access", "sandbox-refresh", "sandbox-keap-refresh", "sandbox-keap-secret")
    assert [secret for secret in secrets if secret in told] == []
