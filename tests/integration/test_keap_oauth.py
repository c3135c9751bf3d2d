"""OAuth2 against a sandbox that rotates refresh tokens and punishes their second use."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from recovery.adapters.db.grants import NAME
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import LeaseRow, MetaRow
from recovery.adapters.keap.rotating import RotatingToken
from recovery.errors import AuthorizationLost, ConfigurationError, StorageFull, TemporaryFailure
from recovery.sandbox.faults import Fault
from tests.installation import Crash
from tests.oauth_world import Account, account, at_once

ROOT = Path(__file__).parents[2]
EXECUTED = ["execute_then_timeout", "execute_then_500", "execute_then_reset"]
NEVER_EXECUTED = ["timeout", "server_error"]


@pytest.fixture
def keap(tmp_path: Path, database_url: str) -> Iterator[Account]:
    with account(tmp_path, database_url) as made:
        yield made


class Wrapped:
    """A real part, of which some steps end in an exception, before or after they are done."""

    def __init__(self, real: Any, step: str, when: str, error: BaseException, times: int) -> None:
        self._real, self._step, self._when = real, step, when
        self._error, self.times = error, times

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in ("swap", "exchange"):
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            is_it = self.times and self._is(name, *args)
            self.times -= bool(is_it)
            if is_it and self._when == "before":
                raise self._error
            found = real(*args, **kwargs)
            if is_it:
                raise self._error
            return found

        return call

    def _is(self, name: str, argument: Any) -> bool:
        if name == "exchange":
            return self._step == "exchange"
        return self._step == ("mark" if argument.is_in_doubt else "keep")


def failing(step: str, when: str, error: BaseException | None = None, times: int = 1) -> Any:
    return lambda real: Wrapped(real, step, when, error or Crash(), times)


def crashing(keap: Account, step: str, when: str) -> RotatingToken:
    part = "endpoint" if step == "exchange" else "store"
    return keap.source(**{part: failing(step, when)})


def kept(keap: Account) -> str:
    """The stored row as text."""
    with keap.process().database.read() as connection:
        meta = table(MetaRow)
        return str(connection.execute(sa.select(meta.c.value).where(meta.c.key == NAME)).scalar())


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


def _endpoint(process: Any) -> Any:
    return process.keap_tokens._endpoint


def test_threads_of_one_process_share_one_refresh(keap: Account) -> None:
    source = keap.source()
    assert len(set(at_once([source.token] * 16))) == 1
    keap.move(hours=25)
    assert len(set(at_once([source.token] * 16))) == 1
    assert keap.refreshes == 2


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


@pytest.mark.parametrize("kind", EXECUTED)
def test_a_lost_refresh_leaves_half_a_day_and_then_says_how_to_reconnect(
    keap: Account, kind: str
) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    keap.trouble(kind)
    process = keap.source()
    assert process.token() == old
    keap.move(hours=10)
    assert [process.token(), keap.source().token()] == [old, old]
    assert keap.opens(old)
    assert keap.reuses == 0
    keap.move(hours=2)
    assert not keap.opens(process.token())
    with pytest.raises(AuthorizationLost, match=r"lost.*RECOVERY_KEAP__REFRESH_TOKEN"):
        process.refresh(old)
    keap.reconnect()
    assert keap.opens(keap.source().token())


@pytest.mark.parametrize("kind", NEVER_EXECUTED)
def test_a_refresh_that_keap_never_carried_out_mends_itself(keap: Account, kind: str) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    keap.trouble(kind)
    process = keap.source()
    assert process.token() == old
    keap.move(hours=12)
    assert process.refresh(old)
    assert keap.opens(process.token())


def test_a_throttled_refresh_is_tried_again_a_minute_later(keap: Account) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    keap.trouble("rate_limited")
    process = keap.source()
    assert process.token() == old
    assert process.token() == old
    assert keap.refreshes == 1
    keap.move(minutes=1)
    assert process.token() != old
    assert keap.refreshes == 2


def test_a_first_pair_is_fetched_through_trouble(keap: Account) -> None:
    keap.trouble("server_error", "rate_limited")
    assert keap.opens(keap.source().token())


def test_an_endpoint_that_stays_away_is_no_lost_authorisation(keap: Account) -> None:
    nowhere = keap.source(token_url="http://127.0.0.1:9/token")
    with pytest.raises(TemporaryFailure):
        nowhere.token()
    assert keap.opens(keap.source().token())


def test_a_first_pair_that_is_lost_says_so(keap: Account) -> None:
    keap.trouble("execute_then_reset")
    with pytest.raises(AuthorizationLost, match="was lost"):
        keap.source().token()


def test_a_refused_refresh_token_stops_every_process_and_is_not_sent_again(keap: Account) -> None:
    keap.seed = "wrong"
    with pytest.raises(AuthorizationLost, match="RECOVERY_KEAP__REFRESH_TOKEN") as caught:
        keap.process().crm.users()
    assert "wrong" not in str(caught.value)
    seen = keap.sandbox.world.requests
    with pytest.raises(AuthorizationLost):
        keap.source().token()
    assert keap.sandbox.world.requests == seen
    keap.seed = keap.sandbox.options.keap_refresh_token
    assert keap.process().crm.users()


def test_a_refusal_at_half_the_life_stops_too(keap: Account) -> None:
    process = keap.source()
    process.token()
    keap.reconnect()
    keap.seed = ""
    keap.move(hours=13)
    with pytest.raises(AuthorizationLost):
        process.token()


CRASHES = [
    ("mark", "before", True),
    ("mark", "after", True),
    ("exchange", "before", True),
    ("exchange", "after", False),
    ("keep", "before", False),
    ("keep", "after", True),
]


@pytest.mark.parametrize(("step", "when", "mends_itself"), CRASHES)
def test_a_crash_at_any_step_of_a_renewal_never_loses_the_pair_in_silence(
    keap: Account, step: str, when: str, mends_itself: bool
) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    with pytest.raises(Crash):
        crashing(keap, step, when).token()
    process = keap.source()
    assert keap.opens(process.token())
    assert keap.reuses == 0
    keap.move(hours=12)
    if mends_itself:
        assert process.refresh(old)
        assert keap.opens(process.token())
        return
    with pytest.raises(AuthorizationLost, match="was lost"):
        process.refresh(old)
    keap.reconnect()
    assert keap.opens(keap.source().token())


@pytest.mark.parametrize(("step", "when", "mends_itself"), CRASHES)
def test_a_crash_at_any_step_of_the_first_fetch_is_mended_or_told(
    keap: Account, step: str, when: str, mends_itself: bool
) -> None:
    with pytest.raises(Crash):
        crashing(keap, step, when).token()
    if mends_itself:
        assert keap.opens(keap.source().token())
        return
    with pytest.raises(AuthorizationLost, match="was lost"):
        keap.source().token()


def test_a_pair_that_cannot_be_stored_is_not_used_and_stored_later(keap: Account) -> None:
    source = keap.source(store=failing("keep", "before", StorageFull(), times=3))
    with pytest.raises(StorageFull):
        source.token()
    assert keap.refreshes == 1
    assert keap.opens(source.token())
    assert (keap.refreshes, keap.reuses) == (1, 0)
    assert keap.source().token() == source.token()


def test_a_database_that_is_locked_for_a_moment_costs_nothing(keap: Account) -> None:
    source = keap.source(store=failing("keep", "before", OSError("locked"), times=2))
    assert keap.opens(source.token())
    assert keap.refreshes == 1


def test_a_disk_that_is_full_before_the_mark_spends_nothing(keap: Account) -> None:
    with pytest.raises(StorageFull):
        keap.source(store=failing("mark", "before", StorageFull())).token()
    assert keap.refreshes == 0


def test_a_reconnection_during_a_refresh_wins(keap: Account) -> None:
    class Slow:
        """Meanwhile a person reconnects, and another process begins with the new token."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def exchange(self, refresh: str) -> Any:
            found = self._real.exchange(refresh)
            if not keap.seed:
                keap.reconnect()
                keap.process().keap_grants.load()
            return found

    token = keap.source(endpoint=Slow).token()
    assert keap.opens(token)
    assert keap.source().token() == token
    assert (keap.refreshes, keap.reuses) == (2, 0)


