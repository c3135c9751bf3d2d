"""Answers of people: matched, understood, acted on, and answered inside the session window."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from recovery.domain.case import CaseState
from recovery.domain.country import Countries
from recovery.domain.email_status import EmailStatus
from recovery.domain.greeting import greeting_name
from recovery.domain.lane import place_of
from recovery.domain.policy import Goal, Policy
from recovery.domain.reaction import Effect, Reaction, Talk, react
from recovery.domain.reply import ReplyKind, Understanding, understand
from recovery.domain.template import (
    MissingVariable,
    Template,
    TemplateSet,
    Value,
    as_seen,
    content_variables,
    friendly_name,
)
from recovery.services.lease import Lease
from recovery.services.pipeline import Answered, Pipeline, Started, together
from recovery.services.ports import (
    Clock,
    ContentStatus,
    Messenger,
    OutboundMessage,
    SendAnswer,
    SendResult,
)

#: The lease under which our answers leave.
ANSWERS = "answers"
#: WhatsApp's window for free answers after a person's message.
WINDOW = timedelta(hours=24)
#: Within this time our answer may leave at any hour (DESIGN §4).
AT_ONCE = timedelta(minutes=30)
#: Answers that are started together: no more than a few threads post while the checks are good.
AT_A_TIME = 16
#: Rounds that may pass without one answer that left.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Incoming:
    """A stored reply with the case it belongs to, if one was found."""

    reply_id: int
    sid: str
    number: str
    number_key: str | None
    sender: str
    body: str
    payload: str | None
    opt_out_type: str | None
    media: int
    received_at: datetime
    case_id: int | None = None
    contact_id: str | None = None
    state: CaseState | None = None
    goal: Goal | None = None
    status: EmailStatus | None = None
    pending_email: str | None = None
    asked_email: str | None = None
    language: str = "es"
    given_name: str = ""
    own_email: str | None = None
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handled:
    """A reply with what was understood and what it changes; `call_at` in UTC."""

    incoming: Incoming
    understood: Understanding
    reaction: Reaction | None
    call_at: datetime | None = None
    answer: "SessionAnswer | None" = None


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """A text of ours inside the window, ready to be committed before it leaves."""

    token: str
    template: str
    language: str
    body: str
    content_sid: str | None
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Whence:
    """The number that wrote to us, its zones and country as far as known, and whose record it is
    on, which may tell the state."""

    e164: str
    zones: tuple[str, ...] = ()
    country: str | None = None
    home: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartedAnswer:
    """A session message whose `sending` is committed."""

    started: Started
    body: str
    sender: str


class ReplyStore(Protocol):
    """What handling replies reads and writes; each method is one transaction."""

    def unhandled(self, limit: int) -> list[Incoming]:
        """Stored replies nobody acted on yet, oldest first, matched to their cases."""

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        """Another person's contact already has this address."""

    def handle(self, handled: Handled, now: datetime) -> None:
        """The reply's effect on case, consent, suppression and outbox, with our answer's intent."""

    def has_answers(self, now: datetime) -> bool:
        """Is any answer of ours due?"""

    def start_answers(
        self,
        now: datetime,
        *,
        most: int,
        epoch: int,
        may_leave: Callable[[datetime, "Whence"], bool],
    ) -> list[StartedAnswer] | None:
        """Of so many answers of ours that are due, those whose window and suppression still allow
        them, marked as `sending`; None when none is due.

        `may_leave` is asked with the time of the person's message; who must wait is looked at again
        some minutes later.
        """

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        """Records what the provider said to our answers."""


