"""Twilio's SDK where the settings point it: one attempt for effects, five for reads."""

import time
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from twilio.base.domain import Domain  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from recovery.adapters.twilio.answers import Reading, reading
from recovery.adapters.twilio.http import PooledHttpClient
from recovery.adapters.twilio.wire import AnswerLost, Limits, NothingSent
from recovery.errors import (
    AuthorizationLost,
    Call,
    ConfigurationError,
    ContractBroken,
    PermanentFailure,
    ProviderError,
    TemporaryFailure,
    Unsupported,
)
from recovery.settings import TwilioSettings

#: Seconds before the second, third … try of a read.
PAUSES = (2.0, 4.0, 8.0, 16.0)
_PRODUCTS = ("api", "content", "messaging")
_TWILIO = ".twilio.com"


class TwilioApi:
    """Requests by product and path; the SDK adds hosts, credentials and its user agent."""

    def __init__(
        self,
        settings: TwilioSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        threads: int = 32,
        limits: Limits | None = None,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._http = PooledHttpClient(threads=threads, limits=limits)
        self._lock = Lock()
        self._domains: dict[str, Domain] = {}

    @property
    def account(self) -> str:
        """The account's id; ConfigurationError where it or its token is missing."""
        needed = {
            "RECOVERY_TWILIO__ACCOUNT_SID": self._settings.account_sid,
            "RECOVERY_TWILIO__AUTH_TOKEN": self._settings.auth_token,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ConfigurationError(
                f"set {' and '.join(missing)} (Twilio console, 'Account info'), then run again"
            )
        return str(self._settings.account_sid)

    def once(
        self,
        product: str,
        method: str,
        path: str,
        *,
        data: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        json: bool = False,
        within: float | None = None,
    ) -> Reading:
        """Exactly one request; NothingSent or AnswerLost where no answer came.

        TooLate, and nothing sent, where it cannot leave within so many seconds.
        """
        headers = {"Content-Type": "application/json"} if json else None
        domain = self._domain(product)
        return reading(
            domain.request(method, path, params=params, data=data, headers=headers, timeout=within)
        )

    def read(
        self, product: str, path: str, *, operation: str, params: dict[str, Any] | None = None
    ) -> Reading:
        """A GET that is asked up to five times; TemporaryFailure when all were in vain."""
        return self.asked(operation, lambda: self.once(product, "GET", path, params=params))

    def asked(self, operation: str, ask: Callable[[], Reading]) -> Reading:
        """Repeats what may be repeated; answers only what came with 2xx, else raises."""
        for pause in (*PAUSES, None):
            answer = _tried(ask)
            error = _error_of(answer, operation)
            if error is None and answer is not None:
                return answer
            if pause is None or (error and not _may_pass(error)):
                break
            self._sleep((answer.retry_after if answer else None) or pause)
        raise error or TemporaryFailure(Call("twilio", operation))

    def pages(
        self, product: str, path: str, *, operation: str, key: str, params: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """The items under `key` of all pages; follows links to the same host only."""
        following: str | None = path
        seen: set[str] = set()
        asked: dict[str, Any] | None = params
        while following:
            if following in seen:
                raise ContractBroken(Call("twilio", operation), "its pages go round in a circle")
            seen.add(following)
            page = self.read(product, following, operation=operation, params=asked).payload
            found = page.get(key)
            yield from (item for item in found or () if isinstance(item, dict))
            following, asked = self._following(product, page, operation), None

    def close(self) -> None:
        """Closes idle connections; the next request opens new ones."""
        self._http.close()

    def _following(self, product: str, page: dict[str, Any], operation: str) -> str | None:
        meta = page.get("meta")
        link = (meta if isinstance(meta, dict) else {}).get("next_page_url")
        link = page.get("next_page_uri") or link
        if not isinstance(link, str) or not link:
            return None
        base, target = urlsplit(self._domain(product).base_url), urlsplit(link)
        if target.netloc and not self._is_ours(base.netloc, target.netloc):
            raise ContractBroken(Call("twilio", operation), "its next page is on a foreign host")
        path = target.path.removeprefix(base.path.rstrip("/"))
        return f"{path}?{target.query}" if target.query else path

    def _is_ours(self, base: str, host: str) -> bool:
        # Stand-ins often repeat Twilio's own links: their path is asked of the base URL.
        return host == base or (self._settings.base_url is not None and host.endswith(_TWILIO))

    def _domain(self, product: str) -> Domain:
        if not self._domains:
            with self._lock:
                self._domains = self._domains or self._built()
        return self._domains[product]

    def _built(self) -> dict[str, Domain]:
        account, token = self.account, self._settings.auth_token
        secret = token.get_secret_value() if token else ""
        client = Client(account, secret, http_client=self._http)
        domains: dict[str, Domain] = {name: getattr(client, name) for name in _PRODUCTS}
        if self._settings.base_url:
            client.edge = client.region = None  # they would rewrite our host
            for domain in domains.values():
                domain.base_url = self._settings.base_url.rstrip("/")
        return domains


def failure(answer: Reading, operation: str) -> ProviderError:
    """The error that a refused or failed answer stands for."""
    call = Call("twilio", operation, answer.status, answer.code, answer.request_id)
    match answer.status:
        case 401 | 403:
            return AuthorizationLost(call)
        case 404 | 405 | 501:
            return Unsupported(call)
        case status if status in (408, 429) or status >= 500:
            busy = TemporaryFailure(call)
            busy.retry_after = answer.retry_after
            return busy
        case status if 400 <= status < 500:
            return PermanentFailure(call)
        case _:
            return ContractBroken(call)


def _tried(ask: Callable[[], Reading]) -> Reading | None:
    try:
        return ask()
    except (NothingSent, AnswerLost):
        return None


def _error_of(answer: Reading | None, operation: str) -> ProviderError | None:
    if answer is None:
        return TemporaryFailure(Call("twilio", operation), "Twilio cannot be reached; run again")
    if 200 <= answer.status < 300 and answer.payload:
        return None
    return failure(answer, operation)


def _may_pass(error: ProviderError) -> bool:
    return isinstance(error, TemporaryFailure | ContractBroken)
