"""Is Keap there at all? Asked once before a command begins, so that a wrong address is told in
seconds; in the middle of the work an outage is waited for with patience."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from recovery.errors import ConfigurationError, RecoveryError

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.settings import KeapSettings

#: Seconds for the name and the connection together; resolvers alone may take half a minute.
_PATIENCE = 6.0
_SETTING = "RECOVERY_KEAP__BASE_URL"


class Unreachable(RecoveryError):
    """Nobody answers at the address of Keap."""


@contextmanager
def with_keap() -> "Iterator[Recovery]":
    """The installation of a command that works with Keap, which was found there.

    Raises Unreachable (exit code 1) within ten seconds, ConfigurationError (2) for an address
    that is not the API's. At its end Keap's calls are counted as they were used.
    """
    from recovery.cli.installation import migrated

    recovery = migrated()
    need_keap(recovery)
    try:
        yield recovery
    finally:
        with suppress(Exception):  # what ended the work is told, not this
            recovery.rest()


def need_keap(recovery: "Recovery") -> None:
    """Raises what `with_keap` says."""
    settings = recovery.settings.keap
    _ = recovery.crm
    if trouble := trouble_reaching(settings.base_url):
        raise Unreachable(f"Keap: {trouble}; check {_SETTING} and the network, then run again")
    check_root(settings)


def trouble_reaching(url: str) -> str | None:
    """Why no connection can be made there, with host and port; None when one can."""
    parts = _next_hop(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    said = ["no answer"]
    thread = threading.Thread(target=_knock, args=(parts.hostname, port, said), daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return f"{parts.hostname}:{port} cannot be reached ({said[0]})" if said else None


def _next_hop(url: str) -> SplitResult:
    """Where a connection for this address goes: there, or to the environment's proxy."""
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(url, get_environ_proxies(url))
    return urlsplit(proxy if proxy and "://" in proxy else f"//{proxy}" if proxy else url)


def _knock(host: str | None, port: int, said: list[str]) -> None:
    try:
        socket.create_connection((host or "", port), timeout=_PATIENCE).close()
    except OSError as error:
        said[:] = [error.strerror or "no answer"]
    else:
        said.clear()


def check_root(settings: "KeapSettings") -> None:
    """ConfigurationError where Keap's paths, which begin with /crm, are not under the address."""
    parts = urlsplit(settings.base_url)
    if parts.path.rstrip("/").endswith("/crm") or not _lacks_contacts(settings.base_url):
        return
    should = parts._replace(path=parts.path.rstrip("/") + "/crm", query="", fragment="").geturl()
    raise ConfigurationError(
        f"{_SETTING} is {settings.base_url}, where Keap's API is not: it ends in /crm, so set "
        f"{_SETTING}={should}"
    )


def _lacks_contacts(url: str) -> bool:
    import requests

    try:
        answer = requests.get(
            f"{url.rstrip('/')}/rest/v2/contacts?page_size=1", timeout=5, allow_redirects=False
        )
    except requests.RequestException:
        return False
    return answer.status_code == 404
