"""One HTTP exchange under a total deadline, over kept-alive urllib3 connections.

A read time-out alone never ends an answer that drips a byte a second, so the answer is read here,
piece by piece against the clock. Reading it with httptools also costs a fraction of the CPU.
"""

import os
import ssl
from collections import deque
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import make_headers
from urllib3.util.wait import wait_for_read

from recovery.crashpoints import crashpoint
from recovery.uptime import uptime

_PIECE = 65_536


class NothingSent(Exception):
    """No connection came about: not one byte of the request has left."""


class TooLate(NothingSent):
    """The connection stood only after the moment by which the request should have left."""


class AnswerLost(Exception):
    """The request left, wholly or partly, and no whole answer came: nobody can tell."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and for `body` bytes. Twilio itself gives a request up after some 26 s."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 35.0
    idle: float = 5.0
    body: int = 64 * 2**20


class Answer:
    """A whole HTTP answer; header names are in lower case."""

    __slots__ = ("_pieces", "headers", "is_framed", "is_headed", "is_whole", "size", "status")

    def __init__(self) -> None:
        self.status = 0
        self.on_message_begin()

    @property
    def body(self) -> bytes:
        """The body's bytes, chunks joined."""
        return b"".join(self._pieces)

    def on_message_begin(self) -> None:
        """Forgets an interim answer (1xx) that went before."""
        self.headers: dict[str, str] = {}
        self._pieces: list[bytes] = []
        self.size = 0
        self.is_headed = self.is_framed = self.is_whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keeps the last of repeated headers."""
        key = name.decode("latin-1").lower()
        self.headers[key] = value.decode("latin-1")
        if key in ("content-length", "transfer-encoding"):
            self.is_framed = True

    def on_headers_complete(self) -> None:
        """From here on a connection that ends may end a body of unstated length."""
        self.is_headed = True

    def on_body(self, piece: bytes) -> None:
        """Collects the body."""
        self._pieces.append(piece)
        self.size += len(piece)

    def on_message_complete(self) -> None:
        """The length that was announced has come."""
        self.is_whole = True


class Wire:
    """Connections by host, the last used first, at most one idle a thread; no retry, no redirect.

    A connection idle for five seconds may be closed at the other end without our knowing; a POST
    on it would be a needless doubt, so it is not used again.
    """

    def __init__(self, *, threads: int, limits: Limits) -> None:
        self._threads = threads
        self._limits = limits
        self._idle: dict[str, deque[tuple[HTTPConnection, float]]] = {}
        self._context: ssl.SSLContext | None = None

    def exchange(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes,
        *,
        leave_by: float | None = None,
    ) -> Answer:
        """Sends once and reads the whole answer; NothingSent or AnswerLost where that fails.

        `leave_by` is a moment of `uptime`: names and handshakes may take seconds, and TooLate
        leaves the connection to whoever comes next.
        """
        ends_at = uptime() + self._limits.total
        place = urlsplit(url)
        request = _request_bytes(method, place, headers, body)
        connection = self._connection(place)
        if leave_by is not None and uptime() > leave_by:
            self._keep(place.netloc, connection)
            raise TooLate
        answer, keep = Answer(), False
        try:
            keep = self._talk(connection, request, answer, ends_at)
        except (OSError, HTTPError, HttpParserError) as error:
            raise AnswerLost(type(error).__name__) from error
        finally:
            if keep:
                self._keep(place.netloc, connection)
            else:
                connection.close()
        return answer

    def close(self) -> None:
        """Closes what is idle."""
        for waiting in self._idle.values():
            while waiting:
                waiting.pop()[0].close()

    def _talk(
        self, connection: HTTPConnection, request: bytes, answer: Answer, ends_at: float
    ) -> bool:
        """Fills the answer; true when the connection may serve once more."""
        sock = connection.sock
        sock.settimeout(_left(ends_at))
        sock.sendall(request)
        if request.startswith(b"POST"):
            crashpoint("P06")
        parser = HttpResponseParser(answer)
        while not (answer.is_whole and answer.status >= 200):
            sock.settimeout(min(_left(ends_at), self._limits.read))
            piece = sock.recv(_PIECE)
            if not piece:
                return _ended(answer)
            _feed(parser, piece)
            if answer.size > self._limits.body:
                raise AnswerLost("the answer is too long")
            if answer.is_headed:
                answer.status = parser.get_status_code()
        return _may_serve_again(answer, parser)

    def _connection(self, place: SplitResult) -> HTTPConnection:
        waiting = self._idle.get(place.netloc)
        while waiting:
            try:
                connection, since = waiting.pop()
            except IndexError:  # another thread was quicker
                break
            if uptime() - since < self._limits.idle and not _has_ended(connection):
                return connection
            connection.close()
        return self._opened(place)

    def _opened(self, place: SplitResult) -> HTTPConnection:
        connection = self._new(place)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            raise NothingSent(type(error).__name__) from error
        return connection

    def _new(self, place: SplitResult) -> HTTPConnection:
        host, timeout = place.hostname or "", self._limits.connect
        if place.scheme == "http":
            return HTTPConnection(host, place.port, timeout=timeout)
        self._context = self._context or _trusted_context()
        proxy = _proxy_for(host)
        if proxy is None:
            return HTTPSConnection(host, place.port, timeout=timeout, ssl_context=self._context)
        through = HTTPSConnection(
            proxy.hostname or "", proxy.port or 3128, timeout=timeout, ssl_context=self._context
        )
        through.set_tunnel(host, place.port or 443, headers=_proxy_headers(proxy))
        return through

    def _keep(self, netloc: str, connection: HTTPConnection) -> None:
        waiting = self._idle.setdefault(netloc, deque())
        if len(waiting) < self._threads:
            waiting.append((connection, uptime()))
        else:
            connection.close()


def _left(ends_at: float) -> float:
    left = ends_at - uptime()
    if left <= 0:
        raise TimeoutError
    return left


def _feed(parser: HttpResponseParser, piece: bytes) -> None:
    try:
        parser.feed_data(piece)
    except HttpParserUpgrade as error:
        raise AnswerLost("the other end changed the protocol") from error


def _ended(answer: Answer) -> bool:
    """An answer without a length ends with its connection; any other is cut off."""
    if not answer.is_headed or answer.is_framed or answer.status < 200:
        raise ConnectionResetError
    return False


def _may_serve_again(answer: Answer, parser: HttpResponseParser) -> bool:
    said = answer.headers.get("connection", "").lower()
    return parser.get_http_version() == "1.1" and "close" not in said


def _has_ended(connection: HTTPConnection) -> bool:
    """Something to read before anything was asked is the other end's farewell."""
    return connection.sock is None or wait_for_read(connection.sock, timeout=0)


def _request_bytes(method: str, place: SplitResult, headers: dict[str, str], body: bytes) -> bytes:
    target = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
    lines = [f"{method} {target} HTTP/1.1", f"Host: {place.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1:
        raise ValueError("a line break within an HTTP header")
    return head.encode("latin-1") + b"\r\n\r\n" + body


def _trusted_context() -> ssl.SSLContext:
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    return ssl.create_default_context(cafile=bundle or certifi.where())


def _proxy_for(host: str) -> SplitResult | None:
    address = getproxies().get("https")
    return None if not address or proxy_bypass(host) else urlsplit(address)


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return dict(make_headers(proxy_basic_auth=login))
