"""OAuth2 whose refresh tokens rotate: one process at a time, stored before use, never in silence.

A refresh is marked in the database before it leaves and the new pair is stored before its first
use. It comes at half of the access token's life, so that a lost answer leaves hours to reconnect.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import assert_never

from recovery.adapters.keap.errors import PROVIDER
from recovery.adapters.keap.grant import Grant, GrantStore, Pair
from recovery.adapters.keap.token_endpoint import Miss, TokenEndpoint
from recovery.crashpoints import crashpoint
from recovery.errors import (
    AuthorizationLost,
    Call,
    ConfigurationError,
    NothingToDo,
    RecoveryError,
    TemporaryFailure,
)
from recovery.services.ports import Clock

#: Seconds to wait for another process's refresh: longer than a dead one of elsewhere keeps it.
PATIENCE = 75.0
TRIES = 3
_SOON = timedelta(minutes=1)
_MEND = (
    "connect the app to Keap again, put the refresh token you get into "
    "RECOVERY_KEAP__REFRESH_TOKEN (a changed one takes the place of what is stored), then start "
    "again."
)

_log = logging.getLogger(__name__)


class RotatingToken:
    """Implements `TokenSource`; within a process one thread refreshes and the others wait."""

    def __init__(
        self,
        store: GrantStore,
        endpoint: TokenEndpoint,
        *,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._endpoint = endpoint
        self._clock = clock
        self._sleep = sleep
        self._one = threading.Lock()
        self._access: str | None = None
        self._until: datetime | None = None
        self._unsaved: tuple[Grant, Grant] | None = None

    def token(self) -> str:
        """The access token; raises AuthorizationLost once Keap has refused the refresh token."""
        with self._one:
            if self._access is None or self._is_to_be_looked_at():
                self._access = self._renewed(rejected=None)
            return self._access

    def refresh(self, rejected: str) -> bool:
        """Keap's 401 counts for more than the clock; another thread may have renewed already."""
        with self._one:
            if self._access in (None, rejected):
                self._access = None
                self._access = self._renewed(rejected=rejected)
            return self._access != rejected

    def _is_to_be_looked_at(self) -> bool:
        return self._until is not None and self._clock() >= self._until

    def _renewed(self, *, rejected: str | None) -> str:
        """The access token of the stored pair, of another process's refresh, or of our own."""
        self._save()
        for pause in _pauses():
            grant = self._store.load()
            if grant.serves(self._clock(), rejected=rejected):
                return self._use(grant)
            try:
                with self._store.turn():
                    return self._rotated(rejected=rejected)
            except NothingToDo:
                if grant.lives(self._clock(), rejected=rejected):
                    return self._use(grant)
            self._sleep(pause)
        raise TemporaryFailure(
            _call(), "Another process has been renewing Keap's token for too long; run again later."
        )

    def _use(self, grant: Grant) -> str:
        _refuse_the_refused(grant)
        now = self._clock()
        # Whoever uses a token past its half looks soon for a newer one.
        is_fresh = grant.due_at is not None and now < grant.due_at and not grant.is_in_doubt
        self._until = grant.due_at if is_fresh else now + _SOON
        return grant.access or ""

    def _rotated(self, *, rejected: str | None) -> str:
        """Asks Keap, holding the turn; what another process did meanwhile is found first."""
        for attempt in range(1, TRIES + 1):
            grant = self._store.load()
            _refuse_the_refused(grant)
            is_served = grant.serves(self._clock(), rejected=rejected)
            if is_served or grant.outlasts(rejected=rejected):
                return self._use(grant)
            found = self._ask(grant)
            if isinstance(found, Grant):
                return self._use(found)
            if found is not None and grant.lives(self._clock(), rejected=rejected):
                return self._use(self._store.load())
            if attempt < TRIES:
                self._sleep(0.5 * 4 ** (attempt - 1))
        raise TemporaryFailure(_call(), "Keap's token endpoint does not answer; run again later.")

    def _ask(self, grant: Grant) -> Grant | Miss | None:
        """The renewed grant, what it failed for, or None where the stored grant is another one."""
        crashpoint("P23")
        if not self._store.swap(grant.asked(self._clock()), at=grant.generation):
            return None
        found = self._endpoint.exchange(grant.refresh)
        crashpoint("P24")
        if isinstance(found, Pair):
            return self._keep(grant, found)
        return self._missed(grant, found)

    def _keep(self, grant: Grant, pair: Pair) -> Grant | None:
        new = grant.renewed(pair, now=self._clock())
        self._unsaved = grant, new
        is_stored = self._save()
        crashpoint("P25")
        return new if is_stored else None

    def _save(self) -> bool:
        """Stores a pair that is only in memory; until then nobody may use it.

        One that comes too late, because a person has reconnected meanwhile, is dropped.
        """
        if self._unsaved is None:
            return True
        old, new = self._unsaved
        for attempt in range(1, TRIES + 1):
            try:
                is_stored = self._store.swap(new, at=old.generation)
            except Exception:
                if attempt == TRIES:
                    _log.error("keap: the renewed tokens cannot be stored yet")
                    raise
                self._sleep(0.2 * attempt)
            else:
                self._unsaved = None
                return is_stored
        raise AssertionError("unreachable")

    def _missed(self, grant: Grant, miss: Miss) -> Miss | None:
        match miss:
            case Miss.LOST:
                _log.warning("keap: the answer to a refresh is lost; see `recovery doctor`")
                return miss
            case Miss.UNTOUCHED:
                self._store.swap(grant, at=grant.generation)
                return miss
            case Miss.SPENT:
                self._refused(grant)
                return None
            case Miss.CLIENT | Miss.ADDRESS:
                self._store.swap(grant, at=grant.generation)
                raise _unusable(miss)
        assert_never(miss)

    def _refused(self, grant: Grant) -> None:
        """Raises, except where a newer pair was stored while this process slept in its turn."""
        refused = Grant(
            generation=grant.generation,
            refresh=grant.refresh,
            asked_at=grant.asked_at,
            refused="invalid_request",
        )
        if self._store.swap(refused, at=grant.generation):
            _refuse_the_refused(refused)


def explain_refusal(grant: Grant) -> str:
    """What a refused grant means, and how to reconnect."""
    lost = ""
    if grant.asked_at is not None:
        lost = f" (the answer to the refresh of {grant.asked_at:%Y-%m-%d %H:%M} UTC was lost)"
    return f"Keap refuses the refresh token{lost}: {_MEND}"


def _refuse_the_refused(grant: Grant) -> None:
    if grant.refused:
        raise AuthorizationLost(_call(grant.refused), explain_refusal(grant))


def _unusable(miss: Miss) -> RecoveryError:
    if miss is Miss.CLIENT:
        return AuthorizationLost(
            _call(),
            "Keap refuses the app: check RECOVERY_KEAP__CLIENT_ID and "
            "RECOVERY_KEAP__CLIENT_SECRET; the stored tokens are as they were.",
        )
    return ConfigurationError(
        "there is no token endpoint of Keap: check RECOVERY_KEAP__TOKEN_URL; the stored tokens "
        "are as they were"
    )


def _pauses() -> list[float]:
    return [0.05] * 20 + [0.25] * int((PATIENCE - 1) / 0.25)


def _call(code: str | None = None) -> Call:
    return Call(PROVIDER, "token", 400 if code else None, code)
