"""What WhatsApp would refuse is refused here, with the reason."""

from dataclasses import replace

import pytest

from recovery.domain.template import Button, Category, Kind, Step, Template, TemplateSet
from recovery.domain.template_lint import Code, lint, lint_set

BODY = (
    "Hola, {{ given_name }} 👋 Le escribe el equipo de {{ firm }}. "
    "Tenemos sus datos por {{ source }}.\n\n"
    "El correo {{ masked_email }} ya no recibe mensajes.\n\n"
    "¿Quiere darnos su correo actual por este chat?"
)
SAMPLES = {
    "given_name": "Ana",
    "firm": "Horizonte",
    "source": "su inscripción al taller",
    "masked_email": "an•••@hotmail.com",
}
GOOD = Template(
    name="new_email_first",
    language="es",
    kind=Kind.WHATSAPP,
    category=Category.MARKETING,
    step=Step.FIRST,
    goals=("new_email",),
    body=BODY,
    buttons=(Button("upd", "Sí, actualizar"), Button("stop", "No me escriban más")),
    samples=SAMPLES,
    variables=tuple(SAMPLES),
)
STOP = Button("stop", "No me escriban")


def with_body(body, **samples):
    names = tuple(dict.fromkeys([*SAMPLES, *samples]))
    return replace(GOOD, body=body, samples=SAMPLES | samples, variables=names)


def with_sample(**sample):
    return replace(GOOD, samples=SAMPLES | sample)


def with_buttons(*buttons):
    return replace(GOOD, buttons=(*(Button(*pair) for pair in buttons), STOP))


