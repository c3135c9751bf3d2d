"""Numbers that many contacts share, and people who are asked once ever: what routing loads."""

from datetime import timedelta
from pathlib import Path

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.sql import add_new
from recovery.adapters.db.suppress import suppress
from recovery.adapters.db.tables.people import ConsentRow, SuppressionRow
from recovery.domain.case import CaseEnd
from tests.installation import MEXICAN, Home, policy_file


def _agrees(home: Home, contact_id: str) -> None:
    """The person tells a rep, just now."""
    row = {
        "contact_id": contact_id,
        "channel": "whatsapp",
        "basis": "rep",
        "source": f"rep {home.now}",
        "at": home.now + timedelta(seconds=1),
        "text": "",
    }
    with home.fresh.database.begin() as connection:
        add_new(connection, ConsentRow, [row])


def test_a_stop_on_an_offices_number_ends_the_calls_of_everybody_there(home: Home) -> None:
    contacts = [home.contact(phones=[MEXICAN]) for _ in range(5)]
    home.run("pull", "route", "reach")
    key = home.step(contacts[0], "c1")["number_key"]
    with home.fresh.database.begin() as connection:
        suppress(connection, [key], reason="list", source="import", at=home.now, channel="call")
    home.next_day(3)
    home.run("pull", "route", "reach")
    states = [home.step(one, "c1")["state"] for one in contacts]
    assert states == ["cancelled"] * 5
    assert {home.case(one)["state"] for one in contacts} == {"hold"}


def test_a_no_on_an_offices_number_comes_before_calls_that_were_only_decided(home: Home) -> None:
    contacts = [home.contact(phones=[MEXICAN]) for _ in range(5)]
    home.run("pull", "route")
    key = home.case(contacts[0])["next_number_key"]
    with home.fresh.database.begin() as connection:
        suppress(connection, [key], reason="stop", source="case 1", at=home.now)
    home.run("reach")
    assert [home.attempts(one) for one in contacts] == [{}] * 5
    home.run("route", "reach")
    assert {home.case(one)["state"] for one in contacts} == {"hold"}


@pytest.mark.parametrize("tags", [[], ["WhatsApp opt-in"]])
def test_a_no_on_a_number_that_no_case_holds_is_seen_at_the_last_look(
    home: Home, tags: list[str]
) -> None:
    contact = home.contact(tags=tags)
    home.run("pull", "route")
    case = home.case(contact)
    key = case["next_number_key"]
    no = {"key": key, "channel": "all", "reason": "stop", "source": "case 9", "at": home.now}
    with home.fresh.database.begin() as connection:
        connection.execute(cases.OPEN_KEY.delete().where(cases.OPEN_KEY.c.key == key))
        add_new(connection, SuppressionRow, [no])
    home.run("reach")
    assert home.messages() == []
    assert {a["state"] for a in home.attempts(contact).values()} <= {"intended"}


def test_who_opted_out_is_asked_once_over_all_their_cases(home: Home) -> None:
    contact = home.contact(status="MANUAL")
    home.run("pull")
    _agrees(home, contact)
    home.send()
    assert len(home.messages()) == 1
    with home.fresh.database.begin() as connection:
        cases.close(connection, home.case(contact), CaseEnd.HEALED, home.now)
    home.next_day()
    home.run("pull")
    _agrees(home, contact)
    home.send()
    assert home.case(contact)["round"] == 2
    assert len(home.messages()) == 1


def test_whoever_has_an_offices_number_is_only_called_on_their_own_mobile_too(home: Home) -> None:
    contacts = [
        home.contact(phones=[MEXICAN, f"+5255{10_000_000 + n}"], tags=["WhatsApp opt-in"])
        for n in range(5)
    ]
    home.run("pull", "route", "reach")
    assert home.messages() == []
    assert {home.step(one, "c1")["channel"] for one in contacts} == {"call"}
    assert len({home.case(one)["id"] for one in contacts}) == 5
    days = home.rows("SELECT number_key, planned_on FROM attempt")
    assert len({(row["number_key"], row["planned_on"]) for row in days}) == len(days)


def test_whoever_has_an_offices_address_is_only_called(home: Home) -> None:
    for n in range(5):
        home.contact(email="info@example.com", phones=[f"+5255{10_000_000 + n}"])
    alone = home.contact(phones=["+525520000000"])
    home.run("pull", "route", "reach")
    assert [m["to"] for m in home.messages()] == ["whatsapp:+525520000000"]
    assert home.step(alone)["channel"] == "whatsapp"


def test_an_address_of_four_records_is_one_persons(home: Home) -> None:
    for _ in range(4):
        home.contact(email="ana@example.com", phones=[MEXICAN])
    home.send()
    assert len(home.messages()) == 1


def test_whoever_only_a_number_joined_that_turns_out_an_offices_is_a_person_apart(
    home: Home,
) -> None:
    with_email = [home.contact(phones=[MEXICAN], email="ana@empresa.com") for _ in range(2)]
    others = [home.contact(phones=[MEXICAN]) for _ in range(2)]
    home.send()
    assert len({home.case(one)["id"] for one in (*with_email, *others)}) == 1
    others.append(home.contact(phones=[MEXICAN]))
    for _ in range(8):
        home.next_day()
        home.send()
    first, second = (home.case(one)["id"] for one in with_email)
    assert first == second
    assert len({first, *(home.case(one)["id"] for one in others)}) == 4
    assert len(home.messages()) == 1
    days = home.rows("SELECT planned_on FROM attempt WHERE channel = 'call'")
    assert len(days) > 3
    assert len({row["planned_on"] for row in days}) == len(days)


@pytest.mark.parametrize("open_", ["auto", "never"])
def test_a_refusal_that_comes_later_decides_the_route(
    home: Home, tmp_path: Path, open_: str
) -> None:
    policy = policy_file(tmp_path, f'opt_out = {{ open = "{open_}" }}\n')
    home.settings = home.settings.model_copy(update={"policy": policy})
    home.restart()
    contact = home.contact()
    home.run("pull", "route")
    assert home.case(contact)["next_act"] == "message"
    home.contact("MANUAL", tags=[])
    home.send()
    assert home.messages() == []
    assert (home.case(contact)["state"] == "open") is (open_ == "auto")
