"""From people and back to Keap: the inbox, replies and the recording."""

from collections.abc import Callable
from functools import cached_property

from recovery.adapters.db.calls.news import SqlCallNewsStore
from recovery.adapters.db.inbox import SqlInboxStore
from recovery.adapters.db.record.answers import SqlAnswerStore
from recovery.adapters.db.record.by_person import SqlByPersonStore
from recovery.adapters.db.record.doubts import SqlDoubtStore
from recovery.adapters.db.record.news import SqlNewsStore
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.adapters.db.record.replies import SqlReplyStore
from recovery.adapters.db.record.store import SqlRecordStore
from recovery.adapters.files.spool import FileSpool
from recovery.adapters.jinja import render
from recovery.adapters.stories import CaseStories
from recovery.bootstrap.brakes import BrakeParts
from recovery.bootstrap.keap import KeapParts
from recovery.services.calls.upkeep import CallKeeper
from recovery.services.inbox import InboxService
from recovery.services.record.addresses import Addresses
from recovery.services.record.answering import Answering
from recovery.services.record.answers import AnswerService
from recovery.services.record.by_person import ByPerson
from recovery.services.record.doubts import DoubtService
from recovery.services.record.news import NewsService
from recovery.services.record.replies import ReplyService
from recovery.services.record.service import RecordService
from recovery.services.record.writeback import WriteBack


class InboundParts(KeapParts, BrakeParts):
    """Adds what comes back from people, and tells Keap."""

    @cached_property
    def inbox(self) -> InboxService:
        """Takes in Twilio's webhooks."""
        return InboxService(
            SqlInboxStore(self.database),
            FileSpool(self.settings.spool),
            keys=self.keys,
            account_sid=self.settings.twilio.account_sid or "",
            clock=self.clock,
        )

    @cached_property
    def answering(self) -> Answering:
        """Understands replies and answers them."""
        return Answering(
            self._replies,
            self._answers,
            leases=self.leases,
            contents=self._contents,
            clock=self.clock,
        )

    @property
    def _replies(self) -> ReplyService:
        inbound = self.policy.consent.inbound
        return ReplyService(
            store=SqlReplyStore(
                self.database,
                self.keys,
                contacts_per_person=self.policy.caps.contacts_per_person,
                inbound_is_consent=inbound,
            ),
            templates=self.templates,
            render=render,
            policy=self.policy,
            firm=self.settings.account,
            clock=self.clock,
            takes_mail=self._takes_mail,
        )

    @property
    def _answers(self) -> AnswerService:
        return AnswerService(
            store=SqlAnswerStore(self.database),
            messenger=self.messenger,
            policy=self.policy,
            countries=self.countries,
            clock=self.clock,
            may_send=self._may_answer,
            messages_per_second=self.settings.twilio.messages_per_second,
        )

    @cached_property
    def _takes_mail(self) -> Callable[[str], bool | None]:
        """Looked up for real people only: a sandbox's domains are nobody's."""
        if not self.settings.live_sending:
            return lambda _domain: None
        from recovery.adapters.mail_servers import MailServers

        return MailServers().take_mail

    @property
    def record(self) -> RecordService:
        """The recording."""
        return RecordService(
            store=SqlRecordStore(self.database, self.keys),
            news=self.news,
            doubts=DoubtService(
                SqlDoubtStore(self.database),
                messenger=self.messenger,
                news=self.news,
                clock=self.clock,
            ),
            crm=self.crm,
            messenger=self.messenger,
            inbox=self.inbox,
            answering=self.answering,
            calls=self.call_keeper,
            write_back=self._write_back,
            clock=self.clock,
            expects_callbacks=self.settings.public_url is not None,
        )

    @property
    def news(self) -> NewsService:
        """What Twilio says became of messages."""
        store = SqlNewsStore(self.database)
        return NewsService(store, messenger=self.messenger, clock=self.clock)

    @property
    def by_person(self) -> ByPerson:
        """What a person of the team says of a case."""
        return ByPerson(SqlByPersonStore(self.database), clock=self.clock)

    @property
    def call_keeper(self) -> CallKeeper:
        """What became of placed calls."""
        store = SqlCallNewsStore(self.database)
        return CallKeeper(store=store, caller=self.caller, clock=self.clock)

    @property
    def _write_back(self) -> WriteBack:
        store = SqlOutboxStore(self.database, self.keys)
        return WriteBack(
            store=store,
            crm=self.crm,
            stories=CaseStories(
                self.database,
                self.templates,
                self.clock,
                public_url=self.settings.public_url,
            ),
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
