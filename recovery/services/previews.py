"""A text as somebody would see it: filled with its samples, or for one contact of the base."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from recovery.domain.contact import ContactId
from recovery.domain.policy import Policy
from recovery.domain.template import Kind, MissingVariable, Template, TemplateSet, Value, as_seen
from recovery.errors import Refusal
from recovery.services.wording import Addressee, message_values

#: Whose language nobody told.
_LANGUAGE = "es"


class AddresseeStore(Protocol):
    """Knows contacts as texts address them."""

    def addressee(self, contact_id: ContactId) -> Addressee | None:
        """None for somebody whom no pull has stored whole."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A text filled in; buttons are the template's own."""

    template: Template
    text: str


class Previews:
    """Fills texts in without sending or storing anything."""

    def __init__(
        self,
        store: AddresseeStore,
        *,
        templates: TemplateSet,
        render: Callable[[Template, Mapping[str, Value]], str],
        policy: Policy,
        firm: str,
    ) -> None:
        self._store = store
        self._templates = templates
        self._render = render
        self._policy = policy
        self._firm = firm

    def of(
        self, name: str, *, language: str | None = None, contact: ContactId | None = None
    ) -> Preview:
        """Raises Refusal where this contact is not known, or would not get the text."""
        whom = self._whom(contact) if contact else None
        spoken = language or (whom.language if whom else _LANGUAGE)
        template = self._templates.pick(name, language=spoken)
        try:
            return Preview(template, self._filled(template, whom))
        except MissingVariable as missing:
            raise Refusal(
                "contact %(contact)s would not get this text: nothing is known for %(names)s",
                contact=contact,
                names=", ".join(missing.variables),
            ) from None

    def _whom(self, contact: ContactId) -> Addressee:
        whom = self._store.addressee(contact)
        if whom is None:
            raise Refusal("contact %(contact)s was not read from Keap yet", contact=contact)
        return whom

    def _filled(self, template: Template, whom: Addressee | None) -> str:
        known = message_values(whom, self._policy, self._firm) if whom else {}
        if template.kind is Kind.WHATSAPP:
            return as_seen(template, known if whom else template.samples)
        # What only a conversation or a case would tell stays with its sample.
        return self._render(template, {**template.samples, **known})
