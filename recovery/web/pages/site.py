"""What every page needs: the services, the words, the templates, and where the pages are."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request

from recovery.bootstrap import Recovery
from recovery.domain.phone import spaced
from recovery.services.ports import Clock
from recovery.services.users.user import Role, User
from recovery.web.pages.words import Words, load_words, words
from recovery.web.pulse import Pulse

_WEB = Path(__file__).parents[1]
STATIC = _WEB / "static"
_CODE = re.compile(r"`([^`]+)`")
_TEMPLATES = _WEB / "templates"


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation, for this role and those above it."""

    path: str
    name: str
    role: Role


#: In the order they are shown; the first that somebody may see is their home.
PLACES = [
    Place("/queue", words("Queue"), Role.REP),
    Place("/lists", words("Lists"), Role.MANAGER),
    Place("/wins", words("Free wins"), Role.MANAGER),
    Place("/templates", words("Texts"), Role.MANAGER),
    Place("/approvals", words("Approvals"), Role.MANAGER),
    Place("/team", words("Team"), Role.ADMIN),
    Place("/status", words("Status"), Role.MANAGER),
    Place("/account", words("My account"), Role.REP),
]


@dataclass(frozen=True)
class Site:
    """The pages of one installation; `recovery` gives the services."""

    recovery: Recovery
    words: Mapping[str, Words] = field(default_factory=load_words)

    @property
    def clock(self) -> Clock:
        """Now, as the services see it."""
        return self.recovery.clock

    @property
    def account(self) -> str:
        """The firm's name."""
        return self.recovery.settings.account

    @cached_property
    def public_host(self) -> str:
        """The host of the public address where that is https, else nothing."""
        parts = urlsplit(self.recovery.settings.public_url or "")
        return parts.netloc if parts.scheme == "https" else ""

    @cached_property
    def pulse(self) -> Pulse:
        """What changed, for all open pages."""
        return Pulse(self.recovery.database)

    @cached_property
    def templates(self) -> Mapping[str, Environment]:
        """One environment a language: words are looked up while a page is made."""
        return {language: _environment(found) for language, found in self.words.items()}

    def zone_of(self, user: User | None) -> ZoneInfo:
        """The user's zone, else the firm's, else UTC."""
        return _zone((user and user.zone) or self.recovery.policy.default_zone or "UTC")

    def places_of(self, user: User) -> list[Place]:
        """Where somebody may go."""
        return [place for place in PLACES if user.role.covers(place.role)]

    def is_secure(self, request: Request) -> bool:
        """Whether the browser sees https: by itself, or at a proxy under the public address."""
        by_proxy = bool(self.public_host) and request.headers.get("host") == self.public_host
        return request.url.scheme == "https" or by_proxy


def site_of(request: Request) -> Site:
    """The site whose page is asked for."""
    site: Site = request.app.state.site
    return site


def _environment(found: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    environment.install_gettext_translations(found.catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(static=static_url, words=found, say=found.say)
    environment.filters.update(
        number=found.number,
        percent=found.percent,
        code=_with_code,
        phone=spaced,
    )
    return environment


def _with_code(text: str) -> Markup:
    """What stands between backticks is something to type."""
    safe = str(escape(text))  # of `Markup`, Python 3.11 would escape what is put in as well
    return Markup(_CODE.sub(r"<code>\1</code>", safe))  # noqa: S704 (escaped before)


@lru_cache
def static_url(name: str) -> str:
    """A file under `static/` with its contents' hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


@lru_cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def moments(found: Words, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What templates call to write moments for this user."""
    return {
        "day": lambda value: found.day(value, zone),
        "time": lambda value: found.time(value, zone),
        "moment": lambda value: found.moment(value, zone),
        "when": lambda value: found.when(value, zone, now),
        "ago": lambda value: found.ago(value, now),
    }
