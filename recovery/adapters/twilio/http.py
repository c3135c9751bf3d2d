"""The HTTP client we put under Twilio's SDK: cheap, at most one request, never a log line."""

import json
import logging
from base64 import b64encode
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]

from recovery.adapters.twilio.wire import Limits, Wire
from recovery.uptime import uptime

# The SDK wants a logger; its own lines would hold telephone numbers (URLs of lists).
_SILENT = logging.getLogger("recovery.adapters.twilio.http")


class PooledHttpClient(HttpClient):  # type: ignore[misc]
    """Raises NothingSent or AnswerLost of `wire`; answers of any status are returned."""

    def __init__(self, *, threads: int = 32, limits: Limits | None = None) -> None:
        super().__init__(_SILENT, is_async=False)
        self._wire = Wire(threads=threads, limits=limits or Limits())

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One exchange; `timeout` is how many seconds it may take until it leaves, and
        `allow_redirects` is the SDK's and changes nothing here."""
        leave_by = None if timeout is None else uptime() + timeout
        lines = dict(headers or {})
        body = _body(data, lines.get("Content-Type", ""))
        if auth:
            lines["Authorization"] = _basic(*auth)
        answer = self._wire.exchange(
            method.upper(), _with_query(url, params), lines, body, leave_by=leave_by
        )
        text = answer.body.decode("utf-8", "replace")
        return Response(answer.status, text, answer.headers)

    def close(self) -> None:
        """Closes idle connections."""
        self._wire.close()


def _body(data: dict[str, Any] | None, content_type: str) -> bytes:
    if not data:
        return b""
    if "json" in content_type:
        return json.dumps(data, ensure_ascii=False).encode()
    return urlencode(data, doseq=True).encode("ascii")


def _with_query(url: str, params: dict[str, Any] | None) -> str:
    if not params:
        return url
    given = {name: value for name, value in params.items() if value is not None}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(given, doseq=True)}"


@lru_cache(maxsize=4)
def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
