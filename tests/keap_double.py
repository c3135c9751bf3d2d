"""A Keap that answers what a test tells it to, and remembers what it was asked."""

import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from recovery.adapters.keap import KeapClient, MemoryPacerStore, Pacer
from recovery.adapters.keap.wire import Timeouts
from recovery.domain.contact import ContactId
from recovery.settings import KeapSettings

NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
ANA = ContactId("7")
V2_ERROR = {"code": 500, "message": "boom ana@example.com", "status": "INTERNAL", "details": []}


@dataclass(frozen=True)
class Asked:
    """One request as it came: `path` still quoted, `query` in order."""

    method: str
    path: str
    query: list
    body: dict | None
    headers: dict
    raw_query: str

    @property
    def filter(self):
        """The filter, or nothing."""
        return dict(self.query).get("filter", "")


@dataclass(frozen=True)
class Says:
    """One answer; `body` is JSON unless it is bytes, `manner` spoils how it goes out."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    manner: str = "plain"

    @property
    def content(self):
        """What goes out."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


class KeapDouble:
    """Answers `script` one by one, then `always` (a function of the request) for ever."""

    def __init__(self):
        self.script = deque()
        self.asked = []
        self.always = lambda _asked: Says(200, {})
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet an answer: two would wait for the delayed ACK

            def _any(self):
                double.answer(self)

            do_GET = do_POST = do_PATCH = do_DELETE = _any  # noqa: N815 (named by http.server)

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        """What RECOVERY_KEAP__BASE_URL would be."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/crm"

    def say(self, *answers):
        """Adds to the script."""
        self.script.extend(answers)

    def close(self):
        """Frees the port."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        """One request, one answer."""
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length)) if length else None
        url = urlsplit(handler.path)
        asked = Asked(
            handler.command, url.path, parse_qsl(url.query), body, dict(handler.headers), url.query
        )
        self.asked.append(asked)
        says = self.script.popleft() if self.script else self.always(asked)
        getattr(self, f"_{says.manner}")(handler, says)

    def _plain(self, handler, says):
        self._head(handler, says)
        handler.wfile.write(says.content)

    def _half(self, handler, says):
        self._head(handler, says)
        handler.wfile.write(says.content[: len(says.content) // 2])
        handler.close_connection = True

    def _drip(self, handler, says):
        self._head(handler, says)
        for one in says.content:
            try:
                handler.wfile.write(bytes([one]))
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def _silent(self, handler, _says):
        time.sleep(0.6)
        handler.close_connection = True

    def _reset(self, handler, _says):
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True
        handler.wfile = open("/dev/null", "wb")  # noqa: SIM115

    def _head(self, handler, says):
        handler.send_response(says.status)
        handler.send_header("Content-Type", "application/json")
        if says.status != 204:
            handler.send_header("Content-Length", str(len(says.content)))
        for name, value in says.headers.items():
            handler.send_header(name, value)
        handler.end_headers()


def plain(path):
    """A path without its quoting."""
    return unquote(path)


def a_client(url, slept, **more):
    """A client that waits for nobody: `slept` gets the seconds."""
    settings = KeapSettings(base_url=url, token="k-1", user_id=more.pop("user_id", None))
    pacer = Pacer(MemoryPacerStore(), rate=1000, clock=lambda: NOW, sleep=lambda s: slept.append(s))
    return KeapClient(
        settings,
        clock=lambda: NOW,
        pacer=pacer,
        sleep=slept.append,
        timeouts=Timeouts(connect=2, read=0.3, total=0.4),
        **more,
    )
