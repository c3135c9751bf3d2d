"""Codes of authenticator apps (TOTP, RFC 6238): secrets, their addresses, and which step one is."""

import hmac
from datetime import datetime

import pyotp

#: Seconds one code lasts.
STEP = 30


def new_secret() -> str:
    """A secret to be shared with one app."""
    return pyotp.random_base32()


def uri_of(secret: str, *, email: str, issuer: str) -> str:
    """What the picture holds that an app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step of a code, one step early or late allowed for clocks and typing."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    typed = "".join(code.split()).encode("utf-8", "replace")
    steps = (present + offset for offset in (0, -1, 1))
    matches = (s for s in steps if hmac.compare_digest(totp.at(s * STEP).encode(), typed))
    return next(matches, None)
