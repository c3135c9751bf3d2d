"""A refresh that Keap loses, delays or refuses mends itself, or says how to reconnect."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from recovery.errors import AuthorizationLost, ConfigurationError, TemporaryFailure
from recovery.services.attention import Kind
from tests.oauth_world import Account

EXECUTED = ["execute_then_timeout", "execute_then_500", "execute_then_reset"]
NEVER_EXECUTED = ["timeout", "server_error"]


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


def test_a_refused_refresh_stands_among_what_needs_a_person_until_somebody_reconnects(
    keap: Account,
) -> None:
    first = keap.source().token()
    keap.reconnect()  # the app was connected elsewhere, and this home still has the old token
    keap.move(hours=25)
    keap.seed, new = "", keap.seed
    with pytest.raises(AuthorizationLost):
        keap.source().refresh(first)
    (one,) = keap.process().attention.concerns()
    assert (one.kind, one.is_broken) == (Kind.KEAP, True)
    assert "RECOVERY_KEAP__REFRESH_TOKEN" in one.mend
    keap.seed = new
    assert keap.opens(keap.source().token())
    assert keap.process().attention.concerns() == []


def test_a_refresh_whose_answer_is_lost_is_told_of_while_the_old_token_still_works(
    keap: Account,
) -> None:
    old = keap.source().token()
    keap.move(hours=13)
    keap.trouble("execute_then_500")
    assert keap.source().token() == old
    attention = keap.process().attention
    assert attention.concerns() == []
    keap.move(minutes=6)
    (one,) = attention.concerns()
    assert (one.kind, one.name) == (Kind.KEAP, "keap in doubt")
    assert keap.opens(old)
    keap.reconnect()
    assert keap.opens(keap.source().token())
    assert attention.concerns() == []


def test_a_refresh_that_died_is_no_run_that_died(keap: Account) -> None:
    process = keap.process()
    with process.keap_grants.turn(), process.database.begin() as connection:
        connection.execute(sa.text("UPDATE lease SET started = 'long ago'"))
        connection.execute(sa.text("UPDATE lease SET epoch = epoch + 1"))  # it lets go of nothing
    assert process.attention.concerns() == []
