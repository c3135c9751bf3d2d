"""A refusal of a part beside a welcome is for a person; a stop beside a reason stays one."""

from itertools import product

import pytest

from recovery.domain.reply import ReplyKind, understand

PARTS = {
    "es": ["ya no me manden publicidad", "no me escriban al correo", "quítenme del grupo"],
    "pt": ["não me mandem mais propaganda", "parem de me ligar", "me tirem do grupo"],
    "en": ["no more ads please", "don't text this number", "take me off the group"],
}
WELCOMES = {
    "es": ["por aquí está bien", "mándenme solo lo de mi pedido", "con whatsapp me basta"],
    "pt": ["aqui respondo mais rápido", "me avisem quando o pedido chegar", "o resto pode mandar"],
    "en": ["just send me the invoice", "use this one", "message me on Monday"],
}
STOPS = {
    "es": ["no me escriban más", "bórrenme de su lista", "quiero darme de baja"],
    "pt": ["parem de me mandar mensagem", "apaguem meu número", "quero sair da lista"],
    "en": ["stop texting me", "take me off your list", "please don't message me again"],
}
REASONS = {
    "es": ["ya tengo otro seguro", "no uso whatsapp casi nunca", "el curso ya lo dejé"],
    "pt": ["trabalho de noite", "moro em outro país", "já paguei o boleto"],
    "en": ["this is my work phone", "I already said so by email", "I finished the course"],
}


@pytest.mark.parametrize("joint", [", ", ". "])
@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_what_is_welcome_beside_a_refusal_leaves_it_to_a_person(lang: str, joint: str) -> None:
    for pair in product(PARTS[lang], WELCOMES[lang]):
        for said in (joint.join(pair), joint.join(reversed(pair))):
            assert understand(said).kind is not ReplyKind.STOP, said


@pytest.mark.parametrize("joint", [", ", ". "])
@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_a_reason_beside_a_stop_leaves_it_a_stop(lang: str, joint: str) -> None:
    for pair in product(STOPS[lang], REASONS[lang]):
        for said in (joint.join(pair), joint.join(reversed(pair))):
            assert understand(said).kind is ReplyKind.STOP, said
