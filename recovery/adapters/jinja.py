"""Message templates on disk: front matter and Jinja text to frozen templates, and back to words.

Templates are written by people who may change them without a developer, so they are treated as
untrusted: only the few kinds of syntax in ``_ALLOWED`` pass, values are plain text and numbers,
and what remains runs in Jinja's sandbox with no globals.
"""

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from recovery.adapters.front_matter import (
    Unreadable,
    buttons,
    front_matter,
    goals,
    placed,
    split,
    texts,
    unreadable,
)
from recovery.domain.template import (
    Category,
    Kind,
    Step,
    Template,
    TemplateInvalid,
    TemplateSet,
    Value,
    fill,
)
from recovery.domain.template_lint import NAME, Problem, lint, lint_set

#: Characters of a template's text; a call script is read by a person and may be longer.
SOURCE_LIMIT = {Kind.SCRIPT: 6000, Kind.NOTE: 3000}
OUTPUT_LIMIT = {Kind.SCRIPT: 8000, Kind.NOTE: 6000, Kind.TASK: 6000}
_SOURCE_LIMIT = 2048
_OUTPUT_LIMIT = 1600

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
)


def load_templates(folder: Path) -> TemplateSet:
    """Every text under ``folder/{es,pt,en}``; raises TemplateInvalid naming all that is wrong."""
    templates, problems = read_folder(folder)
    if problems:
        lines = [f"{path}:{p.line}: {p.message}; {p.mend}" for path, p in problems]
        raise TemplateInvalid("\n".join(lines))
    return templates


def read_folder(folder: Path) -> tuple[TemplateSet, tuple[tuple[Path, Problem], ...]]:
    """The readable templates of a folder, and each problem with the file it is in."""
    paths = sorted(folder.glob("*/*.txt"))
    if not paths:
        raise TemplateInvalid(f"{folder}: no templates here; check the setting RECOVERY_TEMPLATES")
    read: dict[tuple[str, str], Template] = {}
    problems: list[tuple[Path, Problem]] = []
    for path in paths:
        template, found = read_template(path)
        problems += [(path, problem) for problem in found]
        if template:
            read[template.key] = template
    templates = TemplateSet(MappingProxyType(read))
    problems += [(folder / f"{k[1]}/{k[0]}.txt", p) for k, p in lint_set(templates)]
    return templates, tuple(problems)


def read_template(path: Path) -> tuple[Template | None, tuple[Problem, ...]]:
    """One file as a template with its problems; None when it cannot be read at all."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return None, (unreadable(1, str(error), "save it as UTF-8 text"),)
    return parse_template(source, name=path.stem, language=path.parent.name)


@lru_cache(maxsize=1024)
def parse_template(
    source: str, *, name: str, language: str
) -> tuple[Template | None, tuple[Problem, ...]]:
    """Front matter and body of one file, read once; the lines of problems are those of the file."""
    head = ""
    try:
        head, body, line = split(source)
        facts = front_matter(head)
        kind = Kind(str(facts["kind"]))
        _check_body(body, kind=kind, line=line)
        _compiled(body)
        template = _build(facts, kind=kind, name=name, language=language, body=body, line=line)
    except Unreadable as error:
        return None, (placed(error.problem, head),)
    found = (placed(problem, head) for problem in lint(template))
    return template, tuple(sorted(found, key=lambda problem: problem.line))


def render(template: Template, values: Mapping[str, Value]) -> str:
    """The text with cleaned values; raises MissingVariable, TemplateInvalid or nothing."""
    filled = fill(template, values)
    try:
        text = _compiled(template.body).render(filled)
    except Unreadable as error:
        mend = error.problem.mend
        raise TemplateInvalid(f"{template.language}/{template.name}: {error}; {mend}") from error
    except jinja2.TemplateError as error:
        raise TemplateInvalid(f"{template.language}/{template.name}: {error.message}") from error
    limit = OUTPUT_LIMIT.get(template.kind, _OUTPUT_LIMIT)
    if not text or len(text) > limit:
        raise TemplateInvalid(
            f"{template.language}/{template.name}: the text has {len(text)} characters once "
            f"filled in; it must have 1 to {limit}: shorten it"
        )
    return text


def _build(
    facts: Mapping[str, object], *, kind: Kind, name: str, language: str, body: str, line: int
) -> Template:
    variables, tested = _names(body, line=line)
    return Template(
        name=name,
        language=language,
        kind=kind,
        body=body,
        category=Category(str(facts["category"])) if "category" in facts else None,
        buttons=buttons(facts.get("buttons")),
        samples=texts(facts.get("samples"), key="samples"),
        fallbacks=texts(facts.get("fallbacks"), key="fallbacks"),
        goals=goals(facts.get("goals")),
        step=Step(str(facts["step"])) if "step" in facts else None,
        variables=variables,
        optional=tested,
        description=str(facts.get("description") or ""),
        body_line=line,
    )


def _check_body(body: str, *, kind: Kind, line: int) -> None:
    limit = SOURCE_LIMIT.get(kind, _SOURCE_LIMIT)
    if len(body) > limit:
        message = f"the text has {len(body)} characters"
        raise Unreadable(unreadable(line, message, f"{limit} is the most: shorten it"))
    tree = _parse(body, line=line)
    for node in chain([tree], tree.find_all(nodes.Node)):
        if not isinstance(node, _ALLOWED):
            message = f"{type(node).__name__.lower()} is not allowed in a template"
            mend = "use only {{ name }} and {% if name %} … {% endif %}"
            raise Unreadable(unreadable(_line(node, line), message, mend))
        _check_name(node, line=line)


def _line(node: nodes.Node, first: int) -> int:
    """Nodes that Jinja makes up itself have no line, whatever their type says."""
    return first + int(node.lineno or 1) - 1


def _check_name(node: nodes.Node, *, line: int) -> None:
    if isinstance(node, nodes.Name) and not NAME.fullmatch(node.name):
        mend = "use up to 16 small letters, digits and _, and no word of Jinja's own"
        message = f"{node.name!r} is no name for a variable"
        raise Unreadable(unreadable(_line(node, line), message, mend))


def _parse(body: str, *, line: int) -> nodes.Template:
    try:
        return _ENVIRONMENT.parse(body)
    except jinja2.TemplateSyntaxError as error:
        where = line + error.lineno - 1
        message = f"the text cannot be read: {error.message}"
        mend = "close every {{ … }} and {% if … %} … {% endif %}"
        raise Unreadable(unreadable(where, message, mend)) from error
    except (RecursionError, ValueError) as error:
        raise Unreadable(unreadable(line, "the text is nested too deep", "simplify it")) from error


def _names(body: str, *, line: int) -> tuple[tuple[str, ...], frozenset[str]]:
    tree = _parse(body, line=line)
    found = tuple(dict.fromkeys(node.name for node in tree.find_all(nodes.Name)))
    tests = (test.test for test in tree.find_all(nodes.If))
    tested = frozenset(
        name.name
        for test in tests
        for name in ([test] if isinstance(test, nodes.Name) else test.find_all(nodes.Name))
        if isinstance(name, nodes.Name)
    )
    return found, tested


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # phone messages and notes, not HTML
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


_ENVIRONMENT = _environment()


@lru_cache(maxsize=1024)
def _compiled(body: str) -> jinja2.Template:
    _check_body(body, kind=Kind.SCRIPT, line=1)
    try:
        return _ENVIRONMENT.from_string(body)
    except (SyntaxError, RecursionError, MemoryError) as error:  # Python's own limits of nesting
        raise Unreadable(unreadable(1, "the text is nested too deep", "simplify it")) from error
