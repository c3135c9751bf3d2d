"""What reps work with; handed out as `Recovery.reps`."""

from collections.abc import Sequence
from functools import cached_property

from recovery.adapters.db.queries.card import SqlCardReader
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.reps.desk import SqlDeskStore
from recovery.adapters.db.reps.dispositions import SqlDispositionStore
from recovery.adapters.db.reps.keap_tasks import SqlTaskStore
from recovery.adapters.db.reps.lists import SqlListStore
from recovery.adapters.db.reps.queue import SqlQueueStore
from recovery.adapters.db.reps.writing import SqlWritingStore
from recovery.adapters.db.users.owners import SqlKeapUsers
from recovery.adapters.jinja import render
from recovery.adapters.twilio.media import TwilioMedia
from recovery.bootstrap.outbound import OutboundParts
from recovery.domain.contact import ContactId
from recovery.services.reps.attachments import Attachments
from recovery.services.reps.card import Cards
from recovery.services.reps.desk import Desk
from recovery.services.reps.dispositions import Dispositions
from recovery.services.reps.keap_tasks import KeapTasks
from recovery.services.reps.lists import Lists
from recovery.services.reps.queue import Queue
from recovery.services.reps.upkeep import RepUpkeep
from recovery.services.reps.value import Values
from recovery.services.reps.writing import Writing

#: Transactions of one turn: together about a tenth of a second.
_SETS = 10


class Reps:
    """The services behind the queue's pages, each built when first used."""

    def __init__(self, parts: OutboundParts) -> None:
        self._parts = parts

    @cached_property
    def queue(self) -> Queue:
        """Lanes, claims, skips and owners."""
        r = self._parts
        store = SqlQueueStore(r.database, r.countries)
        return Queue(store, policy=r.policy, countries=r.countries, clock=r.clock)

    @cached_property
    def dispositions(self) -> Dispositions:
        """What reps say of calls."""
        r = self._parts
        store = SqlDispositionStore(r.database, r.keys, r.countries)
        return Dispositions(store, policy=r.policy, clock=r.clock, follow=self.follow)

    @cached_property
    def desk(self) -> Desk:
        """Notes, addresses, consents, agreed calls and stops."""
        r = self._parts
        return Desk(
            SqlDeskStore(r.database, r.keys, r.countries),
            policy=r.policy,
            countries=r.countries,
            clock=r.clock,
            follow=self.follow,
        )

    @cached_property
    def cards(self) -> Cards:
        """Everything about one person."""
        r = self._parts
        return Cards(
            SqlCardReader(r.database, r.clock),
            policy=r.policy,
            countries=r.countries,
            templates=r.templates,
            render=render,
            firm=r.settings.account,
            clock=r.clock,
        )

    @cached_property
    def writing(self) -> Writing:
        """What reps write on WhatsApp."""
        r = self._parts
        return Writing(
            SqlWritingStore(r.database, r.countries),
            messenger=lambda: r.messenger,
            sender_for=lambda number: r.messenger.our_senders.for_number(number),
            templates=r.templates,
            policy=r.policy,
            countries=r.countries,
            firm=r.settings.account,
            leases=r.leases,
            clock=r.clock,
            may_send=r.guard.may_send,
            what_stops_texts=r.brakes.what_stops_answers,
            what_stops_questions=r.brakes.what_stops_sending,
            approved=self._approved,
        )

    def _approved(self) -> dict[tuple[str, str], str]:
        r = self._parts
        sendable = r.brakes.sendable(r.template_service.approved())
        return {key: content.sid for key, content in sendable.items()}

    @cached_property
    def values(self) -> Values:
        """What people bought, asked of Keap as their cards are opened."""
        r = self._parts
        return Values(lambda contact: r.crm.orders_of(ContactId(contact)), clock=r.clock)

    @cached_property
    def attachments(self) -> Attachments:
        """Voice notes and pictures that people sent."""
        return Attachments(TwilioMedia(self._parts.settings.twilio).fetch)

    @cached_property
    def lists(self) -> Lists:
        """People whose recovery a manager starts by hand."""
        r = self._parts
        return Lists(SqlListStore(r.database, r.policy), policy=r.policy, clock=r.clock)

    @property
    def upkeep(self) -> RepUpkeep:
        """What `record` does for reps."""
        r = self._parts
        users = SqlKeapUsers(r.database)
        store, choices = SqlTaskStore(r.database), self.dispositions.choices
        tasks = KeapTasks(store, users, choices=choices, crm=r.crm, clock=r.clock)
        return RepUpkeep(self.dispositions, tasks, self.writing, self.queue)

    def follow(self, case_ids: Sequence[int]) -> None:
        """Decides changed cases at once, so that an agreed call is in the queue when it is due."""
        r = self._parts
        r.route.work(case_ids)
        cap = r.policy.caps.calls_per_number_day
        SqlReachStore(r.database).queue_calls(r.clock(), cap=cap, only=case_ids)
        self.queue.follow(case_ids)

    def catch_up(self) -> int:
        """Carries out what reps said and follows some of what changed, in a fraction of a second:
        the web app applies callbacks in between."""
        return self.dispositions.apply_due() + self.queue.refresh(sets=_SETS)
