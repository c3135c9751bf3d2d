"""An installation in a temporary folder beside a running sandbox, in time that can be moved."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import SecretStr

from recovery.bootstrap import Recovery
from recovery.sandbox.options import KEAP_TOKEN, TWILIO_ACCOUNT, TWILIO_TOKEN
from recovery.sandbox.twilio.state import Content
from recovery.services.stages import StageReport
from recovery.settings import KeapSettings, Settings, TwilioSettings
from tests.databases import Template
from tests.sandbox_server import HTTP, Running, running

#: A Monday on which it is day in all of America: 10:00 in Mexico City, 13:00 in São Paulo.
NOON = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
#: What the firm's own number is called in the sandbox.
SENDER = "+14155238886"
MEXICAN, BRAZILIAN, COLOMBIAN = "+525512345678", "+5511987654321", "+573001234567"
Row = dict[str, Any]
#: Templates at the sandbox, by SID, since the first test of this process that needed them.
_APPROVED: dict[str, Content] = {}
#: What each process reads in the same files, since the first one that did.
_READ: dict[str, Any] = {}
T = TypeVar("T")


class Crash(BaseException):
    """The process dies here: nothing in the product may catch it."""


@dataclass
class Home:
    """One installation and the sandbox it works on, both living in `now`."""

    sandbox: Running
    settings: Settings
    now: datetime = NOON
    fresh: Recovery = field(init=False)
    processes: list[Recovery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> Recovery:
        """A new process on the same home: what was only in memory is gone."""
        if hasattr(self, "fresh"):
            self.leave()
        self.fresh = self.another()
        return self.fresh

    def leave(self) -> None:
        """All processes end in good order."""
        while self.processes:
            process = self.processes.pop()
            process.messenger.close()
            if process.caller:
                process.caller.close()
            process.database.dispose()

    def another(self) -> Recovery:
        """One more process on this home."""
        made = Recovery(self.settings, clock=lambda: self.now)
        if self.settings.templates is None:
            vars(made).update(_READ)
            _READ.update(templates=made.templates, countries=made.countries)
        self.processes.append(made)
        return made

    def move(self, to: datetime | None = None, **by: float) -> None:
        """Moves everybody's time."""
        self.now = to or self.now + timedelta(**by)
        self.sandbox.move(self.now)

    def run(self, *names: str) -> dict[str, StageReport]:
        """Runs these stages; a broken one fails the test."""
        reports = {name: getattr(self.fresh.stages, name)() for name in names}
        broken = {name: report.broken for name, report in reports.items() if report.broken}
        assert not broken, broken
        return reports

    def send(self) -> dict[str, StageReport]:
        """From Keap to the phone."""
        return self.run("pull", "route", "reach")

    def next_day(self, days: int = 1, *, hour: int = 16) -> None:
        """The same hour, days later."""
        day = self.now + timedelta(days=days)
        self.move(day.replace(hour=hour, minute=0, second=0))

    def contact(
        self,
        status: str = "HARD_BOUNCE",
        *,
        email: str | None = None,
        phones: Sequence[str] = (MEXICAN,),
        tags: Sequence[str] = ("WhatsApp opt-in",),
        habits: Row | None = None,
        **fields: Any,
    ) -> str:
        """A new contact in Keap; silent on WhatsApp unless told otherwise."""
        self._count = getattr(self, "_count", 0) + 1
        address = f"ana{self._count}@example.com" if email is None else email
        body: Row = {
            "given_name": "Ana",
            "phone_numbers": [
                {"field": f"PHONE{n}", "number": text, "type": "Mobile"}
                for n, text in enumerate(phones, start=1)
            ],
            **fields,
        }
        if address:
            body["email_addresses"] = [{"email": address, "field": "EMAIL1"}]
        made = self.keap("POST", "/contacts", json=body)["id"]
        self.change(made, tags=list(tags), **({"status": status} if address else {}))
        for phone in phones:
            self.script(phone, **{"behaviour": "silent", "old_form_only": False, **(habits or {})})
        return str(made)

    def keap(self, method: str, path: str, **given: Any) -> Row:
        """A call of Keap's API beside the product's."""
        answer = HTTP.request(
            method,
            f"{self.sandbox.url}/crm/rest/v2{path}",
            headers={"Authorization": f"Bearer {KEAP_TOKEN}"},
            timeout=9,
            **given,
        )
        answer.raise_for_status()
        found: Row = answer.json() if answer.content else {}
        return found

    def change(self, contact_id: str, **body: Any) -> None:
        """What a person does to a contact in Keap's own pages."""
        self.sandbox.control(f"/contacts/{contact_id}", body)

    def shown(self, contact_id: str) -> Row:
        """All that Keap keeps of a contact."""
        found: Row = self.sandbox.control(f"/contacts/{contact_id}")
        return found

    def tags(self, contact_id: str) -> set[str]:
        """The names of a contact's tags."""
        known = {tag["id"]: tag["name"] for tag in self.keap("GET", "/tags?page_size=1000")["tags"]}
        return {known[tag] for tag in self.shown(contact_id)["contact"]["tag_ids"]}

    def script(self, phone: str, **habits: Any) -> None:
        """Gives whoever has this number these habits."""
        self.sandbox.control("/people", {"phone": phone, "persona": habits})

    def says(self, phone: str, body: str = "", **more: Any) -> None:
        """Somebody writes to us."""
        self.sandbox.control("/inbound", {"from": phone, "body": body, **more})

    def faults(self, *script: str, match: str = "", kinds: Sequence[str] = ()) -> None:
        """What goes wrong with the next requests."""
        body = {"match": match, "script": list(script), "kinds": list(kinds)}
        self.sandbox.control("/faults", body)

    def messages(self, phone: str | None = None) -> list[Row]:
        """What the provider took from us, by its own account."""
        sent = self.sandbox.ledger("message")
        return [m for m in sent if phone is None or m["to"] == f"whatsapp:{phone}"]

    def rows(self, query: str, **values: Any) -> list[Row]:
        """What our database says."""
        with self.fresh.database.read() as connection:
            found = connection.execute(sa.text(query), values).mappings()
            return [{name: _plain(value) for name, value in row.items()} for row in found]

    def one(self, query: str, **values: Any) -> Row:
        """The one row that answers."""
        (row,) = self.rows(query, **values)
        return row

    def case(self, contact_id: str) -> Row:
        """The open case of a contact, else the newest."""
        query = (
            "SELECT c.* FROM recovery_case c JOIN case_contact m ON m.case_id = c.id"
            " WHERE m.contact_id = :id ORDER BY c.state = 'closed', c.id DESC LIMIT 1"
        )
        return self.one(query, id=contact_id)

    def attempts(self, contact_id: str) -> dict[str, Row]:
        """The attempts of a contact's case, by step."""
        query = "SELECT * FROM attempt WHERE case_id = :id ORDER BY id"
        return {row["step"]: row for row in self.rows(query, id=self.case(contact_id)["id"])}

    def step(self, contact_id: str, name: str = "m1") -> Row:
        """One attempt."""
        return self.attempts(contact_id)[name]

    def written(self, kind: str, contact_id: str) -> list[Row]:
        """What the sandbox's Keap took from us about a contact."""
        return [
            row
            for row in self.sandbox.ledger(f"keap.{kind}")
            if contact_id
            in (row.get("contact_id"), row.get("id"), (row.get("contact") or {}).get("id"))
        ]

    def requests_of(self, work: Callable[[], T]) -> tuple[int, T]:
        """How many calls the vendors saw while this was done."""
        before = self.sandbox.world.requests
        result = work()
        return self.sandbox.world.requests - before, result


