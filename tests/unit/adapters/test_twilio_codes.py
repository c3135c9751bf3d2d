"""Twilio's error codes: the table that decides what a refusal means."""

import tomllib
from importlib.resources import files

import pytest

from recovery.adapters.twilio import codes
from recovery.services.ports import CodeAction

PERSONAL = ("63003", "63024", "63032", "63049", "63014", "63033", "21610", "21211")
OURS = ("20003", "63001", "63007", "63016", "63018", "63026", "63038", "63041", "63051")


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("20003", CodeAction.STOP),
        ("20429", CodeAction.RETRY),
        ("20500", CodeAction.PERSON),
        ("21211", CodeAction.BAD_NUMBER),
        ("21610", CodeAction.SUPPRESS),
        ("21656", CodeAction.TEMPLATE),
        ("63003", CodeAction.NEXT),
        ("63013", CodeAction.TEMPLATE),
        ("63016", CodeAction.FIX),
        ("63018", CodeAction.RETRY),
        ("63024", CodeAction.NEXT),
        ("63033", CodeAction.SUPPRESS),
        ("63037", CodeAction.IGNORE),
        ("63038", CodeAction.WAIT_A_DAY),
        ("63049", CodeAction.WAIT_A_DAY),
        ("99999", CodeAction.PERSON),
        ("", CodeAction.PERSON),
        (None, CodeAction.PERSON),
    ],
)
def test_a_code_asks_for_one_action(code: str | None, action: CodeAction) -> None:
    assert codes.action(code) is action


def test_no_code_is_explained_twice() -> None:
    text = files("recovery").joinpath("data/twilio_codes.toml").read_text(encoding="utf-8")
    listed = [code for row in tomllib.loads(text)["meaning"] for code in row["codes"]]
    assert len(listed) == len(set(listed)) == len(codes.meanings())


def test_codes_about_one_person_are_told_from_codes_about_us() -> None:
    assert all(codes.is_personal(code) for code in PERSONAL)
    assert not any(codes.is_personal(code) for code in (*OURS, "99999", None))


def test_every_code_is_explained_in_three_languages() -> None:
    for code, meaning in codes.meanings().items():
        assert len(set(meaning.words.values())) == 3, code
        assert all(len(words) > 40 for words in meaning.words.values()), code


def test_languages_fall_back_to_english_and_unknown_codes_are_shown() -> None:
    assert codes.explain("63024", "pt_BR") == codes.meanings()["63024"].words["pt"]
    assert codes.explain("63024", "de") == codes.meanings()["63024"].words["en"]
    assert "99999" in codes.explain("99999", "es")
    assert codes.explain(None)
