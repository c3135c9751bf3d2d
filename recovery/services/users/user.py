"""Who works with Recovery, what is kept of them, and what keeping them needs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

#: Who works at the command line: may lock even the last admin, and add another one.
CONSOLE = "console"


class Role(StrEnum):
    """What somebody may do; each may do what those before it may."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def may_approve(self) -> bool:
        """May consent to a deletion."""
        return self is not Role.REP

    def covers(self, other: "Role") -> bool:
        """May do all that the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Theme(StrEnum):
    """Light or dark pages."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Profile:
    """What people decide about themselves; `phone` in E.164 is their own, `zone` an IANA name."""

    name: str = ""
    language: str = "en"
    theme: Theme = Theme.SYSTEM
    zone: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person of the team; `totp` is the sealed secret of the second factor."""

    email: str
    role: Role
    active: bool
    language: str
    totp: str | None
    password_hash: str | None = None
    #: A code of this factor was right once: it is in somebody's app.
    factor_works: bool = False
    name: str = ""
    theme: Theme = Theme.SYSTEM
    zone: str | None = None
    phone: str | None = None
    keap_user_id: str | None = None
    invited_until: datetime | None = None

    @property
    def called(self) -> str:
        """Their name, else their address."""
        return self.name or self.email

    @property
    def asks_factor(self) -> bool:
        """Signs in with a code: whoever may approve, and a rep whose app is known to work."""
        return self.totp is not None and (self.role.may_approve or self.factor_works)

    def is_proved_as(self, other: "User") -> bool:
        """Nothing changed of what they prove themselves by, or of what they may."""
        now, then = ((u.password_hash, u.totp, u.role, u.active) for u in (self, other))
        return now == then


@dataclass(frozen=True, slots=True)
class NewUser:
    """What is shown once when somebody is added; none of it can be shown again."""

    email: str
    role: Role
    password: str
    totp_secret: str
    otpauth_uri: str


class Tried(StrEnum):
    """What came of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    TOO_MANY = "too_many"


class UserStore(Protocol):
    """Where users are kept; each method is one transaction, with its audit row.

    What changes who somebody is (password, role, factor, being active) ends their sessions.
    """

    def user(self, email: str) -> User | None:
        """The user of this address, in lower case."""

    def users(self) -> list[User]:
        """All users, by address."""

    def invited(self, token_sha256: str) -> User | None:
        """Whose link this is, whether or not it has run out."""

    def add(self, user: User, *, at: datetime, by: str) -> bool:
        """False when the address is known already."""

    def set_factor(self, email: str, totp: str | None, *, at: datetime, by: str) -> None:
        """Stores another sealed secret, or none; codes of the old one are worth nothing."""

    def set_password(self, email: str, password_hash: str, *, at: datetime, by: str) -> None:
        """Stores another password's hash; a link to choose one dies."""

    def set_link(
        self, email: str, token_sha256: str, *, until: datetime, at: datetime, by: str
    ) -> None:
        """Stores a link by its hash; an older one dies."""

    def take_link(self, email: str, token_sha256: str, password_hash: str, *, at: datetime) -> bool:
        """Sets the password by a link and uses it up; False when it was used or has run out."""

    def set_role(self, email: str, role: Role, *, at: datetime, by: str) -> bool:
        """Gives another role; False when no active admin would be left and `by` is not CONSOLE."""

    def set_active(self, email: str, *, active: bool, at: datetime, by: str) -> bool:
        """Locks somebody out, or lets them in again; False as for `set_role`."""

    def set_profile(self, email: str, profile: Profile) -> None:
        """Stores what they decided about themselves."""

    def set_keap_users(self, matches: dict[str, str]) -> int:
        """Stores who is which Keap user, by address; counts those that changed."""

    def use_step(self, email: str, step: int) -> bool:
        """Marks a code's time step as used; False when it or a later one was used before."""

    def try_code(
        self, user: User, step: int | None, *, most: int, since: datetime, at: datetime
    ) -> Tried:
        """One code at a time of a user, of the time step it is right for: counts a wrong one, uses
        a right one up, and looks at none where `most` wrong ones were given since then."""


class Seal(Protocol):
    """Keeps short secrets unreadable in the database."""

    def seal(self, text: str) -> str:
        """Encrypts."""

    def unseal(self, sealed: str) -> str:
        """Decrypts; ConfigurationError when the key is another one."""
