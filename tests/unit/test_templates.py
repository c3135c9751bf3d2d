"""The shipped texts, and the rendering of texts that people may have changed."""

import json
import random
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import pytest

from recovery.adapters.jinja import load_templates, parse_template, render
from recovery.domain.template import (
    BODY_LIMIT,
    Category,
    Kind,
    MissingVariable,
    Step,
    Template,
    TemplateInvalid,
    UnknownTemplate,
    as_seen,
    content_variables,
    fill,
    friendly_name,
    to_content,
    version,
)

FOLDER = Path(__file__).parents[2] / "templates" / "messages"
SHIPPED = load_templates(FOLDER)
ALL = [pytest.param(t, id=f"{t.language}-{t.name}") for t in SHIPPED]
OUTSIDE = [pytest.param(t, id=f"{t.language}-{t.name}") for t in SHIPPED.of_kind(Kind.WHATSAPP)]


def parsed(body, kind="session", head=""):
    template, problems = parse_template(
        f"---\nkind: {kind}\n{head}---\n{body}\n", name="x", language="es"
    )
    return template, problems


def readable(body, kind="session", head=""):
    template, _ = parsed(body, kind, head)
    assert template is not None
    return template


@pytest.mark.parametrize("template", ALL)
def test_every_shipped_text_renders_with_its_samples(template):
    text = render(template, template.samples)
    assert "{" not in text
    assert "}" not in text
    assert "  " not in text


@pytest.mark.parametrize("template", ALL)
def test_every_shipped_text_reads_on_without_its_optional_values(template):
    given = {k: v for k, v in template.samples.items() if k not in template.optional}
    text = render(template, given)
    assert not any(flaw in text for flaw in ("  ", " .", " ,", "()", "«»"))


@pytest.mark.parametrize("template", OUTSIDE)
def test_the_phone_shows_what_was_rendered(template):
    assert as_seen(template, template.samples) == render(template, template.samples)


@pytest.mark.parametrize("template", OUTSIDE)
def test_an_unknown_name_and_source_have_a_fallback(template):
    known = {k: v for k, v in template.samples.items() if k not in ("given_name", "source")}
    assert template.fallbacks["given_name"] in render(template, known)


@pytest.mark.parametrize("template", OUTSIDE)
def test_no_value_makes_a_message_too_long_for_whatsapp(template):
    longest = dict.fromkeys(template.variables, "palabra " * 200)
    assert len(render(template, longest)) <= BODY_LIMIT


@pytest.mark.parametrize("goal", ["new_email", "other_email", "address_works", "confirm_link"])
def test_each_goal_has_a_first_and_another_last_message(goal):
    serves = [t for t in SHIPPED.of_kind(Kind.WHATSAPP) if goal in t.goals]
    assert f"{goal}_first" in {t.name for t in serves if t.step is Step.FIRST}
    assert {t.name for t in serves if t.step is Step.LAST} == {f"{goal}_last"}


def test_content_is_numbered_in_the_order_of_the_text():
    template = SHIPPED.pick("new_email_first", language="pt-BR")
    content = to_content(template)
    assert content["language"] == "pt_BR"
    assert content["friendly_name"] == friendly_name(template)
    assert content["variables"] == {
        "1": "Ana",
        "2": "Horizonte",
        "3": template.samples["source"],
        "4": "an•••@hotmail.com",
    }
    types = json.loads(json.dumps(content))["types"]["twilio/quick-reply"]
    assert "{{1}}" in types["body"]
    assert [a["id"] for a in types["actions"]] == ["upd", "call", "stop"]


def test_a_repeated_variable_keeps_its_number():
    template = replace(readable("Hola {{ a }} y {{ b }} y {{ a }}"), samples={"a": "1", "b": "2"})
    assert content_variables(template, {"a": "x", "b": "y"}) == {"1": "x", "2": "y"}


