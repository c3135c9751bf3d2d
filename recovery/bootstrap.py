"""Builds the services from the settings: the only module that knows every adapter."""

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import SecretStr

from recovery.adapters.db.archive.approvals import SqlApprovalStore
from recovery.adapters.db.archive.deletion import SqlDeletionStore
from recovery.adapters.db.archive.store import SqlArchiveStore
from recovery.adapters.db.attention import SqlAttentionStore
from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.adapters.db.budget import SqlBudgetStore
from recovery.adapters.db.call_pace import MESSAGES, SqlCallPace
from recovery.adapters.db.calls.calling import SqlCallStore
from recovery.adapters.db.calls.news import SqlCallNewsStore
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import SqlPromiseStore
from recovery.adapters.db.grants import SqlGrantStore
from recovery.adapters.db.inbox import SqlInboxStore
from recovery.adapters.db.lease import Leases
from recovery.adapters.db.pull.store import SqlPullStore
from recovery.adapters.db.pull.waves import SqlWaveStore
from recovery.adapters.db.reach.fresh import SqlFreshStore
from recovery.adapters.db.reach.pacing import SqlPacingStore
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.adapters.db.record.replies import SqlReplyStore
from recovery.adapters.db.record.store import SqlRecordStore
from recovery.adapters.db.record.wins import SqlWinStore
from recovery.adapters.db.route.admissions import SqlAdmissionStore
from recovery.adapters.db.route.store import SqlRouteStore
from recovery.adapters.db.small import SqlContentStore, SqlMeta, SqlPacerStore
from recovery.adapters.db.users.sessions import SqlLimitStore, SqlSessionStore
from recovery.adapters.db.users.store import SqlUserStore
from recovery.adapters.files.archive_file import ArchiveFolder
from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.keyring import Keyring
from recovery.adapters.files.lock import FileLocks
from recovery.adapters.files.policy_file import load_policy
from recovery.adapters.files.spool import FileSpool
from recovery.adapters.files.workbook import Workbooks
from recovery.adapters.jinja import load_templates, render
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.credential import Credential, credential_of
from recovery.adapters.keap.pacer import Pace, Pacer
from recovery.adapters.keap.rotating import RotatingToken
from recovery.adapters.keap.token_endpoint import endpoint_of
from recovery.adapters.keap.tokens import StaticToken, TokenSource
from recovery.adapters.live import LiveGuard
from recovery.adapters.passwords import Argon2
from recovery.adapters.stories import CaseStories
from recovery.adapters.twilio import codes
from recovery.adapters.twilio.calls import TwilioCaller
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.pace import SharedPace
from recovery.adapters.twilio.senders import parse_senders
from recovery.bootstrap_reps import Reps
from recovery.domain.country import Countries
from recovery.domain.keys import Keys
from recovery.domain.policy import Policy
from recovery.domain.template import TemplateSet
from recovery.services.archive.approvals import Approvals
from recovery.services.archive.deletion import Deletion
from recovery.services.archive.service import ArchiveService
from recovery.services.attention import Attention
from recovery.services.brakes import Brakes
from recovery.services.budget import Budget
from recovery.services.calls.calling import CallingService
from recovery.services.calls.upkeep import CallKeeper
from recovery.services.calls.voice_form import VoiceForm
from recovery.services.inbox import InboxService
from recovery.services.ports import Clock, ContentStatus
from recovery.services.promises import Promises
from recovery.services.pull.reading import ConsentSigns, ContactReader
from recovery.services.pull.service import PullService
from recovery.services.pull.waves import Waves
from recovery.services.reach.drafting import Drafter
from recovery.services.reach.fresh import FreshLook
from recovery.services.reach.pacing import Pacing
from recovery.services.reach.service import ReachService
from recovery.services.record.addresses import Addresses
from recovery.services.record.answering import Answering
from recovery.services.record.replies import ReplyService
from recovery.services.record.service import RecordService
from recovery.services.record.wins import Wins
from recovery.services.record.writeback import WriteBack
from recovery.services.route.admissions import Admissions
from recovery.services.route.service import RouteService
from recovery.services.stages import Services, Stages
from recovery.services.templates import TemplateService
from recovery.services.users.login_limits import LoginLimits
from recovery.services.users.service import Users
from recovery.services.users.sessions import Sessions
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
    def crm(self) -> KeapClient:
        """Keap; raises ConfigurationError without a credential."""
        keap = self.settings.keap
        tokens = self.keap_tokens
        # Pacing waits in real time, whatever the clock of the cases says.
        pacer = Pacer(SqlPacerStore(self.database), rate=keap.calls_per_second, clock=utc_now)
        return KeapClient(keap, clock=self.clock, pacer=pacer, tokens=tokens)

    @cached_property
    def keap_tokens(self) -> TokenSource:
        """Keap's key, or OAuth2's rotating tokens, which need a migrated database."""
        keap = self.settings.keap
        match credential_of(keap):
            case Credential.KEY:
                return StaticToken(_revealed(keap.token))
            case Credential.OAUTH:
                return RotatingToken(self.keap_grants, endpoint_of(keap), clock=self.clock)

    @property
    def keap_grants(self) -> SqlGrantStore:
        """Where OAuth2's pair is kept."""
        seed = _revealed(self.settings.keap.refresh_token)
        return SqlGrantStore(self.database, self.keyring, seed=seed)

    @cached_property
    def messenger(self) -> TwilioMessenger:
        """Twilio."""
        twilio = self.settings.twilio
        rate = twilio.messages_per_second
        line = SqlCallPace(self.database, per_second=rate, clock=utc_now, name=MESSAGES)
        return TwilioMessenger(
            twilio,
            public_url=self.settings.public_url,
            clock=self.clock,
            pace=SharedPace(line, per_second=rate),
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
            waves=Waves(
                store=SqlWaveStore(self.database), brakes=self.brakes, pace=self.settings.pace
            ),
            clock=self.clock,
        )

    def _reader(self, signs: ConsentSigns) -> ContactReader:
        return ContactReader(self.policy, self.keys, signs)

    @property
    def route(self) -> RouteService:
        """The routing."""
        return RouteService(
            store=SqlRouteStore(self.database, intake=self.policy.intake),
            admissions=Admissions(
                store=SqlAdmissionStore(self.database), policy=self.policy, clock=self.clock
            ),
            policy=self.policy,
            countries=self.countries,
            clock=self.clock,
        )

    @property
    def reach(self) -> ReachService:
        """The reach."""
        return ReachService(
            store=SqlReachStore(self.database),
            fresh=FreshLook(
                store=SqlFreshStore(
                    self.database,
                    self.keys,
                    contacts_per_person=self.policy.caps.contacts_per_person,
                ),
                crm=self.crm,
                reader=self._reader,
                policy=self.policy,
            ),
            messenger=self.messenger,
            sender_for=self.messenger.our_senders.for_number,
            drafter=Drafter(
                templates=self.templates,
                policy=self.policy,
                countries=self.countries,
                firm=self.settings.account,
            ),
            calls_a_day=self.policy.caps.calls_per_number_day,
            brakes=self.brakes,
            pacing=self.pacing,
            clock=self.clock,
            messages_per_second=self.settings.twilio.messages_per_second,
        )

    @property
    def brakes(self) -> Brakes:
        """What slows or stops sending."""
        store = SqlBrakeStore(self.database)
        return Brakes(store=store, fault=codes.fault, explain=codes.explain, clock=self.clock)

    @property
    def pacing(self) -> Pacing:
        """How many people may be written to now."""
        senders = self.messenger.our_senders
        return Pacing(
            store=SqlPacingStore(self.database),
            brakes=self.brakes,
            messenger=self.messenger,
            sender_for=senders.for_number,
            our_numbers=senders.numbers,
            pace=self.settings.pace,
            clock=self.clock,
        )

    @cached_property
    def caller(self) -> TwilioCaller | None:
        """Twilio's calls; None where Twilio cannot ask us what a call shall do."""
        settings = self.settings
        if not (settings.public_url and settings.twilio.voice_from and settings.twilio.auth_token):
            return None
        return TwilioCaller(settings.twilio, public_url=settings.public_url, clock=self.clock)

    @property
    def calling(self) -> CallingService:
        """Calls placed for reps."""
        twilio = self.settings.twilio
        lines = parse_senders(twilio.voice_from, variable="RECOVERY_TWILIO__VOICE_FROM")
        return CallingService(
            store=SqlCallStore(self.database),
            caller=self.caller,
            line_for=lines.for_number,
            policy=self.policy,
            countries=self.countries,
            may_call=self.guard.may_send,
            what_stops=self.brakes.what_stops_calls,
            # Pacing waits in real time, as Twilio's own queue does.
            pace=SqlCallPace(self.database, per_second=twilio.calls_per_second, clock=utc_now),
            clock=self.clock,
        )

    @property
    def call_keeper(self) -> CallKeeper:
        """What became of placed calls."""
        store = SqlCallNewsStore(self.database)
        return CallKeeper(store=store, caller=self.caller, clock=self.clock)

    @property
    def voice_form(self) -> VoiceForm:
        """Reads what Twilio posts about calls."""
        return VoiceForm(self.settings.twilio.account_sid or "")

    @property
    def budget(self) -> Budget:
        """Keap's calls of the day, shared out."""
        rate = self.settings.keap.calls_per_second
        pacer = Pacer(SqlPacerStore(self.database), rate=rate, clock=utc_now)
        store = SqlBudgetStore(self.database, self.clock)
        return Budget(store=store, usage=pacer.usage, a_day=Pace(rate).a_day)

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

    @property
    def record(self) -> RecordService:
        """The recording."""
        return RecordService(
            store=SqlRecordStore(self.database, self.keys),
            crm=self.crm,
            messenger=self.messenger,
            answering=self.answering,
            calls=self.call_keeper,
            write_back=self._write_back,
            clock=self.clock,
            expects_callbacks=self.settings.public_url is not None,
        )

    @cached_property
    def answering(self) -> Answering:
        """Understands replies and answers them."""
        return Answering(
            self._replies, leases=self.leases, contents=self._contents, clock=self.clock
        )

    @property
    def _replies(self) -> ReplyService:
        inbound = self.policy.consent.inbound
        return ReplyService(
            store=SqlReplyStore(self.database, self.keys, inbound_is_consent=inbound),
            messenger=self.messenger,
            templates=self.templates,
            render=render,
            policy=self.policy,
            countries=self.countries,
            firm=self.settings.account,
            clock=self.clock,
            may_send=self._may_answer,
        )

    @property
    def _write_back(self) -> WriteBack:
        store = SqlOutboxStore(self.database, self.keys)
        return WriteBack(
            store=store,
            crm=self.crm,
            stories=CaseStories(self.database, self.templates, self.clock),
            addresses=Addresses(
                store=store,
                crm=self.crm,
                clock=self.clock,
                link=self._confirm_link if self.policy.confirm_url else None,
            ),
            policy=self.policy,
            clock=self.clock,
            may_write=self.guard.may_write,
        )

    def _confirm_link(self, language: str, given_name: str) -> tuple[str, str]:
        template = self.templates.pick("send_confirm_link", language=language)
        values = {
            "given_name": given_name,
            "firm": self.policy.firm or self.settings.account,
            "confirm_url": self.policy.confirm_url,
        }
        return template.language, render(
            template, {name: values[name] for name in template.variables}
        )

    def _contents(self) -> dict[str, ContentStatus]:
        """Everything at the provider, by name; session messages need no approval."""
        return {content.name: content for content in self.messenger.contents()}

    @cached_property
    def inbox(self) -> InboxService:
        """Takes in Twilio's webhooks."""
        return InboxService(
            SqlInboxStore(self.database),
            FileSpool(self.settings.home / "spool"),
            keys=self.keys,
            account_sid=self.settings.twilio.account_sid or "",
            clock=self.clock,
        )

    @property
    def archive(self) -> ArchiveService:
        """The archive: build, verify, list."""
        return ArchiveService(
            SqlArchiveStore(self.database, self.policy),
            crm=self.crm,
            files=ArchiveFolder(self.settings.archives),
            workbook=Workbooks(self.settings.archives),
            policy=self.policy,
            clock=self.clock,
            account=self.settings.account,
            lock=FileLocks(self.settings.archives),
        )

    @property
    def wins(self) -> Wins:
        """Free wins, and a manager's word on them."""
        return Wins(SqlWinStore(self.database), users=self.users, clock=self.clock)

    @property
    def approvals(self) -> Approvals:
        """Consent to delete exactly one set."""
        return Approvals(
            SqlApprovalStore(self.database, self.policy),
            users=self.users,
            rule=self.policy.approval,
            clock=self.clock,
            account=self.settings.account,
        )

    @property
    def deletion(self) -> Deletion:
        """Deletes approved batches."""
        return Deletion(
            SqlDeletionStore(self.database, self.policy),
            archive=self.archive,
            crm=self.crm,
            users=self.users,
            keys=self.keys,
            policy=self.policy,
            clock=self.clock,
            may_delete=self._may_delete,
            lock=FileLocks(self.settings.archives),
        )

    @cached_property
    def promises(self) -> Promises:
        """The gate before everything that cannot be taken back."""
        return Promises(SqlPromiseStore(self.database), self.clock)

    @property
    def attention(self) -> Attention:
        """What needs a person of the team."""
        return Attention(
            SqlAttentionStore(self.database),
            promises=self.promises.latched,
            brakes=self.brakes.holds,
            clock=self.clock,
        )

    def _may_send(self) -> None:
        self.guard.may_send()
        self.promises.must_hold()

    def _may_answer(self) -> None:
        self.guard.may_send()
        self.brakes.must_let_answers_go()

    def _may_delete(self) -> None:
        self.guard.may_delete()
        self.promises.must_hold()

    @property
    def users(self) -> Users:
        """Who works with this installation."""
        return Users(
            SqlUserStore(self.database),
            seal=self.keyring,
            clock=self.wall,
            hash_password=self.passwords.hash,
            firm=self.settings.account,
        )

    @cached_property
    def passwords(self) -> Argon2:
        """Hashes passwords."""
        return Argon2()

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(
            SqlSessionStore(self.database),
            users=self.users,
            limits=LoginLimits(SqlLimitStore(self.database), self.wall),
            passwords=self.passwords,
            clock=self.wall,
        )

    @cached_property
    def reps(self) -> Reps:
        """What reps work with: the queue, what they say of calls, their desk."""
        return Reps(self)

    @cached_property
    def stages(self) -> Stages:
        """The five stages as flows and commands run them."""
        services = Services(
            pull=lambda: self.pull,
            route=lambda: self.route,
            reach=lambda: self.reach,
            record=lambda: self.record,
            reps=lambda: self.reps.upkeep,
            archive=lambda: self.archive,
            approved=lambda: self.template_service.approved(),
            may_send=self._may_send,
            read_twins=lambda: self.wins.read_twins(self.crm),
            waiting=lambda: sum(batch.waiting for batch in self.archive.batches()),
        )
        return Stages(services, self.leases)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
