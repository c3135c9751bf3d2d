"""Templates at the provider: bringing ours there, and which of them may be sent right now."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from recovery.domain.template import (
    Category,
    Kind,
    Template,
    TemplateSet,
    friendly_name,
    to_content,
)
from recovery.errors import (
    InDoubt,
    PermanentFailure,
    TemporaryFailure,
)
from recovery.services.ports import ApprovalStatus, Clock, ContentStatus, Messenger

#: WhatsApp has the template and may still say no; asking again would not help.
_SUBMITTED = frozenset(
    {
        ApprovalStatus.RECEIVED,
        ApprovalStatus.PENDING,
        ApprovalStatus.APPROVED,
        ApprovalStatus.PAUSED,
    }
)


#: WhatsApp has said no to this very text, and takes it no second time.
_REFUSED = frozenset({ApprovalStatus.REJECTED, ApprovalStatus.DISABLED})
_PAUSES = (1.0, 4.0, 15.0)
#: Of two contents of one name the one that got further counts.
_FURTHEST = (
    ApprovalStatus.APPROVED,
    ApprovalStatus.PAUSED,
    ApprovalStatus.PENDING,
    ApprovalStatus.RECEIVED,
    ApprovalStatus.DISABLED,
    ApprovalStatus.REJECTED,
    ApprovalStatus.UNKNOWN,
    ApprovalStatus.UNSUBMITTED,
)


class ContentStore(Protocol):
    """Remembers what the provider said of our templates."""

    def save_contents(self, contents: dict[tuple[str, str], ContentStatus]) -> None:
        """The last word on each template, by name and language."""

    def contents(self) -> dict[tuple[str, str], ContentStatus]:
        """What was saved last."""

    def asked_at(self) -> datetime | None:
        """When that was; None for never."""


@dataclass(frozen=True, slots=True)
class TemplateState:
    """One of our templates with the provider's word on it, None where it was never pushed."""

    template: Template
    content: ContentStatus | None

    @property
    def is_submitted(self) -> bool:
        """WhatsApp has it."""
        return self.content is not None and self.content.status in _SUBMITTED

    @property
    def is_approved(self) -> bool:
        """It may be sent."""
        return self.content is not None and self.content.status is ApprovalStatus.APPROVED

    @property
    def to_do(self) -> str:
        """What a person does about it; empty where nothing is to be done."""
        if self.content is None or self.content.status is ApprovalStatus.UNSUBMITTED:
            return _NOT_THERE
        if self.is_approved:
            return _RECATEGORISED if self._was_made_marketing else ""
        if self.content.status is ApprovalStatus.REJECTED:
            reason = (self.content.reason or "").upper()
            return next((mend for word, mend in _REJECTED.items() if word in reason), _UNEXPLAINED)
        return _BY_STATUS[self.content.status]

    @property
    def _was_made_marketing(self) -> bool:
        said = self.content.category if self.content else None
        return self.template.category is Category.UTILITY and said not in (None, Category.UTILITY)


_NOT_THERE = "recovery templates push"
_RECATEGORISED = "WhatsApp made it MARKETING: it reaches no number of the United States"
_UNEXPLAINED = "change the text (WhatsApp Manager may say more), then push"
_REJECTED = {
    "INCORRECT_CATEGORY": "write category: MARKETING, then push",
    "INVALID_FORMAT": "mend variables, samples and line breaks, or reword it, then push",
    "PROMOTIONAL": "take out whatever sells, then push",
    "ABUSIVE_CONTENT": "take out what reads as a threat or asks for private data, then push",
    "SCAM": "say plainly who writes and where they know you from, then push",
}
_BY_STATUS = {
    ApprovalStatus.RECEIVED: "wait: WhatsApp answers within minutes to two days",
    ApprovalStatus.PENDING: "wait: WhatsApp answers within minutes to two days",
    ApprovalStatus.PAUSED: "people minded it: name a stand-in (policy, [templates] instead), or "
    "reword it and push; WhatsApp may open it again by itself",
    ApprovalStatus.DISABLED: "it is closed for good: reword it and push, it gets a new name",
    ApprovalStatus.UNKNOWN: "look in Twilio's console: this word of WhatsApp's is new to us",
}
#: Every sentence that `to_do` may say, for whoever translates them.
TO_DO = frozenset(
    {_NOT_THERE, _RECATEGORISED, _UNEXPLAINED, *_REJECTED.values(), *_BY_STATUS.values()}
)