def test_whatever_of_a_text_whatsapp_is_shown_makes_another_version():
    template = SHIPPED.pick("new_email_first", language="es")
    assert version(replace(template, body=template.body + " x")) != version(template)
    assert version(replace(template, buttons=())) != version(template)
    better = {**template.samples, "source": "su compra de mayo"}
    assert version(replace(template, samples=better)) != version(template)
    assert version(replace(template, category=Category.UTILITY)) != version(template)
    assert version(replace(template, fallbacks={}, description="x")) == version(template)


def test_a_language_without_a_text_falls_back():
    assert SHIPPED.pick("new_email_first", language="pt_BR").language == "pt"
    assert SHIPPED.pick("new_email_first", language="fr").language == "es"
    with pytest.raises(UnknownTemplate):
        SHIPPED.pick("nothing", language="es")


def test_a_missing_or_empty_value_raises_and_nothing_leaves():
    template = SHIPPED.pick("new_email_first", language="es")
    for values in ({}, template.samples | {"firm": " \n "}):
        with pytest.raises(MissingVariable, match="firm"):
            content_variables(template, values)
        with pytest.raises(MissingVariable):
            render(template, values)


def test_values_are_cleaned_into_one_line():
    template = readable("Hola {{ a }} fin")
    assert render(template, {"a": " Ana \n\t  Souza\u202e\x00 "}) == "Hola Ana Souza fin"
    assert render(template, {"a": 12}) == "Hola 12 fin"
    assert len(fill(template, {"a": "x" * 999})["a"]) == 250
    assert render(template, {"a": "{{ b }} {% if %}"}) == "Hola {{ b }} {% if %} fin"


class Opens:
    def __str__(self):
        raise AssertionError("a value's own code ran")


@pytest.mark.parametrize("value", [Opens(), ["a"], {"a": 1}, True, None, b"a"])
def test_only_plain_text_and_numbers_are_values(value):
    with pytest.raises(TemplateInvalid):
        render(readable("Hola {{ a }} fin"), {"a": value})


def test_an_enum_of_text_is_text():
    plain = StrEnum("plain", ["ONE"])
    assert render(readable("Hola {{ a }} fin"), {"a": plain.ONE}) == "Hola one fin"


INJECTIONS = """
{{ ''.__class__ }}
{{ a.__class__.__mro__ }}
{{ a.__init__.__globals__ }}
{{ a['__class__'] }}
{{ a|attr('__class__') }}
{{ a|upper }}
{{ a|map('upper') }}
{{ a|format(1) }}
{{ a.format(a) }}
{{ '{0.__class__}'.format(a) }}
{{ '%s' % a }}
{{ a ~ a }}
{{ a + a }}
{{ a * 99999999 }}
{{ 'x' * 99999999 }}
{{ 9 ** 9 ** 9 }}
{{ -a }}
{{ +a }}
{{ 1 // 0 }}
{{ 7 * 7 }}
{{ a() }}
{{ a.save() }}
{{ range(99999999) }}
{{ lipsum() }}
{{ lipsum.__globals__ }}
{{ lipsum.__globals__['os'].popen('id').read() }}
{{ cycler.__init__.__globals__.os }}
{{ joiner.__init__ }}
{{ namespace(a=1) }}
{{ dict(a=1) }}
{{ self }}
{{ self.__init__ }}
{{ self._TemplateReference__context }}
{{ caller() }}
{{ super() }}
{{ loop.index }}
{{ varargs }}
{{ config.items() }}
{{ request.application.__globals__ }}
{{ get_flashed_messages.__globals__ }}
{{ url_for.__globals__ }}
{{ __import__('os') }}
{{ __builtins__ }}
{{ _a }}
{{ A }}
{{ [a] }}
{{ [].__class__ }}
{{ (a, a) }}
{{ {'a': a} }}
{{ a[0] }}
{{ a[:1] }}
{{ a if a else a.b }}
{{ a is defined }}
{{ a is string }}
{{ true.__class__ }}
{{ 1.0.__class__ }}
{% for x in a %}{{ x }}{% endfor %}
{% for x in range(999999) %}x{% endfor %}
{% set a = 1 %}{{ a }}
{% set ns = namespace() %}
{% macro m() %}{% endmacro %}
{% call a() %}{% endcall %}
{% filter upper %}{{ a }}{% endfilter %}
{% include '/etc/passwd' %}
{% import 'os' as os %}
{% from 'os' import popen %}
{% extends 'x' %}
{% block b %}{% endblock %}
{% with b = a %}{{ b }}{% endwith %}
{% autoescape false %}{{ a }}{% endautoescape %}
{% if a.b %}x{% endif %}
{% if a() %}x{% endif %}
{% if a %}{{ a.b }}{% endif %}
{% do a.b() %}
{% debug %}
{% raw %}x
{{ a
{% if a %}
{% endif %}
""".strip().split("\n")


