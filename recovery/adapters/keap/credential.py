"""Which of the two credentials the settings hold: one key, or what OAuth2 needs."""

from enum import StrEnum

from recovery.errors import ConfigurationError
from recovery.settings import KeapSettings

_KEY = "RECOVERY_KEAP__TOKEN"


class Credential(StrEnum):
    """How Keap lets us in."""

    KEY = "key"
    OAUTH = "oauth"


def credential_of(settings: KeapSettings) -> Credential:
    """Raises ConfigurationError where there is none, a half of one, or both."""
    parts = {
        "RECOVERY_KEAP__CLIENT_ID": settings.client_id,
        "RECOVERY_KEAP__CLIENT_SECRET": settings.client_secret,
        "RECOVERY_KEAP__REFRESH_TOKEN": settings.refresh_token,
    }
    given = [name for name, value in parts.items() if value]
    if settings.token:
        return _key_alone(given)
    if not given:
        raise ConfigurationError(
            f"{_KEY} is not set: put a service account key or a personal access token of Keap "
            "there (or try `recovery demo`, which needs none)"
        )
    if len(given) < len(parts):
        missing = ", ".join(name for name in parts if name not in given)
        raise ConfigurationError(
            f"half of OAuth2 is set, and {missing} is not: set it, or {_KEY} alone"
        )
    return Credential.OAUTH


def _key_alone(others: list[str]) -> Credential:
    if others:
        raise ConfigurationError(
            f"{_KEY} and {', '.join(others)} are both set: keep the key alone, or OAuth2 alone"
        )
    return Credential.KEY
