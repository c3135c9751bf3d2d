"""Whom a text greets by name, and whom it greets without one."""

import pytest

from recovery.domain.greeting import greeting_name


@pytest.mark.parametrize(
    ("typed", "greeted"),
    [
        ("Ana", "Ana"),
        ("  María José ", "María José"),
        ("Lic. Jorge", "Jorge"),
        ("Lic.Jorge", "Jorge"),
        ("ING JORGE", "JORGE"),
        ("Sr. Don Jorge", "Jorge"),
        ("Sra. Ana", "Ana"),
        ("C.P. Jorge", "Jorge"),
        ("Dra. Ana Lucía", "Ana Lucía"),
        ("Seu João", "João"),
        ("Mrs. Brown", "Brown"),
        ("Dr Who", "Who"),
        ("O'Neil", "O'Neil"),
        ("Jean-Luc", "Jean-Luc"),
        ("J.R.", "J.R"),
        ("李", "李"),
        ("Test Ana", "Test Ana"),
    ],
)
def test_a_name_is_greeted_without_its_honorifics(typed: str, greeted: str) -> None:
    assert greeting_name(typed) == greeted


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "12345",
        "Ana 55 1234 5678",
        "Sr. ",
        "Sra",
        "Lic.",
        "TEST",
        "Prueba",
        "n/a",
        "-",
        "...",
        "M.",
        "ana@example.com",
        "https://example.com",
        "{{ given_name }}",
        "<b>Ana</b>",
        "A" * 41,
        "Ana " * 2500,
        "🎉🎉",
    ],
)
def test_what_is_no_name_gives_the_fallback(typed: str) -> None:
    assert greeting_name(typed) == ""
