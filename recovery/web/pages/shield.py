"""What stands around every page: headers that browsers obey, a limit of size, and calm errors."""

import logging
import secrets
import traceback
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recovery.web.pages.errors import TooLarge, told_calmly
from recovery.web.pages.site import Site

_LOG = logging.getLogger(__name__)
MOST_BYTES = 10 * 2**20
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With `no-referrer` browsers send `Origin: null` with our own forms, and nothing tells them
    # from foreign ones (Fetch, "append a request Origin header").
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), payment=(), usb=()",
}
_TRANSPORT = "max-age=31536000; includeSubDomains"
_MACHINES = ("/webhooks/", "/healthz", "/readyz", "/metrics")


class Shield:
    """Middleware; what machines ask for passes by untouched."""

    def __init__(self, app: ASGIApp, site: Site, prefix: str = "") -> None:
        self._app = app
        self._site = site
        self._machines = (*_MACHINES, *(prefix + path for path in _MACHINES))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._machines):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._headers(scope))
        try:
            _check_length(scope)
            await self._app(scope, _limited(receive), answer.send)
        except Exception as error:  # noqa: BLE001 (a person gets a page, the log where it broke)
            number = secrets.token_hex(4)
            if not isinstance(error, TooLarge):
                _log(error, number)
            if answer.has_begun:
                return
            page = await told_calmly(Request(scope, receive), error, number)
            await page(scope, receive, answer.send)

    def _headers(self, scope: Scope) -> dict[str, str]:
        headers = dict(_HEADERS)
        if not scope["path"].startswith("/static/"):
            headers["cache-control"] = "no-store"
        if self._site.is_secure(Request(scope)):
            headers["strict-transport-security"] = _TRANSPORT
        return headers


class _Answer:
    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


def _check_length(scope: Scope) -> None:
    stated = dict(scope["headers"]).get(b"content-length", b"0")
    if not stated.isdigit() or int(stated[:12]) > MOST_BYTES:
        raise TooLarge


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise TooLarge
        return message

    return limited


def _log(error: Exception, number: str) -> None:
    """Where it broke, never what it said: that may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    _LOG.error("a page failed (%s, %s at %s)", number, type(error).__name__, where)
