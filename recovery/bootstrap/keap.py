"""Keap: its client, its tokens, and the day's calls shared out."""

from functools import cached_property
from typing import Any

from pydantic import SecretStr

from recovery.adapters.db.budget import SqlBudgetStore
from recovery.adapters.db.grants import SqlGrantStore
from recovery.adapters.db.keap_pace import SqlPacerStore
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.credential import Credential, credential_of
from recovery.adapters.keap.pacer import Pace, Pacer, PacerStore
from recovery.adapters.keap.rotating import RotatingToken
from recovery.adapters.keap.token_endpoint import endpoint_of
from recovery.adapters.keap.tokens import StaticToken, TokenSource
from recovery.adapters.keap.wire import Timeouts
from recovery.bootstrap.foundation import Foundation, utc_now
from recovery.services.budget import Budget


class KeapParts(Foundation):
    """Adds Keap."""

    @cached_property
    def crm(self) -> KeapClient:
        """Keap; raises ConfigurationError without a credential."""
        return self._keap(SqlPacerStore(self.database))

    @cached_property
    def archive_crm(self) -> KeapClient:
        """Keap for what can wait: it leaves the calls alone that people's words may need today."""
        kept = Pace(self.settings.keap.calls_per_second).kept_for_people
        return self._keap(SqlPacerStore(self.database), keeps=kept)

    def rest(self) -> None:
        """At the end of a command: calls that were reserved ahead and never left go back."""
        for client in (self.crm, self.archive_crm):
            client.rest()

    def impatient_crm(self, store: PacerStore | None = None) -> KeapClient:
        """Keap for a question or two: it neither waits between tries nor long for an answer.

        `store` takes the place of the database's, where there is none yet.
        """
        return self._keap(
            store or SqlPacerStore(self.database),
            sleep=lambda _: None,
            timeouts=Timeouts(connect=5, read=10),
        )

    def _keap(self, store: PacerStore, *, keeps: int = 0, **patience: Any) -> KeapClient:
        keap = self.settings.keap
        tokens = self.keap_tokens
        # Pacing waits in real time, whatever the clock of the cases says.
        pacer = Pacer(store, rate=keap.calls_per_second, keeps=keeps, clock=utc_now)
        return KeapClient(keap, clock=self.clock, pacer=pacer, tokens=tokens, **patience)

    @cached_property
    def keap_tokens(self) -> TokenSource:
        """Keap's key, or OAuth2's rotating tokens, which need a migrated database."""
        keap = self.settings.keap
        match credential_of(keap):
            case Credential.KEY:
                return StaticToken(_revealed(keap.token))
            case Credential.OAUTH:
                return RotatingToken(self.keap_grants, endpoint_of(keap), clock=self.clock)

    @property
    def keap_grants(self) -> SqlGrantStore:
        """Where OAuth2's pair is kept."""
        seed = _revealed(self.settings.keap.refresh_token)
        return SqlGrantStore(self.database, self.keyring, seed=seed)

    @property
    def budget(self) -> Budget:
        """Keap's calls of the day, shared out."""
        rate = self.settings.keap.calls_per_second
        pacer = Pacer(SqlPacerStore(self.database), rate=rate, clock=utc_now)
        store = SqlBudgetStore(self.database, self.clock)
        pace = Pace(rate)
        return Budget(store=store, usage=pacer.usage, a_day=pace.a_day, kept=pace.kept_for_people)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
