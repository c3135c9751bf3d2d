"""T18: a stop in any form, told by webhook while `reach` sends: nothing is begun after it."""

import itertools
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from recovery.adapters.db.reach.store import SqlReachStore
from recovery.sandbox.options import TWILIO_ACCOUNT, TWILIO_TOKEN
from tests.chaos.judge import every_message_has_a_row, invariants_hold, nobody_was_told_twice
from tests.databases import SQLITE
from tests.installation import SENDER, Home
from tests.web_server import eventually, free_address, serving

MESSAGES, CALLS = 400, 100
#: A stop as people and Twilio say it: the text, and what else comes with it.
STOPS: tuple[dict[str, str], ...] = (
    {"Body": "STOP"},
    {"Body": "baja"},
    {"Body": "Ya no me escriban por favor"},
    {"Body": "não quero mais receber mensagens"},
    {"Body": "please remove me from your list"},
    {"Body": "Alto", "OptOutType": "STOP"},
    {"Body": "No recibir más mensajes", "ButtonPayload": "stop"},
)
#: What was committed, in its order: SQLite has one writer at a time.
_ORDER = (
    "CREATE TABLE race (seq INTEGER PRIMARY KEY, what TEXT, key TEXT)",
    "CREATE TRIGGER race_stop AFTER INSERT ON suppression BEGIN"
    " INSERT INTO race (what, key) VALUES ('stop', NEW.key); END",
    "CREATE TRIGGER race_send AFTER UPDATE OF state ON attempt WHEN NEW.state = 'sending' BEGIN"
    " INSERT INTO race (what, key) VALUES ('begun', NEW.number_key); END",
    "CREATE TRIGGER race_call AFTER INSERT ON attempt WHEN NEW.state = 'queued' BEGIN"
    " INSERT INTO race (what, key) VALUES ('begun', NEW.number_key); END",
)


class Race:
    """Keeps either side from getting far ahead of the other, whatever else the machine does."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._told = self._begun = 0
        self._over = False
        self._moved = threading.Condition()
        begin = SqlReachStore.begin_sending

        def begin_sending(*given: Any, **more: Any) -> Any:
            self._wait(lambda: 5 * self._begun <= 3 * self._told)
            started, refused = begin(*given, **more)
            self._move(begun=len(started))
            return started, refused

        patch.setattr(SqlReachStore, "begin_sending", begin_sending)

    def tell(self, home: Home, number: int, phone: str, stop: dict[str, str]) -> None:
        """As soon as the senders are near, and at once when they are done."""
        self._wait(lambda: self._over or self._told <= 2 * self._begun + 100)
        tell(home, number, phone, stop)
        self._move(told=1)

    def send(self, home: Home) -> None:
        """Everything that is due."""
        home.fresh.stages.reach()
        self._over = True
        self._move()

    def _wait(self, near: Callable[[], bool]) -> None:
        with self._moved:
            self._moved.wait_for(near, timeout=20)

    def _move(self, *, told: int = 0, begun: int = 0) -> None:
        with self._moved:
            self._told += told
            self._begun += begun
            self._moved.notify_all()


def tell(home: Home, number: int, phone: str, stop: dict[str, str]) -> None:
    """Twilio posts what this person wrote."""
    sid = f"SM{number:032x}"
    fields = {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": TWILIO_ACCOUNT,
        "From": f"whatsapp:{phone}", "To": f"whatsapp:{SENDER}", "NumMedia": "0",
        "SmsStatus": "received", **stop,
    }  # fmt: skip
    url = f"{home.settings.public_url}/webhooks/twilio/inbound"
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(url, fields)
    answer = requests.post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=30)
    assert answer.status_code == 204


def people(home: Home) -> list[tuple[str, str]]:
    """Contacts with the form of their number that they write from: WhatsApp's older one."""
    made = []
    for n in range(MESSAGES + CALLS):
        tags = ["WhatsApp opt-in"] if n < MESSAGES else []
        made.append((home.contact(phones=[f"+5255{22_000_000 + n}"], tags=tags), 22_000_000 + n))
    return [(contact, f"+52155{line}") for contact, line in made]


@pytest.mark.parametrize("migrated", [SQLITE], indirect=True)
def test_nothing_is_begun_after_a_stop(
    make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    monkeypatch.setattr("recovery.services.reach.service.GROUP", 10)
    home = make_home(public_url=free_address())
    everybody = people(home)
    home.run("pull", "route")
    with home.fresh.database.begin() as connection:
        for statement in _ORDER:
            connection.execute(sa.text(statement))
    stops = list(zip(everybody, itertools.cycle(STOPS), strict=False))
    random.Random(seed).shuffle(stops)
    race = Race(monkeypatch)
    with serving(home), ThreadPoolExecutor(4) as pool:
        sending = threading.Thread(target=race.send, args=(home,))
        sending.start()
        for number, ((_, phone), stop) in enumerate(stops, start=1):
            pool.submit(race.tell, home, number, phone, stop)
        sending.join()
        pool.shutdown(wait=True)
        eventually(lambda: _stopped(home) == len(everybody))
    begun_first = _check_order(home)
    print(f"{begun_first} begun first")  # noqa: T201
    assert 20 < begun_first < len(everybody) - 20, "one side always wins: that is no race"
    home.move(minutes=1)
    home.run("route", "reach", "record")
    assert _check_order(home) == begun_first
    _check_calls(home)
    nobody_was_told_twice(home)
    every_message_has_a_row(home)
    invariants_hold(home)


def _stopped(home: Home) -> int:
    return int(home.one("SELECT count(*) AS n FROM recovery_case WHERE stopped")["n"])


def _check_order(home: Home) -> int:
    """How many messages and calls were begun; each of them before its person's stop."""
    order: dict[str, list[str]] = {}
    for row in home.rows("SELECT what, key FROM race ORDER BY seq"):
        order.setdefault(row["key"], []).append(row["what"])
    begun = [what for what in order.values() if "begun" in what]
    assert [what for what in begun if what.index("begun") > what.index("stop")] == []
    assert len(home.messages()) <= len(begun)
    return len(begun)


def _check_calls(home: Home) -> None:
    assert home.rows("SELECT id FROM attempt WHERE state IN ('queued', 'intended')") == []
    asked = {str(row["contact_id"]) for row in home.sandbox.ledger("keap.task_created")}
    for contact in asked:
        assert [task for task in home.shown(contact)["tasks"] if not task["completed"]] == []
