"""Whether a domain takes mail at all, by its MX records; doubt is no answer."""

import logging
import time
from collections.abc import Callable

from dns import resolver
from dns.exception import DNSException

_LOG = logging.getLogger(__name__)
#: Seconds a look-up may take, and how long nobody is asked after one that got no answer.
_PATIENCE, _REST = 2.0, 600.0
_KNOWN = 1000


class MailServers:
    """Asks the system's name servers, and remembers what they said as long as they want it."""

    def __init__(
        self,
        ask: resolver.Resolver | None = None,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asks_at = 0.0

    def take_mail(self, domain: str) -> bool | None:
        """False where the domain is not there or says it takes none; None where nobody told."""
        if self._seconds() < self._asks_at:
            return None
        try:
            by_mx = self._has_mail(domain)
            return self._has_address(domain) if by_mx is None else by_mx
        except resolver.NXDOMAIN:
            return False
        except (resolver.LifetimeTimeout, resolver.NoResolverConfiguration, OSError) as error:
            _LOG.info("mail servers cannot be looked up (%s)", type(error).__name__)
            self._asks_at = self._seconds() + _REST
            return None
        except DNSException:  # of this name alone: its servers fail, or it is no name
            return None

    def _has_mail(self, domain: str) -> bool | None:
        """False for RFC 7505's "none at all", None without any MX."""
        try:
            found = self._resolver().resolve(domain, "MX", lifetime=_PATIENCE)
        except resolver.NoAnswer:
            return None
        return any(str(record.exchange) != "." for record in found)

    def _has_address(self, domain: str) -> bool:
        """Without an MX the host itself is the mail server (RFC 5321)."""
        for kind in ("A", "AAAA"):
            try:
                self._resolver().resolve(domain, kind, lifetime=_PATIENCE)
            except resolver.NoAnswer:
                continue
            return True
        return False

    def _resolver(self) -> resolver.Resolver:
        if self._ask is None:
            self._ask = resolver.Resolver()
            self._ask.cache = resolver.LRUCache(_KNOWN)
        return self._ask
