"""The note of a case is in the person's language from its first word to its last."""

import pytest

from tests.installation import Home


@pytest.mark.parametrize(
    ("country", "reason"),
    [
        ("MX", "no queda ningún medio permitido para contactar a la persona"),
        ("BR", "não resta nenhum meio permitido de contatar a pessoa"),
    ],
)
def test_why_nobody_could_be_reached_is_told_in_their_language(
    home: Home, country: str, reason: str
) -> None:
    locale = {"MX": "es_MX", "BR": "pt_BR"}[country]
    contact = home.contact(phones=[], preferred_locale=locale)
    home.run("pull", "route", "record")
    (note,) = home.shown(contact)["notes"]
    assert reason in note["text"]
    assert "route" not in note["text"]