class ReplyService:
    """Part of `record`, also run by the web app when a reply came in."""

    def __init__(
        self,
        *,
        store: ReplyStore,
        messenger: Messenger,
        templates: TemplateSet,
        render: Callable[[Template, Mapping[str, Value]], str],
        policy: Policy,
        countries: Countries,
        firm: str,
        clock: Clock,
        may_send: Callable[[], None],
        takes_mail: Callable[[str], bool | None],
        messages_per_second: float = 80.0,
        threads: int = 8,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._templates = templates
        self._render = render
        self._policy = policy
        self._countries = countries
        self._firm = firm
        self._clock = clock
        self._may_send = may_send
        self._takes_mail = takes_mail
        self._most = together(messages_per_second, most=AT_A_TIME)
        self._threads = threads
        self._buttons = _buttons(templates)

    def handle_all(self, contents: Callable[[], Mapping[str, ContentStatus]]) -> Counter[str]:
        """Acts on every stored reply; counts them by what was understood.

        `contents` is called for a question with buttons only: a stop waits for nobody.
        """
        kinds: Counter[str] = Counter()
        while batch := self._store.unhandled(200):
            # An address may have to be looked up: all others come first.
            for incoming in sorted(batch, key=lambda one: "@" in one.body):
                handled = self._handle(incoming, contents)
                self._store.handle(handled, self._clock())
                kinds[handled.understood.kind.value] += 1
        return kinds

    def has_answers(self) -> bool:
        """Is any answer of ours due?"""
        return self._store.has_answers(self._clock())

    def send_answers(self, lease: Lease) -> tuple[int, int]:
        """Posts our committed answers, each once; how many left, and how many were turned away.

        Those that came too late to leave are started anew; no more when again and again none left.
        """
        self._may_send()
        left = turned_away = in_vain = 0
        while (started := self._start(lease)) is not None:
            answers = self._post(started, lease)
            gone = sum(answer.result is not SendResult.NOT_SENT for answer in answers)
            left += gone
            turned_away += sum(answer.was_turned_away for answer in answers)
            in_vain += bool(started) and not gone
            if turned_away or in_vain == TRIES:
                break
        return left, turned_away

    def _start(self, lease: Lease) -> list[StartedAnswer] | None:
        lease.renew()
        now = self._clock()
        may_leave = partial(self._may_leave, now)
        return self._store.start_answers(
            now, most=self._most, epoch=lease.epoch, may_leave=may_leave
        )

    def _post(self, started: Sequence[StartedAnswer], lease: Lease) -> list[SendAnswer]:
        answers: list[SendAnswer] = []
        bodies = {one.started.token: one for one in started}

        def post(one: Started, leave_by: float) -> SendAnswer:
            return self._messenger.send(_outbound(bodies[one.token], leave_by))

        with Pipeline(self._messenger, post, self._threads) as pipeline:
            pipeline.post([one.started for one in started])
            for answered in pipeline.answers(room=0):
                self._store.settle(answered, self._clock(), epoch=lease.epoch)
                answers += [one.answer for one in answered]
        return answers

    def _may_leave(self, now: datetime, heard_at: datetime, whence: Whence) -> bool:
        """At any hour right after the person's own message, else in their allowed hours."""
        if now - heard_at <= AT_ONCE:
            return True
        place = place_of(
            whence.e164,
            whence.zones,
            whence.country,
            home=whence.home,
            countries=self._countries,
        )
        timetable = place.timetable(self._countries, self._policy.hours)
        return timetable is not None and timetable.allows(now)

    def _handle(
        self, incoming: Incoming, contents: Callable[[], Mapping[str, ContentStatus]]
    ) -> Handled:
        if incoming.payload is None and (tapped := self._buttons.get(incoming.body.strip())):
            # A listing shows the text of a tapped button and not what it stands for.
            incoming = replace(incoming, payload=tapped)
        understood = understand(
            incoming.body,
            lang=incoming.language,
            now=_local(incoming.received_at, incoming.zones),
            payload=incoming.payload,
            opt_out_type=incoming.opt_out_type,
            media=incoming.media > 0,
        )
        if incoming.case_id is None or incoming.state is None:
            return Handled(incoming, understood, None)
        reaction = self._reaction(incoming, understood)
        call_at = None
        if reaction.effect is Effect.CALL:
            call_at = _utc(understood.at, incoming.zones) or self._clock()
        try:
            answer = self._answer(incoming, understood, reaction, contents)
        except (MissingVariable, LookupError, ValueError):
            # A text that cannot be made keeps nobody waiting: a person answers this one.
            answer = None
            if reaction.effect is not Effect.STOP:
                reaction = Reaction(Effect.ENGAGE)
        return Handled(incoming, understood, reaction, call_at, answer)

    def _reaction(self, incoming: Incoming, understood: Understanding) -> Reaction:
        closed = incoming.state is CaseState.CLOSED
        if closed and understood.kind is not ReplyKind.STOP:
            return Reaction(Effect.ENGAGE)
        reaction = react(
            understood,
            Talk(
                state=incoming.state or CaseState.OPEN,
                goal=incoming.goal or Goal.NEW_EMAIL,
                status=incoming.status or EmailStatus.UNKNOWN,
                payload=incoming.payload,
                pending_email=incoming.pending_email,
                asked_email=incoming.asked_email,
                own_email=incoming.own_email,
                has_confirm_url=bool(self._policy.confirm_url),
            ),
        )
        return reaction if self._may_be_asked(reaction, incoming) else Reaction(Effect.ENGAGE)

    def _may_be_asked(self, reaction: Reaction, incoming: Incoming) -> bool:
        """An address is somebody else's, or of a domain without mail, for a person to see."""
        if not reaction.email:
            return True
        if self._store.belongs_to_others(reaction.email, incoming.case_id or 0):
            return False
        is_new = reaction.effect is Effect.ASK_TO_CONFIRM
        return not is_new or self._takes_mail(reaction.email.rpartition("@")[2]) is not False

    def _answer(
        self,
        incoming: Incoming,
        understood: Understanding,
        reaction: Reaction,
        contents: Callable[[], Mapping[str, ContentStatus]],
    ) -> SessionAnswer | None:
        name = reaction.answer
        if reaction.effect is Effect.STOP and self._policy.confirm_stop:
            name = "goodbye"
        if name is None:
            return None
        template = self._templates.pick(name, language=incoming.language)
        values = {
            "given_name": greeting_name(incoming.given_name),
            "firm": self._policy.firm or self._firm,
            "new_email": reaction.email or "",
            "suggested_email": reaction.email or "",
            "confirm_url": self._policy.confirm_url,
            "day": _day(understood.at),
            "time": (understood.at or "")[11:16],
        }
        used = {key: values[key] for key in template.variables}
        content = contents().get(friendly_name(template)) if template.buttons else None
        return SessionAnswer(
            token=secrets.token_urlsafe(16),
            template=name,
            language=template.language,
            body=as_seen(template, used) if content else self._render(template, used),
            content_sid=content.sid if content else None,
            variables=content_variables(template, used) if content else {},
        )


def _buttons(templates: TemplateSet) -> dict[str, str]:
    """What each button stands for by its text; texts that stand for two things are left out."""
    meanings: dict[str, set[str]] = {}
    for template in templates:
        for button in template.buttons:
            meanings.setdefault(button.text.strip(), set()).add(button.id)
    return {text: ids.pop() for text, ids in meanings.items() if len(ids) == 1}


def _outbound(one: StartedAnswer, leave_by: float) -> OutboundMessage:
    started = one.started
    return OutboundMessage(
        to=started.number,
        token=started.token,
        sender=one.sender,
        content_sid=started.content_sid or None,
        variables=started.variables,
        body=None if started.content_sid else one.body,
        valid_for=started.valid_for,
        leave_by=leave_by,
    )


def _local(moment: datetime, zones: Sequence[str]) -> datetime:
    here = moment.astimezone(ZoneInfo(zones[0])) if zones else moment
    return here.replace(tzinfo=None)


def _utc(at: str | None, zones: Sequence[str]) -> datetime | None:
    if at is None:
        return None
    zone = ZoneInfo(zones[0]) if zones else UTC
    return datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)


def _day(at: str | None) -> str:
    return f"{at[8:10]}/{at[5:7]}" if at else ""
