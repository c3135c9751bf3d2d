"""Message templates: what a text is, how it becomes WhatsApp content, which one a person gets.

A template that leaves the session window is approved word by word, so only plain ``{{ name }}``
variables live in it; they become ``{{1}}``, ``{{2}}`` … in the order of first appearance.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from recovery.errors import ConfigurationError, Refusal

#: Our languages and the codes that WhatsApp knows them by.
WHATSAPP_LANGUAGE: Mapping[str, str] = MappingProxyType({"es": "es", "pt": "pt_BR", "en": "en"})

#: Which language stands in where a text is not there in the person's own.
LANGUAGE_FALLBACKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"es": ("es", "en", "pt"), "pt": ("pt", "es", "en"), "en": ("en", "es", "pt")}
)

#: What a case may be after (the policy's goals).
GOALS = frozenset(
    {
        "new_email",
        "other_email",
        "address_works",
        "fresh_consent",
        "confirm_link",
        "list_consent",
        "complaint",
    }
)

#: Characters that WhatsApp takes in a body once the variables are filled in; more is error 63021.
BODY_LIMIT = 1024
#: Twilio takes 1,600 in one variable and advises less than 250.
VALUE_LIMIT = 250
#: Notes and tasks are read in Keap: the story of a case may be longer there.
STORY_LIMIT = 2000

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_WHITESPACE = re.compile(r"\s+")
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

Value = str | int | float


class Kind(StrEnum):
    """Where a text goes: outside the window, inside it, or to our own people."""

    WHATSAPP = "whatsapp"
    SESSION = "session"
    SCRIPT = "script"
    NOTE = "note"
    TASK = "task"


class Category(StrEnum):
    """What we ask WhatsApp to approve a template as; what it was approved as is read back."""

    MARKETING = "MARKETING"
    UTILITY = "UTILITY"


class Step(StrEnum):
    """Which message of the cadence a template is; ``ONLY`` goes once ever."""

    FIRST = "first"
    LAST = "last"
    ONLY = "only"


class TemplateInvalid(ConfigurationError):
    """A template cannot be used as it is; the message names the file, the line and the mend."""


class MissingVariable(Refusal):
    """A text has a variable for which there is neither a value nor a fallback."""

    def __init__(self, template: str, variables: tuple[str, ...]) -> None:
        super().__init__(
            f"{template}: no value for {', '.join(variables)}; give one, "
            "or a fallback in the template's front matter"
        )
        self.template = template
        self.variables = variables


class UnknownTemplate(ConfigurationError):
    """No language has a template of this name."""


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply; ``id`` is what comes back to us as the payload."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """One text in one language; ``body_line`` is the line of its file where the body begins."""

    name: str
    language: str
    kind: Kind
    body: str
    category: Category | None = None
    buttons: tuple[Button, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict, hash=False)
    fallbacks: Mapping[str, str] = field(default_factory=dict, hash=False)
    goals: tuple[str, ...] = ()
    step: Step | None = None
    variables: tuple[str, ...] = ()
    #: Variables that the text itself tests with ``if``: these may be empty or absent.
    optional: frozenset[str] = frozenset()
    description: str = ""
    body_line: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.language


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """All templates of a folder, by name and language."""

    by_key: Mapping[tuple[str, str], Template]

    def __iter__(self) -> Iterator[Template]:
        return iter(self.by_key.values())

    def __len__(self) -> int:
        return len(self.by_key)

    def pick(self, name: str, *, language: str | None) -> Template:
        """The text in the person's language, else in the next one of the fallback order."""
        return pick(self, name, language)

    def of_kind(self, kind: Kind) -> tuple[Template, ...]:
        return tuple(template for template in self if template.kind is kind)


def pick(templates: TemplateSet, name: str, language: str | None) -> Template:
    """Raises UnknownTemplate; ``language`` may be a locale (pt-BR) or unknown (then Spanish)."""
    base = (language or "").replace("_", "-").split("-")[0].lower()
    for candidate in LANGUAGE_FALLBACKS.get(base, LANGUAGE_FALLBACKS["es"]):
        if found := templates.by_key.get((name, candidate)):
            return found
    raise UnknownTemplate(f"there is no template {name!r} in any language")