LINKS = [
    "https://horizonte.com/x",
    "http://a.b",
    "www.horizonte.com",
    "wa.me/5215512345678",
    "bit.ly/3xYz",
    "horizonte.com.mx/alta",
    "horizonte.com",
    "HTTPS://HORIZONTE.COM",
    "horizonte.shop",
    "horizonte.com.ar",
    "t.me/horizonte",
    "curso.horizonte.online",
]
REFUSED = [
    (Code.BAD_NAME, replace(GOOD, name="NewEmail")),
    (Code.BAD_NAME, replace(GOOD, name="new-email")),
    (Code.BAD_NAME, replace(GOOD, name="new email")),
    (Code.BAD_NAME, replace(GOOD, name="correo_electrónico")),
    (Code.BAD_NAME, replace(GOOD, name="")),
    (Code.BAD_NAME, replace(GOOD, name="a" * 512)),
    (Code.BAD_LANGUAGE, replace(GOOD, language="es_MX")),
    (Code.BAD_LANGUAGE, replace(GOOD, language="fr")),
    (Code.NO_CATEGORY, replace(GOOD, category=None)),
    (Code.UTILITY_WITHOUT_ORDER, replace(GOOD, category=Category.UTILITY)),
    (Code.NO_STEP, replace(GOOD, step=None)),
    (Code.BAD_GOAL, replace(GOOD, goals=())),
    (Code.BAD_GOAL, replace(GOOD, goals=("sell",))),
    (Code.EMPTY_BODY, with_body(" \n ")),
    (Code.BODY_TOO_LONG, with_body(BODY + " palabra" * 130)),
    (Code.BODY_TOO_LONG, with_body(BODY + " palabra" * 90)),
    (Code.BODY_LONGER_THAN_ADVISED, with_body(BODY + " palabra" * 55)),
    (Code.BODY_BLANK_LINES, with_body(BODY.replace("\n\n", "\n\n\n", 1))),
    (Code.BODY_BLANK_LINES, with_body(BODY.replace("\n\n", "\n \n\n", 1))),
    (Code.BODY_SPACES, with_body(BODY.replace("Le escribe", "Le     escribe"))),
    (Code.BODY_SPACES, with_body(BODY.replace("Le escribe", "Le\tescribe"))),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {{ 1 }} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {given_name} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {{ given_name | upper }} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {% if firm %}hola{% endif %} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {# nota #} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {{ contact.name }} fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {{ firm fin")),
    (Code.VARIABLE_SYNTAX, with_body(BODY + " {{{ firm }}} fin")),
    (Code.VARIABLE_NAME, with_body(BODY + " {{ Firm }} fin")),
    (Code.VARIABLE_NAME, with_body(BODY + " {{ name_that_is_too_long }} fin")),
    (Code.VARIABLE_NAME, with_body(BODY + " {{ self }} fin")),
    (Code.VARIABLE_AT_START, with_body("{{ given_name }}, " + BODY)),
    (Code.VARIABLE_AT_START, with_body("¡{{ given_name }}! " + BODY)),
    (Code.VARIABLE_AT_START, with_body("👋 {{ given_name }}, " + BODY)),
    (Code.VARIABLE_AT_END, with_body(BODY + " {{ firm }}")),
    (Code.VARIABLE_AT_END, with_body(BODY + " {{ firm }}.")),
    (Code.VARIABLE_AT_END, with_body(BODY + "\n{{ firm }} 🙂")),
    (Code.VARIABLES_ADJACENT, with_body(BODY.replace("{{ firm }}", "{{ firm }}{{ source }}"))),
    (Code.VARIABLES_ADJACENT, with_body(BODY.replace("{{ firm }}", "{{ firm }} {{ source }}"))),
    (Code.VARIABLES_ADJACENT, with_body(BODY.replace("{{ firm }}", "{{ firm }}\n{{ source }}"))),
    (Code.VARIABLES_ADJACENT, with_body(BODY.replace("{{ firm }}", "{{ firm }}, {{ source }}"))),
    (Code.TOO_MANY_VARIABLES, with_body("Hola " + "{{ firm }} y " * 101 + "fin")),
    (Code.TOO_FEW_WORDS, with_body("Hola {{ firm }} y {{ source }} ¿sí?")),
    (Code.SAMPLE_MISSING, replace(GOOD, samples={k: SAMPLES[k] for k in list(SAMPLES)[1:]})),
    (Code.SAMPLE_INVALID, with_sample(given_name="")),
    (Code.SAMPLE_INVALID, with_sample(given_name="Ana\nSouza")),
    (Code.SAMPLE_INVALID, with_sample(given_name="Ana     Souza")),
    (Code.SAMPLE_INVALID, with_sample(given_name="x" * 251)),
    (Code.SAMPLE_INVALID, with_sample(given_name="{{1}}")),
    (Code.SAMPLE_INVALID, with_sample(source="https://horizonte.com/alta")),
    (Code.SAMPLE_UNUSED, with_sample(city="Lima")),
    (Code.FALLBACK_INVALID, replace(GOOD, fallbacks={"given_name": " "})),
    (Code.FALLBACK_INVALID, replace(GOOD, fallbacks={"city": "su ciudad"})),
    (Code.BUTTON_COUNT, with_buttons(*[("upd", f"Sí {n}") for n in range(10)])),
    (Code.BUTTON_TITLE, with_buttons(("upd", ""))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "x" * 21))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "Sí, {{ firm }}"))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "Sí 👍"))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "Sí\nya"))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "*Sí*"))),
    (Code.BUTTON_TITLE, with_buttons(("upd", "www.horizonte.com"))),
    (Code.BUTTON_ID, with_buttons(("update", "Sí"))),
    (Code.BUTTON_ID, with_buttons(("", "Sí"))),
    (Code.BUTTON_TWICE, with_buttons(("upd", "Sí"), ("upd", "Claro"))),
    (Code.BUTTON_TWICE, with_buttons(("upd", "Sí"), ("yes", "sí"))),
    (Code.NO_STOP_BUTTON, replace(GOOD, buttons=(Button("upd", "Sí"),))),
    (Code.NO_STOP_BUTTON, replace(GOOD, buttons=())),
    *[(Code.LINK, with_body(BODY + f" Vea {link} ahora")) for link in LINKS],
    (Code.UNMASKED_ADDRESS, with_body(BODY + " Era ana@hotmail.com antes")),
    (Code.UNMASKED_ADDRESS, with_sample(masked_email="ana@hotmail.com")),
    (Code.UNMASKED_ADDRESS, with_body(BODY + " Era {{ email }} antes", email="an•••@x.com")),
    (Code.FIRM_NOT_NAMED, replace(GOOD, variables=("given_name", "source", "masked_email"))),
    (Code.SOURCE_NOT_SAID, replace(GOOD, variables=("given_name", "firm", "masked_email"))),
    (Code.NOT_ONE_QUESTION, with_body(BODY + " ¿O prefiere que le llamemos?")),
    (Code.NOT_ONE_QUESTION, with_body(BODY.replace("?", "."))),
    (Code.OFFER, with_body(BODY + " Tenemos un descuento para usted")),
    (Code.OFFER, with_body(BODY + " Es gratis")),
    (Code.OFFER, with_body(BODY + " Ahorre 20 % hoy")),
    (Code.OFFER, with_body(BODY + " Ahorra hoy mismo")),
    (Code.SENSITIVE_DATA, with_body(BODY + " Envíenos su contraseña")),
    (Code.SENSITIVE_DATA, with_body(BODY + " Confirme su tarjeta")),
    (Code.SENSITIVE_DATA, with_body(BODY + " Escriba su DNI")),
    (Code.LAST_NOT_SAID, replace(GOOD, step=Step.LAST)),
    # Each value alone is short enough; with all of them WhatsApp's 1,024 would be passed.
    (Code.SAMPLE_INVALID, replace(GOOD, samples=dict.fromkeys(SAMPLES, "x" * 250))),
    (Code.FALLBACK_INVALID, replace(GOOD, fallbacks=dict.fromkeys(SAMPLES, "x" * 250))),
]


