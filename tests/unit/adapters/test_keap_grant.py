"""What an answer of the token endpoint says of the tokens, and which credential is in use."""

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from pydantic import SecretStr

from recovery.adapters.keap.credential import Credential, credential_of
from recovery.adapters.keap.grant import Grant, Pair
from recovery.adapters.keap.token_endpoint import Miss, endpoint_of, judge
from recovery.errors import ConfigurationError
from recovery.settings import KeapSettings

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PARTS: dict[str, Any] = {
    "client_id": "id",
    "client_secret": SecretStr("secret"),
    "refresh_token": SecretStr("seed"),
}


def said(**body: Any) -> bytes:
    return json.dumps(body).encode()


def test_a_pair_needs_both_tokens() -> None:
    whole = judge(200, said(access_token="a", refresh_token="r", expires_in=3600))
    assert whole == Pair(access="a", refresh="r", lasts=timedelta(hours=1))
    assert judge(200, said(access_token="a", expires_in=3600)) is Miss.LOST
    assert judge(200, said(refresh_token="r")) is Miss.LOST


@pytest.mark.parametrize("told", [None, "soon", -5, 10**12, 9e99, {}])
def test_an_absurd_life_is_taken_as_a_day(told: Any) -> None:
    pair = judge(200, said(access_token="a", refresh_token="r", expires_in=told))
    assert isinstance(pair, Pair)
    assert pair.lasts == DAY


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (400, said(error="invalid_request", error_description="Invalid Refresh Token"), Miss.SPENT),
        (400, said(error="invalid_grant"), Miss.SPENT),
        (400, b"<html>", Miss.ADDRESS),
        (400, said(error="invalid_client"), Miss.CLIENT),
        (401, said(error="invalid_client"), Miss.CLIENT),
        (403, b"", Miss.CLIENT),
        (404, b"", Miss.ADDRESS),
        (302, b"", Miss.ADDRESS),
        (429, b"", Miss.UNTOUCHED),
        (408, b"", Miss.LOST),
        (500, said(error="invalid_request"), Miss.LOST),
        (503, b"", Miss.LOST),
        (200, b"<html>", Miss.LOST),
        (200, b"[]", Miss.LOST),
        (204, b"", Miss.LOST),
    ],
)
def test_only_a_clear_refusal_ends_a_refresh_token(
    status: int, content: bytes, expected: Miss
) -> None:
    assert judge(status, content) is expected


def test_a_grant_serves_half_its_life_and_lives_the_whole() -> None:
    grant = Grant(generation=1, refresh="r").renewed(
        Pair(access="a", refresh="s", lasts=DAY), now=NOON
    )
    assert grant.generation == 2
    for hours, serves, lives in [(0, True, True), (11, True, True), (12, False, True),
                                 (23, False, True), (24, False, False)]:  # fmt: skip
        now = NOON + timedelta(hours=hours)
        found = grant.serves(now, rejected=None), grant.lives(now, rejected=None)
        assert found == (serves, lives), hours
    assert not grant.serves(NOON, rejected="a")
    assert not grant.lives(NOON, rejected="a")


def test_in_doubt_the_old_token_serves_until_keap_rejects_it() -> None:
    pair = Pair(access="a", refresh="s", lasts=DAY)
    grant = Grant(generation=1, refresh="r").renewed(pair, now=NOON).asked(NOON)
    assert grant.serves(NOON + DAY * 0.9, rejected=None)
    assert not grant.serves(NOON + DAY, rejected=None)
    assert not grant.lives(NOON + DAY, rejected=None)
    assert grant.outlasts(rejected=None)
    assert not grant.outlasts(rejected="a")
    assert grant.asked(NOON + DAY).asked_at == NOON


def test_what_is_printed_of_tokens_does_not_show_them() -> None:
    pair = Pair(access="hidden-a", refresh="hidden-r", lasts=DAY)
    settings = KeapSettings(**{**PARTS, "client_secret": SecretStr("hidden-s")})
    shown = f"{pair!r} {Grant(generation=1, refresh='hidden-r', access='hidden-a')!r}"
    assert "hidden" not in f"{shown} {endpoint_of(settings)!r} {settings!r}"


def test_one_key_or_all_of_oauth_is_a_credential() -> None:
    assert credential_of(KeapSettings(token=SecretStr("key"))) is Credential.KEY
    assert credential_of(KeapSettings(**PARTS)) is Credential.OAUTH


@pytest.mark.parametrize("names", [c for n in (1, 2) for c in combinations(PARTS, n)])
def test_a_half_of_oauth_names_what_is_missing(names: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        credential_of(KeapSettings(**{name: PARTS[name] for name in names}))
    for name in PARTS:
        is_named = f"RECOVERY_KEAP__{name.upper()}" in str(caught.value)
        assert is_named is (name not in names)


@pytest.mark.parametrize("name", PARTS)
def test_a_key_beside_a_part_of_oauth_is_one_credential_too_many(name: str) -> None:
    with pytest.raises(ConfigurationError, match="both set"):
        credential_of(KeapSettings(token=SecretStr("key"), **{name: PARTS[name]}))


def test_no_credential_asks_for_a_key() -> None:
    with pytest.raises(ConfigurationError, match="RECOVERY_KEAP__TOKEN is not set"):
        credential_of(KeapSettings())


@pytest.mark.parametrize(
    "url",
    ["http://api.infusionsoft.com/token", "api.infusionsoft.com", "ftp://x/token", "https://"],
)
def test_secrets_travel_by_https_only(url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        KeapSettings(**PARTS, token_url=url)


def test_loopback_may_be_plain() -> None:
    assert endpoint_of(KeapSettings(**PARTS, token_url="http://127.0.0.1:1/token"))
