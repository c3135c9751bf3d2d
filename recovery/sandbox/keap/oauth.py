"""Keys and OAuth2 tokens; refresh tokens rotate, and using an old one locks everybody out."""

import base64
import binascii
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from recovery.sandbox.faults import Fault
from recovery.sandbox.keap.query import answer
from recovery.sandbox.world import World

ADMIN = "1"
WEAK = "3"


class Tokens:
    """Which tokens open the account now, and for which user."""

    def __init__(self, world: World) -> None:
        self._world = world
        options = world.options
        self._keys = {options.keap_token: ADMIN, options.keap_weak_token: WEAK}
        self._access: dict[str, datetime] = {}
        self._refresh: str | None = options.keap_refresh_token
        self._used: set[str] = set()
        self._count = 0

    def user_of(self, token: str) -> str | None:
        """The user whose token this is; None for one unknown, expired or struck."""
        world = self._world
        if world.faults.happens(Fault.TOKEN_EXPIRED, world.requests):
            self._access.pop(token, None)
            return None
        if token in self._keys:
            return self._keys[token]
        expires = self._access.get(token)
        return ADMIN if expires and expires > world.clock.now() else None

    def reconnect(self) -> str:
        """A refresh token as a person gets it by signing in again."""
        self._count += 1
        self._refresh = f"sandbox-refresh-{self._count}"
        return self._refresh

    def refresh(self, token: str) -> dict[str, object] | None:
        """A new pair for the newest refresh token; any older one revokes all there are."""
        if token in self._used:
            self._access.clear()
            self._refresh = None
            self._world.ledger.append("keap.token_reused")
        if token != self._refresh:
            return None
        self._used.add(token)
        return self._pair()

    def _pair(self) -> dict[str, object]:
        refresh = self.reconnect()
        access = f"sandbox-access-{self._count}"
        life = self._world.options.keap_access_token_s
        self._access[access] = self._world.clock.now() + timedelta(seconds=life)
        self._world.ledger.append("keap.token_refreshed", number=self._count)
        return {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": life,
            "refresh_token": refresh,
            "scope": "full|sandbox.infusionsoft.com",
        }


async def token(world: World, tokens: Tokens, request: Request) -> Response:
    """The token endpoint: `refresh_token` with Basic authentication, or the form's own id."""
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if not _is_client(world, request, form):
        return answer({"error": "invalid_client", "error_description": "Invalid client"}, 401)
    if form.get("grant_type") != "refresh_token":
        return _refused("unsupported_grant_type", "Use refresh_token")
    pair = tokens.refresh(form.get("refresh_token", ""))
    return answer(pair) if pair else _refused("invalid_request", "Invalid Refresh Token")


def _refused(name: str, why: str) -> Response:
    return answer({"error": name, "error_description": why}, 400)


def _is_client(world: World, request: Request, form: dict[str, str]) -> bool:
    wanted = f"{world.options.keap_client_id}:{world.options.keap_client_secret}"
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return f"{form.get('client_id')}:{form.get('client_secret')}" == wanted
    try:
        return base64.b64decode(sent).decode() == wanted
    except (binascii.Error, ValueError):
        return False