def placeholders(body: str) -> tuple[str, ...]:
    """Plain variables of a text in the order of their first appearance, each once."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(body)))


def numbers(template: Template) -> dict[str, str]:
    """Which number each variable has in WhatsApp's content."""
    return {name: str(n) for n, name in enumerate(placeholders(template.body), start=1)}


def numbered_body(template: Template) -> str:
    """The body as WhatsApp approves it, with ``{{1}}`` for the first variable."""
    number = numbers(template)
    return PLACEHOLDER.sub(lambda found: f"{{{{{number[found[1]]}}}}}", template.body)


def value_limit(template: Template) -> int:
    """How long one value may be so that the filled-in body can never pass WhatsApp's limit."""
    count = len(PLACEHOLDER.findall(template.body))
    if template.kind in (Kind.NOTE, Kind.TASK):
        return STORY_LIMIT
    if template.kind is not Kind.WHATSAPP or not count:
        return VALUE_LIMIT
    room = BODY_LIMIT - len(PLACEHOLDER.sub("", template.body))
    return max(0, min(VALUE_LIMIT, room // count))


def clean(value: Value, *, limit: int = VALUE_LIMIT) -> str:
    """One line of text: WhatsApp refuses line breaks, tabs and runs of spaces in a value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TemplateInvalid(
            f"a value must be text or a number, not {type(value).__name__}; turn it into text first"
        )
    text = _WHITESPACE.sub(" ", _UNSEEN.sub("", str(value))).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def fill(template: Template, values: Mapping[str, Value]) -> dict[str, str]:
    """Every variable of the template with its cleaned value or fallback; raises MissingVariable."""
    limit = value_limit(template)
    filled = {
        name: clean(values.get(name, ""), limit=limit) or template.fallbacks.get(name, "")
        for name in template.variables
    }
    missing = tuple(n for n, text in filled.items() if not text and n not in template.optional)
    if missing:
        raise MissingVariable(f"{template.language}/{template.name}", missing)
    return filled


def content_variables(template: Template, values: Mapping[str, Value]) -> dict[str, str]:
    """Twilio's ContentVariables, complete: a missing key would send the sample value instead."""
    filled = fill(template, values)
    return {number: filled[name] for name, number in numbers(template).items()}


def as_seen(template: Template, values: Mapping[str, Value]) -> str:
    """The body as the phone shows it: the numbered content with its variables put in."""
    sent = content_variables(template, values)
    return re.sub(r"\{\{(\d+)\}\}", lambda found: sent[found[1]], numbered_body(template))


def version(template: Template) -> str:
    """Six hex digits that change with anything that WhatsApp's reviewers are shown."""
    submitted = [
        template.language,
        template.category,
        numbered_body(template),
        [[button.id, button.text] for button in template.buttons],
        # A text may be refused for its samples alone: with better ones it must get a new name.
        [template.samples.get(name) for name in numbers(template)],
    ]
    text = json.dumps(submitted, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def friendly_name(template: Template) -> str:
    """A rejected name can never be submitted again, so each version has its own."""
    return f"recovery_{template.name}_{template.language}_{version(template)}"


def to_content(template: Template) -> dict[str, object]:
    """The body of ``POST /v1/Content`` (Twilio Content API)."""
    body = numbered_body(template)
    actions = [{"type": "QUICK_REPLY", "title": b.text, "id": b.id} for b in template.buttons]
    types: dict[str, object] = {"twilio/text": {"body": body}}
    if actions:
        types = {"twilio/quick-reply": {"body": body, "actions": actions}}
    return {
        "friendly_name": friendly_name(template),
        "language": WHATSAPP_LANGUAGE[template.language],
        "variables": {n: template.samples[name] for name, n in numbers(template).items()},
        "types": types,
    }
