"""Replies in three languages: nothing wrongly taken, stop found, doubt left to a person."""

import time
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replies_reading import NOW, Example, corpus

from recovery.domain.reply import ReplyKind, understand

FILES = (
    "corpus",
    "held_out",
    "traps",
    "unseen",
    "blind",
    "fresh",
    "late",
    "others",
    "rounds",
    "strangers",
    "families",
    "welcome",
    "addresses",
    "at_sight",
    "remarks",
)
EXAMPLES = [e for name in FILES for e in corpus(f"replies_{name}.txt")]


def of_kind(kind: str) -> list[Example]:
    return [example for example in EXAMPLES if example.kind == kind]


def test_no_sentence_is_wrongly_taken_for_a_stop() -> None:
    wrong = [
        example.text
        for example in EXAMPLES
        if example.kind != "stop" and understand(example.text, now=NOW).kind is ReplyKind.STOP
    ]
    assert wrong == []


def test_no_sentence_is_wrongly_taken_for_an_address() -> None:
    seen = [(example, understand(example.text, now=NOW).email) for example in EXAMPLES]
    assert [(e.text, email) for e, email in seen if email is not None and email != e.email] == []


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_nearly_every_reply_is_understood(kind: ReplyKind) -> None:
    examples = of_kind(kind)
    missed = [example.text for example in examples if not example.agrees]
    assert len(missed) <= 0.02 * len(examples) + 1, missed


def test_replies_that_nothing_was_tuned_on_are_understood_as_well() -> None:
    untouched = corpus("replies_untouched.txt")
    assert len(untouched) >= 300
    read = [(example, understand(example.text, now=NOW)) for example in untouched]
    found = Counter(e.kind for e, seen in read if (seen.kind, seen.email) == (e.kind, e.email))
    there = Counter(e.kind for e in untouched)
    assert found["stop"] >= 0.95 * there["stop"]
    assert found["new_email"] >= 0.95 * there["new_email"]
    taken = {ReplyKind.STOP, ReplyKind.NEW_EMAIL}
    wrong = [e.text for e, seen in read if seen.kind in taken and seen.kind != e.kind]
    assert wrong == []


@pytest.mark.parametrize("word", ["stop", "baja", "alto", "parar", "pare", "salir", "sair"])
@pytest.mark.parametrize(
    "shape", ["{}", "{}.", "¡{}!", " {} ", "*{}*", "{} por favor", "{}, gracias"]
)
def test_a_short_stop_word_is_found_in_any_dress(word: str, shape: str) -> None:
    for dressed in (word, word.upper(), word.title()):
        assert understand(shape.format(dressed)).kind is ReplyKind.STOP


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ("upd:17", ReplyKind.CONFIRM),
        ("yes:17", ReplyKind.CONFIRM),
        ("no:17", ReplyKind.DECLINE),
        ("call:17", ReplyKind.CALL_ME),
        ("stop:17", ReplyKind.STOP),
        ("wrong:17", ReplyKind.WRONG_PERSON),
    ],
)
def test_a_button_means_what_it_says_whatever_its_text(payload: str, kind: ReplyKind) -> None:
    seen = understand("¿?", payload=payload)
    assert (seen.kind, seen.matched) == (kind, "button")


def test_what_twilio_calls_an_opt_out_is_a_stop_before_anything_else() -> None:
    assert understand("sí", opt_out_type="STOP").kind is ReplyKind.STOP
    assert understand("start", opt_out_type="START").kind is ReplyKind.OTHER
    assert understand("yes", payload="yes:1", opt_out_type="STOP").kind is ReplyKind.STOP


def test_voice_notes_and_pictures_go_to_a_person() -> None:
    assert understand("", media=True).kind is ReplyKind.OTHER
    assert understand("👍", media=True).kind is ReplyKind.OTHER
    assert understand("STOP", media=True).kind is ReplyKind.STOP


def test_a_misspelt_provider_is_asked_back_never_taken() -> None:
    seen = understand("mi correo es ana@gmial.com")
    assert (seen.email, seen.correction) == ("ana@gmial.com", "ana@gmail.com")


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("no me llamen, escríbanme", "call"),
        ("don't call me, text me", "call"),
        ("no me escriban a ese correo", "email"),
        ("no me escriban por whatsapp, mejor llámenme", "message"),
    ],
)
def test_one_channel_refused_is_for_a_person(text: str, channel: str) -> None:
    seen = understand(text)
    assert (seen.kind, seen.refused_channel) == (ReplyKind.OTHER, channel)


def test_without_a_clock_a_call_has_no_time() -> None:
    assert understand("llámame mañana a las 5").at is None


def test_a_time_already_past_today_is_tomorrows() -> None:
    late = datetime(2026, 11, 24, 18, 30)  # noqa: DTZ001
    assert understand("llámame a las 10 de la mañana", now=late).at == "2026-11-25T10:00"


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault_and_always_alike(text: str) -> None:
    assert understand(text, now=NOW) == understand(text, now=NOW)


def test_understanding_takes_less_than_a_millisecond() -> None:
    started = time.process_time()
    for example in EXAMPLES:
        understand(example.text, now=NOW)
    assert (time.process_time() - started) / len(EXAMPLES) < 0.001


@pytest.mark.parametrize(
    "text",
    ["é esse mesmo", "Esse mesmo!", "es ese", "ese mismo", "ese es", "that's the one", "É esse"],
)
def test_that_very_address_is_a_yes(text):
    assert understand(text).kind is ReplyKind.CONFIRM


def test_a_question_about_it_is_none():
    assert understand("¿es ese?").kind is not ReplyKind.CONFIRM
