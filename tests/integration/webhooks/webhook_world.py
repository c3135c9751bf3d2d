"""A receiver as Twilio sees it, and Twilio as the receiver sees it; both sign by the page."""

import hmac
import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import sqlalchemy as sa
import urllib3
from fastapi import FastAPI

from recovery.adapters.db.engine import Database
from recovery.adapters.db.inbox import SqlInboxStore
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import QuarantineRow
from recovery.adapters.db.tables.people import CallbackRow, ReplyRow
from recovery.adapters.files.spool import FileSpool
from recovery.domain.keys import Keys
from recovery.services.inbox import InboxService
from recovery.web.app import create_app
from recovery.web.health import readiness
from recovery.web.serve import server
from recovery.web.webhooks import Signing

OURS = "AC" + "0" * 32
TOKEN, BEFORE = "the-auth-token", "the-token-before"
PUBLIC = "https://hooks.example.com"
ATTEMPT = "tok_0123456789-ABCDEFG"
STATUS = f"/webhooks/twilio/status/{ATTEMPT}"
INBOUND = "/webhooks/twilio/inbound"
KEYS = Keys(b"k" * 32)

Fields = Sequence[tuple[str, str]]


def sid(number: int, kind: str = "SM") -> str:
    return f"{kind}{number:032x}"


def signed(url: str, fields: Fields, token: str = TOKEN) -> str:
    text = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def encoded(fields: Fields) -> bytes:
    return "&".join(f"{quote_plus(n)}={quote_plus(v)}" for n, v in fields).encode()


def status_fields(message: str, status: str = "delivered", **more: str) -> Fields:
    fields = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": "2010-04-01",
        "MessageStatus": status,
        "SmsSid": message,
        "SmsStatus": status,
        "To": "whatsapp:+5511987654321",
        "From": "whatsapp:+15551234567",
        "MessageSid": message,
        "AccountSid": OURS,
        **more,
    }
    return list(fields.items())


def inbound_fields(message: str, body: str = "Oi!", **more: str) -> Fields:
    fields = {
        "SmsMessageSid": message,
        "NumMedia": "0",
        "ProfileName": "Ana",
        "SmsSid": message,
        "WaId": "5511987654321",
        "SmsStatus": "received",
        "Body": body,
        "To": "whatsapp:+15551234567",
        "MessageSid": message,
        "AccountSid": OURS,
        "From": "whatsapp:+5511987654321",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return list(fields.items())


def call_fields(call: str, status: str, **more: str) -> Fields:
    fields = {
        "CallSid": call,
        "CallStatus": status,
        "AccountSid": OURS,
        "From": "+15551234567",
        "To": "+5511987654321",
        "ApiVersion": "2010-04-01",
        **more,
    }
    return list(fields.items())


@dataclass
class World:
    """One installation with its web app; `applied` counts the turns of `apply`."""

    home: Path
    database: Database
    public_url: str | None = PUBLIC
    tokens: Sequence[str] = (TOKEN, BEFORE)
    failing: Exception | None = None
    turns: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.spool = FileSpool(self.home / "spool")
        self.inbox = InboxService(
            SqlInboxStore(self.database, patience_ms=100),
            self.spool,
            keys=KEYS,
            account_sid=OURS,
            clock=lambda: datetime.now(UTC),
        )
        self.app: FastAPI = create_app(
            inbox=self.inbox,
            apply=self.apply,
            signing=Signing(self.public_url, self.tokens),
            checks=readiness(self.database, lambda: KEYS),
            clock=lambda: datetime.now(UTC),
        )

    def apply(self) -> int:
        """Stands for `record`: marks what is stored as applied."""
        if self.failing:
            raise self.failing
        target = table(CallbackRow)
        with self.database.begin() as connection:
            change = target.update().where(target.c.applied_at.is_(None))
            moved = connection.execute(change.values(applied_at=datetime.now(UTC))).rowcount
        self.turns.append(moved)
        return moved

    @contextmanager
    def client(self) -> Iterator["Twilio"]:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            host, port = listener.getsockname()
            web = server(self.app, host=host, port=port)
            thread = threading.Thread(target=web.run, args=([listener],), daemon=True)
            thread.start()
            try:
                with urllib3.HTTPConnectionPool(host, port, maxsize=16, retries=False) as pool:
                    yield Twilio(pool)
            finally:
                web.should_exit = True
                thread.join(15)
                self.database.dispose()

    def callbacks(self) -> list[Mapping[str, Any]]:
        return self._rows(CallbackRow)

    def replies(self) -> list[Mapping[str, Any]]:
        return self._rows(ReplyRow)

    def quarantine(self) -> list[Mapping[str, Any]]:
        return self._rows(QuarantineRow)

    def _rows(self, row: Any) -> list[Mapping[str, Any]]:
        target = table(row)
        with self.database.read() as connection:
            return list(connection.execute(sa.select(target).order_by(target.c.id)).mappings())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Somebody else holds the write lock of the database."""
        with self.database.engine.connect() as connection:
            transaction = connection.begin()
            if not self.database.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE callback, reply, quarantine IN SHARE MODE")
            try:
                yield
            finally:
                transaction.rollback()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Twilio:
    """Posts as Twilio does, over loopback."""

    pool: urllib3.HTTPConnectionPool

    def get(self, path: str) -> Answer:
        return self._request("GET", path)

    def post(self, path: str, fields: Fields, *, token: str = TOKEN, url: str = "") -> Answer:
        signature = signed((url or PUBLIC) + path, fields, token)
        return self.raw(path, encoded(fields), signature=signature)

    def raw(
        self,
        path: str,
        body: Any,
        *,
        signature: str | None = None,
        method: str = "POST",
        content_type: str = "application/x-www-form-urlencoded; charset=utf-8",
        **headers: str,
    ) -> Answer:
        sent = {"Content-Type": content_type, **headers}
        if signature is not None:
            sent["X-Twilio-Signature"] = signature
        return self._request(method, path, body=body, headers=sent)

    def _request(self, method: str, path: str, **given: Any) -> Answer:
        # `urlopen` with the path as it is: a client that tidies it up would spoil the signature.
        answer = self.pool.urlopen(method, path, redirect=False, timeout=15, **given)
        return Answer(answer.status, answer.data, answer.headers)

    def status(self, message: str, status: str = "delivered", **more: str) -> Answer:
        fields = status_fields(message, status, **more)
        return self.post(STATUS, fields)

    def inbound(self, message: str, body: str = "Oi!", **more: str) -> Answer:
        return self.post(INBOUND, inbound_fields(message, body, **more))


def eventually(claim: Any, within: float = 3.0) -> Any:
    """The claim's first true answer; the background thread has its second to work."""
    end, pause = time.monotonic() + within, threading.Event()
    while not (found := claim()):
        assert time.monotonic() < end, "it did not happen"
        pause.wait(0.02)
    return found


def refused(world: World, answer: Answer, reason: str) -> None:
    """Without a word, for this reason, and nothing of it is kept but in quarantine."""
    assert (answer.status_code, answer.content) == (403, b"")
    eventually(lambda: any(row["reason"] == reason for row in world.quarantine()))
    assert world.callbacks() == []
    assert world.replies() == []
