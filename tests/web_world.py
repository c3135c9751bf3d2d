"""The web app as a browser sees it, over an installation in time that can be moved."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyotp
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import SecretStr

from recovery.bootstrap import Recovery
from recovery.cli.servers import web_app
from recovery.services.ports import CrmUser, Order
from recovery.services.users.user import NewUser, Role
from recovery.settings import KeapSettings, Settings
from tests.databases import Template
from tests.installation import NOON

HOST = "recovery.test"
_CSRF = re.compile(r'name="csrf" (?:value|content)="(\w+)"')
_TAGS = re.compile(r"<[^>]+>")


class Page:
    """An answer with what a person reads on it."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.headers = answer.headers

    @property
    def html(self) -> str:
        """The source."""
        return self.answer.text

    @property
    def text(self) -> str:
        """The words."""
        return " ".join(unescape(_TAGS.sub(" ", self.html)).split())

    @property
    def to(self) -> str:
        """Where it leads on to."""
        return str(self.headers.get("location", ""))

    @property
    def csrf(self) -> str:
        """The token of its forms."""
        found = _CSRF.search(self.html)
        assert found, self.text[:200]
        return found[1]


class Browser:
    """One browser with its own cookies; sends the token of the page it looked at last."""

    def __init__(
        self, world: "WebWorld", *, language: str = "en", address: str = "203.0.113.7"
    ) -> None:
        transport = _Transport(world.app, world.loop, address)
        headers = {"accept": "text/html", "accept-language": language}
        self.client = httpx.Client(
            transport=transport, base_url=f"http://{HOST}", headers=headers, follow_redirects=False
        )
        self.csrf = ""

    def get(self, path: str, **headers: str) -> Page:
        """Looks at a page."""
        page = Page(self.client.get(path, headers=headers))
        if page.status == 200 and _CSRF.search(page.html):
            self.csrf = page.csrf
        return page

    def follow(self, page: Page) -> Page:
        """Goes where an answer leads."""
        return self.get(page.to)

    def send(self, path: str, headers: Mapping[str, str] | None = None, **fields: Any) -> Page:
        """Sends a form as the page would."""
        data = {"csrf": self.csrf, **fields}
        sent = {"origin": f"http://{HOST}", **(headers or {})}
        return Page(self.client.post(path, data=data, headers=sent))

    def cookie(self, name: str = "recovery-session") -> str:
        """The value of one of its cookies."""
        return self.client.cookies.get(name) or ""


class _Transport(httpx.BaseTransport):
    """Calls the app on the world's own loop, without a server and without threads of a client."""

    def __init__(self, app: FastAPI, loop: asyncio.AbstractEventLoop, address: str) -> None:
        self._app = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50000))
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.run_until_complete(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)


@dataclass
class Keap:
    """As much of Keap as pages ask themselves."""

    found: list[CrmUser] = field(default_factory=list)
    orders: dict[str, list[Order]] = field(default_factory=dict)

    def users(self) -> tuple[CrmUser, ...]:
        """The account's users."""
        return tuple(self.found)

    def orders_of(self, contact_id: str) -> tuple[Order, ...]:
        """What a contact ordered."""
        return tuple(self.orders.get(contact_id, ()))


@dataclass
class WebWorld:
    """An installation with a web app; `now` is everybody's time."""

    folder: Path
    database_url: str
    settings: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOON

    def __post_init__(self) -> None:
        values: dict[str, Any] = {
            "home": self.folder,
            "database_url": self.database_url,
            "account": "Casa Prado",
            "keap": KeapSettings(base_url="http://127.0.0.1:9/crm", token=SecretStr("none")),
        }
        settings = Settings(_env_file=None, **{**values, **self.settings})  # type: ignore[call-arg]
        self.recovery = Recovery(settings, clock=lambda: self.now)
        self.keap = Keap()
        self.recovery.crm = self.keap  # type: ignore[assignment]
        self.app = web_app(self.recovery)
        self.loop = asyncio.new_event_loop()
        self.people: dict[str, NewUser] = {}

    def move(self, **by: float) -> None:
        """Moves everybody's time."""
        self.now += timedelta(**by)

    def person(self, role: Role = Role.REP, name: str = "", language: str = "en") -> NewUser:
        """Somebody of the team."""
        email = f"{name or role.value}@example.com"
        self.people[email] = self.recovery.users.add(email, role, language=language)
        return self.people[email]

    def code(self, person: NewUser) -> str:
        """What their authenticator app shows now."""
        return pyotp.TOTP(person.totp_secret).at(self.now)

    def browser(self, **more: Any) -> Browser:
        """A browser of nobody in particular."""
        return Browser(self, **more)

    def sign_in(self, person: NewUser, password: str = "", **more: Any) -> Browser:
        """A browser in which this person is signed in."""
        browser = self.browser(**more)
        browser.get("/sign-in")
        page = browser.send("/sign-in", email=person.email, password=password or person.password)
        assert page.status == 303, page.text
        if page.to.startswith("/sign-in/code"):
            browser.follow(page)
            page = browser.send("/sign-in/code", code=self.code(person))
            assert page.status == 303, page.text
            # The next code of this person is another one.
            self.move(seconds=30)
        browser.get("/account")
        return browser

    def everything_stored(self) -> str:
        """Every row of every table, as text."""
        tables = sa.MetaData()
        with self.recovery.database.engine.connect() as connection:
            tables.reflect(connection)
            rows = [connection.execute(table.select()).all() for table in tables.sorted_tables]
        return repr(rows)

    def close(self) -> None:
        """Lets threads and the database go."""
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.recovery.database.dispose()


@contextmanager
def web_world(folder: Path, template: Template, **settings: Any) -> Iterator["WebWorld"]:
    """A world for as long as the block lasts."""
    with template.fresh(folder) as url:
        world = WebWorld(folder, url, settings)
        try:
            yield world
        finally:
            world.close()