def _by_name(contents: Iterable[ContentStatus]) -> dict[str, ContentStatus]:
    """One content a name: a creation in doubt may have made a second one."""
    found: dict[str, ContentStatus] = {}
    for content in sorted(contents, key=lambda one: _FURTHEST.index(one.status)):
        found.setdefault(content.name, content)
    return found


def _missing(state: TemplateState) -> ContentStatus:
    """What is remembered of a template that the provider does not have."""
    template = state.template
    return ContentStatus("", friendly_name(template), template.language, ApprovalStatus.UNSUBMITTED)


class TemplateService:
    """The use case behind `recovery templates push` and the look before each batch."""

    def __init__(
        self,
        *,
        messenger: Messenger,
        templates: TemplateSet,
        store: ContentStore,
        may_write: Callable[[], None],
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._messenger = messenger
        self._templates = templates
        self._store = store
        self._may_write = may_write
        self._clock = clock

    def status(self) -> tuple[TemplateState, ...]:
        """Every WhatsApp template of ours with what the provider says now."""
        return self._saved(_by_name(self._messenger.contents()))

    def _saved(self, there: Mapping[str, ContentStatus]) -> tuple[TemplateState, ...]:
        states = tuple(
            TemplateState(template, there.get(friendly_name(template)))
            for template in self._templates.of_kind(Kind.WHATSAPP)
        )
        self._store.save_contents({s.template.key: s.content or _missing(s) for s in states})
        return states

    def approved(self) -> dict[tuple[str, str], ContentStatus]:
        """What may be sent, by name and language, read afresh."""
        return {s.template.key: s.content for s in self.status() if s.is_approved and s.content}

    def remembered(self) -> tuple[TemplateState, ...]:
        """As `status`, but as it was when WhatsApp was asked last."""
        known = self._store.contents()
        return tuple(
            TemplateState(template, known.get(template.key))
            for template in self._templates.of_kind(Kind.WHATSAPP)
        )

    def asked_at(self) -> datetime | None:
        """When WhatsApp was asked last; None for never."""
        return self._store.asked_at()

    def push(self, report: Callable[[TemplateState, str], None]) -> bool:
        """Creates and submits what is missing; True when WhatsApp has every shipped template.

        Can be repeated: what is there is found by its versioned name, so nothing comes twice. One
        that fails, or was rejected under this very text, keeps no other back.
        """
        self._may_write()
        done = True
        there = _by_name(self._messenger.contents())
        states = self._saved(there)
        for state in (*states, *self._with_buttons(there)):
            try:
                word, is_there = self._bring(state)
            except (InDoubt, PermanentFailure, TemporaryFailure) as error:
                word, is_there = str(error), False
            done = done and is_there
            report(state, word)
        if not all(state.is_submitted for state in states):
            self.status()  # remembered, so that nobody is told that WhatsApp has no such text
        return done

    def _with_buttons(self, there: Mapping[str, ContentStatus]) -> tuple[TemplateState, ...]:
        """Session texts with buttons: they need a content at the provider, but no approval."""
        return tuple(
            TemplateState(template, there.get(friendly_name(template)))
            for template in self._templates.of_kind(Kind.SESSION)
            if template.buttons
        )

    def _bring(self, state: TemplateState) -> tuple[str, bool]:
        """WhatsApp's word, and whether it has the template now."""
        content, template = state.content, state.template
        if content and (state.is_submitted or content.status in _REFUSED):
            word = content.status.value
            return word if state.is_submitted else f"{word}: {state.to_do}", state.is_submitted
        sid = content.sid if content else self._patiently(lambda: self._create(template))
        if template.kind is Kind.SESSION:
            return "in session only", True
        category = (template.category or Category.MARKETING).value
        name = friendly_name(template)
        word = self._messenger.request_approval(sid, name=name, category=category)
        return word.value, word in _SUBMITTED

    def _patiently(self, ask: Callable[[], str]) -> str:
        """Asks again where nothing was taken: too many requests, no connection."""
        for pause in _PAUSES:
            try:
                return ask()
            except TemporaryFailure as error:
                self._sleep(error.retry_after or pause)
        return ask()

    def _create(self, template: Template) -> str:
        try:
            return self._messenger.create_content(to_content(template))
        except InDoubt:
            # The name is versioned: if it arrived after all, the list shows it.
            for content in self._messenger.contents():
                if content.name == friendly_name(template):
                    return content.sid
            raise
