"""People who work with Recovery: how they are added, and how they prove who they are."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import pyotp

from recovery.domain.email_address import is_valid
from recovery.errors import Refusal
from recovery.services.ports import Clock

#: Seconds one code of the second factor lasts (RFC 6238).
STEP = 30
#: Wrong codes in ten minutes after which even a right one is not looked at.
TRIES = 5
_WINDOW = timedelta(minutes=10)
_ISSUER = "Recovery"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Role(StrEnum):
    """What somebody may do; deletions are approved by managers and admins."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def may_approve(self) -> bool:
        """May consent to a deletion."""
        return self is not Role.REP


@dataclass(frozen=True, slots=True)
class User:
    """A person of the team; `totp` is the sealed secret of the second factor."""

    email: str
    role: Role
    active: bool
    language: str
    totp: str | None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is shown once when somebody is added; none of it can be shown again."""

    email: str
    role: Role
    password: str
    totp_secret: str
    otpauth_uri: str


class UserStore(Protocol):
    """Where users are kept; each method is one transaction."""

    def user(self, email: str) -> User | None:
        """The user of this address, in lower case."""

    def users(self) -> list[User]:
        """All users, by address."""

    def add(self, user: User, *, at: datetime, by: str) -> bool:
        """False when the address is known already."""

    def set_factor(self, email: str, totp: str, *, at: datetime, by: str) -> None:
        """Stores another sealed secret; codes of the old one are worth nothing."""

    def set_password(self, email: str, password_hash: str, *, at: datetime, by: str) -> None:
        """Stores another password's hash."""

    def set_active(self, email: str, *, active: bool, at: datetime, by: str) -> None:
        """Locks somebody out, or lets them in again."""

    def use_step(self, email: str, step: int) -> bool:
        """Marks a code's time step as used; False when it or a later one was used before."""

    def wrong_codes(self, email: str, *, since: datetime) -> int:
        """How many wrong codes were given for this user since then."""

    def record_wrong_code(self, email: str, *, at: datetime) -> None:
        """Counts a wrong code."""


class Seal(Protocol):
    """Keeps short secrets unreadable in the database."""

    def seal(self, text: str) -> str:
        """Encrypts."""

    def unseal(self, sealed: str) -> str:
        """Decrypts; ConfigurationError when the key is another one."""


class Users:
    """Adds users and checks second factors; `hash_password` is a slow, salted hash."""

    def __init__(
        self, store: UserStore, *, seal: Seal, clock: Clock, hash_password: Callable[[str], str]
    ) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock
        self._hash_password = hash_password

    def add(self, email: str, role: Role, *, language: str = "en", by: str = "console") -> NewUser:
        """A new user with a first password and a second factor; Refusal for a known address."""
        email = _plain(email)
        if not is_valid(email):
            raise Refusal("this is not an e-mail address: give one such as ana@example.com")
        password, secret = _password(), pyotp.random_base32()
        user = User(
            email,
            role,
            active=True,
            language=language,
            totp=self._seal.seal(secret),
            password_hash=self._hash_password(password),
        )
        if not self._store.add(user, at=self._clock(), by=by):
            raise Refusal(
                "this user exists already: `recovery users factor EMAIL` makes a new second factor"
            )
        return NewUser(email, role, password, secret, _uri(email, secret))

    def renew_factor(self, email: str, *, by: str = "console") -> str:
        """Another second factor for somebody who lost theirs; answers its otpauth URI."""
        user = self.get(email)
        secret = pyotp.random_base32()
        self._store.set_factor(user.email, self._seal.seal(secret), at=self._clock(), by=by)
        return _uri(user.email, secret)

    def renew_password(self, email: str, *, by: str = "console") -> str:
        """Another first password, shown once."""
        user, password = self.get(email), _password()
        self._store.set_password(user.email, self._hash_password(password), at=self._clock(), by=by)
        return password

    def deactivate(self, email: str, *, by: str = "console") -> None:
        """Locks somebody out; approvals they gave count no more."""
        self._store.set_active(self.get(email).email, active=False, at=self._clock(), by=by)

    def list(self) -> list[User]:
        """All users, by address."""
        return self._store.users()

    def get(self, email: str) -> User:
        """The user; Refusal for an unknown address."""
        user = self._store.user(_plain(email))
        if user is None:
            raise Refusal("nobody has this address: add them with `recovery users add EMAIL`")
        return user

    def check_factor(self, email: str, code: str | None) -> None:
        """Refusal unless this is the second factor's present code, used for the first time."""
        user, now = self.get(email), self._clock()
        if user.totp is None:
            raise Refusal(
                "this user has no second factor: run `recovery users factor EMAIL` and add the "
                "secret to an authenticator app"
            )
        if not code:
            raise Refusal("give the six digits of your authenticator app (--code)")
        if self._store.wrong_codes(user.email, since=now - _WINDOW) >= TRIES:
            raise Refusal("too many wrong codes: wait ten minutes, then try again")
        step = _step_of(self._seal.unseal(user.totp), code, now)
        if step is None:
            self._store.record_wrong_code(user.email, at=now)
            raise Refusal("the code is wrong or too old: take the one shown now")
        if not self._store.use_step(user.email, step):
            raise Refusal("this code was used already: wait for the next one (30 seconds)")


def _plain(email: str) -> str:
    return email.strip().lower()


def _password() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _uri(email: str, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step of a code, one step early or late allowed for clocks and typing."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP
    typed = code.replace(" ", "").encode("utf-8", "replace")
    steps = (present + offset for offset in (0, -1, 1))
    matches = (s for s in steps if hmac.compare_digest(totp.at(s * STEP).encode(), typed))
    return next(matches, None)