def _plain(value: Any) -> Any:
    """PostgreSQL answers with moments and days where SQLite has their text."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value


def settings_for(sandbox: Running, folder: Path, **more: Any) -> Settings:
    """Settings that point at this sandbox, whatever the shell says."""
    values: dict[str, Any] = {
        "home": folder,
        "account": "Casa Prado",
        "pace": "full",
        "keap": KeapSettings(
            base_url=f"{sandbox.url}/crm", token=SecretStr(KEAP_TOKEN), calls_per_second=100_000
        ),
        "twilio": TwilioSettings(
            base_url=sandbox.url,
            account_sid=TWILIO_ACCOUNT,
            auth_token=SecretStr(TWILIO_TOKEN),
            whatsapp_from=SENDER,
            messages_per_second=1000,
        ),
    }
    return Settings(_env_file=None, **{**values, **more})  # type: ignore[call-arg]


@contextmanager
def installed(
    folder: Path, template: Template, *, kind: type[Home] = Home, **more: Any
) -> Iterator[Home]:
    """An installation beside an empty sandbox, with all templates approved."""
    early = NOON - timedelta(hours=6)
    settings = {name: more.pop(name) for name in list(more) if name in Settings.model_fields}
    with (
        running(**{"contacts": 0, "start": early, **more}) as sandbox,
        template.fresh(folder) as url,
    ):
        settings = {"database_url": url, **settings}
        home = kind(sandbox, settings_for(sandbox, folder, **settings), now=early)
        _approve_templates(home)
        try:
            yield home
        finally:
            home.leave()


def _approve_templates(home: Home) -> None:
    """Pushes them and waits for WhatsApp, or takes what WhatsApp has approved in this process."""
    account = home.sandbox.twilio
    account.contents.update(copy.deepcopy(_APPROVED))
    assert home.fresh.template_service.push(lambda *_: None)
    home.move(NOON)
    new = {sid: one for sid, one in account.contents.items() if sid not in _APPROVED}
    _APPROVED.update(copy.deepcopy(new))


def policy_file(folder: Path, text: str) -> Path:
    """A firm's own policy file."""
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path
