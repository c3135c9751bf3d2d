"""People who work with Recovery: how they are added, and how they prove who they are."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from recovery.domain.email_address import is_valid
from recovery.domain.password import LEAST, MOST, PasswordProblem, why_not
from recovery.domain.phone import read_closely
from recovery.errors import ConfigurationError, Refusal
from recovery.services.ports import Clock
from recovery.services.users import second_factor
from recovery.services.users.user import (
    CONSOLE,
    NewUser,
    Profile,
    Role,
    Seal,
    Theme,
    Tried,
    User,
    UserStore,
)

__all__ = ["TRIES", "NewUser", "Profile", "Role", "Seal", "Theme", "User", "UserStore", "Users"]

#: Wrong codes in ten minutes after which even a right one is not looked at.
TRIES = 5
_WINDOW = timedelta(minutes=10)
#: How long a link to choose a password is good for.
INVITED_FOR = timedelta(days=7)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Users:
    """Adds users and checks second factors; `hash_password` is a slow, salted hash, `firm` the
    name under which authenticator apps keep the factor."""

    def __init__(
        self,
        store: UserStore,
        *,
        seal: Seal,
        clock: Clock,
        hash_password: Callable[[str], str],
        firm: str = "Recovery",
    ) -> None:
        self._store = store
        self._seal = seal
        self._clock = clock
        self._hash_password = hash_password
        self._firm = firm

    def add(self, email: str, role: Role, *, language: str = "en", by: str = CONSOLE) -> NewUser:
        """A new user with a first password and a second factor; Refusal for a known address."""
        password, secret = _password(), second_factor.new_secret()
        user = replace(
            _nobody(email, role, language),
            totp=self._seal.seal(secret),
            password_hash=self._hash_password(password),
        )
        self._add(user, by)
        return NewUser(user.email, role, password, secret, self._uri(user.email, secret))

    def invite(self, email: str, role: Role, *, language: str = "en", by: str = CONSOLE) -> str:
        """A new user who chooses a password by a link; answers the link's token, shown once."""
        user = _nobody(email, role, language)
        self._add(user, by)
        return self.renew_link(user.email, by=by)

    def renew_link(self, email: str, *, by: str = CONSOLE) -> str:
        """Another link to choose a password; the present password is good until it is used."""
        user, token, now = self.get(email), secrets.token_urlsafe(32), self._clock()
        if not user.active:
            raise Refusal("this user is locked: let them in again first")
        until = now + INVITED_FOR
        self._store.set_link(user.email, _hash(token), until=until, at=now, by=by)
        return token

    def invited(self, token: str) -> User:
        """Whose link this is; Refusal when it is none, was used or has run out."""
        user = self._store.invited(_hash(token))
        if user is None or not user.active or _is_over(user.invited_until, self._clock()):
            raise _dead_link()
        return user

    def accept(self, token: str, password: str) -> User:
        """Chooses the first, or another, password by a link, which is used up."""
        user = self.invited(token)
        self._check(password, user)
        hashed = self._hash_password(password)
        if not self._store.take_link(user.email, _hash(token), hashed, at=self._clock()):
            raise _dead_link()
        return user

    def choose_password(self, email: str, password: str) -> User:
        """Another password of one's own choice; ends all sessions. The user as they are then."""
        user = self.get(email)
        self._check(password, user)
        hashed = self._hash_password(password)
        self._store.set_password(user.email, hashed, at=self._clock(), by=user.email)
        return replace(user, password_hash=hashed)

    def renew_factor(self, email: str, *, by: str = CONSOLE) -> str:
        """Another second factor for somebody who lost theirs; answers its otpauth URI."""
        user, secret = self.get(email), second_factor.new_secret()
        self._store.set_factor(user.email, self._seal.seal(secret), at=self._clock(), by=by)
        return self._uri(user.email, secret)

    def drop_factor(self, email: str, *, by: str) -> None:
        """Takes a lost factor away; who may approve sets up another at the next sign-in."""
        self._store.set_factor(self.get(email).email, None, at=self._clock(), by=by)

    def offer_factor(self, email: str) -> tuple[str, str, str]:
        """A secret that is not in force yet: itself, its otpauth URI, and it sealed for a form."""
        secret = second_factor.new_secret()
        sealed = self._seal.seal(f"{_plain(email)}|{secret}")
        return secret, self._uri(_plain(email), secret), sealed

    def offered(self, email: str, sealed: str) -> tuple[str, str]:
        """The secret and otpauth URI of an earlier offer to the same person."""
        try:
            owner, _, secret = self._seal.unseal(sealed).partition("|")
        except (ConfigurationError, ValueError):
            raise _no_offer() from None
        if owner != _plain(email):
            raise _no_offer()
        return secret, self._uri(owner, secret)

    def confirm_factor(self, email: str, sealed: str, code: str) -> User:
        """Puts an offered secret in force, once a code proves that an app holds it; ends all
        sessions. The user as they are then."""
        user, now = self.get(email), self._clock()
        secret, _ = self.offered(email, sealed)
        step = second_factor.step_of(secret, code, now=now)
        if step is None:
            raise _wrong_code()
        kept = self._seal.seal(secret)
        self._store.set_factor(user.email, kept, at=now, by=user.email)
        self._store.use_step(user.email, step)
        return replace(user, totp=kept)

    def renew_password(self, email: str, *, by: str = CONSOLE) -> str:
        """Another first password, shown once."""
        user, password = self.get(email), _password()
        self._store.set_password(user.email, self._hash_password(password), at=self._clock(), by=by)
        return password

    def set_role(self, email: str, role: Role, *, by: str = CONSOLE) -> None:
        """Gives somebody another role; Refusal for the last admin."""
        if not self._store.set_role(self.get(email).email, role, at=self._clock(), by=by):
            raise _last_admin()

    def deactivate(self, email: str, *, by: str = CONSOLE) -> None:
        """Locks somebody out; approvals they gave count no more. Refusal for the last admin."""
        user = self.get(email)
        if not self._store.set_active(user.email, active=False, at=self._clock(), by=by):
            raise _last_admin()

    def activate(self, email: str, *, by: str = CONSOLE) -> None:
        """Lets somebody in again, with the password they had."""
        self._store.set_active(self.get(email).email, active=True, at=self._clock(), by=by)

    def change(self, email: str, profile: Profile, *, region: str | None = None) -> Profile:
        """Stores what somebody decided about themselves; a phone without its country code is read
        as one of `region`."""
        phone = profile.phone and _phone(profile.phone, region)
        kept = replace(profile, name=" ".join(profile.name.split())[:80], phone=phone or None)
        self._store.set_profile(self.get(email).email, kept)
        return kept

    def match_keap(self, keap_users: dict[str, str]) -> int:
        """Who is which Keap user, from ids by address; counts what changed."""
        ours = {user.email for user in self._store.users()}
        plain = {_plain(email): id_ for email, id_ in keap_users.items()}
        return self._store.set_keap_users({e: id_ for e, id_ in plain.items() if e in ours})

    def list(self) -> list[User]:
        """All users, by address."""
        return self._store.users()

    def find(self, email: str) -> User | None:
        """The user of this address, however it is written."""
        return self._store.user(_plain(email))

    def get(self, email: str) -> User:
        """The user; Refusal for an unknown address."""
        user = self.find(email)
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
        step = second_factor.step_of(self._seal.unseal(user.totp), code, now=now)
        match self._store.try_code(user, step, most=TRIES, since=now - _WINDOW, at=now):
            case Tried.TOO_MANY:
                raise Refusal("too many wrong codes: wait ten minutes, then try again")
            case Tried.WRONG:
                raise _wrong_code()
            case Tried.USED:
                raise Refusal("this code was used already: wait for the next one (30 seconds)")
            case Tried.RIGHT:
                return

    def _add(self, user: User, by: str) -> None:
        if not is_valid(user.email):
            raise Refusal("this is not an e-mail address: give one such as ana@example.com")
        if not self._store.add(user, at=self._clock(), by=by):
            raise Refusal(
                "this user exists already: `recovery users factor EMAIL` makes a new second factor"
            )

    def _check(self, password: str, user: User) -> None:
        problem = why_not(password, about=(user.email, user.name, self._firm))
        if problem:
            raise _poor(problem)

    def _uri(self, email: str, secret: str) -> str:
        return second_factor.uri_of(secret, email=email, issuer=self._firm)


