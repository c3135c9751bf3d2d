"""Requests that Twilio never signed, or signed for something else: none tells us anything."""

import os
import random
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from webhook_world import (
    ATTEMPT,
    BEFORE,
    OURS,
    PUBLIC,
    STATUS,
    TOKEN,
    Twilio,
    World,
    encoded,
    refused,
    sid,
    signed,
    status_fields,
)

from recovery.adapters.db.engine import Database
from recovery.sandbox.options import TWILIO_ACCOUNT, TWILIO_TOKEN
from tests.installation import Home
from tests.web_server import free_address, serving

#: Requests that nobody ever signed, of each kind.
FORGED = 5_000 if os.environ.get("FULL") else 1_500


@pytest.fixture
def dice() -> random.Random:
    seed = random.randrange(10**9)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def test_an_unsigned_request_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.raw(STATUS, encoded(status_fields(sid(1)))), "unsigned")


@pytest.mark.parametrize("signature", ["x", "=" * 28, "A" * 5000, signed(PUBLIC, [("a", "b")])])
def test_a_wrong_signature_is_refused(world: World, twilio: Twilio, signature: str) -> None:
    body = encoded(status_fields(sid(1)))
    refused(world, twilio.raw(STATUS, body, signature=signature), "signature")


def test_a_signature_by_another_token_is_refused(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    refused(world, twilio.post(STATUS, fields, token="another"), "signature")


def test_a_signature_of_another_path_is_refused(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    signature = signed(f"{PUBLIC}/webhooks/twilio/status/other-token-1234", fields)
    refused(world, twilio.raw(STATUS, encoded(fields), signature=signature), "signature")


def test_another_accounts_message_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.status(sid(1), AccountSid="AC" + "1" * 32), "account")
    refused(world, twilio.inbound(sid(1), AccountSid="AC" + "1" * 32), "account")


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus", "From", "To"])
def test_a_status_without_its_fields_is_refused(world: World, twilio: Twilio, missing: str) -> None:
    fields = [pair for pair in status_fields(sid(1)) if pair[0] != missing]
    refused(world, twilio.post(STATUS, fields), "missing")


def test_a_truncated_form_is_refused(world: World, twilio: Twilio) -> None:
    refused(world, twilio.post(STATUS, [("AccountSid", OURS)]), "missing")
    refused(world, twilio.raw(STATUS, b"", signature=signed(PUBLIC + STATUS, [])), "account")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("MessageSid", "SM123"),
        ("MessageSid", sid(1) + "0"),
        ("MessageSid", "'; DROP TABLE callback; --"),
        ("MessageStatus", "exploded"),
        ("MessageStatus", "DELIVERED"),
        ("ErrorCode", "63016x"),
        ("From", "whatsapp:+1 555"),
    ],
)
def test_a_field_of_another_shape_is_refused(
    world: World, twilio: Twilio, field: str, value: str
) -> None:
    changed = {"SmsSid": value} if field == "MessageSid" else {}
    refused(world, twilio.status(sid(1), **{field: value, **changed}), field)


def test_a_form_that_says_two_things_is_refused(world: World, twilio: Twilio) -> None:
    fields = [*status_fields(sid(1)), ("MessageStatus", "read")]
    refused(world, twilio.post(STATUS, fields), "repeated")
    refused(world, twilio.status(sid(1), SmsStatus="read"), "SmsStatus")
    refused(world, twilio.status(sid(1), SmsSid=sid(2)), "SmsSid")


def test_moved_field_boundaries_never_tell_anything_new(
    world: World, twilio: Twilio, dice: random.Random
) -> None:
    fields = sorted(
        status_fields(sid(1), "undelivered", ErrorCode="63016", EventType="UNDELIVERED")
    )
    signature, codes = signed(PUBLIC + STATUS, fields), set()
    text = "".join(name + value for name, value in fields)
    for _ in range(FORGED):
        cuts = [0, *sorted(dice.sample(range(1, len(text)), dice.randint(3, 21))), len(text)]
        if dice.random() < 0.8:  # near the true boundaries, where it is dangerous
            cuts = _true_cuts(fields)
            at = dice.randrange(1, len(cuts) - 1)
            cuts[at] = max(cuts[at - 1], min(cuts[at + 1], cuts[at] + dice.randint(-9, 9)))
            if dice.random() < 0.3:
                del cuts[at : at + 2]
        parts = [text[a:b] for a, b in pairwise(cuts)]
        moved = list(zip(parts[::2], parts[1::2], strict=False))
        codes.add(twilio.raw(STATUS, encoded(moved), signature=signature).status_code)
    assert codes <= {204, 403}
    for row in world.callbacks():
        assert (row["token"], row["sid"], row["status"]) == (ATTEMPT, sid(1), "undelivered")
        assert row["code"] == "63016"


def _true_cuts(fields: list[tuple[str, str]]) -> list[int]:
    cuts = [0]
    for part in (part for pair in fields for part in pair):
        cuts.append(cuts[-1] + len(part))
    return cuts


