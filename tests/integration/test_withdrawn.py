"""A recovery whose new address bounces within a month counts as none."""

from recovery.adapters.db.queries.report import FunnelRow, report
from recovery.domain.case import Disposition
from recovery.services.record.by_person import CallResult
from tests.installation import MEXICAN, Home

REP = "rep@firm.example"


def funnel(home: Home) -> FunnelRow:
    (row,) = report(home.fresh.database, now=home.now).funnel
    return row


def recovered(home: Home) -> str:
    """Won back on the phone, with an address that Keap delivers to."""
    contact = home.contact(tags=[])
    home.send()
    gave = CallResult(contact, Disposition.NEW_EMAIL, REP, email="ana.nueva@empresa.com")
    home.fresh.by_person.dispose(gave)
    home.run("record")
    assert home.case(contact)["end"] == "recovered"
    return contact


def bounces(home: Home, contact: str, days: int, status: str = "HARD_BOUNCE") -> None:
    home.next_day(days)
    home.change(contact, status=status)
    home.run("pull", "route")


def test_a_withdrawn_recovery_leaves_the_recovered_and_is_shown_on_its_own(home: Home) -> None:
    contact = recovered(home)
    assert (funnel(home).recovered, funnel(home).withdrawn) == (1, 0)
    bounces(home, contact, 2)
    row = funnel(home)
    assert (row.recovered, row.withdrawn, row.engaged, row.opened) == (0, 1, 1, 2)
    home.run("reach")
    assert (home.case(contact)["state"], home.messages()) == ("engaged", [])
    told = [one["kind"] for one in home.rows("SELECT kind FROM outcome ORDER BY id")]
    assert told.count("recovery_withdrawn") == 1


def test_keap_does_not_go_on_calling_them_recovered(home: Home) -> None:
    contact = recovered(home)
    tags = home.fresh.policy.tags
    home.run("record")
    assert tags.recovered in home.tags(contact)
    bounces(home, contact, 2)
    home.run("record")
    assert tags.recovered not in home.tags(contact)
    assert tags.engaged in home.tags(contact)


def test_a_recovery_that_held_for_a_month_stays_one(home: Home) -> None:
    contact = recovered(home)
    bounces(home, contact, 31)
    assert (funnel(home).recovered, funnel(home).withdrawn) == (1, 0)
    assert home.case(contact)["state"] == "open"


def test_one_that_bounces_within_a_month_is_withdrawn_when_its_case_may_open(home: Home) -> None:
    contact = recovered(home)
    bounces(home, contact, 20, "BOUNCE")
    home.next_day(15)
    home.run("pull")
    assert home.case(contact)["state"] == "engaged"


def test_another_record_that_bounces_on_keeps_no_withdrawal_back(home: Home) -> None:
    home.contact(tags=[], phones=[MEXICAN])
    contact = home.case(recovered(home))["contact_id"]
    bounces(home, contact, 2)
    assert home.case(contact)["state"] == "engaged"


def test_who_opts_out_afterwards_did_not_bounce(home: Home) -> None:
    contact = recovered(home)
    bounces(home, contact, 2, "MANUAL")
    rows = report(home.fresh.database, now=home.now).funnel
    assert sum(row.recovered for row in rows) == 1
    assert home.case(contact)["state"] == "open"


def test_another_record_that_bounces_as_before_withdraws_nothing(home: Home) -> None:
    home.contact(tags=[], phones=[MEXICAN])
    contact = recovered(home)
    home.next_day(2)
    home.run("pull", "route")
    row = funnel(home)
    assert (row.recovered, row.withdrawn, row.opened) == (1, 0, 1)
    assert home.case(contact)["state"] == "closed"


def test_who_is_withdrawn_and_heals_later_may_need_us_once_more(home: Home) -> None:
    contact = recovered(home)
    bounces(home, contact, 2)
    home.change(contact, status="CONFIRMED")
    home.next_day()
    home.run("pull")
    home.change(contact, status="HARD_BOUNCE")
    home.next_day()
    home.run("pull")
    assert home.case(contact)["state"] == "open"
    assert home.case(contact)["round"] == 3