def _plain(email: str) -> str:
    return email.strip().lower()


def _nobody(email: str, role: Role, language: str) -> User:
    return User(_plain(email), role, active=True, language=language, totp=None)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is None or until <= now


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _password() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _phone(text: str, region: str | None) -> str:
    phones = read_closely(text, region=region).phones
    if len(phones) != 1:
        raise Refusal("this phone number cannot be read: write it with its country, as +52 55 …")
    return phones[0].e164


def _wrong_code() -> Refusal:
    return Refusal("the code is wrong or too old: take the one shown now")


def _no_offer() -> Refusal:
    return Refusal("this offer is not ours, or was made to somebody else: begin again")


def _dead_link() -> Refusal:
    return Refusal("this link was used already or has run out: ask your admin for another one")


def _last_admin() -> Refusal:
    return Refusal("this is the last active admin: make somebody else an admin first")


def _poor(problem: PasswordProblem) -> Refusal:
    match problem:
        case PasswordProblem.SHORT:
            return Refusal("use at least %(least)s characters: four plain words do", least=LEAST)
        case PasswordProblem.LONG:
            return Refusal("use at most %(most)s characters", most=MOST)
        case PasswordProblem.COMMON:
            return Refusal("this password is among the first that are tried: choose another one")
        case PasswordProblem.PERSONAL:
            return Refusal("this password holds little but your own names: choose another one")
    assert_never(problem)
