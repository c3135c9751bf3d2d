"""Every word of the screens in every language, with the same values to be filled in."""

import re

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from recovery.services import templates
from recovery.web.extract import in_use, path_of
from recovery.web.pages import texts
from recovery.web.pages.site import _environment
from recovery.web.pages.words import CATALOGUES, language_for, load_words

_VALUE = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def used() -> Catalog:
    return in_use()


def _known(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=CATALOGUES[language])


def _texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_word_in_use_is_translated(language: str, used: Catalog) -> None:
    known = _known(language)
    missing = [
        message.id
        for message in used
        if message.id and not ((found := known.get(message.id)) and all(_texts(found)))
    ]
    assert missing == [], "run `python -m recovery.web.extract`, then translate these"


@pytest.mark.parametrize("language", CATALOGUES)
def test_translations_fill_in_the_same_values(language: str) -> None:
    differing = [
        (message.id, text)
        for message in _known(language)
        for text in _texts(message)
        if message.id and set(_VALUE.findall(text)) != set(_VALUE.findall(str(message.id)))
    ]
    assert differing == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_no_translation_is_left_of_words_out_of_use(language: str, used: Catalog) -> None:
    assert [m.id for m in _known(language) if m.id and not used.get(m.id)] == []


def test_the_words_are_found_where_templates_and_python_show_them(used: Catalog) -> None:
    in_template, in_page, in_refusal = (
        "Skip to the content",
        "Team",
        "the present password is wrong",
    )
    assert all(used.get(text) for text in (in_template, in_page, in_refusal))


def test_what_to_do_about_a_text_is_translated_as_the_service_says_it() -> None:
    assert set(texts.TO_DO) == templates.TO_DO


def test_a_browser_gets_the_first_of_its_languages_that_we_have() -> None:
    assert language_for("fr-FR,fr;q=0.9,pt-BR;q=0.8,en;q=0.5") == "pt"
    assert language_for("es-419") == "es"
    assert language_for("fr") == "en"
    assert language_for("") == "en"


def test_numbers_and_values_are_written_as_people_there_write_them() -> None:
    words = load_words()
    assert words["pt"].number(12345.6) == "12.345,6"
    assert words["es"].say("Batch %(id)s", id="x-1") == "Lote x-1"
    assert words["en"].say("Batch %(id)s", id="x-1") == "Batch x-1"


def test_what_is_to_be_typed_stands_out_and_nothing_else_is_markup() -> None:
    environment = _environment(load_words()["en"])
    page = environment.from_string("{{ text|code }}").render(text="run `recovery pull` <now>")
    assert page == "run <code>recovery pull</code> &lt;now&gt;"
