"""Twilio's signature on webhooks, from its security page: HMAC-SHA1 over URL and sorted fields."""

import hmac
from base64 import b64encode
from collections.abc import Iterable


def signature(token: str, *, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
    """`X-Twilio-Signature` of a form POST; a field given twice with one value counts once."""
    pairs = "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    payload = url.split("#", 1)[0] + pairs
    return b64encode(hmac.digest(token.encode(), payload.encode(), "sha1")).decode()
