"""An address is read back however it is dictated, and no talk of signs is taken for one."""

from dataclasses import dataclass

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from recovery.domain.reply import ReplyKind, understand

NAMES = ["gloria", "ibarra", "mejia", "hart", "souza", "nunes", "pilar", "okafor", "wanda", "tomas"]
DOMAINS = [
    *("gmail.com", "hotmail.com", "yahoo.com.br", "outlook.es", "icloud.com", "uol.com.br"),
    *("metaldias.ind.br", "advbueno.adv.br", "taller.com.mx", "unmsm.edu.pe", "salud.gob.cl"),
    *("brightkilns.co.uk", "meunome.nom.br", "estudio-norte.com", "proton.me", "acme.io"),
]
INTRODUCTIONS = {
    "es": ["", "Mi correo nuevo es ", "Anote joven: ", "es ", "Sí, ", "use ", "el bueno: "],
    "pt": ["", "Meu e-mail é ", "anota aí: ", "é ", "Sim, ", "agora é ", "manda pra "],
    "en": ["", "My new address is ", "it's ", "use ", "Yes, ", "please use ", "new email: "],
}
CLOSINGS = {
    "es": ["", ", gracias", ". Todo en minúscula", ", porfa", ". Saludos"],
    "pt": ["", ", obrigada", ", tudo minúsculo", ". Bom dia", ", por favor"],
    "en": ["", ", thanks", ". Lower case all of it", ", please", ". Have a good day"],
}
SAID = {
    "es": {
        "@": ["arroba", "ARROBA", "@", "(arroba)"],
        ".": ["punto", "Punto"],
        "_": ["guion bajo", "guión bajo", "raya al piso"],
        "-": ["guion", "guion medio"],
    },
    "pt": {
        "@": ["arroba", "Arroba", "@", "(at)"],
        ".": ["ponto", "PONTO"],
        "_": ["underline", "underscore", "traço embaixo"],
        "-": ["traço", "hífen"],
    },
    "en": {
        "@": ["at", "AT", "(at)", "[at]", "@"],
        ".": ["dot", "DOT", "[dot]"],
        "_": ["underscore", "under score"],
        "-": ["dash", "hyphen"],
    },
}
TOGETHER = {
    "es": ["todo junto", "todo pegado", "sin espacios"],
    "pt": ["tudo junto", "sem espaços"],
    "en": ["all one word", "no spaces"],
}


@dataclass(frozen=True)
class Dictated:
    text: str
    email: str


@st.composite
def said_signs(draw: st.DrawFn, language: str, address: str) -> str:
    """Each sign said or typed, with blanks or pauses between them."""
    local, _, domain = address.partition("@")
    at = draw(st.sampled_from(SAID[language]["@"]))
    # After a full stop an English `at` begins a sentence, and `@` a name.
    stops = [". "] if at.lower() == "arroba" else []
    blank = draw(st.sampled_from([" ", ", ", " , ", "... ", *stops]))
    before = _said(draw, language, local, blank, typed=draw(st.booleans()))
    # An English `at` with a typed domain and nothing before it may be a place.
    after = _said(draw, language, domain, blank, typed=at.lower() != "at" and draw(st.booleans()))
    return f"{before}{blank}{at}{blank}{after}"


def _said(draw: st.DrawFn, language: str, part: str, blank: str, *, typed: bool) -> str:
    if typed:
        return part
    for sign in ".-_":
        said = draw(st.sampled_from(SAID[language][sign]))
        part = part.replace(sign, f"{blank}{said}{blank}")
    return part


@st.composite
def dictated(draw: st.DrawFn) -> Dictated:
    """An address of names, signs and a number, said in one of the three languages."""
    language = draw(st.sampled_from(["es", "pt", "en"]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    local = names[0] + "".join(draw(st.sampled_from("._-")) + name for name in names[1:])
    number = draw(st.sampled_from(["", "7", "77", "1958"]))
    address = f"{local}{number}@{draw(st.sampled_from(DOMAINS))}"
    said = draw(said_signs(language, address))
    if number and draw(st.booleans()):
        said = said.replace(f"{names[-1]}{number}", f"{names[-1]} {number}")
    return Dictated(_framed(draw, language, said), address)


@st.composite
def joined(draw: st.DrawFn) -> Dictated:
    """Names said apart, to be written as one word."""
    language = draw(st.sampled_from(["es", "pt", "en"]))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3, unique=True))
    domain, how = draw(st.sampled_from(DOMAINS)), draw(st.sampled_from(TOGETHER[language]))
    at, dot = draw(st.sampled_from(SAID[language]["@"])), SAID[language]["."][0]
    tail = f"{at} {domain.replace('-', ' guion ').replace('.', f' {dot} ')}"
    shape = draw(
        st.sampled_from(
            ["{how}: {words} {tail}", "{words}, {how}, {tail}", "{words} {tail}, {how}"]
        )
    )
    said = shape.format(how=how, words=" ".join(names), tail=tail)
    return Dictated(_framed(draw, language, said), f"{''.join(names)}@{domain}")


