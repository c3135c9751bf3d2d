"""Signing in: a password, then where it is asked a code; and what stays of it on the server.

The token is 256 random bits in a cookie; the database holds its hash, so that a copy of the
database signs nobody in. A new token is made at each step up.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.users.login_limits import LoginLimits
from recovery.services.users.service import Users
from recovery.services.users.user import User

#: OWASP ASVS 5.0 §7.3: a session that nobody uses ends soon, any session ends each day.
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
#: Between a right password and its code.
_HALFWAY = timedelta(minutes=10)
#: Being seen is written down at most so often.
_SEEN_EVERY = timedelta(minutes=1)


class Stage(StrEnum):
    """How far somebody is."""

    PASSWORD = "password"  # noqa: S105 (a word, not a secret): a code is still asked
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at one browser; `id` is for lists, the token is worth more."""

    token_sha256: str
    id: str
    email: str
    stage: Stage
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str = ""

    def is_over(self, now: datetime) -> bool:
        """Too old, or not used for too long."""
        return now >= self.ends_at or now - self.seen_at >= IDLE


@dataclass(frozen=True, slots=True)
class Ticket:
    """A fresh token, and what it is good for."""

    token: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class Flash:
    """Something the next page tells once: words to be translated, then filled in."""

    words: str
    values: dict[str, Any]
    kind: str = "done"


class SessionStore(Protocol):
    """Where sessions are kept; each method is one transaction."""

    def start(self, session: Session, *, instead_of: str | None, proved: User | None) -> bool:
        """Stores one; the one before it at this browser, by its hash, ends. False, and nothing is
        stored, where something changed of what `proved` proved themselves by, or, without it, where
        the session before has ended."""

    def find(self, token_sha256: str) -> tuple[Session, User] | None:
        """A session with its user, who is active."""

    def touch(self, token_sha256: str, at: datetime) -> None:
        """It was used."""

    def end(self, token_sha256: str) -> None:
        """Ends one."""

    def end_of(self, email: str, *, id: str | None = None) -> int:
        """Ends all of a user, or the one of this id; counts them."""

    def of(self, email: str, *, now: datetime) -> list[Session]:
        """Sessions of a user that are not over, the last used first."""

    def tidy(self, *, before: datetime) -> None:
        """Drops those that ended before."""

    def put_flash(self, token_sha256: str, flash: Flash) -> None:
        """Adds something the next page tells."""

    def take_flashes(self, token_sha256: str) -> list[Flash]:
        """What is to be told, once."""


class Passwords(Protocol):
    """A slow, salted hash, and only so many of them at once."""

    def hash(self, password: str) -> str:
        """Hashes."""

    def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is right; takes as long where there is no hash. Busy when too many ask."""


class Sessions:
    """Lets people in and out; a Refusal never says whether an account exists."""

    def __init__(
        self,
        store: SessionStore,
        *,
        users: Users,
        limits: LoginLimits,
        passwords: Passwords,
        clock: Clock,
    ) -> None:
        self._store = store
        self._users = users
        self._limits = limits
        self._passwords = passwords
        self._clock = clock

    def sign_in(
        self, email: str, password: str, *, address: str, agent: str = "", before: str | None = None
    ) -> Ticket:
        """The first step; `before` is the token this browser had, which dies."""
        email = email.strip().lower()[:320]
        self._limits.take(email, address)
        user = self._users.find(email)
        hashed = user.password_hash if user and user.active else None
        if not self._passwords.verify(password[:1024], hashed) or user is None:
            raise Refusal("the e-mail address or the password is wrong")
        self._limits.give_back(email, address)
        self._limits.tidy()
        self._store.tidy(before=self._clock())
        stage = Stage.PASSWORD if user.asks_factor else Stage.FULL
        ticket = self._start(user.email, stage, agent=agent, before=before, proved=user)
        if ticket is None:
            raise Refusal("the e-mail address or the password is wrong")
        return ticket

    def give_code(self, token: str, code: str) -> Ticket:
        """The second step, once; Refusal for a wrong code."""
        found = self.find(token)
        if found is None or found[0].stage is not Stage.PASSWORD:
            raise Refusal("sign in again: it took too long")
        session, user = found
        self._users.check_factor(user.email, code)
        ticket = self._start(user.email, Stage.FULL, agent=session.agent, before=token)
        if ticket is None:
            raise Refusal("sign in again: it took too long")
        return ticket

    def start_again(self, user: User, *, agent: str) -> Ticket:
        """A session for who has just proved who they are, after a change that ended them all."""
        self._store.end_of(user.email)
        ticket = self._start(user.email, Stage.FULL, agent=agent, proved=user)
        if ticket is None:
            raise Refusal("sign in again: it took too long")
        return ticket

    def find(self, token: str) -> tuple[Session, User] | None:
        """Whose token this is; None when its session is over or its user locked."""
        found, now = self._store.find(_hash(token)), self._clock()
        if found is None or found[0].is_over(now):
            return None
        return found

    def seen(self, session: Session) -> None:
        """A person did something with it."""
        now = self._clock()
        if now - session.seen_at >= _SEEN_EVERY:
            self._store.touch(session.token_sha256, now)

    def is_right(self, user: User, password: str, *, address: str) -> None:
        """Refusal unless this is their password: asked again before it is changed."""
        self._limits.take(user.email, address)
        if not self._passwords.verify(password[:1024], user.password_hash):
            raise Refusal("the present password is wrong")
        self._limits.give_back(user.email, address)

    def end(self, token: str) -> None:
        """Signs out."""
        self._store.end(_hash(token))

    def end_of(self, email: str, *, id: str | None = None) -> int:
        """Ends all sessions of somebody, or the one of this id; counts them."""
        return self._store.end_of(email, id=id)

    def of(self, email: str) -> Sequence[Session]:
        """Where somebody is signed in."""
        return [s for s in self._store.of(email, now=self._clock()) if not s.is_over(self._clock())]

    def tell(self, session: Session, flash: Flash) -> None:
        """Says it on the next page."""
        self._store.put_flash(session.token_sha256, flash)

    def told(self, session: Session) -> list[Flash]:
        """What the page shall say, once."""
        return self._store.take_flashes(session.token_sha256)

    def _start(
        self,
        email: str,
        stage: Stage,
        *,
        agent: str,
        before: str | None = None,
        proved: User | None = None,
    ) -> Ticket | None:
        token, now = secrets.token_urlsafe(32), self._clock()
        length = ABSOLUTE if stage is Stage.FULL else _HALFWAY
        session = Session(
            token_sha256=_hash(token),
            id=secrets.token_urlsafe(8),
            email=email,
            stage=stage,
            created_at=now,
            seen_at=now,
            ends_at=now + length,
            agent=agent[:60],
        )
        instead_of = _hash(before) if before else None
        is_in = self._store.start(session, instead_of=instead_of, proved=proved)
        return Ticket(token, stage) if is_in else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
