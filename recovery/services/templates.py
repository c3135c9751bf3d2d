"""Templates at the provider: bringing ours there, and which of them may be sent right now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from recovery.domain.template import Kind, Template, TemplateSet, friendly_name, to_content
from recovery.errors import InDoubt, PermanentFailure
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


class ContentStore(Protocol):
    """Remembers what the provider said of our templates."""

    def save_contents(self, contents: dict[tuple[str, str], ContentStatus]) -> None:
        """The last word on each template, by name and language."""


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
    ) -> None:
        self._messenger = messenger
        self._templates = templates
        self._store = store
        self._may_write = may_write
        self._clock = clock

    def status(self) -> tuple[TemplateState, ...]:
        """Every WhatsApp template of ours with what the provider says now."""
        there = {content.name: content for content in self._messenger.contents()}
        states = tuple(
            TemplateState(template, there.get(friendly_name(template)))
            for template in self._templates.of_kind(Kind.WHATSAPP)
        )
        self._store.save_contents({s.template.key: s.content or _missing(s) for s in states})
        return states

    def approved(self) -> dict[tuple[str, str], ContentStatus]:
        """What may be sent, by name and language, read afresh."""
        return {s.template.key: s.content for s in self.status() if s.is_approved and s.content}

    def push(self, report: Callable[[TemplateState, str], None]) -> bool:
        """Creates and submits what is missing; True when WhatsApp has every shipped template.

        Can be repeated: what is there is found by its versioned name, so nothing comes twice.
        """
        self._may_write()
        done = True
        states = self.status()
        for state in (*states, *self._with_buttons()):
            try:
                report(state, self._bring(state))
            except (InDoubt, PermanentFailure) as error:
                done = False
                report(state, str(error))
        if not all(state.is_submitted for state in states):
            self.status()  # remembered, so that nobody is told that WhatsApp has no such text
        return done

    def _with_buttons(self) -> tuple[TemplateState, ...]:
        """Session texts with buttons: they need a content at the provider, but no approval."""
        there = {content.name: content for content in self._messenger.contents()}
        return tuple(
            TemplateState(template, there.get(friendly_name(template)))
            for template in self._templates.of_kind(Kind.SESSION)
            if template.buttons
        )

    def _bring(self, state: TemplateState) -> str:
        if state.is_submitted:
            assert state.content is not None  # noqa: S101 (submitted says so)
            return state.content.status.value
        sid = state.content.sid if state.content else self._create(state.template)
        if state.template.kind is Kind.SESSION:
            return "in session only"
        category = state.template.category
        word = self._messenger.request_approval(
            sid,
            name=friendly_name(state.template),
            category=category.value if category else "MARKETING",
        )
        return word.value

    def _create(self, template: Template) -> str:
        try:
            return self._messenger.create_content(to_content(template))
        except InDoubt:
            # The name is versioned: if it arrived after all, the list shows it.
            for content in self._messenger.contents():
                if content.name == friendly_name(template):
                    return content.sid
            raise