def test_a_process_that_slept_in_its_turn_does_not_lose_its_pair(keap: Account) -> None:
    class Sleepy:
        """Its lease runs out while it holds the answer, and another process takes over."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def exchange(self, refresh: str) -> Any:
            found = self._real.exchange(refresh)
            with keap.process().database.begin() as connection:
                connection.execute(table(LeaseRow).update().values(holder=""))
            with pytest.raises(AuthorizationLost):
                keap.source().token()
            return found

    token = keap.source(endpoint=Sleepy).token()
    # Here the second use of the spent token has ended both: that is told, not guessed.
    assert keap.source().token() == token
    with pytest.raises(AuthorizationLost):
        keap.source().refresh(token)


def test_a_process_with_the_settings_of_yesterday_does_not_bring_back_the_old_pair(
    keap: Account,
) -> None:
    yesterday = keap.source()
    yesterday.token()
    keap.reconnect()
    new = keap.source().token()
    keap.move(hours=13)
    assert keap.opens(yesterday.token())
    assert keap.opens(keap.source().token())
    assert keap.reuses == 0
    assert new != yesterday.token()


def test_wrong_client_values_are_named_and_spend_nothing(keap: Account) -> None:
    with pytest.raises(AuthorizationLost, match="RECOVERY_KEAP__CLIENT_SECRET"):
        keap.source(client_secret=SecretStr("other")).token()
    assert keap.opens(keap.source().token())


def test_an_address_without_a_token_endpoint_is_named_and_spends_nothing(keap: Account) -> None:
    with pytest.raises(ConfigurationError, match="RECOVERY_KEAP__TOKEN_URL"):
        keap.source(token_url=f"{keap.sandbox.url}/no-token-here").token()
    assert keap.opens(keap.source().token())


def test_lost_keys_of_the_home_are_mended_by_reconnecting(keap: Account, tmp_path: Path) -> None:
    keap.source().token()
    (tmp_path / "keys" / "seal.key").unlink()
    with pytest.raises(ConfigurationError, match=r"seal\.key"):
        keap.source().token()
    keap.reconnect()
    assert keap.opens(keap.source().token())


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