def _framed(draw: st.DrawFn, language: str, said: str) -> str:
    introduction = draw(st.sampled_from(INTRODUCTIONS[language]))
    text = f"{introduction}{said}{draw(st.sampled_from(CLOSINGS[language]))}"
    return text.upper() if draw(st.integers(0, 4)) == 0 else text


@given(dictated())
def test_an_address_is_read_back_however_its_signs_are_said(said: Dictated) -> None:
    note(said.text)
    assert understand(said.text).email == said.email


@given(joined())
def test_words_said_to_be_one_are_joined(said: Dictated) -> None:
    note(said.text)
    assert understand(said.text).email == said.email


WORDS = """
el la o a the de en no sí es é is mi meu my casa bus loja mall correo ana pilar gmail todo junto
this que look. stop point
"""
AT_WORDS = ["arroba", "at", "(at)", "@"]
DOT_WORDS = ["punto", "ponto", "dot", "com", "punto com", ".com", "underline", "guion bajo"]


@given(
    st.sampled_from([AT_WORDS, DOT_WORDS]).flatmap(
        lambda signs: st.lists(st.sampled_from(WORDS.split() + signs), min_size=1, max_size=12)
    )
)
def test_talk_of_signs_without_an_address_yields_none(words: list[str]) -> None:
    seen = understand(" ".join(words))
    assert seen.kind is not ReplyKind.NEW_EMAIL


@given(st.lists(st.sampled_from([*WORDS.split(), *AT_WORDS, *DOT_WORDS, *",.:()é"]), max_size=15))
def test_any_mix_of_words_and_signs_is_read_without_a_fault(words: list[str]) -> None:
    text = " ".join(words)
    assert understand(text) == understand(text)


@pytest.mark.parametrize(
    "text",
    [
        "anota ana, maria, arroba, gmail, punto, com",
        "es la chata todo junto arroba gmail punto com",
        "ibarra pilar hart nunes okafor wanda gloria todo junto arroba gmail punto com",
        "ana@acme.com, my boss sits at acme dot com",
        "soy ana souza todo junto arroba gmail punto com",
        "é joao underline sete arroba gmail ponto com",
        "juan perez lopez arroba gmail punto com",
        "m garcia arroba gmail punto com",
        "I work at acme dot com",
        "the one at gmail dot com",
        "angie con guion bajo arroba gmail punto com",
    ],
)
def test_a_beginning_that_is_a_guess_goes_to_a_person(text: str) -> None:
    assert understand(text).email is None


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ana@gmail.com. es el nuevo", "ana@gmail.com"),
        ("mi correo es ana@gmail.com punto y aparte", "ana@gmail.com"),
        ("sin punto ana@gmail.com", "ana@gmail.com"),
        ("ana punto souza@gmail.com", "ana.souza@gmail.com"),
        ("write me at bob dot lee at acme dot com please", "bob.lee@acme.com"),
        ("I saw it at acme.com but my mail is bob@acme.com", "bob@acme.com"),
        ("ana@acme.com my shop is at acme.com", "ana@acme.com"),
        ("buen día gloria punto ibarra arroba gmail punto com", "gloria.ibarra@gmail.com"),
        ("buen día gloria ibarra todo junto arroba gmail punto com", "gloriaibarra@gmail.com"),
        ("mgarcia @ hot mail . com", "mgarcia@hotmail.com"),
        ("es angie_rz con guion bajo arroba gmail punto com", "angie_rz@gmail.com"),
        ("es ana uno nueve siete cuatro arroba gmail punto com", "ana1974@gmail.com"),
        ("luispaz arroba gmail.con", "luispaz@gmail.con"),
        ("\u200bana guio\u0301n bajo paz\u2060@gmail.com", "ana_paz@gmail.com"),
        ("aaana@gmail.com todo junto", "aaana@gmail.com"),
    ],
)
def test_an_address_ends_and_begins_where_it_is_said_to(text: str, email: str) -> None:
    assert understand(text).email == email
