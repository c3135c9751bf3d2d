"""Webhook signatures against the vectors Twilio's own SDK is tested with."""

from typing import Any

import pytest

from recovery.adapters.twilio.signature import verify

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
BODY = '{"property": "value", "boolean": true}'
HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
SIGNED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


class Several(dict[str, list[str]]):
    """A form with several values a key, as web frameworks give it."""

    def getlist(self, key: str) -> list[str]:
        return self[key]


SEVERAL = Several(Sid=["CA123"], SidAccount=["AC123"], Digits=["5678", "1234", "1234"])


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        (URL, FORM, SIGNED),
        (f"{URL}&bodySHA256={HASH}", BODY, "a9nBmqA0ju/hNViExpshrM61xv4="),
        (
            "http://mycompany.com:1234/myapp.php?foo=1&bar=2",
            FORM,
            "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        ),
        (URL, FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with :443
        (URL.replace("https", "http"), FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),  # signed with :80
        (URL, SEVERAL, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ],
)
def test_twilios_own_vectors_verify(url: str, params: Any, signature: str) -> None:
    assert verify(url, params, signature, tokens=[TOKEN])
    assert not verify(url, params, signature, tokens=["another"])
    assert not verify(url + "x", params, signature, tokens=[TOKEN])


def test_both_tokens_of_a_rotation_are_accepted() -> None:
    assert verify(URL, FORM, SIGNED, tokens=["new", TOKEN])
    assert verify(URL, FORM, SIGNED, tokens=[TOKEN, "old"])
    assert not verify(URL, FORM, SIGNED, tokens=["", "old"])
    assert not verify(URL, FORM, SIGNED, tokens=[])


@pytest.mark.parametrize("changed", [{"Digits": "1235"}, {"Extra": "1"}, {"Digits": ""}])
def test_a_changed_form_is_refused(changed: dict[str, str]) -> None:
    assert not verify(URL, {**FORM, **changed}, SIGNED, tokens=[TOKEN])


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        (URL, FORM, None),
        (URL, FORM, ""),
        (URL, FORM, "é" * 28),
        (URL, FORM, "=" * 5_000),
        ("", FORM, SIGNED),
        (URL, BODY, SIGNED),  # a JSON body without its hash
        (URL, b"bytes", SIGNED),
        (URL, None, SIGNED),
        (URL, {"Digits": None}, SIGNED),
        (URL, {1: "x"}, SIGNED),
        (URL, ["x"], SIGNED),
        ("https://[::1", FORM, SIGNED),
        ("https://host:notaport/", FORM, SIGNED),
        (f"{URL}&bodySHA256={HASH}", "\ud800", SIGNED),
    ],
)
def test_odd_input_is_a_no_and_never_an_error(url: str, params: Any, signature: str | None) -> None:
    assert verify(url, params, signature, tokens=[TOKEN]) is False
