"""What is said beside an address: another thought leaves it, a word about it takes it away."""

from itertools import product

import pytest

from recovery.domain.reply import understand

ADDRESS = "vera.quintal@outlook.com"
NEW = {
    "es": ["mi correo nuevo es {}", "nuevo: {}", "buenas tardes, es {}", "ahora es {}"],
    "pt": ["meu e-mail novo é {}", "novo e-mail: {}", "ora bem, é {}", "agora é {}"],
    "en": ["my new email is {}", "new one: {}", "morning, it's {}", "my work email is now {}"],
}
ANOTHER_THOUGHT = {
    "es": [
        " no sé cómo quitar las mayúsculas",
        ", ya no estoy en la otra empresa",
        " y ¿sigue la clase el viernes?",
        " 😊 luego me dicen los horarios",
        ". No puedo ir el lunes",
        " mi nene no va mañana",
        " chau besis",
    ],
    "pt": [
        " não sei tirar as maiúsculas",
        ", já não estou na outra empresa",
        " e quanto custa a limpeza?",
        " 😊 digam-me depois os horários",
        "; a menina está gripada",
        " minha filha não vai amanhã",
        " flw tmj",
    ],
    "en": [
        " don't know how to turn caps off",
        ", left the last place in June",
        " and is band practice still on Friday?",
        " 😊 tell me the times later",
        ". Can't make Monday",
        " my son won't be in tomorrow",
        " respect",
    ],
}
ABOUT_IT = {
    "es": [
        " pero ya no funciona",
        " no lo abro nunca",
        ", es de mi contador",
        " era el viejo",
        " es viejo, luego les paso el bueno",
        " ¿es correcto?",
        " y nadie responde",
    ],
    "pt": [
        " mas já não funciona",
        " nunca abro",
        ", é do meu contador",
        " era o velho",
        " é velho, depois passo o certo",
        " é o de vocês, não?",
        " e ninguém responde",
    ],
    "en": [
        " but it no longer works",
        " I never open it",
        ", it's my accountant's",
        " was the old one",
        " is old, I'll send the right one later",
        " is that correct?",
        " and nobody answers",
    ],
}
NOT_HANDED_OVER = {
    "es": ["les escribí a {}", "el viejo era {}", "el correo de ustedes es {}", "no usen {}"],
    "pt": ["escrevi para {}", "o velho era {}", "o seu novo e-mail é {}", "não usem {}"],
    "en": ["I wrote to {}", "the old one was {}", "your new address is {}", "don't use {}"],
}
REQUESTS = {
    "es": ["la factura del colchón a {}, y actualizadlo también en la ficha", "recibos a {} porfa"],
    "pt": ["a nota fiscal para {}, e atualizem também no cadastro", "usem antes o da loja: {}"],
    "en": ["invoices to {} please", "Morning, {} is the one for renewals now. Cheers"],
}
NO_REQUESTS = {
    "es": ["ninguna factura a {} por favor", "la factura llegó a {}, actualícenla", "nada a {}"],
    "pt": ["nem os recibos para {} por favor", "antes usava o da loja: {}", "{} é o novo?"],
    "en": ["no more invoices to {} please", "is {} the one for renewals now", "{} is the new one?"],
}


def crossed(before: list[str], after: list[str]) -> list[str]:
    said = [lead.format(ADDRESS) + rest for lead, rest in product(before, after)]
    return said + [sentence.upper() for sentence in said]


@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_another_thought_leaves_a_new_address_new(lang: str) -> None:
    for said in crossed(NEW[lang], ANOTHER_THOUGHT[lang]):
        assert understand(said).email == ADDRESS, said


@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_a_word_about_it_leaves_a_new_address_to_a_person(lang: str) -> None:
    for said in crossed([*NEW[lang], "{}"], ABOUT_IT[lang]):
        assert understand(said).email is None, said


@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_another_thought_hands_no_address_over(lang: str) -> None:
    for said in crossed(NOT_HANDED_OVER[lang], ANOTHER_THOUGHT[lang]):
        assert understand(said).email is None, said


@pytest.mark.parametrize("lang", ["es", "pt", "en"])
def test_a_request_without_its_verb_hands_it_over_unless_turned_round(lang: str) -> None:
    for said in REQUESTS[lang]:
        assert understand(said.format(ADDRESS)).email == ADDRESS, said
    for said in NO_REQUESTS[lang]:
        assert understand(said.format(ADDRESS)).email is None, said
