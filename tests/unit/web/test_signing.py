"""The address that Twilio signed, put together from what nobody can forge."""

import pytest

from recovery.web.webhooks import Signing

PATH = "/webhooks/twilio/inbound"


@pytest.mark.parametrize(
    ("public_url", "raw_path", "query", "expected"),
    [
        ("https://a.example", PATH, "", f"https://a.example{PATH}"),
        ("https://a.example/", PATH, "", f"https://a.example{PATH}"),
        ("https://a.example:8443", PATH, "", f"https://a.example:8443{PATH}"),
        ("https://a.example", PATH, "a=%20&b", f"https://a.example{PATH}?a=%20&b"),
        ("https://a.example", "/x%2Fy", "", "https://a.example/x%2Fy"),
        ("https://a.example/firm", PATH, "", f"https://a.example/firm{PATH}"),
        ("https://a.example/firm", f"/firm{PATH}", "", f"https://a.example/firm{PATH}"),
        ("https://a.example/web", PATH, "", f"https://a.example/web{PATH}"),
    ],
)
def test_the_url_is_the_public_one(
    public_url: str, raw_path: str, query: str, expected: str
) -> None:
    assert Signing(public_url, ["t"]).url(raw_path, query) == expected


def test_tokens_are_not_shown() -> None:
    assert "hidden" not in repr(Signing("https://a.example", ["hidden"]))
