"""A sandbox on loopback in virtual time, and a firm that receives its webhooks."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import requests
import uvicorn
from twilio.request_validator import RequestValidator

from recovery.sandbox.app import build_app, server_config
from recovery.sandbox.options import Options

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
BODY = "Hola {{1}}, le escribimos de {{2}} porque su correo ya no recibe. ¿Cuál es el nuevo?"
BUTTONS = [
    {"title": "Sí, actualizar", "id": "upd"},
    {"title": "Llámenme", "id": "call"},
    {"title": "No escribir más", "id": "stop"},
]


@dataclass
class Firm:
    """The receiver: every post, in order of arrival."""

    url: str
    posts: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forged: int = 0
    #: What calls shall do, by path.
    twiml: dict[str, str] = field(default_factory=dict)

    def statuses(self, token: str) -> list[str]:
        path = f"/webhooks/twilio/status/{token}"
        return [form["MessageStatus"] for at, form in self.posts if at == path]

    @property
    def inbound(self) -> list[dict[str, str]]:
        return [form for at, form in self.posts if at == "/webhooks/twilio/inbound"]


@dataclass
class Sandbox:
    options: Options
    session: requests.Session
    now: datetime = MONDAY

    @property
    def account(self) -> str:
        return f"/2010-04-01/Accounts/{self.options.twilio_account_sid}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.options.url + path, params=query, allow_redirects=False)

    def post(self, path: str, *, control: Any = None, **form: Any) -> requests.Response:
        url = self.options.url + path
        return self.session.post(url, data=form) if control is None else self._control(url, control)

    def _control(self, url: str, body: Any) -> requests.Response:
        return self.session.post(url, json=body)

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)
        self.post("/_sandbox/clock", control={"now": self.now.isoformat()}).raise_for_status()

    def script(self, phone: str, **habits: Any) -> None:
        answer = self.post("/_sandbox/people", control={"phone": phone, "persona": habits})
        assert answer.status_code == 200, answer.text

    def ledger(self, kind: str) -> list[dict[str, Any]]:
        lines = self.get("/_sandbox/ledger").text.splitlines()
        return [line for line in map(json.loads, lines) if line["kind"] == kind]

    def content(self, body: str = BODY, *, samples: dict[str, str] | None = None) -> str:
        new = {
            "friendly_name": "new_email_first",
            "language": "es",
            "variables": samples or {"1": "Ana", "2": "Firma"},
            "types": {"twilio/quick-reply": {"body": body, "actions": BUTTONS}},
        }
        return str(self.post("/v1/Content", control=new).json()["sid"])

    def submit(self, sid: str, name: str, category: str = "MARKETING") -> requests.Response:
        path = f"/v1/Content/{sid}/ApprovalRequests/whatsapp"
        return self.post(path, control={"name": name, "category": category})

    def template(self, category: str = "MARKETING") -> str:
        """A template that WhatsApp approved."""
        sid = self.content()
        self.submit(sid, f"new_email_{sid[2:10].lower()}", category)
        self.move(hours=2)
        return sid

    def send(self, to: str, *, values: dict[str, str] | None = None, **form: str) -> Any:
        if "ContentSid" in form:
            form["ContentVariables"] = json.dumps(values or {"1": "Ana", "2": "Firma"})
        sender = {} if "MessagingServiceSid" in form else {"From": "whatsapp:+14155238886"}
        path = f"{self.account}/Messages.json"
        return self.post(path, To=f"whatsapp:{to}", **sender, **form).json()

    def message(self, sid: str) -> Any:
        return self.get(f"{self.account}/Messages/{sid}.json").json()


@contextmanager
def sandbox(**options: Any) -> Iterator[Sandbox]:
    """Served in a thread, without contacts unless asked for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = Options(port=port, start=MONDAY, **({"contacts": 0} | options))
    server = uvicorn.Server(server_config(chosen, build_app(chosen)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    with requests.Session() as session:
        session.trust_env = False
        session.auth = (chosen.twilio_account_sid, chosen.twilio_auth_token)
        yield Sandbox(chosen, session)
    server.should_exit = True
    thread.join(5)


@contextmanager
def firm(options: Options) -> Iterator[Firm]:
    """Receives webhooks and checks each signature with Twilio's own validator."""
    validator = RequestValidator(options.twilio_auth_token)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            signed = self.headers["X-Twilio-Signature"] or ""
            received.forged += not validator.validate(received.url + self.path, form, signed)
            received.posts.append((self.path, form))
            document = received.twiml.get(self.path, "").encode()
            self.send_response(200 if document else 204)
            if document:
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    received = Firm(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield received
    server.shutdown()
    server.server_close()
