"""The language a person is spoken to in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.language import language_of


@pytest.mark.parametrize(
    ("locale", "countries", "language"),
    [
        ("pt-BR", ("MX",), "pt"),
        ("pt_BR", (), "pt"),
        ("EN", ("BR",), "en"),
        ("es_MX", ("US",), "es"),
        ("fr-FR", ("BR",), "pt"),
        ("", ("BR",), "pt"),
        (None, ("BR",), "pt"),
        (None, ("PT",), "pt"),
        (None, ("AO",), "pt"),
        (None, ("MX",), "es"),
        (None, ("ES",), "es"),
        (None, ("PR",), "es"),
        (None, ("US",), "en"),
        (None, ("GB",), "en"),
        (None, (None, "BR"), "pt"),
        (None, ("FR", "BR"), "pt"),
        (None, ("US", "BR"), "en"),
        (None, ("FR", None), "es"),
        (None, (), "es"),
    ],
)
def test_the_locale_decides_then_the_first_country_that_tells_then_the_default(
    locale, countries, language
):
    assert language_of(locale=locale, countries=countries, default="es") == language


@given(st.none() | st.text(), st.lists(st.none() | st.text(max_size=3)).map(tuple))
def test_it_is_always_one_of_three(locale, countries):
    assert language_of(locale=locale, countries=countries, default="en") in ("es", "pt", "en")
