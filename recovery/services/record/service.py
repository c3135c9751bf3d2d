"""Record: what became of messages and calls, what people answered, and Keap told of it, once.

Works with callbacks and without: what no callback brought is listed at the provider.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from recovery.errors import ConfigurationError, PromiseBroken
from recovery.services.calls.upkeep import CallKeeper
from recovery.services.inbox import InboxService
from recovery.services.lease import Lease
from recovery.services.ports import (
    Clock,
    Crm,
    Messenger,
    ProviderMessage,
    StatusRow,
)
from recovery.services.record.answering import Answering
from recovery.services.record.doubts import SKEW, DoubtService
from recovery.services.record.news import NewsService
from recovery.services.record.writeback import WriteBack
from recovery.services.webhook_form import Foreign, Reply

#: Listed again from a little before the last listing: the provider's lists lag.
OVERLAP = timedelta(minutes=15)
#: How far back the first listing of inbound messages goes.
FIRST_LISTING = timedelta(days=2)
#: How long a person may take to confirm, and Keap to show what they agreed to.
CONFIRM_WITHIN = timedelta(hours=48)
KEAP_SHOWS_WITHIN = timedelta(days=14)
SET = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply that was handled; `is_late` where no webhook brought it although one had time to."""

    kind: str
    is_late: bool


@dataclass(slots=True)
class RecordCounts:
    """What a record run found; `repaired` is what callbacks should have told and did not."""

    replies: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    applied: int = 0
    settled: int = 0
    absent: int = 0
    recovered: int = 0
    written: Counter[str] = field(default_factory=Counter)
    #: Writes that Keap did not take: a person looks at them.
    refused: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class RecordStore(Protocol):
    """What recording reads and writes; each method is one transaction."""

    def oldest_open(self, now: datetime) -> datetime | None:
        """When the oldest message was accepted of which no end is known and a look is due."""

    def still_open(self, now: datetime, limit: int) -> list[str]:
        """Sids of messages whose next look is due."""

    def looked(self, sids: Sequence[str], now: datetime) -> None:
        """Sets the next look of messages that are still under way."""

    def last_listing(self) -> datetime | None:
        """Until when inbound messages were listed."""

    def save_inbound(self, replies: Sequence[Reply], until: datetime) -> int:
        """Stores replies that no webhook brought; counts the new ones."""

    def count_replies(self, now: datetime) -> list[Heard]:
        """Handled replies that were never counted, now counted."""

    def consented(self) -> list[str]:
        """Deciding addresses of cases that wait for Keap."""

    def statuses_read(self, rows: Mapping[str, StatusRow], now: datetime) -> Counter[str]:
        """Fresh statuses; counts the cases that ended by them."""

    def give_up_confirmations(self, before: datetime, now: datetime) -> int:
        """People who never confirmed are for a person now."""

    def give_up_on_keap(self, before: datetime, now: datetime) -> int:
        """Consents that Keap does not show are for a person now."""


class RecordService:
    """The use case; one instance a run."""

    def __init__(
        self,
        *,
        store: RecordStore,
        news: NewsService,
        doubts: DoubtService,
        crm: Crm,
        messenger: Messenger,
        inbox: InboxService,
        answering: Answering,
        calls: CallKeeper,
        write_back: WriteBack,
        clock: Clock,
        expects_callbacks: bool,
    ) -> None:
        self._store = store
        self._news = news
        self._doubts = doubts
        self._crm = crm
        self._messenger = messenger
        self._inbox = inbox
        self._answering = answering
        self._calls = calls
        self._write_back = write_back
        self._clock = clock
        self._expects_callbacks = expects_callbacks

    def hear(self, counts: RecordCounts) -> None:
        """Listens, settles doubts and answers: nobody waits with that for Keap."""
        self.listen(counts)
        settled = self._doubts.settle()
        counts.settled += settled.found
        counts.absent += settled.absent
        self.answer(counts)
        self._store.give_up_confirmations(self._clock() - CONFIRM_WITHIN, self._clock())

    def tell(self, lease: Lease, counts: RecordCounts) -> None:
        """Writes to Keap, and reads what it shows of those who agreed."""
        counts.written = self._write_back.run(lease)
        self._read_consented(counts)
        self._store.give_up_on_keap(self._clock() - KEAP_SHOWS_WITHIN, self._clock())
        counts.recovered += counts.written.pop("recovered", 0)
        counts.refused += counts.written.pop("failed", 0)

    def listen(self, counts: RecordCounts) -> None:
        """Applies stored callbacks and lists what no callback brought."""
        self._inbox.ingest()
        counts.applied += self._news.apply_callbacks()
        self._doubts.take_orphans()
        late = self._list_outbound()
        counts.repaired += late if self._expects_callbacks else 0
        self._list_inbound()
        self._follow_calls(counts)

    def _follow_calls(self, counts: RecordCounts) -> None:
        calls = self._calls.run()
        counts.applied += calls.applied
        counts.repaired += calls.repaired
        counts.settled += calls.settled
        counts.absent += calls.absent

    def drain(self) -> None:
        """Applies and understands what is stored, also in the spool of a web app that runs no more;
        nobody is answered yet."""
        self._inbox.ingest()
        self._news.apply_callbacks()
        self._answering.ask_and_understand()

    def catch_up(self) -> None:
        """Before the first send: what people wrote that no webhook brought is heard as well."""
        self._list_inbound()
        self.drain()

    def answer(self, counts: RecordCounts) -> None:
        """Understands stored replies, answers them inside the window, and tells of all replies that
        no run told of before, whoever handled them."""
        self._answering.ask_and_understand()
        for reply in self._store.count_replies(self._clock()):
            counts.replies[reply.kind] += 1
            counts.repaired += reply.is_late and self._expects_callbacks
        try:
            self._answering.answer()
        except ConfigurationError:
            counts.skipped["live_sending_off"] += 1
        except PromiseBroken:
            # Listening and telling Keap go on; the end of the run says what is broken.
            counts.skipped["promise_broken"] += 1

    def _list_outbound(self) -> int:
        """Messages without an end are found in the provider's list, the rest one by one.

        Counts those whose callback is overdue: younger ones may still be told.
        """
        now = self._clock()
        oldest = self._store.oldest_open(now)
        if oldest is None:
            return 0
        listed = {m.sid: m for m in self._messenger.outbound_since(oldest - SKEW)}
        due = self._store.still_open(now, 10_000)
        missing = [sid for sid in due if sid not in listed]
        fetched = [m for m in map(self._messenger.message, missing[:SET]) if m]
        overdue = [listed.pop(sid) for sid in due if sid in listed]
        late = self._news.apply([*overdue, *fetched])
        self._news.apply(list(listed.values()))
        unasked = set(missing[SET:])
        self._store.looked([sid for sid in due if sid not in unasked], now)
        return late

    def _list_inbound(self) -> None:
        now = self._clock()
        since = self._store.last_listing()
        if since is None or since > now:
            # What a clock that ran ahead says of the last listing is not to be believed.
            since = now - FIRST_LISTING
        messages = self._messenger.inbound_since(since - OVERLAP)
        replies = [reply for message in messages if (reply := self._reply(message))]
        self._store.save_inbound(replies, now)

    def _reply(self, message: ProviderMessage) -> Reply | None:
        try:
            return self._inbox.accept_message(message)
        except Foreign:
            return None

    def _read_consented(self, counts: RecordCounts) -> None:
        emails = self._store.consented()
        for start in range(0, len(emails), SET):
            rows = self._crm.statuses_of(emails[start : start + SET])
            ended = self._store.statuses_read(rows, self._clock())
            counts.recovered += ended["recovered"]
