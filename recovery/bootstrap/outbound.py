"""Towards people: pull, route, reach, and calls placed for reps."""

from recovery.adapters.db.calls.calling import SqlCallStore
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull.purchases import SqlPurchaseStore
from recovery.adapters.db.pull.store import SqlPullStore
from recovery.adapters.db.pull.waves import SqlWaveStore
from recovery.adapters.db.rate_limit import CALLS, SqlRateLimit
from recovery.adapters.db.reach.fresh import SqlFreshStore
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.route.admissions import SqlAdmissionStore
from recovery.adapters.db.route.store import SqlRouteStore
from recovery.adapters.twilio.senders import parse_senders
from recovery.bootstrap.brakes import BrakeParts
from recovery.bootstrap.foundation import utc_now
from recovery.bootstrap.keap import KeapParts
from recovery.services.calls.calling import CallingService
from recovery.services.pull.purchases import Purchases
from recovery.services.pull.reading import ConsentSigns, ContactReader
from recovery.services.pull.service import PullService
from recovery.services.pull.waves import Waves
from recovery.services.reach.drafting import Drafter
from recovery.services.reach.fresh import FreshLook
from recovery.services.reach.service import ReachService
from recovery.services.route.admissions import Admissions
from recovery.services.route.service import RouteService


class OutboundParts(KeapParts, BrakeParts):
    """Adds what goes out to people."""

    @property
    def pull(self) -> PullService:
        """The pull."""
        return self.pull_on(self.database)

    def pull_on(self, database: Database) -> PullService:
        """The pull, writing to this one."""
        return PullService(
            crm=self.crm,
            store=SqlPullStore(database, self.keys),
            reader=self._reader,
            policy=self.policy,
            waves=Waves(store=SqlWaveStore(database), brakes=self.brakes, pace=self.settings.pace),
            clock=self.clock,
        )

    def _reader(self, signs: ConsentSigns) -> ContactReader:
        return ContactReader(self.policy, self.keys, signs)

    @property
    def purchases(self) -> Purchases:
        """What people bought last."""
        return Purchases(
            SqlPurchaseStore(self.database),
            crm=self.crm,
            days=self.policy.templates.order_days,
            clock=self.clock,
        )

    @property
    def route(self) -> RouteService:
        """The routing."""
        return self.route_on(self.database)

    def route_on(self, database: Database) -> RouteService:
        """The routing, writing to this one."""
        return RouteService(
            store=SqlRouteStore(database, self.keys, intake=self.policy.intake),
            admissions=Admissions(
                store=SqlAdmissionStore(database), policy=self.policy, clock=self.clock
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
            pace=SqlRateLimit(
                self.database, CALLS, per_second=twilio.calls_per_second, clock=utc_now
            ),
            clock=self.clock,
        )
