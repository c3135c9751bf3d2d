"""Calls that leave the queue without having been a step: nobody loses one of theirs by it."""

from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.services.users.service import Role
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.integration.test_wins import BOSS


def nights(home: Home, days: int) -> None:
    for _ in range(days):
        home.next_day()
        home.run("record", "pull", "route", "reach", "record")


def tasks(home: Home) -> list[dict[str, Any]]:
    """The tasks that are open in Keap."""
    rows = home.keap("GET", "/tasks?page_size=1000")["tasks"]
    return [row for row in rows if not row["completed"]]


def with_a_queued_call(home: Home) -> str:
    contact = home.contact(tags=[])
    nights(home, 1)
    assert home.step(contact, "c1")["number"] == MEXICAN
    assert len(tasks(home)) == 1
    return contact


def test_a_number_that_changes_before_the_call_is_called_in_its_place(home: Home) -> None:
    contact = with_a_queued_call(home)
    planned = home.step(contact, "c1")["planned_on"]
    other = [{"field": "PHONE1", "number": BRAZILIAN, "type": "Mobile"}]
    home.change(contact, fields={"phone_numbers": other})
    nights(home, 1)
    call = home.step(contact, "c1")
    assert (call["number"], call["state"], call["planned_on"]) == (BRAZILIAN, "queued", planned)
    assert len(tasks(home)) == 1


def show_status(home: Home, status: str) -> None:
    """As a pull would have read it; the sandbox knows no unknown one."""
    with home.fresh.database.begin() as connection:
        connection.execute(cases.CONTACT.update().values(status=status))
        (case_id,) = connection.execute(sa.select(cases.CASE.c.id)).scalars()
        cases.touch(connection, case_id, home.now)


def test_nobody_whose_status_is_unknown_is_called_before_it_is_known(home: Home) -> None:
    contact = with_a_queued_call(home)
    show_status(home, "UNKNOWN")
    home.run("route", "reach", "record")
    assert home.case(contact)["rule"] == "status.unknown"
    assert (home.attempts(contact), tasks(home)) == ({}, [])
    show_status(home, "HARD_BOUNCE")
    home.run("route", "reach", "record")
    assert home.step(contact, "c1")["state"] == "queued"
    assert len(tasks(home)) == 1


def test_while_a_free_win_waits_nobody_is_called_and_the_call_comes_after_it(home: Home) -> None:
    home.fresh.users.add(BOSS, Role.MANAGER)
    contact = with_a_queued_call(home)
    first = home.shown(contact)["contact"]["email_addresses"][0]["email"]
    both = [{"email": first, "field": "EMAIL1"}, {"email": "casa@example.com", "field": "EMAIL2"}]
    home.change(contact, fields={"email_addresses": both})
    home.change(contact, email_status={"casa@example.com": "SINGLE_OPT_IN"})
    nights(home, 2)
    assert home.case(contact)["state"] == "proposed"
    assert (home.attempts(contact), tasks(home)) == ({}, [])
    home.fresh.wins.reject([contact], as_=BOSS)
    nights(home, 1)
    assert home.step(contact, "c1")["state"] == "queued"
    assert len(tasks(home)) == 1
