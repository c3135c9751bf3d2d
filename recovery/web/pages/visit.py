"""Who asks for a page, and the page they get: words, cookies, and what was to be told."""

import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from recovery.errors import Refusal
from recovery.services.users.sessions import ABSOLUTE, Flash, Session, Ticket
from recovery.services.users.user import User
from recovery.web.pages.site import Site, moments, site_of
from recovery.web.pages.words import LANGUAGES, Words, language_for

#: `__Host-` binds a cookie to this host and to https (RFC 6265bis); loopback has no https.
_SESSION, _FORM, _LANGUAGE = "recovery-session", "recovery-form", "recovery-language"
_FORM_FOR = 24 * 3600
_LANGUAGE_FOR = 365 * 24 * 3600


@dataclass
class Guest:
    """Somebody who is not signed in; `secret` is what their forms are tied to."""

    request: Request
    secret: str

    @cached_property
    def site(self) -> Site:
        """What the page needs."""
        return site_of(self.request)

    @cached_property
    def words(self) -> Words:
        """Their language."""
        return self.site.words[self._language()]

    @cached_property
    def csrf(self) -> str:
        """What each of their forms must bring; tells nothing of the cookie it is made from."""
        return hmac.digest(self.secret.encode(), b"form", "sha256").hex()

    @property
    def agent(self) -> str:
        """Their browser in two words."""
        return _agent(self.request.headers.get("user-agent", ""))

    @property
    def address(self) -> str:
        """Where they are, for limits only."""
        return address_of(self.request)

    def say(self, text: str, /, **values: object) -> str:
        """Words in their language."""
        return self.words.say(text, **values)

    def told(self, error: Refusal) -> str:
        """A refusal in their language."""
        return self.say(error.words, **error.values)

    def render(self, template: str, /, status: int = 200, **context: Any) -> Response:
        """A page of `templates/`."""
        page = self.site.templates[self.words.language].get_template(template)
        response = HTMLResponse(page.render({**self._context(), **context}), status)
        return self._with_cookies(response)

    def part(self, template: str, /, **context: Any) -> Response:
        """A piece of a page that its script fetches; what is to be told waits for a whole page."""
        page = self.site.templates[self.words.language].get_template(template)
        return HTMLResponse(page.render({**self._plain_context(), **context}))

    def go(self, path: str) -> Response:
        """On to another page, after a form or instead of this one."""
        return self._with_cookies(RedirectResponse(path, 303))

    def let_in(self, ticket: Ticket, path: str) -> Response:
        """On to another page with a fresh session."""
        response = RedirectResponse(path, 303)
        self._set(response, _SESSION, ticket.token, int(ABSOLUTE.total_seconds()))
        response.delete_cookie(self._name(_FORM))
        return response

    def let_out(self, path: str) -> Response:
        """On to another page without a session, and without anything the browser has kept."""
        response = RedirectResponse(path, 303)
        self._set(response, _SESSION, "", 0)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def in_language(self, language: str, path: str) -> Response:
        """On to another page, in this language from now on."""
        response = RedirectResponse(path, 303)
        if language in LANGUAGES:
            self._set(response, _LANGUAGE, language, _LANGUAGE_FOR)
        return response

    def _context(self) -> dict[str, Any]:
        return self._plain_context()

    def _plain_context(self) -> dict[str, Any]:
        zone = self.site.zone_of(None)
        return {
            "visit": self,
            "csrf": self.csrf,
            "user": None,
            "theme": "system",
            "account": self.site.account,
            "places": [],
            "path": self.request.url.path,
            "flashes": [],
            "languages": LANGUAGES,
            **moments(self.words, zone, self.site.clock()),
        }

    def _language(self) -> str:
        chosen = self.request.cookies.get(self._name(_LANGUAGE), "")
        accepts = self.request.headers.get("accept-language", "")
        return chosen if chosen in LANGUAGES else language_for(accepts)

    def _with_cookies(self, response: Response) -> Response:
        if self.request.cookies.get(self._name(_FORM)) != self.secret:
            self._set(response, _FORM, self.secret, _FORM_FOR)
        return response

    def _name(self, cookie: str) -> str:
        return cookie_name(self.request, cookie)

    def _set(self, response: Response, cookie: str, value: str, seconds: int) -> None:
        same: Literal["lax"] = "lax"
        response.set_cookie(
            self._name(cookie),
            value,
            max_age=seconds,
            path="/",
            secure=self.site.is_secure(self.request),
            httponly=True,
            samesite=same,
        )


@dataclass
class Visit(Guest):
    """Somebody who is signed in; `secret` is their session's token."""

    user: User
    session: Session

    @cached_property
    def team(self) -> list[User]:
        """Everybody of the team as this page began with them, those who left included."""
        return self.site.recovery.users.list()

    @cached_property
    def _called(self) -> dict[str, str]:
        return {one.email: one.called for one in self.team}

    def called(self, email: str) -> str:
        """What somebody of the team is called; the address of one who is not of it."""
        return self._called.get(email, email)

    def tell(self, text: str, /, *, kind: str = "done", **values: object) -> None:
        """Says it on the next page, whichever that is; `kind`: done, or sorry."""
        self.site.recovery.sessions.tell(self.session, Flash(text, dict(values), kind))

    def sorry(self, error: Refusal) -> None:
        """Tells a refusal on the next page."""
        self.tell(error.words, kind="sorry", **error.values)

    def _context(self) -> dict[str, Any]:
        flashes = self.site.recovery.sessions.told(self.session)
        told = [(f.kind, self.say(f.words, **f.values)) for f in flashes]
        return {**self._plain_context(), "flashes": told}

    def _plain_context(self) -> dict[str, Any]:
        return {
            **super()._plain_context(),
            "user": self.user,
            "theme": self.user.theme.value,
            "places": self.site.places_of(self.user),
            **moments(self.words, self.site.zone_of(self.user), self.site.clock()),
        }

    def _language(self) -> str:
        return self.user.language if self.user.language in LANGUAGES else "en"

    def _with_cookies(self, response: Response) -> Response:
        return response


def open_visit(request: Request) -> Guest:
    """Who asks, by the cookie: a Visit, or a Guest whose forms get a secret of their own."""
    token = request.cookies.get(cookie_name(request, _SESSION), "")
    found = site_of(request).recovery.sessions.find(token) if token else None
    if found is None:
        secret = request.cookies.get(cookie_name(request, _FORM), "")
        return Guest(request, secret if len(secret) == _LENGTH else secrets.token_urlsafe(32))
    session, user = found
    return Visit(request, token, user, session)


_LENGTH = len(secrets.token_urlsafe(32))


def cookie_name(request: Request, cookie: str) -> str:
    """The name under which a cookie is kept here."""
    return f"__Host-{cookie}" if site_of(request).is_secure(request) else cookie


def address_of(request: Request) -> str:
    """Who is connected; the word of a proxy counts only where the settings name that proxy."""
    peer = request.client.host if request.client else ""
    trusted = site_of(request).recovery.settings.proxies
    if peer not in trusted:
        return peer
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    return next((hop for hop in reversed(hops) if hop and hop not in trusted), peer)


def _agent(header: str) -> str:
    browsers = ("Edg", "Firefox", "OPR", "Chrome", "Safari")
    systems = ("iPhone", "iPad", "Android", "Windows", "Mac OS", "Linux")
    browser = next((name for name in browsers if name in header), "")
    system = next((name for name in systems if name in header), "")
    known = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "macOS"}
    return " · ".join(known.get(name, name) for name in (browser, system) if name)
