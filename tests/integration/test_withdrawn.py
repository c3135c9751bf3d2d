"""A recovery whose new address bounces within a month counts as none."""

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.queries.report import FunnelRow, report
from recovery.domain.case import CaseEnd
from tests.installation import Home


def funnel(home: Home) -> FunnelRow:
    (row,) = report(home.fresh.database, now=home.now).funnel
    return row


def recovered(home: Home) -> str:
    """Recovered by us, while Keap goes on to say that the address bounces."""
    contact = home.contact()
    home.run("pull")
    with home.fresh.database.begin() as connection:
        case = connection.execute(sa.select(cases.CASE)).mappings().one()
        cases.close(connection, case, CaseEnd.RECOVERED, home.now, status="CONFIRMED")
    return contact


def test_a_withdrawn_recovery_leaves_the_recovered_and_is_shown_on_its_own(home: Home) -> None:
    recovered(home)
    assert (funnel(home).recovered, funnel(home).withdrawn) == (1, 0)
    home.next_day(2)
    home.run("pull", "route")
    row = funnel(home)
    assert (row.recovered, row.withdrawn, row.engaged, row.opened) == (0, 1, 1, 2)
    told = [one["kind"] for one in home.rows("SELECT kind FROM outcome ORDER BY id")]
    assert told.count("recovery_withdrawn") == 1


def test_a_recovery_that_held_for_a_month_stays_one(home: Home) -> None:
    recovered(home)
    home.next_day(31)
    home.run("pull", "route")
    assert (funnel(home).recovered, funnel(home).withdrawn) == (1, 0)


def test_who_is_withdrawn_and_heals_later_may_need_us_once_more(home: Home) -> None:
    contact = recovered(home)
    home.next_day(2)
    home.run("pull")
    home.change(contact, status="CONFIRMED")
    home.next_day()
    home.run("pull")
    home.change(contact, status="HARD_BOUNCE")
    home.next_day()
    home.run("pull")
    assert home.case(contact)["state"] == "open"
    assert home.case(contact)["round"] == 3
