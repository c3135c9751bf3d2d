"""Keap as `services.ports.Crm` sees it, put together from its parts."""

import time
from collections.abc import Callable

import requests

from recovery.adapters.keap.activities import Activities
from recovery.adapters.keap.contacts import Contacts
from recovery.adapters.keap.pacer import Pacer
from recovery.adapters.keap.people import People
from recovery.adapters.keap.records import Records
from recovery.adapters.keap.tokens import StaticToken, TokenSource
from recovery.adapters.keap.wire import TIMEOUTS, Timeouts, Wire, new_session
from recovery.errors import ConfigurationError
from recovery.services.ports import Clock, Usage
from recovery.settings import KeapSettings


class KeapClient(Records, Contacts, Activities, People):
    """All of `Crm` over REST v2; safe to share between threads."""

    def __init__(
        self,
        settings: KeapSettings,
        *,
        clock: Clock,
        pacer: Pacer,
        tokens: TokenSource | None = None,
        session_factory: Callable[[], requests.Session] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeouts: Timeouts = TIMEOUTS,
    ) -> None:
        self._pacer = pacer
        wire = Wire(
            settings,
            tokens=tokens or _fixed_token(settings),
            pacer=pacer,
            clock=clock,
            session_factory=session_factory or (lambda: new_session(settings.base_url)),
            sleep=sleep,
            timeouts=timeouts,
        )
        Records.__init__(self, wire)
        Contacts.__init__(self, wire)
        Activities.__init__(self, wire, clock=clock)
        People.__init__(self, wire, user_id=settings.user_id)

    def rest(self) -> None:
        """At the end of a command: calls that were reserved ahead and never left go back."""
        self._pacer.give_back()

    def usage(self) -> Usage:
        """Calls used and left today."""
        return self._pacer.usage()


def _fixed_token(settings: KeapSettings) -> StaticToken:
    if settings.token is None:
        raise ConfigurationError(
            "RECOVERY_KEAP__TOKEN is missing: make a service account key in Keap and set it."
        )
    return StaticToken(settings.token.get_secret_value())
