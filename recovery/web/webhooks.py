"""Twilio's webhooks: checked, stored, answered in milliseconds; the rest happens elsewhere."""

import hashlib
import logging
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from recovery.adapters.twilio.signature import verify
from recovery.services.inbox import Foreign, InboxService, Received, Rejection
from recovery.services.ports import Clock
from recovery.web.form import Form, parse, read_body
from recovery.web.intake import Intake
from recovery.web.metrics import Metrics

_LOG = logging.getLogger(__name__)
#: Whatever is asked with the wrong one is counted as foreign too.
METHODS = ["POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SID = re.compile(r"(?:SM|MM|CA)[0-9a-f]{32}")
#: Rejections that wait to be written; a flood pushes out the older ones.
_MOST_REJECTIONS = 1_000

Read = Callable[[Request, Mapping[str, str]], Received]
#: What to say once a request is stored, where no content is not enough.
Answer = Callable[[Request, Mapping[str, str]], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a genuine request is signed with: the public address, and the token with the one
    before it while tokens are being changed."""

    public_url: str | None
    tokens: Sequence[str] = field(repr=False)

    @property
    def is_possible(self) -> bool:
        """Whether requests can be checked at all."""
        return bool(self.public_url and any(self.tokens))

    @property
    def prefix(self) -> str:
        """The path in the public address, for proxies that pass it on."""
        return urlsplit(self.public_url or "").path.rstrip("/")

    def url(self, raw_path: str, query: str) -> str:
        """The address that Twilio called, whatever a proxy says of host and scheme."""
        base = (self.public_url or "").rstrip("/")
        if self.prefix and raw_path.startswith(self.prefix + "/"):
            raw_path = raw_path.removeprefix(self.prefix)
        return f"{base}{raw_path}?{query}" if query else base + raw_path


class Receiver:
    """Two endpoints, and `take` for others; `on_received` is told when there is something to
    apply or to file."""

    def __init__(
        self,
        inbox: InboxService,
        signing: Signing,
        metrics: Metrics,
        *,
        clock: Clock,
        on_received: Callable[[], None],
    ) -> None:
        self._inbox = inbox
        self._signing = signing
        self._metrics = metrics
        self._clock = clock
        self._on_received = on_received
        self.intake = Intake(inbox.keep)
        self._rejections: deque[Rejection] = deque(maxlen=_MOST_REJECTIONS)
        self._warned = False

    def router(self) -> APIRouter:
        """Plain routes: these requests are too many for FastAPI's reading of parameters."""
        router = APIRouter()
        router.add_route("/webhooks/twilio/status/{token}", self.status, methods=METHODS)
        router.add_route("/webhooks/twilio/inbound", self.inbound, methods=METHODS)
        return router

    async def status(self, request: Request) -> Response:
        """A message's status."""
        return await self.take("status", request, self._read_status)

    async def inbound(self, request: Request) -> Response:
        """A person's message."""
        return await self.take("inbound", request, self._read_inbound)

    def rejections(self) -> list[Rejection]:
        """Takes what was rejected since the last time."""
        taken = []
        while self._rejections:
            taken.append(self._rejections.popleft())
        return taken

    async def take(
        self, kind: str, request: Request, read: Read, answer: Answer | None = None
    ) -> Response:
        """Checks, stores, and only then answers; what is not ours is told apart in quarantine."""
        if not self._signing.is_possible:
            return self._closed()
        began, body = time.perf_counter(), b""
        try:
            body = await read_body(request)
            form = self._genuine(request, body)
            params = form.single()
            received = read(request, params)
        except Foreign as foreign:
            return self._reject(kind, foreign.reason, body)
        except ClientDisconnect:
            return self._reject(kind, "disconnected", body)
        except Exception as error:  # noqa: BLE001 (whatever a stranger sends, it is not our failure)
            _LOG.error("a webhook could not be read (%s)", type(error).__name__)
            return self._reject(kind, "unreadable", body)
        response = await self._keep(kind, received)
        if answer and response.status_code == 204:
            response = await answer(request, params)
        self._metrics.answer_seconds.labels(kind).observe(time.perf_counter() - began)
        return response

    def _genuine(self, request: Request, body: bytes) -> Form:
        form = parse(body)
        raw_path = request.scope.get("raw_path") or request.scope["path"].encode()
        # A proxy's words in Host and X-Forwarded-* are anybody's words.
        url = self._signing.url(
            raw_path.decode("latin-1"), request.scope["query_string"].decode("latin-1")
        )
        signature = request.headers.get("x-twilio-signature")
        if not signature:
            raise Foreign("unsigned")
        if not verify(url, form, signature, tokens=self._signing.tokens):
            raise Foreign("signature")
        return form

    async def _keep(self, kind: str, received: Received) -> Response:
        try:
            await self.intake.put(received)
        except Exception as error:  # noqa: BLE001 (neither database nor spool: only 503 is honest)
            _LOG.error("a webhook could not be kept (%s)", type(error).__name__)
            self._metrics.failed.labels(kind).inc()
            return Response(status_code=503, headers={"Retry-After": "5"})
        self._metrics.stored.labels(kind).inc()
        self._on_received()
        return Response(status_code=204)

    def _read_status(self, request: Request, params: Mapping[str, str]) -> Received:
        return self._inbox.accept_status(request.path_params["token"], params)

    def _read_inbound(self, _request: Request, params: Mapping[str, str]) -> Received:
        return self._inbox.accept_inbound(params)

    def _reject(self, kind: str, reason: str, body: bytes) -> Response:
        digest, sid = hashlib.sha256(body).hexdigest(), _SID.search(body[:8192].decode("latin-1"))
        self._rejections.append(
            Rejection(self._clock(), kind, reason, sid[0] if sid else None, digest, len(body))
        )
        self._metrics.rejected.labels(kind, reason).inc()
        self._on_received()
        if reason == "method":
            return Response(status_code=405, headers={"Allow": "POST"})
        # What was not read to its end leaves the connection in the middle of a body.
        headers = {"Connection": "close"} if reason in ("size", "slow", "content_type") else None
        return Response(status_code=403, headers=headers)

    def _closed(self) -> Response:
        if not self._warned:
            self._warned = True
            _LOG.error(
                "a webhook came, but requests cannot be checked: set RECOVERY_PUBLIC_URL to the "
                "address that Twilio calls, and RECOVERY_TWILIO__AUTH_TOKEN; meanwhile `record` "
                "asks Twilio itself, and nothing is lost"
            )
        return Response(status_code=503)