def test_mangled_requests_never_meet_an_error(
    world: World, twilio: Twilio, dice: random.Random
) -> None:
    genuine = encoded(status_fields(sid(1)))
    signature = signed(PUBLIC + STATUS, status_fields(sid(1)))
    for _ in range(FORGED):
        body = bytearray(genuine)
        for _ in range(dice.randint(1, 12)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        kind = dice.choice(["application/x-www-form-urlencoded", "text/plain", "", ";;="])
        sign = dice.choice([signature, "", "Ã©" * dice.randint(1, 40)])
        answer = twilio.raw(STATUS, bytes(body), signature=sign, content_type=kind)
        assert answer.status_code in (403, 204), body
    assert len(world.callbacks()) <= 1


@pytest.mark.parametrize(
    ("public_url", "twilio_called", "app_sees"),
    [
        ("https://a.example", "https://a.example{p}", "{p}"),
        ("https://a.example/", "https://a.example{p}", "{p}"),
        ("https://a.example", "https://a.example:443{p}", "{p}"),
        ("https://a.example:443", "https://a.example{p}", "{p}"),
        ("https://a.example:8443", "https://a.example:8443{p}", "{p}"),
        ("http://a.example:80", "http://a.example{p}", "{p}"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000{p}", "{p}"),
        ("https://a.example/firm", "https://a.example/firm{p}", "{p}"),
        ("https://a.example/firm/", "https://a.example/firm{p}", "/firm{p}"),
        ("https://a.example", "https://a.example{p}?x=a%20b&y=%2F", "{p}?x=a%20b&y=%2F"),
        ("https://a.example", "https://a.example{p}?x=a+b&y=/", "{p}?x=a+b&y=/"),
        ("https://a.example", "https://a.example/webhooks%2D1", "/webhooks%2D1"),
    ],
)
def test_genuine_requests_pass_every_shape_of_proxy(
    tmp_path: Path, database: Database, public_url: str, twilio_called: str, app_sees: str
) -> None:
    path = STATUS.replace("tok_", "tok%5F") if "%2D1" in app_sees else STATUS
    twilio_called = twilio_called.replace("/webhooks%2D1", path)
    app_sees = app_sees.replace("/webhooks%2D1", path)
    world = World(tmp_path, database, public_url=public_url)
    fields = status_fields(sid(1))
    with world.client() as twilio:
        answer = twilio.raw(
            app_sees.format(p=path),
            encoded(fields),
            signature=signed(twilio_called.format(p=path), fields),
            Host="internal:8080",
            **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"},
        )
        assert answer.status_code == 204
        assert world.callbacks()[0]["token"] == ATTEMPT


def test_a_host_of_the_strangers_choice_helps_nobody(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    answer = twilio.raw(
        STATUS,
        encoded(fields),
        signature=signed("https://evil.example" + STATUS, fields),
        Host="evil.example",
        **{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )
    refused(world, answer, "signature")


def test_both_tokens_are_good_while_they_are_changed(world: World, twilio: Twilio) -> None:
    fields = status_fields(sid(1))
    assert twilio.post(STATUS, fields, token=TOKEN).status_code == 204
    assert twilio.post(STATUS, status_fields(sid(2)), token=BEFORE).status_code == 204
    assert len(world.callbacks()) == 2


def test_both_are_those_of_the_settings(make_home: Callable[..., Home]) -> None:
    url = free_address()
    home = make_home(public_url=url)
    twilio = home.settings.twilio.model_copy(update={"previous_auth_token": SecretStr(BEFORE)})
    home.settings = home.settings.model_copy(update={"twilio": twilio})
    answers = []
    with serving(home):
        for number, token in enumerate((TWILIO_TOKEN, BEFORE, "of nobody")):
            fields = status_fields(sid(number), AccountSid=TWILIO_ACCOUNT)
            headers = {"X-Twilio-Signature": signed(url + STATUS, fields, token)}
            answers.append(requests.post(url + STATUS, dict(fields), headers=headers, timeout=9))
    assert [answer.status_code for answer in answers] == [204, 204, 403]


def test_an_empty_token_signs_nothing(tmp_path: Path, database: Database) -> None:
    world = World(tmp_path, database, tokens=("", TOKEN))
    with world.client() as twilio:
        refused(world, twilio.post(STATUS, status_fields(sid(1)), token=""), "signature")


@pytest.mark.parametrize(("public_url", "tokens"), [(None, (TOKEN,)), (PUBLIC, ()), ("", ("",))])
def test_without_an_address_or_a_token_nothing_can_be_checked(
    tmp_path: Path,
    database: Database,
    caplog: pytest.LogCaptureFixture,
    public_url: str | None,
    tokens: tuple[str, ...],
) -> None:
    world = World(tmp_path, database, public_url=public_url, tokens=tokens)
    with world.client() as twilio:
        assert [twilio.status(sid(number)).status_code for number in range(3)] == [503] * 3
    assert caplog.text.count("RECOVERY_PUBLIC_URL") == 1
    assert world.callbacks() == []
