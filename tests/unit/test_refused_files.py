"""A template's file that WhatsApp would refuse is refused with the line to mend."""

import pytest

from recovery.adapters.jinja import parse_template
from recovery.domain.template_lint import Code

FILE = """---
description: asks for the current address
kind: whatsapp
category: MARKETING
goals: [new_email]
step: first
buttons:
  - {id: upd, text: "Sí, actualizar"}
  - {id: stop, text: "No me escriban más"}
samples:
  given_name: "Ana"
  firm: "Horizonte"
  source: "su inscripción al taller"
  masked_email: "an•••@hotmail.com"
fallbacks:
  given_name: "qué tal"
---
Hola, {{ given_name }} 👋 Le escribe el equipo de {{ firm }}. Tenemos sus datos por {{ source }}.

El correo {{ masked_email }} ya no recibe mensajes.

¿Quiere darnos su correo actual por este chat?
"""
WRONG = [
    ("category: MARKETING", "category: AUTHENTICATION", Code.UNREADABLE, 4),
    ("category: MARKETING", "category: UTILITY", Code.UTILITY_WITHOUT_ORDER, 4),
    ("[new_email]", "[sell]", Code.BAD_GOAL, 5),
    ("[new_email]", "new_email", Code.UNREADABLE, 5),
    ("{id: upd, text:", "{id: upd, title:", Code.UNREADABLE, 7),
    ("id: upd", "id: ok", Code.BUTTON_ID, 8),
    ("Sí, actualizar", "Sí, actualizar ahora mismo", Code.BUTTON_TITLE, 8),
    ("Sí, actualizar", "No me escriban más", Code.BUTTON_TWICE, 7),
    ("id: stop", "id: no", Code.NO_STOP_BUTTON, 7),
    ('  firm: "Horizonte"\n', "", Code.SAMPLE_MISSING, 10),
    ('  given_name: "Ana"', '  given_name: "Ana  Souza"', Code.SAMPLE_INVALID, 11),
    ("an•••@hotmail.com", "www.horizonte.com", Code.SAMPLE_INVALID, 14),
    ("fallbacks:", '  city: "Lima"\nfallbacks:', Code.SAMPLE_UNUSED, 15),
    ("qué tal", " ", Code.FALLBACK_INVALID, 16),
    ("Le escribe el", "Le  \t escribe el", Code.BODY_SPACES, 18),
    ("mensajes.", "mensajes, vea horizonte.com hoy.", Code.LINK, 20),
    ("mensajes.", "mensajes y hay descuento hoy.", Code.OFFER, 20),
    ("por este chat?", "y su contraseña?", Code.SENSITIVE_DATA, 22),
    ("correo actual por este chat?", "{{ firm }}?", Code.VARIABLE_AT_END, 22),
    ("{{ masked_email }} ya", "{{ masked_email }} {{ firm }} ya", Code.VARIABLES_ADJACENT, 20),
]


def test_the_file_that_is_made_wrong_was_right():
    assert parse_template(FILE, name="new_email_first", language="es")[1] == ()


@pytest.mark.parametrize(("right", "wrong", "code", "line"), WRONG)
def test_the_problem_names_its_line(right: str, wrong: str, code: Code, line: int):
    assert right in FILE
    _, problems = parse_template(FILE.replace(right, wrong, 1), name="x", language="es")
    assert (code, line) in {(problem.code, problem.line) for problem in problems}
    assert all(problem.message and problem.mend for problem in problems)
