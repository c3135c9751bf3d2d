"""What WhatsApp, and we, refuse in a template, found before anybody submits it.

Rules marked [T] are Twilio's ("Using variables with the Content API", "twilio/quick-reply"),
[M] Meta's on approval, [W] our own on what a message may say (law and good manners).
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from recovery.domain.template import (
    BODY_LIMIT,
    GOALS,
    PLACEHOLDER,
    VALUE_LIMIT,
    WHATSAPP_LANGUAGE,
    Category,
    Kind,
    Template,
    TemplateSet,
    friendly_name,
    placeholders,
    value_limit,
)
from recovery.domain.template_manners import (
    LINK,
    line_at,
    manners,
    masked,
    no_links,
    offers,
    says_last,
    sensitive,
)
from recovery.domain.template_problem import Code, Problem

__all__ = ["NAME", "Code", "Problem", "lint", "lint_set", "words"]

NAME = re.compile(r"(?!(?:self|caller|loop|super|varargs|kwargs)$)[a-z][a-z0-9_]{0,15}")
BODY_ADVISED = 550
BUTTON_TITLE_LIMIT = 20
BUTTON_IDS = frozenset({"upd", "yes", "no", "call", "stop", "wrong"})

_TEMPLATE_NAME = re.compile(r"[a-z0-9_]+")
_NAME_LIMIT = 512
_MAX_VARIABLES = 100
_MAX_BUTTONS = 10
_MAX_SESSION_BUTTONS = 3
#: A value shorter than this would cut ordinary names and addresses.
_SHORTEST_VALUE = 60
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_EDGE = " \t\r\n.,;:!?¡¿…\"'()[]«»“”*_~-–—"


def lint(template: Template) -> list[Problem]:
    """All problems of one template in the order of its lines; empty when it may be pushed."""
    rules = _RULES_FOR_ALL + (_RULES_OUTSIDE if template.kind is Kind.WHATSAPP else _RULES_INSIDE)
    found = [problem for rule in rules for problem in rule(template)]
    return sorted(found, key=lambda problem: problem.line)


def lint_set(templates: TemplateSet) -> list[tuple[tuple[str, str], Problem]]:
    """Problems between templates: languages that lack a text, or say it with other parts."""
    found: list[tuple[tuple[str, str], Problem]] = []
    for name in sorted({template.name for template in templates}):
        found += _across_languages(templates, name)
    return found + _same_texts(templates)


def _across_languages(
    templates: TemplateSet, name: str
) -> Iterator[tuple[tuple[str, str], Problem]]:
    there = {lang: t for lang in WHATSAPP_LANGUAGE if (t := templates.by_key.get((name, lang)))}
    for language in WHATSAPP_LANGUAGE.keys() - there.keys():
        mend = f"write {language}/{name}.txt"
        yield (
            (name, language),
            Problem(Code.LANGUAGE_MISSING, 1, f"{name} has no text in {language}", mend),
        )
    first = next(iter(there.values()), None)
    for language, template in there.items():
        if first and _shape(template) != _shape(first):
            message = (
                f"kind, category, goals, step, variables or buttons differ from {first.key[1]}"
            )
            yield (
                (name, language),
                Problem(Code.LANGUAGES_DIFFER, 1, message, "give all languages the same parts"),
            )


def _shape(template: Template) -> tuple[object, ...]:
    return (
        template.kind,
        template.category,
        template.goals,
        template.step,
        frozenset(template.variables),
        tuple(button.id for button in template.buttons),
    )


def _same_texts(templates: TemplateSet) -> list[tuple[tuple[str, str], Problem]]:
    """Two messages of one cadence with one text would be refused as a duplicate by WhatsApp [M]."""
    seen: dict[tuple[str, str], str] = {}
    found: list[tuple[tuple[str, str], Problem]] = []
    for template in templates.of_kind(Kind.WHATSAPP):
        first = seen.setdefault((template.language, template.body), template.name)
        if first != template.name:
            message = f"the same text as {first}"
            problem = Problem(Code.SAME_TEXT_TWICE, template.body_line, message, "write another")
            found.append((template.key, problem))
    return found


def words(body: str) -> int:
    """Words that are no variables, as WhatsApp weighs them against the variables [T]."""
    return len(_WORD.findall(PLACEHOLDER.sub(" ", body)))


def _named(template: Template) -> Iterator[Problem]:
    if not _TEMPLATE_NAME.fullmatch(template.name):
        mend = "name the file with small letters, digits and _ only"
        yield Problem(Code.BAD_NAME, 1, f"{template.name!r} is no name WhatsApp takes", mend)
    elif len(friendly_name(template)) > _NAME_LIMIT:
        yield Problem(Code.BAD_NAME, 1, "the name is too long", f"at most {_NAME_LIMIT} characters")
    if template.language not in WHATSAPP_LANGUAGE:
        mend = f"put the file into one of: {', '.join(WHATSAPP_LANGUAGE)}"
        yield Problem(Code.BAD_LANGUAGE, 1, f"{template.language!r} is none of our languages", mend)


def _goals_known(template: Template) -> Iterator[Problem]:
    for goal in template.goals:
        if goal not in GOALS:
            mend = f"use one of: {', '.join(sorted(GOALS))}"
            message = f"{goal!r} is no goal of the policy"
            yield Problem(Code.BAD_GOAL, 1, message, mend, about=("goals",))
    if not template.goals and template.kind in (Kind.WHATSAPP, Kind.SCRIPT):
        yield Problem(Code.BAD_GOAL, 1, "no goal is named", "write goals: [new_email]")


def _body_there(template: Template) -> Iterator[Problem]:
    if not template.body.strip():
        yield Problem(Code.EMPTY_BODY, template.body_line, "the text is empty", "write it")


def _samples(template: Template) -> Iterator[Problem]:
    for name in template.variables:
        if name not in template.samples:
            mend = f"add {name}: … under samples"
            message = f"{name} has no sample value"
            yield Problem(Code.SAMPLE_MISSING, 1, message, mend, about=("samples",))
        elif reason := _wrong_value(template.samples[name], template):
            message, mend = f"the sample of {name} {reason}", "write it as a real value would look"
            yield Problem(Code.SAMPLE_INVALID, 1, message, mend, about=("samples", name))
    for name in template.samples.keys() - set(template.variables):
        message, mend = f"{name} has a sample but is not in the text", "remove it, or use it"
        yield Problem(Code.SAMPLE_UNUSED, 1, message, mend, about=("samples", name))


def _fallbacks(template: Template) -> Iterator[Problem]:
    for name, text in template.fallbacks.items():
        reason = "is not in the text" if name not in template.variables else None
        reason = reason or _wrong_value(text, template)
        if reason:
            message = f"the fallback of {name} {reason}"
            mend = "write a word that reads well in the sentence"
            yield Problem(Code.FALLBACK_INVALID, 1, message, mend, about=("fallbacks", name))


def _wrong_value(value: str, template: Template) -> str | None:
    outside = template.kind is Kind.WHATSAPP
    # With its samples, too, the text must fit into what WhatsApp takes.
    limit = value_limit(template) if outside else VALUE_LIMIT
    if not value.strip():
        return "is empty"
    if re.search(r"[\n\t]| {2,}", value) or value != value.strip():
        return "has line breaks, tabs or needless spaces"
    if len(value) > limit:
        return f"is longer than {limit} characters"
    if "{{" in value or "}}" in value:
        return "contains braces"
    return "contains a link" if outside and LINK.search(value) else None


def _category(template: Template) -> Iterator[Problem]:
    if template.category is None:
        mend = "write category: MARKETING"
        yield Problem(Code.NO_CATEGORY, 1, "no category is named", mend)
    if template.category is Category.UTILITY and "order" not in template.variables:
        mend = "name the order or subscription as {{ order }}, or use MARKETING"
        message = "a UTILITY message must be about an order or subscription"
        yield Problem(Code.UTILITY_WITHOUT_ORDER, 1, message, mend, about=("category",))
    if template.step is None:
        yield Problem(Code.NO_STEP, 1, "no step is named", "write step: first, last or only")


def _lengths(template: Template) -> Iterator[Problem]:
    length = len(PLACEHOLDER.sub("", template.body))
    line = template.body_line
    mend = f"keep it under {BODY_ADVISED} characters: shorter is read"
    if length > BODY_LIMIT or (template.variables and value_limit(template) < _SHORTEST_VALUE):
        message = f"{length} characters leave no room for the variables within {BODY_LIMIT}"
        yield Problem(Code.BODY_TOO_LONG, line, message, mend)
    elif length > BODY_ADVISED:
        message = f"{length} characters are more than people read"
        yield Problem(Code.BODY_LONGER_THAN_ADVISED, line, message, mend)


def _spacing(template: Template) -> Iterator[Problem]:
    if found := re.search(r"\n\s*\n\s*\n", template.body):
        mend = "leave at most one empty line"
        line = line_at(template, found.start())
        yield Problem(Code.BODY_BLANK_LINES, line, "two empty lines in a row", mend)
    if found := re.search(r"[^\S\n]{5,}|\t", template.body):
        message = "a tab or more than four spaces in a row"
        line = line_at(template, found.start())
        yield Problem(Code.BODY_SPACES, line, message, "use one space")


def _plain_variables(template: Template) -> Iterator[Problem]:
    rest = PLACEHOLDER.sub(lambda found: "x" * len(found[0]), template.body)
    if found := re.search(r"[{}]", rest):
        mend = "outside the session window only plain {{ name }} is possible"
        message = "braces that are no plain variable"
        yield Problem(Code.VARIABLE_SYNTAX, line_at(template, found.start()), message, mend)
    for match in PLACEHOLDER.finditer(template.body):
        if not NAME.fullmatch(match[1]):
            mend = "use up to 16 small letters, digits and _"
            message = f"{match[1]!r} is no name for a variable"
            yield Problem(Code.VARIABLE_NAME, line_at(template, match.start()), message, mend)


def _variable_places(template: Template) -> Iterator[Problem]:
    """A full stop after the last variable still counts as the end [T]."""
    matches = list(PLACEHOLDER.finditer(template.body))
    if not matches:
        return
    body, mend = template.body, "put words there"
    if not _has_words(body[: matches[0].start()]):
        line = line_at(template, matches[0].start())
        yield Problem(Code.VARIABLE_AT_START, line, "the text begins with a variable", mend)
    if not _has_words(body[matches[-1].end() :]):
        line = line_at(template, matches[-1].start())
        yield Problem(Code.VARIABLE_AT_END, line, "the text ends with a variable", mend)
    for left, right in pairwise(matches):
        if not _has_words(body[left.end() : right.start()]):
            message = f"{left[1]} and {right[1]} stand side by side"
            line = line_at(template, right.start())
            yield Problem(Code.VARIABLES_ADJACENT, line, message, "put words between them")


def _has_words(text: str) -> bool:
    return bool(_WORD.search(text))


def _variable_share(template: Template) -> Iterator[Problem]:
    count = len(PLACEHOLDER.findall(template.body))
    if count > _MAX_VARIABLES:
        message = f"{count} variables; {_MAX_VARIABLES} is the most"
        yield Problem(Code.TOO_MANY_VARIABLES, template.body_line, message, "use fewer")
    if count and words(template.body) < 2 * count + 1:
        message = f"{words(template.body)} words for {count} variables"
        mend = f"write at least {2 * count + 1} words, or use fewer variables"
        yield Problem(Code.TOO_FEW_WORDS, template.body_line, message, mend)


def _buttons(template: Template) -> Iterator[Problem]:
    most = _MAX_BUTTONS if template.kind is Kind.WHATSAPP else _MAX_SESSION_BUTTONS
    if len(template.buttons) > most:
        message = f"{len(template.buttons)} buttons; {most} is the most"
        mend = "keep the ones people tap"
        yield Problem(Code.BUTTON_COUNT, 1, message, mend, about=("buttons",))
    for attribute in ("id", "text"):
        values = [getattr(button, attribute).casefold() for button in template.buttons]
        if len(set(values)) < len(values):
            message = f"two buttons have the same {attribute}"
            yield Problem(Code.BUTTON_TWICE, 1, message, "give each its own", about=("buttons",))
    for button in template.buttons:
        yield from _button(button.id, button.text)


def _button(button_id: str, text: str) -> Iterator[Problem]:
    if button_id not in BUTTON_IDS:
        mend = f"use one of: {', '.join(sorted(BUTTON_IDS))}"
        message = f"{button_id!r} is no answer we understand"
        yield Problem(Code.BUTTON_ID, 1, message, mend, about=("buttons", text))
    reason = None
    if not text.strip() or text != text.strip():
        reason = "is empty or has spaces around it"
    elif len(text) > BUTTON_TITLE_LIMIT:
        reason = f"has {len(text)} characters; {BUTTON_TITLE_LIMIT} is the most"
    elif re.search(r"[\n\r\t{}*_~`]", text) or _EMOJI.search(text) or LINK.search(text):
        reason = "has a variable, a line break, an emoji, formatting or a link"
    if reason:
        mend = "write two or three plain words"
        message = f"the button {text[:30]!r} {reason}"
        yield Problem(Code.BUTTON_TITLE, 1, message, mend, about=("buttons", text))


def _stop_button(template: Template) -> Iterator[Problem]:
    if not any(button.id == "stop" for button in template.buttons):
        mend = "add a button with the id stop"
        message = "nobody can say stop with one tap"
        yield Problem(Code.NO_STOP_BUTTON, 1, message, mend, about=("buttons",))


def _buttons_inside(template: Template) -> Iterator[Problem]:
    """Buttons travel as content with plain variables, even inside the window [T]."""
    if not template.buttons:
        return
    if template.kind is not Kind.SESSION:
        message = "only messages have buttons"
        yield Problem(Code.BUTTONS_NOT_HERE, 1, message, "remove them", about=("buttons",))
    elif set(template.variables) != set(placeholders(template.body)) or template.optional:
        mend = "use only plain {{ name }} in a text with buttons"
        message = "a text with buttons has more than plain variables"
        yield Problem(Code.VARIABLE_SYNTAX, template.body_line, message, mend)


Rule = Callable[[Template], Iterator[Problem]]
_RULES_FOR_ALL: tuple[Rule, ...] = (
    _named,
    _goals_known,
    _body_there,
    _samples,
    _fallbacks,
    _buttons,
)
_RULES_INSIDE: tuple[Rule, ...] = (_buttons_inside,)
_RULES_OUTSIDE: tuple[Rule, ...] = (
    _category,
    _lengths,
    _spacing,
    _plain_variables,
    _variable_places,
    _variable_share,
    _stop_button,
    no_links,
    masked,
    manners,
    offers,
    sensitive,
    says_last,
)
