"""Numbers that many contacts share, and people who are asked once ever: what routing loads."""

from datetime import timedelta

from recovery.adapters.db import cases
from recovery.adapters.db.sql import add_new
from recovery.adapters.db.suppress import suppress
from recovery.adapters.db.tables import ConsentRow
from recovery.domain.case import CaseEnd
from tests.installation import MEXICAN, Home


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
