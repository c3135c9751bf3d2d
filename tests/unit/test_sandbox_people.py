"""Simulated people are who they are by seed and record alone, and answer what they were asked."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from recovery.sandbox.conversation import Button, Heard, Talk, daytime, respond
from recovery.sandbox.directory import Directory, line_key, whatsapp_form
from recovery.sandbox.homes import numbers_in
from recovery.sandbox.options import Options
from recovery.sandbox.people import (
    Behaviour,
    Carrier,
    Confirmation,
    Persona,
    persona,
    phone_talk,
    scripted,
)
from recovery.sandbox.phrases import PHRASES, Language, Said
from recovery.sandbox.world import World

BUTTONS = (
    Button("upd", "Sí, actualizar"),
    Button("call", "Llámenme"),
    Button("stop", "No escribir más"),
)
OPENER = Heard("Hola Ana, su correo ya no recibe. ¿Cuál es el nuevo?", BUTTONS, opens=True)
ASK = Heard("¡Gracias! ¿A qué correo le escribimos?")


def contact(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "given_name": "Ana Lía",
        "family_name": "Souza",
        "addresses": [{"country_code": "MEX"}],
        "phone_numbers": [{"number": "55 1234 5678", "field": "PHONE1"}],
    } | fields


def somebody(**habits: Any) -> Persona:
    usual = {"answers_message": 1, "language": "es", "new_email": "ana@nueva.example"}
    return scripted(persona(1, contact(7)), usual | habits)


def shows(email: str) -> Heard:
    return Heard(f"¿Es {email} correcto?", (Button("yes:tok", "Sí"), Button("no:tok", "No")))


def test_the_same_seed_gives_the_same_people_in_any_order() -> None:
    numbers = list(range(300))
    first = {n: persona(5, contact(n)) for n in numbers}
    random.Random(5).shuffle(numbers)
    assert {n: persona(5, contact(n)) for n in numbers} == first
    assert {n: persona(6, contact(n)) for n in numbers} != first


def test_a_change_of_address_in_keap_changes_nobody() -> None:
    mailed = contact(3, email_addresses=[{"email": "otra@correo.example"}], tag_ids=["9"])
    assert persona(1, mailed) == persona(1, contact(3))


def test_behaviours_come_in_their_shares() -> None:
    people = [persona(2, contact(n)) for n in range(8000)]
    counts = Counter(one.behaviour for one in people)
    expected = {
        Behaviour.silent: 0.45,
        Behaviour.new_address: 0.14,
        Behaviour.button_then_address: 0.08,
        Behaviour.not_on_whatsapp: 0.06,
        Behaviour.stop: 0.05,
        Behaviour.capped: 0.01,
    }
    for behaviour, share in expected.items():
        assert counts[behaviour] / len(people) == pytest.approx(share, rel=0.25), behaviour
    assert set(counts) == set(Behaviour)


@pytest.mark.parametrize(
    ("fields", "language", "zone"),
    [
        ({"addresses": [{"country_code": "BRA"}]}, "pt", "America/Sao_Paulo"),
        ({"addresses": [{"country_code": "USA"}]}, "en", "America/New_York"),
        (
            {"addresses": [{"country_code": "USA"}], "preferred_locale": "es_US"},
            "es",
            "America/New_York",
        ),
        (
            {"addresses": [], "phone_numbers": [{"number": "+55 11 98765-4321"}]},
            "pt",
            "America/Sao_Paulo",
        ),
        ({"addresses": [], "phone_numbers": []}, "es", "America/Mexico_City"),
    ],
)
def test_language_and_zone_come_from_where_somebody_lives(
    fields: dict[str, Any], language: str, zone: str
) -> None:
    one = persona(1, contact(1, **fields))
    assert (one.language, one.zone) == (language, zone)


def test_every_language_has_words_for_everything() -> None:
    for language in Language:
        assert set(PHRASES[language]) == set(Said)
        assert all(PHRASES[language][said] for said in Said)


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour.silent, Behaviour.not_on_whatsapp, Behaviour.blocked, Behaviour.capped],
)
def test_who_is_silent_stays_silent(behaviour: Behaviour) -> None:
    talk = Talk()
    for heard in (OPENER, ASK, OPENER):
        talk, answers = respond(somebody(behaviour=behaviour), heard, talk)
        assert answers == ()


def test_some_answer_only_the_second_message() -> None:
    one = somebody(behaviour=Behaviour.new_address, answers_message=2)
    talk, answers = respond(one, OPENER, Talk())
    assert answers == ()
    _, answers = respond(one, OPENER, talk)
    assert "ana@nueva.example" in answers[0].text


def test_a_spelled_address_is_dictated_in_words() -> None:
    one = somebody(behaviour=Behaviour.spelled_address)
    _, answers = respond(one, OPENER, Talk())
    assert "ana arroba nueva punto example" in answers[0].text


def test_a_mistyped_address_is_put_right_when_it_is_shown() -> None:
    one = somebody(behaviour=Behaviour.typo_address, new_email="ana@gmail.com")
    talk, answers = respond(one, OPENER, Talk())
    assert "ana@gmial.com" in answers[0].text
    _, corrected = respond(one, shows("ana@gmial.com"), talk)
    assert "ana@gmail.com" in corrected[0].text


def test_who_taps_gives_the_address_once_when_asked() -> None:
    one = somebody(behaviour=Behaviour.button_then_address)
    talk, answers = respond(one, OPENER, Talk())
    assert answers[0].button == BUTTONS[0]
    given = [answer.text for answer in answers[1:]]
    talk, answers = respond(one, ASK, talk)
    given += [answer.text for answer in answers]
    _, answers = respond(one, ASK, talk)
    given += [answer.text for answer in answers]
    assert len(given) == 1
    assert "ana@nueva.example" in given[0]


@pytest.mark.parametrize(
    ("confirmation", "button", "answers"),
    [
        (Confirmation.button, "yes:tok", 1),
        (Confirmation.word, None, 1),
        (Confirmation.never, None, 0),
        (Confirmation.corrects, None, 1),
    ],
)
def test_people_confirm_in_their_own_way(
    confirmation: Confirmation, button: str | None, answers: int
) -> None:
    one = somebody(behaviour=Behaviour.new_address, confirmation=confirmation)
    talk, _ = respond(one, OPENER, Talk())
    talk, said = respond(one, shows("ana@nueva.example"), talk)
    assert len(said) == answers
    assert [answer.button.id for answer in said if answer.button] == ([button] if button else [])
    if confirmation is Confirmation.corrects:
        assert "anax@nueva.example" in said[0].text
        _, said = respond(one, shows("anax@nueva.example"), talk)
        assert said[0].button == Button("yes:tok", "Sí")


def test_nobody_confirms_twice() -> None:
    one = somebody(behaviour=Behaviour.new_address, confirmation=Confirmation.button)
    talk, _ = respond(one, OPENER, Talk())
    talk, confirmed = respond(one, shows("ana@nueva.example"), talk)
    assert len(confirmed) == 1
    assert respond(one, shows("ana@nueva.example"), talk)[1] == ()


def test_a_masked_address_is_not_taken_for_the_new_one() -> None:
    one = somebody(behaviour=Behaviour.new_address)
    masked = Heard("Su correo an•••@hotmail.com ya no recibe. ¿Cuál es?", BUTTONS, opens=True)
    talk, answers = respond(one, masked, Talk())
    assert talk.gave == "ana@nueva.example"
    assert len(answers) == 1


def test_who_said_stop_says_no_more() -> None:
    one = somebody(behaviour=Behaviour.stop)
    talk, answers = respond(one, OPENER, Talk())
    assert len(answers) == 1
    assert respond(one, OPENER, talk)[1] == ()
    assert respond(one, ASK, talk)[1] == ()


def test_nobody_writes_at_night() -> None:
    one = somebody()
    start = datetime(2026, 11, 24, tzinfo=UTC)
    for hour in range(48):
        at = daytime(start + timedelta(hours=hour), one)
        assert at >= start + timedelta(hours=hour)
        assert 8 <= at.astimezone(ZoneInfo(one.zone)).hour < 22


def test_a_call_is_picked_up_at_the_attempt_it_is_and_says_the_same_each_time() -> None:
    one = somebody(picks_up=2, says="new_email", dead_line=False)
    assert phone_talk(one, attempt=1).carrier is not Carrier.answered
    answered = phone_talk(one, attempt=2)
    assert (answered.carrier, answered.email) == (Carrier.answered, "ana@nueva.example")
    assert phone_talk(one, attempt=2) == answered
    dead = somebody(picks_up=1, dead_line=True)
    assert phone_talk(dead, attempt=1).carrier is Carrier.failed


def test_an_unknown_habit_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="hairdo"):
        scripted(somebody(), {"hairdo": "long"})
    with pytest.raises(ValueError, match="loud"):
        scripted(somebody(), {"behaviour": "loud"})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("+52 1 55 1234 5678", ["5215512345678"]),
        ("55-1234-5678 / (33) 8765 4321", ["5512345678", "3387654321"]),
        ("55 1234 5678 ext 12", ["5512345678"]),
        ("llamar por la tarde", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_what_people_type(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+525512345678", "+5215512345678"),
        ("+5565981234567", "+556581234567"),
        ("+541123456789", "+5491123456789"),
    ],
)
def test_two_forms_of_a_number_are_one_line(one: str, other: str) -> None:
    assert line_key(one) == line_key(other)


@pytest.mark.parametrize(
    ("country", "written", "dialled"),
    [
        ("MEX", "044 55 1234 5678", "+525512345678"),
        ("MEX", "+52 1 55 1234 5678", "+525512345678"),
        ("BRA", "(65) 8123-4567", "+5565981234567"),
        ("BRA", "0xx65 98123-4567", "+5565981234567"),
        ("ESP", "612 34 56 78", "+34612345678"),
        ("USA", "(213) 555-0123", "+12135550123"),
        ("ARG", "0351 15 6023767", "+5493516023767"),
        ("", "3360340529", "+523360340529"),
    ],
)
def test_a_contact_is_found_however_the_number_is_written(
    country: str, written: str, dialled: str
) -> None:
    world = World(Options(contacts=0))
    directory = Directory(world)
    one = contact(12, addresses=[{"country_code": country}], phone_numbers=[{"number": written}])
    world.contacts["12"] = one
    assert directory.person(dialled).contact_id == "12"
    one["phone_numbers"] = []
    world.contact_changed("12")
    assert directory.person(dialled).contact_id is None


def test_a_script_holds_for_every_form_of_the_number() -> None:
    directory = Directory(World(Options(contacts=0)))
    directory.script("+525512345678", {"behaviour": "stop"})
    assert directory.person("+5215512345678").persona.behaviour is Behaviour.stop


@pytest.mark.parametrize(
    ("dialled", "inbound"),
    [
        ("+525512345678", "+5215512345678"),
        ("+5565981234567", "+556581234567"),
        ("+5511981234567", "+5511981234567"),
        ("+5491123456789", "+5491123456789"),
        ("+34612345678", "+34612345678"),
    ],
)
def test_whatsapp_shows_numbers_in_its_own_form(dialled: str, inbound: str) -> None:
    directory = Directory(World(Options(contacts=0)))
    directory.script(dialled, {"old_form_only": False})
    assert whatsapp_form(directory.person(dialled)) == inbound
