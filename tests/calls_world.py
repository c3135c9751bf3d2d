"""Reps who call through the product, and a web app that Twilio asks what a call shall do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from recovery.adapters.db.queries.calls import CallState, call_state
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import UserRow
from recovery.bootstrap import Recovery
from recovery.web.app import create_app
from recovery.web.health import readiness
from recovery.web.serve import server
from recovery.web.voice import VoiceLine
from recovery.web.webhooks import Signing
from tests.installation import MEXICAN, Home

REP, OTHER = "rosa@firm.example", "raul@firm.example"
PHONES = {REP: "+13105550177", OTHER: "+13105550178"}
LINE, MEXICAN_LINE = "+13105550100", "+525555550100"


@dataclass
class Office:
    """A home whose reps can call."""

    home: Home

    def rep(self, email: str = REP, **more: Any) -> None:
        """An account with a phone."""
        row = {
            "email": email,
            "role": "rep",
            "active": True,
            "language": "es",
            "phone": PHONES[email],
            "totp_used": 0,
            "created_at": self.home.now,
            **more,
        }
        with self.home.fresh.database.begin() as connection:
            connection.execute(table(UserRow).insert().values(**row))

    def due_call(self, phone: str = MEXICAN, **habits: Any) -> int:
        """A person whose call is due now; answers the case."""
        return self.due_calls(phone, **habits)[0]

    def due_calls(self, *phones: str, **habits: Any) -> list[int]:
        """Several of them, at an hour that is allowed in all of America."""
        habits = {"picks_up": 1, "dead_line": False, "says": "new_email", **habits}
        people = [self.home.contact(phones=(one,), tags=[], habits=habits) for one in phones]
        self.home.send()
        due = max(moment(self.home.step(one, "c1")["due_at"]) for one in people)
        self.home.move(to=due.replace(hour=17, minute=0, second=0))
        return [int(self.home.case(one)["id"]) for one in people]

    def call(self, case: int, *, rep: str = REP, **more: Any) -> str:
        """The rep presses the button."""
        return self.home.fresh.calling.call(rep, case_id=case, **more)

    def pass_time(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Time goes by, and the web app applies what came."""
        nothing = not (hours or minutes or seconds)
        self.home.move(hours=hours, minutes=10 if nothing else minutes, seconds=seconds)
        self.home.fresh.call_keeper.apply_callbacks()

    def state(self, case: int) -> CallState:
        """What the rep's screen shows."""
        query = "SELECT id FROM attempt WHERE case_id = :id AND channel = 'call' ORDER BY id DESC"
        attempt = self.home.rows(query, id=case)[0]["id"]
        found = call_state(self.home.fresh.database, attempt)
        assert found
        return found

    def rang(self) -> list[str]:
        """The numbers that rang, by the provider's own account."""
        return [row["to"] for row in self.home.sandbox.ledger("call")]

    def reps_phone(self, email: str = REP, **habits: Any) -> None:
        """What a rep's phone does."""
        body = {"phone": PHONES[email], "habits": habits}
        self.home.sandbox.control("/reps", body)


def moment(text: str) -> datetime:
    """A moment of a row."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def equip(home: Home, public_url: str) -> Office:
    """Gives an installation lines and an address at which Twilio reaches it."""
    twilio = home.settings.twilio.model_copy(
        update={"voice_from": f"MX={MEXICAN_LINE},*={LINE}", "calls_per_second": 1000.0}
    )
    update = {"twilio": twilio, "public_url": public_url}
    home.settings = home.settings.model_copy(update=update)
    home.restart()
    return Office(home)


@contextmanager
def calling_office(home: Home) -> Iterator[Office]:
    """The installation with its web app served for as long as the block lasts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        host, port = listener.getsockname()
        office = equip(home, f"http://{host}:{port}")
        web = server(webhooks_of(home), host=host, port=port)
        thread = threading.Thread(target=web.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield office
        finally:
            web.should_exit = True
            thread.join(15)


def webhooks_of(home: Home) -> Any:
    """The web app with its webhooks alone."""
    # While time is moved, each callback comes at its own moment.
    recovery = Recovery(home.settings, clock=lambda: home.sandbox.world.clock.now())
    home.processes.append(recovery)
    settings = recovery.settings
    secret = settings.twilio.auth_token
    assert secret
    assert settings.public_url
    return create_app(
        inbox=recovery.inbox,
        apply=lambda: recovery.news.apply_callbacks(),
        signing=Signing(settings.public_url, (secret.get_secret_value(),)),
        checks=readiness(recovery.database, lambda: recovery.keys),
        clock=recovery.clock,
        voice=VoiceLine(
            calling=recovery.calling,
            form=recovery.voice_form,
            apply=lambda: recovery.call_keeper.apply_callbacks(),
            public_url=settings.public_url,
            clock=recovery.clock,
        ),
    )
