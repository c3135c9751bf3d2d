"""Where the bearer token comes from; one that rotates can take the place of the fixed one."""

from typing import Protocol


class TokenSource(Protocol):
    """A bearer token for each request; called from several threads."""

    def token(self) -> str:
        """The token to send now."""

    def refresh(self, rejected: str) -> bool:
        """Whether `token` now answers another one than the rejected; False needs a person."""


class StaticToken:
    """A service account key or personal access token, which nobody can renew but a person."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        """The same token each time."""
        return self._token

    def refresh(self, rejected: str) -> bool:
        """False: only a person can make another key in Keap."""
        return self._token != rejected