def test_the_corpus_of_injections_is_large_enough():
    assert len(INJECTIONS) >= 60


@pytest.mark.parametrize("payload", INJECTIONS)
def test_a_text_with_code_in_it_is_refused_before_it_runs(payload):
    template, problems = parsed(f"Hola\n{payload}")
    assert template is None
    assert problems[0].line >= 4
    assert problems[0].mend
    smuggled = Template(name="x", language="es", kind=Kind.SESSION, body=payload)
    with pytest.raises(TemplateInvalid):
        render(smuggled, {})


@pytest.mark.parametrize("body", ["{{ " + "(" * 900 + "a", "{% if a %}" * 150, "x" * 2049])
def test_a_monstrous_text_is_refused_quickly(body):
    started = time.perf_counter()
    assert parsed(body)[0] is None
    assert time.perf_counter() - started < 0.5


def test_a_text_nested_deeper_than_python_can_is_refused():
    template, problems = parsed("{% if a %}" * 250 + "x" + "{% endif %}" * 250, kind="script")
    assert template is None
    assert "nested" in problems[0].message


def test_no_random_text_escapes():
    seed = 20261124
    rng = random.Random(seed)
    parts = ["{{", "}}", "{%", "%}", " a ", "if", "endif", ".", "__class__", "(", ")", "|", "'"]
    for _ in range(1000):
        template, _ = parsed("".join(rng.choices(parts, k=12)))
        if template:
            text = render(template, dict.fromkeys(template.variables, "v"))
            assert "class '" not in text, f"seed {seed}"


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        ("Hola", 1, "front matter"),
        ("---\nkind: session\nHola", 1, "front matter"),
        ("---\nkind: letter\n---\nHola", 2, "letter"),
        ("---\nkind: session\ncolour: red\n---\nHola", 3, "colour"),
        ("---\nkind: whatsapp\nstep: second\n---\nHola", 3, "second"),
        ("---\nkind: session\ngoals: new\n---\nHola", 3, "goals"),
        ("---\nkind: session\nbuttons: [yes]\n---\nHola", 3, "buttons"),
        ("---\nkind: session\nsamples: [a]\n---\nHola", 3, "samples"),
        ("---\nkind: [\n---\nHola", 2, "front matter"),
        ("---\nkind: session\n---\nHola {{ a", 4, "cannot be read"),
    ],
)
def test_an_unreadable_file_says_where_and_what(source, line, word):
    template, problems = parse_template(source, name="x", language="es")
    assert template is None
    assert problems[0].line == line
    assert word in problems[0].message


def test_a_folder_with_a_bad_text_is_refused_with_file_and_line(tmp_path):
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "x.txt").write_text("---\nkind: session\n---\n{{ a.b }}\n")
    with pytest.raises(TemplateInvalid, match=r"x\.txt:4: getattr is not allowed"):
        load_templates(tmp_path)
    with pytest.raises(TemplateInvalid, match="RECOVERY_TEMPLATES"):
        load_templates(tmp_path / "nowhere")


def test_a_yes_button_stays_text():
    template = readable("Hola", head="buttons:\n  - {id: yes, text: Sí}\n  - {id: no, text: No}\n")
    assert [button.id for button in template.buttons] == ["yes", "no"]


def test_templates_are_compiled_once():
    template = SHIPPED.pick("new_email_first", language="es")
    render(template, template.samples)
    started = time.process_time()
    for _ in range(1000):
        render(template, template.samples)
    assert time.process_time() - started < 0.3
