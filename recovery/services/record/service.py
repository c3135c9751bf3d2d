"""Record: what became of messages and calls, what people answered, and Keap told of it, once.

Works with callbacks and without: what no callback brought is listed at the provider.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from recovery.crashpoints import crashpoint
from recovery.domain.case import Disposition
from recovery.domain.delivery import state_of
from recovery.errors import ConfigurationError, PromiseBroken, Refusal
from recovery.services.calls.upkeep import CallKeeper
from recovery.services.inbox import InboxService
from recovery.services.lease import Lease
from recovery.services.ports import (
    Clock,
    CodeAction,
    Crm,
    Messenger,
    ProviderMessage,
    StatusRow,
)
from recovery.services.record.answering import Answering
from recovery.services.record.writeback import WriteBack
from recovery.services.webhook_form import Foreign, Reply

#: Looks for a message in doubt, counted from its sending (facts: reliability, 'Send').
LOOKS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
#: A message that was given up is looked for once more, so that one which the provider made hours
#: later is known, and the call that took its place is taken back.
LAST_LOOK = timedelta(hours=24)
#: How far this machine's clock may be ahead of the provider's, whose dates the lists tell.
SKEW = timedelta(minutes=5)
#: Listed again from a little before the last listing: the provider's lists lag.
OVERLAP = timedelta(minutes=15)
#: How far back the first listing of inbound messages goes.
FIRST_LISTING = timedelta(days=2)
#: How long a person may take to confirm, and Keap to show what they agreed to.
CONFIRM_WITHIN = timedelta(hours=48)
KEAP_SHOWS_WITHIN = timedelta(days=14)
SET = 100
#: Callbacks applied in one transaction: about 10 ms in which no other can be stored.
TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message that may or may not exist at the provider."""

    attempt_id: int
    number: str
    body: str
    sending_at: datetime
    looks: int
    token: str
    #: It counts as absent, and a call took its place.
    is_given_up: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """A provider's word on one of our messages, by token or by sid."""

    sid: str
    status: str
    code: str | None
    at: datetime
    token: str | None = None
    callback_id: int | None = None


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

    def callbacks(self, limit: int) -> list[News]:
        """Stored callbacks nobody applied yet, oldest first."""

    def apply(self, news: Sequence[News], actions: Mapping[str, CodeAction], now: datetime) -> int:
        """Moves attempts forward, never back; counts those that moved."""

    def orphans_into_doubt(self, now: datetime) -> int:
        """What a dead process left as `sending` is in doubt."""

    def doubts(self, now: datetime) -> list[Doubt]:
        """Messages in doubt whose next look is due."""

    def is_being_written_to(self, number: str) -> bool:
        """A message to this number is on its way: nobody can tell yet which it is."""

    def bound(self, sids: Sequence[str]) -> set[str]:
        """Which of these messages belong to an attempt already."""

    def bind(self, doubt: Doubt, message: ProviderMessage, now: datetime) -> None:
        """The message was found: it was sent."""

    def not_found(self, doubt: Doubt, now: datetime, *, next_look: datetime | None) -> bool:
        """Not found yet; without a next look it is absent, the case goes to the call queue, and one
        more look follows a day later. Whether it is absent by this."""

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

    def dispose(self, result: "CallResult", now: datetime) -> None:
        """A rep's word on a call, with its consequences; raises Refusal without an open case."""

    def close_case(
        self, contact_id: str, *, reason: str, in_touch: bool, actor: str, now: datetime
    ) -> None:
        """Ends the open case, with who said so and why."""

    def resume_case(self, contact_id: str, *, actor: str, now: datetime) -> None:
        """Gives an engaged case back to its next call."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a rep says happened; `at` is for a callback, in UTC."""

    contact_id: str
    disposition: Disposition
    rep: str
    email: str | None = None
    at: datetime | None = None
    note: str = ""
    #: The person's own words, where they agreed to something.
    words: str = ""
    #: What the firm's own list calls it, and when it was said, where that was earlier.
    code: str = ""
    said_at: datetime | None = None


