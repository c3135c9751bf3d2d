"""Cases that stop for a while, or whose person comes back under another record: nobody is told a
thing twice, and nobody is forgotten."""

from pathlib import Path

import pytest

from recovery.adapters.db.queries.explain import dossier
from recovery.cli.explain_words import why_no_case
from tests.installation import MEXICAN, Home, policy_file

REP = "rep@firm.example"
FIRST, LAST = "new_email_first", "new_email_last"


@pytest.fixture
def written_to(home: Home) -> str:
    """Somebody who got the first message and did not answer."""
    contact = home.contact(phones=(MEXICAN,))
    home.send()
    return contact


def told(home: Home) -> list[str]:
    return [m["content_name"].removeprefix("recovery_").rsplit("_", 2)[0] for m in home.messages()]


def nights(home: Home, days: int) -> None:
    for _ in range(days):
        home.next_day()
        home.run("record", "pull", "route", "reach")


def another_record(home: Home) -> str:
    return home.contact(phones=(MEXICAN,), email="otra@example.com")


def test_a_corrected_address_is_no_healing_and_the_case_goes_on_where_it_was(
    home: Home, written_to: str
) -> None:
    home.change(written_to, status="NON_MARKETABLE")
    nights(home, 1)
    assert home.case(written_to)["end"] == "not_allowed"
    other = another_record(home)
    nights(home, 2)
    case = home.case(other)
    assert (case["contact_id"], case["state"], case["round"]) == (other, "open", 1)
    assert case["id"] == home.case(written_to)["id"]
    nights(home, 30)
    assert told(home) == [FIRST, LAST]


def test_a_policy_that_is_changed_and_changed_back_writes_to_nobody_again(
    home: Home, written_to: str, tmp_path: Path
) -> None:
    shipped = home.settings
    never = policy_file(tmp_path, 'hard_bounce = { open = "never" }\n')
    home.settings = shipped.model_copy(update={"policy": never})
    home.restart()
    nights(home, 3)
    assert home.case(written_to)["end"] == "not_allowed"
    home.settings = shipped
    home.restart()
    nights(home, 1)
    assert home.case(written_to)["state"] == "open"
    nights(home, 30)
    assert told(home) == [FIRST, LAST]
    rows = home.rows("SELECT id FROM recovery_case")
    assert len(rows) == 1


def test_a_manager_who_asks_for_another_case_gets_a_new_one(home: Home, written_to: str) -> None:
    home.change(written_to, status="NON_MARKETABLE")
    nights(home, 1)
    home.move(minutes=1)
    home.fresh.reps.lists.start([written_to], by="boss@firm.example")
    assert home.case(written_to)["round"] == 2


@pytest.mark.parametrize("gone", [False, True])
def test_who_healed_is_known_by_their_number_under_another_record(
    home: Home, written_to: str, gone: bool
) -> None:
    home.change(written_to, status="SINGLE_OPT_IN")
    nights(home, 1)
    assert home.case(written_to)["end"] == "healed"
    if gone:
        home.change(written_to, delete=True)
    other = another_record(home)
    nights(home, 20)
    assert home.case(other)["round"] == 2
    assert home.attempts(other)["m1"]["state"] in ("delivered", "read")


@pytest.mark.parametrize("end", ["by_person", "relationship", "unrecovered"])
@pytest.mark.parametrize("healing", [False, True])
def test_a_finished_case_is_followed_by_another_after_a_healing(
    home: Home, end: str, healing: bool
) -> None:
    soft = home.contact("BOUNCE")
    nights(home, 15)
    if end == "unrecovered":
        nights(home, 60)
    else:
        home.says(MEXICAN, "¿quién es?")
        home.run("record")
        home.fresh.by_person.close_case(
            soft, reason="all said", actor=REP, in_touch=end == "relationship"
        )
    assert home.case(soft)["end"] == end
    if healing:
        home.change(soft, status="SINGLE_OPT_IN")
        nights(home, 1)
    home.change(soft, status="NON_MARKETABLE")  # opens on request alone
    nights(home, 1)
    why = why_no_case(dossier(home.fresh.database, soft), home.fresh.policy, home.now)
    assert ("opens another" in why) == healing
    home.change(soft, status="INVALID")
    nights(home, 2)
    case = home.case(soft)
    assert (case["state"], case["round"]) == (("open", 2) if healing else ("closed", 1))
    assert told(home).count(FIRST) == (1 if healing else 0)


def test_a_soft_bounce_that_said_stop_enters_the_hold_once_it_is_hard(home: Home) -> None:
    soft = home.contact("BOUNCE")
    nights(home, 15)
    home.says(MEXICAN, "STOP")
    nights(home, 2)
    assert home.case(soft)["end"] == "stopped"
    before = len(home.messages())
    home.change(soft, status="HARD_BOUNCE")
    nights(home, 3)
    assert (home.case(soft)["state"], home.case(soft)["round"]) == ("hold", 2)
    assert len(home.messages()) == before


def test_a_number_that_moves_to_somebody_else_after_a_message_is_left_to_a_person(
    home: Home, written_to: str
) -> None:
    home.change(written_to, fields={"phone_numbers": []})
    other = another_record(home)
    nights(home, 1)
    assert home.case(other)["id"] != home.case(written_to)["id"]
    nights(home, 2)
    assert home.case(other)["state"] == "engaged"
    assert told(home) == [FIRST]


def test_who_was_not_recovered_starts_anew_when_a_manager_asks_again(home: Home) -> None:
    contact = home.contact("NON_MARKETABLE", phones=())
    home.run("pull")
    home.fresh.reps.lists.start([contact], by="boss@firm.example")
    nights(home, 1)
    assert home.case(contact)["end"] == "unrecovered"
    home.move(minutes=1)
    home.fresh.reps.lists.start([contact], by="boss@firm.example")
    case = home.case(contact)
    assert (case["state"], case["round"], case["hold_until"]) == ("open", 2, None)


def test_a_number_that_moves_on_in_a_second_round_is_left_to_a_person_too(home: Home) -> None:
    whose = home.contact(phones=(MEXICAN,))
    home.send()
    home.change(whose, status="SINGLE_OPT_IN")
    nights(home, 1)
    moved, another = "+525512340002", "+525512340003"
    numbered(home, whose, moved)
    home.change(whose, status="HARD_BOUNCE")
    nights(home, 2)
    assert [m["to"] for m in home.messages()] == [f"whatsapp:{n}" for n in (MEXICAN, moved)]
    numbered(home, whose, another)
    whom = home.contact(phones=(moved,), email="otra@example.com")
    nights(home, 3)
    assert [m["to"] for m in home.messages()].count(f"whatsapp:{moved}") == 1
    assert home.case(whom)["state"] == "engaged"


def numbered(home: Home, contact: str, number: str) -> None:
    rows = [{"field": "PHONE1", "number": number}]
    home.change(contact, fields={"phone_numbers": rows})
