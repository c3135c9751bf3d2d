"""Builds the services from the settings: the only module that knows every adapter."""

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from recovery.adapters.db.engine import Database
from recovery.adapters.db.lease import Leases
from recovery.adapters.db.pull import SqlPullStore
from recovery.adapters.db.reach import SqlReachStore
from recovery.adapters.db.route import SqlRouteStore
from recovery.adapters.db.small import SqlContentStore, SqlMeta, SqlPacerStore
from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.keyring import Keyring
from recovery.adapters.files.policy_file import load_policy
from recovery.adapters.jinja import load_templates
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.pacer import Pacer
from recovery.adapters.live import LiveGuard
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.domain.country import Countries
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.domain.template import TemplateSet
from recovery.errors import ConfigurationError
from recovery.services.ports import Clock
from recovery.services.pull import PullService
from recovery.services.reach import ReachService
from recovery.services.reading import ConsentSigns, ContactReader
from recovery.services.route import RouteService
from recovery.services.templates import TemplateService
from recovery.settings import Settings, load_settings

_CHECKOUT = Path(__file__).parent.parent / "templates" / "messages"


def utc_now() -> datetime:
    """The clock of everything but tests and the demo."""
    return datetime.now(UTC)


class Recovery:
    """All parts of one installation, each built when first used; `clock` may be moved."""

    def __init__(self, settings: Settings | None = None, *, clock: Clock = utc_now) -> None:
        self.settings = settings or load_settings()
        self.clock = clock

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
        """Makes keyed hashes."""
        return self.keyring.keys()

    @cached_property
    def policy(self) -> Policy:
        """What may be done per status."""
        return load_policy(self.settings.policy)

    @cached_property
    def countries(self) -> Countries:
        """Rules of countries."""
        return load_countries()

    @cached_property
    def templates(self) -> TemplateSet:
        """Messages, scripts and notes."""
        return load_templates(self.settings.templates or _CHECKOUT)

    @cached_property
    def guard(self) -> LiveGuard:
        """Whether real people may be reached."""
        return LiveGuard(self.settings)

    @cached_property
    def crm(self) -> KeapClient:
        """Keap; raises ConfigurationError without a credential."""
        keap = self.settings.keap
        if keap.token is None:
            raise ConfigurationError(
                "RECOVERY_KEAP__TOKEN is not set: put a service account key or a personal access "
                "token of Keap there (or try `recovery demo`, which needs none)"
            )
        # Pacing waits in real time, whatever the clock of the cases says.
        pacer = Pacer(SqlPacerStore(self.database), rate=keap.calls_per_second, clock=utc_now)
        return KeapClient(keap, clock=self.clock, pacer=pacer)

    @cached_property
    def messenger(self) -> TwilioMessenger:
        """Twilio."""
        return TwilioMessenger(
            self.settings.twilio, public_url=self.settings.public_url, clock=self.clock
        )

    @cached_property
    def leases(self) -> Leases:
        """Who works on which stage."""
        return Leases(self.database, self.clock)

    @cached_property
    def meta(self) -> SqlMeta:
        """Facts of this installation."""
        return SqlMeta(self.database)

    @property
    def pull(self) -> PullService:
        """The pull."""
        return PullService(
            crm=self.crm,
            store=SqlPullStore(self.database, self.keys),
            reader=self._reader,
            policy=self.policy,
            clock=self.clock,
        )

    def _reader(self, signs: ConsentSigns) -> ContactReader:
        return ContactReader(self.policy, self.keys, signs)

    @property
    def route(self) -> RouteService:
        """The routing."""
        return RouteService(
            store=SqlRouteStore(self.database),
            policy=self.policy,
            countries=self.countries,
            clock=self.clock,
        )

    @property
    def reach(self) -> ReachService:
        """The reach."""
        return ReachService(
            store=SqlReachStore(self.database, self.keys),
            crm=self.crm,
            messenger=self.messenger,
            sender_for=self.messenger.our_senders.for_number,
            templates=self.templates,
            policy=self.policy,
            countries=self.countries,
            firm=self.settings.account,
            clock=self.clock,
            messages_per_second=self.settings.twilio.messages_per_second,
        )

    @property
    def template_service(self) -> TemplateService:
        """Templates at the provider."""
        return TemplateService(
            messenger=self.messenger,
            templates=self.templates,
            store=SqlContentStore(self.database, self.clock),
            may_write=self.guard.may_send,
            clock=self.clock,
        )
