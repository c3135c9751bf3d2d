"""Which passwords are refused, and that rules of composition are none of the reasons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.password import LEAST, MOST, PasswordProblem, why_not

COMMON = [
    "password1234", "P@ssw0rd2024!", "qwertyuiop12", "123456789012", "aaaaaaaaaaaa",
    "abcabcabcabc", "1q2w3e4r5t6y", "Contraseña2026", "senha12345678", "iloveyou12345",
    "correct horse battery staple", "Summer2026!!", "AdminAdmin123", "flamengo19811981",
    "GUADALUPE1234", "zxcvbnmasdfgh", "welcome-welcome", "!!!!!!!!!!!!!!", "000000000000",
]  # fmt: skip
GOOD = [
    "trombone gravel kite", "k7#mQ2vx9Lp!z", "verde tinta lámpara", "hubcap-79-lantern",
    "83920174659203",
    "🦊🐢🌵🚲🎷🧭🍋🪁🦉🥁🧊🛶", "zanahoria bajo el agua", "fhwgv-6jq2m-kp8xz-d4nrt",
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert why_not(password) is PasswordProblem.COMMON


@pytest.mark.parametrize("password", GOOD)
def test_long_and_uncommon_is_enough(password: str) -> None:
    assert why_not(password) is None


@pytest.mark.parametrize("password", ["ana-horizonte1", "Acme-ana-2026!!", "anahorizonteacme"])
def test_ones_own_names_are_refused(password: str) -> None:
    about = ["ana@horizonte.example", "Acme"]
    assert why_not(password, about=about) is PasswordProblem.PERSONAL


def test_length_counts_whatever_the_signs_are() -> None:
    assert why_not("k7#mQ2vx9Lp") is PasswordProblem.SHORT
    assert why_not("x" * (MOST + 1)) is PasswordProblem.LONG


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_gets_an_answer(password: str, about: list[str]) -> None:
    found = why_not(password, about=about)
    assert (found is PasswordProblem.SHORT) == (len(password) < LEAST)
