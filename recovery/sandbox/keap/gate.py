"""Keap's gateway: who may come in, how often, and the two error shapes that are its own."""

import math
import time
from collections import defaultdict, deque
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recovery.sandbox.keap.oauth import Tokens
from recovery.sandbox.keap.query import KeapError, answer, error
from recovery.sandbox.world import World

#: Keap gives one key 10 calls a second, 240 a minute and 30,000 a day: the ratios stay.
MINUTE_OF_SECOND = 24
DAY_OF_SECOND = 3000
UNLIMITED = 1_000_000
#: The spike rule counts in slices of a second, so that bursts are refused below the limit too.
SLICE_S = 0.25


class Gate:
    """ASGI around Keap's paths: 401 and 429 before anything is done, v2 errors after."""

    def __init__(self, app: ASGIApp, world: World, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens
        self._quotas: defaultdict[str, Quota] = defaultdict(lambda: Quota(world))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _token(scope)
        user = self._tokens.user_of(token)
        if user is None:
            await _unauthorised()(scope, receive, send)
            return
        quota = self._quotas[token]
        admitted = quota.admit()
        send = _with_headers(send, quota.headers())
        if not admitted:
            await _throttled()(scope, receive, send)
            return
        scope["keap_user"] = user
        try:
            await self._app(scope, receive, send)
        except KeapError as refused:
            await error(refused.status, refused.message, domain=refused.domain)(
                scope, receive, send
            )
        except HTTPException as refused:
            await error(refused.status_code, refused.detail)(scope, receive, send)


class Quota:
    """What one key has used: in this slice, second and minute of real time, and sandbox day."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock
        per_second = world.options.calls_per_second
        self._spike = per_second or UNLIMITED
        self._minute_limit = math.ceil(self._spike * MINUTE_OF_SECOND)
        self._day_limit = math.ceil(self._spike * DAY_OF_SECOND)
        self._recent: deque[float] = deque()
        self._minute, self._minute_used = 0, 0
        self._day, self._day_used = world.clock.now().date(), 0

    def admit(self) -> bool:
        """Whether one more call is let through; only those that are count."""
        now = time.monotonic()
        self._turn(now)
        if self._is_spike(now) or self._is_spent():
            return False
        self._recent.append(now)
        self._minute_used += 1
        self._day_used += 1
        return True

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The limits and what is left of them, as Keap tells with every answer."""
        midnight = _next_midnight(self._clock.now())
        values = {
            "quota-limit": self._day_limit,
            "quota-time-unit": "day",
            "quota-interval": 1,
            "quota-available": max(0, self._day_limit - self._day_used),
            "quota-used": self._day_used,
            "quota-expiry-time": int(midnight.timestamp() * 1000),
            "throttle-limit": self._minute_limit,
            "throttle-time-unit": "minute",
            "throttle-interval": 1,
            "throttle-available": max(0, self._minute_limit - self._minute_used),
            "throttle-used": self._minute_used,
            "spike-limit": f"{math.ceil(self._spike)}ps",
        }
        product = [(f"x-keap-product-{n}".encode(), str(v).encode()) for n, v in values.items()]
        return [*product, (b"x-keap-tenant-id", b"sandbox")]

    def _turn(self, now: float) -> None:
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if int(now // 60) != self._minute:
            self._minute, self._minute_used = int(now // 60), 0
        if self._clock.now().date() != self._day:
            self._day, self._day_used = self._clock.now().date(), 0

    def _is_spike(self, now: float) -> bool:
        if len(self._recent) >= max(1, self._spike):
            return True
        if self._spike == UNLIMITED:
            return False
        allowed = max(1, math.ceil(self._spike / 2))
        return len(self._recent) >= allowed and self._recent[-allowed] > now - SLICE_S

    def _is_spent(self) -> bool:
        return self._minute_used >= self._minute_limit or self._day_used >= self._day_limit


def _next_midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _token(scope: Scope) -> str:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    kind, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return headers.get(b"x-keap-api-key", b"").decode("latin-1")


def _unauthorised() -> Response:
    detail = {"errorcode": "oauth.v2.InvalidAccessToken"}
    return answer({"fault": {"faultstring": "Invalid access token", "detail": detail}}, 401)


def _throttled() -> Response:
    return answer(
        {
            "code": "429",
            "message": "Quota Exceeded",
            "status": "Request Throttled",
            "details": None,
        },
        429,
    )


def _with_headers(send: Send, extra: list[tuple[bytes, bytes]]) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *extra]
        await send(message)

    return told