def test_the_corpus_starts_from_a_template_without_problems():
    assert lint(GOOD) == []
    assert len(REFUSED) >= 60


@pytest.mark.parametrize(("code", "template"), REFUSED)
def test_what_whatsapp_would_refuse_is_refused_with_its_reason(code, template):
    found = lint(template)
    assert code in {problem.code for problem in found}
    assert all(problem.message and problem.mend for problem in found)


@pytest.mark.parametrize(
    ("code", "language", "word"),
    [
        (Code.OFFER, "pt", "desconto"),
        (Code.OFFER, "pt", "grátis"),
        (Code.OFFER, "en", "discount"),
        (Code.OFFER, "en", "special offer"),
    ],
)
def test_an_offer_is_known_in_every_language(code, language, word):
    template = replace(with_body(BODY + f" {word} x"), language=language)
    assert code in {problem.code for problem in lint(template)}


def test_a_problem_names_the_line_of_the_file():
    template = replace(with_body(BODY + "\nVea https://horizonte.com hoy"), body_line=12)
    link = next(problem for problem in lint(template) if problem.code is Code.LINK)
    assert link.line == 12 + BODY.count("\n") + 1


def test_a_session_text_has_three_buttons_at_most_and_plain_variables_with_them():
    session = replace(GOOD, kind=Kind.SESSION, category=None, step=None, goals=())
    four = tuple(Button(i, i) for i in ("upd", "yes", "no", "stop"))
    codes = {problem.code for problem in lint(replace(session, buttons=four))}
    assert codes == {Code.BUTTON_COUNT}
    tested = replace(session, optional=frozenset({"firm"}))
    assert {problem.code for problem in lint(tested)} == {Code.VARIABLE_SYNTAX}


def test_a_note_has_no_buttons():
    note = replace(GOOD, kind=Kind.NOTE)
    assert Code.BUTTONS_NOT_HERE in {problem.code for problem in lint(note)}


def codes_of_set(*templates):
    return {p.code for _, p in lint_set(TemplateSet({t.key: t for t in templates}))}


def test_every_text_exists_in_every_language_with_the_same_parts():
    three = [replace(GOOD, language=language) for language in ("es", "pt", "en")]
    assert codes_of_set(*three) == set()
    assert codes_of_set(*three[:2]) == {Code.LANGUAGE_MISSING}
    other = replace(three[2], buttons=(STOP,))
    assert codes_of_set(*three[:2], other) == {Code.LANGUAGES_DIFFER}


def test_the_last_message_is_another_text_than_the_first():
    names = ("new_email_first", "new_email_last")
    texts = [replace(GOOD, name=n, language=lang) for n in names for lang in ("es", "pt", "en")]
    assert codes_of_set(*texts) == {Code.SAME_TEXT_TWICE}
