"""Installations that reach a sandbox by OAuth2, in time that can be moved."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from pydantic import SecretStr

from recovery.adapters.keap.rotating import RotatingToken
from recovery.adapters.keap.token_endpoint import endpoint_of
from recovery.bootstrap import Recovery
from recovery.settings import KeapSettings
from tests.installation import settings_for
from tests.sandbox_server import MONDAY, Running, running


@dataclass
class Account:
    """One home, the sandbox, and as many processes as a test starts."""

    sandbox: Running
    folder: Path
    more: dict[str, Any]
    now: datetime = MONDAY
    seed: str = ""
    keap: dict[str, Any] = field(default_factory=dict)
    started: list[Recovery] = field(default_factory=list)

    def process(self, **keap: Any) -> Recovery:
        """A process with the settings of now."""
        options = self.sandbox.options
        values = {
            "base_url": f"{self.sandbox.url}/crm",
            "client_id": options.keap_client_id,
            "client_secret": SecretStr(options.keap_client_secret),
            "refresh_token": SecretStr(self.seed or options.keap_refresh_token),
            "token_url": f"{self.sandbox.url}/token",
            "calls_per_second": 100_000,
            **self.keap,
            **keap,
        }
        settings = settings_for(self.sandbox, self.folder, keap=KeapSettings(**values), **self.more)
        made = Recovery(settings, clock=lambda: self.now)
        self.started.append(made)
        return made

    def source(
        self,
        *,
        store: Callable[[Any], Any] = lambda real: real,
        endpoint: Callable[[Any], Any] = lambda real: real,
        **keap: Any,
    ) -> RotatingToken:
        """A process's tokens, with its store or endpoint wrapped; it does not really wait."""
        process = self.process(**keap)
        return RotatingToken(
            store(process.keap_grants),
            endpoint(endpoint_of(process.settings.keap)),
            clock=process.clock,
            sleep=lambda _: None,
        )

    def move(self, **by: float) -> None:
        """Moves everybody's time."""
        self.now += timedelta(**by)
        self.sandbox.move(self.now)

    def reconnect(self) -> None:
        """A person connects the app again and changes the setting."""
        answer = requests.post(f"{self.sandbox.url}/_sandbox/keap/reconnect", timeout=9)
        self.seed = answer.json()["refresh_token"]

    def trouble(self, *script: str) -> None:
        """What goes wrong with the next requests of a new pair."""
        self.sandbox.control("/faults", {"match": "POST /token", "script": list(script)})

    @property
    def refreshes(self) -> int:
        """How many pairs Keap has given."""
        return len(self.sandbox.ledger("keap.token_refreshed"))

    @property
    def reuses(self) -> int:
        """How often a spent refresh token was used again."""
        return len(self.sandbox.ledger("keap.token_reused"))

    def opens(self, token: str) -> bool:
        """Whether Keap lets in whoever has this token."""
        answer = requests.get(
            f"{self.sandbox.url}/crm/rest/v2/users",
            headers={"Authorization": f"Bearer {token}"},
            timeout=9,
        )
        return answer.status_code == 200


@contextmanager
def account(folder: Path, database_url: str) -> Iterator[Account]:
    """An account that was never connected."""
    with running(contacts=0, hang_s=0.1) as sandbox:
        made = Account(sandbox, folder, {"database_url": database_url})
        try:
            yield made
        finally:
            for process in made.started:
                process.database.dispose()


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What all of these answer, begun in the same moment."""
    gate = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def do(number: int) -> None:
        gate.wait(10)
        try:
            found[number] = works[number]()
        except Exception as error:  # noqa: BLE001 (a test looks at it)
            found[number] = error

    threads = [threading.Thread(target=do, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found
