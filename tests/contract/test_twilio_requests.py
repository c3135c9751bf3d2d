"""What we ask of Twilio is what Twilio's own OpenAPI files allow."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator

from recovery.adapters.twilio.calls import TwilioCaller
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.services.calls.telephony import OutboundCall
from recovery.services.ports import OutboundMessage
from recovery.settings import TwilioSettings

SPECS = Path(__file__).parent / "specs"
FILES = ("twilio_api_v2010", "twilio_content_v1", "twilio_messaging_v2")
ACCOUNT, CONTENT = "AC" + "0" * 31 + "1", "HX" + "a" * 32
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    target: str
    kind: str
    body: str


class Ours(TwilioMessenger):
    """A messenger with the calls beside it."""

    calls: TwilioCaller


@contextmanager
def recording() -> Iterator[tuple[Ours, list[Asked]]]:
    """A messenger whose requests are kept; every list is empty, every other answer a sid."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            kind = self.headers.get("Content-Type") or ""
            asked.append(Asked(self.command.lower(), self.path, kind, body))
            answer = json.dumps({"sid": CONTENT, "status": "received", "meta": {}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings = TwilioSettings(
        base_url=f"http://127.0.0.1:{server.server_port}",
        account_sid=ACCOUNT,
        auth_token="x",  # type: ignore[arg-type]
        whatsapp_from="+14155238886",
    )
    one = Ours(settings, public_url="https://r.example", clock=lambda: NOW)
    one.calls = TwilioCaller(settings, public_url="https://r.example", clock=lambda: NOW)
    try:
        yield one, asked
    finally:
        one.close()
        one.calls.close()
        server.shutdown()
        server.server_close()
        thread.join()


@cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any], dict[str, Any]]]:
    found = []
    for name in FILES:
        spec = json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))
        for path, item in spec["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", r"[^/]+?", path.replace(".", r"\.")))
            found += [(m, pattern, item[m], spec) for m in ("get", "post") if m in item]
    return found


def complaints(asked: Asked) -> list[str]:
    """What the vendor's file has against a request; nothing is what we want."""
    place = urlsplit(asked.target)
    for method, pattern, operation, spec in operations():
        if method == asked.method and pattern.fullmatch(place.path):
            return _query(operation, place.query, spec) + _body(operation, asked, spec)
    return [f"no operation {asked.method} {place.path}"]


def _query(operation: dict[str, Any], query: str, spec: dict[str, Any]) -> list[str]:
    parameters = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    schema = {
        "type": "object",
        "properties": {p["name"]: p["schema"] for p in parameters},
        "required": [p["name"] for p in parameters if p.get("required")],
        "additionalProperties": False,
    }
    return _errors(_typed(dict(parse_qsl(query)), schema), schema, spec)


def _body(operation: dict[str, Any], asked: Asked, spec: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return ["a body nobody asked for"] if asked.body else []
    if asked.kind not in content:
        return [f"content type {asked.kind}"]
    schema = content[asked.kind]["schema"]
    if "json" in asked.kind:
        return _errors(json.loads(asked.body), schema, spec)
    fields = parse_qsl(asked.body, strict_parsing=True, keep_blank_values=True)
    return _errors(_form(fields, schema), {**schema, "additionalProperties": False}, spec)


def _form(fields: list[tuple[str, str]], schema: dict[str, Any]) -> dict[str, Any]:
    """A field that the file wants a list of may come more than once."""
    named = _typed(dict(fields), schema)
    for name in named:
        if schema["properties"].get(name, {}).get("type") == "array":
            named[name] = [value for other, value in fields if other == name]
    return named


def _typed(fields: dict[str, str], schema: dict[str, Any]) -> dict[str, Any]:
    """Forms carry text only: numbers are read where the file wants numbers."""
    kinds = {name: one.get("type") for name, one in schema["properties"].items()}
    return {k: int(v) if kinds.get(k) == "integer" else v for k, v in fields.items()}


def _errors(value: Any, schema: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    rooted = {**schema, "components": spec["components"]}
    return [error.message for error in Draft202012Validator(rooted).iter_errors(value)]


MESSAGE = OutboundMessage(
    to="+5215512345678",
    token="token",
    sender="+14155238886",
    content_sid=CONTENT,
    variables={"1": "Ana"},
    valid_for=3600,
)
TEXT = OutboundMessage(to="+5215512345678", token="token", sender="+14155238886", body="Hola")
TEMPLATE = {
    "friendly_name": "recovery_bounce_es",
    "language": "es",
    "variables": {"1": "Ana"},
    "types": {
        "twilio/quick-reply": {
            "body": "Hola {{1}}, ¿seguimos?",
            "actions": [{"type": "QUICK_REPLY", "title": "Sí", "id": "upd"}],
        }
    },
}
CALLS: dict[str, Any] = {
    "a template": lambda one: one.send(MESSAGE),
    "a text": lambda one: one.send(TEXT),
    "one message": lambda one: one.message("SM" + "a" * 32),
    "messages to a number": lambda one: one.messages_to("+5215512345678", since=NOW),
    "inbound": lambda one: one.inbound_since(NOW),
    "outbound": lambda one: one.outbound_since(NOW),
    "contents": lambda one: one.contents(),
    "a new content": lambda one: one.create_content(TEMPLATE),
    "an approval": lambda one: one.request_approval(CONTENT, name="n", category="MARKETING"),
    "senders": lambda one: one.senders(),
    "a call": lambda one: one.calls.place(OutboundCall("+13105550177", "+13105550100", "token")),
    "one call": lambda one: one.calls.call("CA" + "a" * 32),
    "legs of a call": lambda one: one.calls.legs_of("CA" + "a" * 32),
    "calls to a number": lambda one: one.calls.calls_to("+13105550177", since=NOW),
    "a call taken back": lambda one: one.calls.hang_up("CA" + "a" * 32, answered=False),
    "a call ended": lambda one: one.calls.hang_up("CA" + "a" * 32, answered=True),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_request_fits_the_vendors_file(name: str) -> None:
    with recording() as (one, asked):
        CALLS[name](one)
    assert [complaints(request) for request in asked] == [[]]


@pytest.mark.parametrize(
    "asked",
    [
        Asked("get", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Odd=1", "", ""),
        Asked("get", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize=5000", "", ""),
        Asked("get", "/v2/Channels/Senders", "", ""),
        Asked("post", "/v1/Content", "application/json", '{"language": "es"}'),
        Asked("post", "/v1/Contents", "application/json", "{}"),
        Asked(
            "post",
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
            "application/x-www-form-urlencoded",
            "To=x&ContentSid=HX1",
        ),
    ],
)
def test_the_check_itself_sees_what_does_not_fit(asked: Asked) -> None:
    assert complaints(asked)
