"""What every part stands on: settings, clock, database, keys, policy and templates."""

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from recovery.adapters.db.engine import Database
from recovery.adapters.db.keyed import keys_of
from recovery.adapters.db.lease import Leases
from recovery.adapters.db.meta import SqlMeta
from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.keyring import Keyring
from recovery.adapters.files.policy_file import load_policy
from recovery.adapters.jinja import load_templates
from recovery.adapters.live import LiveGuard
from recovery.domain.country import Countries
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.domain.template import TemplateSet
from recovery.memory import collect_seldom
from recovery.services.ports import Clock
from recovery.settings import Settings, load_settings

_CHECKOUT = Path(__file__).parents[2] / "templates" / "messages"


def utc_now() -> datetime:
    """The clock of everything but tests and the demo."""
    return datetime.now(UTC)


class Foundation:
    """An installation before it speaks to anybody."""

    def __init__(self, settings: Settings | None = None, *, clock: Clock = utc_now) -> None:
        collect_seldom()
        self.settings = settings or load_settings()
        self.clock = clock
        #: When people sign in and which code their app shows: the demo moves the other one.
        self.wall = clock

    @cached_property
    def database(self) -> Database:
        """The database; its schema is brought up to date by `recovery migrate` and every run."""
        return Database(self.settings.database)

    @cached_property
    def keyring(self) -> Keyring:
        """The secrets of this installation."""
        return Keyring(self.settings.home / "keys")

    @cached_property
    def keys(self) -> Keys:
        """Makes keyed hashes; ConfigurationError where the database knows others."""
        return keys_of(self.database, self.keyring)

    @cached_property
    def policy(self) -> Policy:
        """What may be done per status."""
        return load_policy(self.settings.policy)

    @cached_property
    def countries(self) -> Countries:
        """Rules of countries."""
        return load_countries()

    @property
    def template_folder(self) -> Path:
        """Where the messages are: the firm's own folder, or the shipped one."""
        return self.settings.templates or _CHECKOUT

    @cached_property
    def templates(self) -> TemplateSet:
        """Messages, scripts and notes."""
        return load_templates(self.template_folder)

    @cached_property
    def guard(self) -> LiveGuard:
        """Whether real people may be reached."""
        return LiveGuard(self.settings)

    @cached_property
    def leases(self) -> Leases:
        """Who works on which stage."""
        return Leases(self.database, self.clock)

    @cached_property
    def meta(self) -> SqlMeta:
        """Facts of this installation."""
        return SqlMeta(self.database)
