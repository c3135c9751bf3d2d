"""What people write: matched, understood, acted on, with the answer that we intend."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from recovery.domain.case import CaseState
from recovery.domain.email_status import EmailStatus
from recovery.domain.greeting import greeting_name
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
from recovery.services.ports import (
    Clock,
    ContentStatus,
)


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
    case_version: int = 0
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


class ReplyStore(Protocol):
    """What handling replies reads and writes; each method is one transaction."""

    def unhandled(self, limit: int) -> list[Incoming]:
        """Stored replies nobody acted on yet, oldest first, matched to their cases."""

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        """Another person's contact already has this address."""

    def handle(self, handled: Handled, now: datetime) -> bool:
        """The reply's effect on case, consent, suppression and outbox, with our answer's intent.

        False where its case changed since it was read, or somebody else handled it: what is still
        unhandled is read anew.
        """


class ReplyService:
    """Part of `record`, also run by the web app when a reply came in."""

    def __init__(
        self,
        *,
        store: ReplyStore,
        templates: TemplateSet,
        render: Callable[[Template, Mapping[str, Value]], str],
        policy: Policy,
        firm: str,
        clock: Clock,
        takes_mail: Callable[[str], bool | None],
    ) -> None:
        self._store = store
        self._templates = templates
        self._render = render
        self._policy = policy
        self._firm = firm
        self._clock = clock
        self._takes_mail = takes_mail
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
                if self._store.handle(handled, self._clock()):
                    kinds[handled.understood.kind.value] += 1
        return kinds

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
