"""One request to Keap's token endpoint, and what can be said of the refresh token after it."""

import json
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import requests
import urllib3
from requests.auth import HTTPBasicAuth

from recovery.adapters.keap.errors import Verdict
from recovery.adapters.keap.grant import Pair
from recovery.adapters.keap.wire import Timeouts, new_session, read_whole, verdict_on_silence
from recovery.settings import KeapSettings

#: All of it well below the minute after which another process may take the turn.
TIMEOUTS = Timeouts(connect=5, read=20, total=25)
#: Keap names no life in an answer that is not whole; this one is its documented one.
_LIFE = 86_400

_log = logging.getLogger(__name__)


class Miss(StrEnum):
    """Why there is no new pair."""

    UNTOUCHED = "untouched"  # the request was never processed: the refresh token is as it was
    LOST = "lost"  # nobody can tell whether the refresh token is spent
    SPENT = "spent"  # Keap refuses the refresh token
    CLIENT = "client"  # Keap refuses client id or secret
    ADDRESS = "address"  # no token endpoint is there


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`grant_type=refresh_token` at `RECOVERY_KEAP__TOKEN_URL`; never repeated by itself."""

    url: str
    client_id: str
    client_secret: str
    timeouts: Timeouts = TIMEOUTS

    def __repr__(self) -> str:
        return f"TokenEndpoint({self.url!r})"

    def exchange(self, refresh: str) -> Pair | Miss:
        """The next pair for this refresh token; no error of the network escapes."""
        try:
            status, content = self._post(refresh)
        except requests.RequestException as error:
            unsent = verdict_on_silence(error) is Verdict.NOT_SENT
            found: Pair | Miss = Miss.UNTOUCHED if unsent else Miss.LOST
            status = 0
        except (urllib3.exceptions.HTTPError, OSError):
            found, status = Miss.LOST, 0
        else:
            found = judge(status, content)
        _log.info("keap refresh of the token: %s %s", status or "-", _said(found))
        return found

    def _post(self, refresh: str) -> tuple[int, bytes]:
        started = time.monotonic()
        with (
            new_session(self.url) as session,
            session.post(
                self.url,
                data={"grant_type": "refresh_token", "refresh_token": refresh},
                auth=HTTPBasicAuth(self.client_id.encode(), self.client_secret.encode()),
                headers={"Accept": "application/json"},
                timeout=(self.timeouts.connect, self.timeouts.read),
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            content = read_whole(response, deadline=started + self.timeouts.total)
        return response.status_code, content


def endpoint_of(settings: KeapSettings) -> TokenEndpoint:
    """The endpoint of these settings, which allow no secret to travel openly."""
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    return TokenEndpoint(settings.token_url, settings.client_id or "", secret)


def judge(status: int, content: bytes) -> Pair | Miss:
    """What an answer says; a 2xx without both tokens leaves the refresh token in doubt."""
    body = _parsed(content)
    if 200 <= status < 300:
        return _pair_of(body) or Miss.LOST
    error = body.get("error")
    if status == 429:
        return Miss.UNTOUCHED
    if status in {401, 403} or error in {"invalid_client", "unauthorized_client"}:
        return Miss.CLIENT
    if status == 400 and isinstance(error, str):
        return Miss.SPENT
    if status >= 500 or status == 408:
        return Miss.LOST
    return Miss.ADDRESS


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _pair_of(body: dict[str, Any]) -> Pair | None:
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not (isinstance(access, str) and isinstance(refresh, str) and access and refresh):
        return None
    return Pair(access=access, refresh=refresh, lasts=timedelta(seconds=_life(body)))


def _life(body: dict[str, Any]) -> int:
    told = str(body.get("expires_in"))
    return min(int(told), _LIFE) if told.isdecimal() and len(told) < 9 else _LIFE


def _said(found: Pair | Miss) -> str:
    return found.value if isinstance(found, Miss) else "renewed"
