"""A clock that is not the provider's hides no message of ours, and no answer."""

from datetime import timedelta

import pytest

from tests.installation import MEXICAN, Home
from tests.reach_world import check_ledger


@pytest.mark.parametrize("ahead", [6, 299])
def test_a_message_in_doubt_is_found_by_the_dates_of_another_clock(home: Home, ahead: int) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.faults("execute_then_reset", match="POST .*Messages")
    theirs = home.now
    home.now = theirs + timedelta(seconds=ahead)
    home.run("reach")
    home.now = theirs
    for minutes in (8, 10, 60):
        home.move(minutes=minutes)
        home.run("record")
    assert home.step(contact)["state"] == "delivered"
    check_ledger(home)


def test_a_stop_is_heard_although_the_clock_had_run_ahead(home: Home) -> None:
    contact = home.contact()
    home.send()
    theirs = home.now
    home.now = theirs + timedelta(days=3)
    home.run("record")
    home.now = theirs
    home.move(hours=5)
    home.says(MEXICAN, "BAJA")
    home.move(hours=1)
    home.run("record")
    assert home.case(contact)["stopped"] == 1
