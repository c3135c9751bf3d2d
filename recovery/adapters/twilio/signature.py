"""Is a webhook Twilio's? By the SDK's validator, with both tokens of a rotation."""

from collections.abc import Mapping, Sequence
from typing import Any

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]


def verify(
    url: str,
    params: Mapping[str, Any] | str | None,
    signature: str | None,
    *,
    tokens: Sequence[str],
) -> bool:
    """Whether one of the tokens signed this request; odd input is a no, never an error.

    `url` is the public one Twilio called, with its query; `params` the form (a mapping, also one
    with several values a key) or the text of a JSON body, whose hash the URL then must carry.
    """
    if not signature or not url:
        return False
    return any(_is_signed(url, params, signature, token) for token in tokens if token)


def _is_signed(
    url: str, params: Mapping[str, Any] | str | None, signature: str, token: str
) -> bool:
    try:
        return bool(RequestValidator(token).validate(url, params, signature))
    except (TypeError, ValueError, AttributeError, KeyError, IndexError):
        return False  # the validator trips over bodies it does not expect


def sign(url: str, params: Mapping[str, str], *, token: str) -> str:
    """The signature Twilio would send with this form, for a test of our own webhook."""
    return str(RequestValidator(token).compute_signature(url, params))