class RecordService:
    """The use case; one instance a run."""

    def __init__(
        self,
        *,
        store: RecordStore,
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
        self._crm = crm
        self._messenger = messenger
        self._inbox = inbox
        self._answering = answering
        self._calls = calls
        self._write_back = write_back
        self._clock = clock
        self._expects_callbacks = expects_callbacks

    def hear(self, lease: Lease, counts: RecordCounts) -> None:
        """Listens, settles doubts and answers: nobody waits with that for Keap."""
        self.listen(counts)
        self._settle_doubts(counts)
        lease.renew()
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
        counts.applied += self.apply_callbacks()
        self._store.orphans_into_doubt(self._clock())
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
        """Applies and understands what is stored; nobody is answered yet."""
        self.apply_callbacks()
        self._answering.ask_and_understand()

    def catch_up(self) -> None:
        """Before the first send: what people wrote that no webhook brought is heard as well."""
        self._list_inbound()
        self.drain()

    def apply_callbacks(self, *, sets: int = sys.maxsize) -> int:
        """Applies what is stored, in so many transactions at most; how many callbacks that were."""
        applied = 0
        for _ in range(sets):
            if batch := self._store.callbacks(TOGETHER):
                crashpoint("P11")
                self._apply(batch)
                applied += len(batch)
            if len(batch) < TOGETHER:
                break  # what came meanwhile is not worth a transaction yet
        return applied

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

    def dispose(self, result: CallResult) -> None:
        """A call's result, by command line or by the rep's screen."""
        if result.disposition is Disposition.CALLBACK and result.at is None:
            raise Refusal("a callback needs a time: give --at")
        if result.disposition is Disposition.NEW_EMAIL and not result.email:
            raise Refusal("a new address is missing: give --email")
        self._store.dispose(result, self._clock())

    def close_case(
        self, contact_id: str, *, reason: str, actor: str, in_touch: bool = False
    ) -> None:
        """A person's word that ends a case for good; Refusal where none is open."""
        now = self._clock()
        self._store.close_case(contact_id, reason=reason, in_touch=in_touch, actor=actor, now=now)

    def resume_case(self, contact_id: str, *, actor: str) -> None:
        """Gives an engaged case back to its next call; Refusal where it is not engaged."""
        self._store.resume_case(contact_id, actor=actor, now=self._clock())

    def _apply(self, news: Sequence[News]) -> int:
        codes = {one.code for one in news if one.code}
        actions = {code: self._messenger.action(code) for code in codes}
        return self._store.apply(news, actions, self._clock())

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
        late = self._apply_listed([*overdue, *fetched])
        self._apply_listed(list(listed.values()))
        unasked = set(missing[SET:])
        self._store.looked([sid for sid in due if sid not in unasked], now)
        return late

    def _apply_listed(self, messages: Sequence[ProviderMessage]) -> int:
        moved = 0
        for start in range(0, len(messages), TOGETHER):
            moved += self._apply([_news(m) for m in messages[start : start + TOGETHER]])
        return moved

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

    def _settle_doubts(self, counts: RecordCounts) -> None:
        for doubt in self._store.doubts(self._clock()):
            fitting = self._fitting(doubt)
            # Asked after the listing: whose message is in it has an id by now, or is on its way.
            if self._store.is_being_written_to(doubt.number):
                continue
            message = self._only_free(fitting)
            now = self._clock()
            if message is None:
                counts.absent += self._store.not_found(doubt, now, next_look=_next_look(doubt))
            elif doubt.is_given_up:
                counts.settled += self._apply([_news(message, token=doubt.token)])
            else:
                self._store.bind(doubt, message, now)
                counts.settled += 1

    def _fitting(self, doubt: Doubt) -> list[ProviderMessage]:
        """Messages with this text, created since we asked for it."""
        return [
            message
            for message in self._messenger.messages_to(doubt.number, since=doubt.sending_at - SKEW)
            if " ".join(message.body.split()) == " ".join(doubt.body.split())
        ]

    def _only_free(self, fitting: Sequence[ProviderMessage]) -> ProviderMessage | None:
        """The one that is bound to no attempt; of several nobody's."""
        bound = self._store.bound([message.sid for message in fitting])
        free = [message for message in fitting if message.sid not in bound]
        return free[0] if len(free) == 1 else None

    def _read_consented(self, counts: RecordCounts) -> None:
        emails = self._store.consented()
        for start in range(0, len(emails), SET):
            rows = self._crm.statuses_of(emails[start : start + SET])
            ended = self._store.statuses_read(rows, self._clock())
            counts.recovered += ended["recovered"]


def _news(message: ProviderMessage, *, token: str | None = None) -> News:
    return News(message.sid, message.status, message.code, message.created_at, token)


def _next_look(doubt: Doubt) -> datetime | None:
    """When it is looked for again; None makes it absent, or ends the looking."""
    looks = doubt.looks + 1
    return doubt.sending_at + LOOKS[looks] if looks < len(LOOKS) else None


def is_known(status: str) -> bool:
    """Is this a status a provider's documentation names?"""
    return state_of(status) is not None
