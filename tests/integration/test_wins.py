"""A free win is decided by a manager, written to Keap once, and recovered when Keap shows it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.errors import Refusal
from recovery.services.record.wins import Proposal
from recovery.services.users.service import Role
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Crash, Home
from tests.web_world import WebWorld

BOSS, REP = "boss@firm.example", "rep@firm.example"


def with_second(home: Home, second: str = "casa@example.com", **more: Any) -> str:
    """Hard bounced, with a second address that Keap delivers to."""
    contact = home.contact(**more)
    gets_second(home, contact, second)
    return contact


def gets_second(home: Home, contact: str, second: str) -> None:
    first = home.shown(contact)["contact"]["email_addresses"][0]["email"]
    both = [{"email": first, "field": "EMAIL1"}, {"email": second, "field": "EMAIL2"}]
    home.change(contact, fields={"email_addresses": both})
    home.change(contact, email_status={second: "SINGLE_OPT_IN"})


@pytest.fixture(autouse=True)
def team(home: Home) -> None:
    home.fresh.users.add(BOSS, Role.MANAGER)
    home.fresh.users.add(REP, Role.REP)


def proposed(home: Home) -> list[Proposal]:
    return home.fresh.wins.proposed()


def later(home: Home, times: int = 2) -> None:
    for _ in range(times):
        home.move(minutes=5)
        home.run("record")


def emails(home: Home, contact: str) -> dict[str, str]:
    rows = home.shown(contact)["contact"]["email_addresses"]
    return {row["field"]: row["email"] for row in rows}


def test_an_approved_one_becomes_email1_and_the_case_is_recovered(home: Home) -> None:
    contact = with_second(home, email="ana.vieja@example.com")
    home.run("pull", "route")
    (one,) = proposed(home)
    assert (one.contact_id, one.email, one.source, one.old_email) == (
        contact,
        "casa@example.com",
        "EMAIL2",
        "ana.vieja@example.com",
    )
    assert home.fresh.wins.approve([one.contact_id], as_=BOSS).contacts == [contact]
    assert home.case(contact)["state"] == "consented"
    later(home)
    assert home.case(contact)["end"] == "recovered"
    assert emails(home, contact) == {"EMAIL1": "casa@example.com"}
    shown = home.shown(contact)
    assert "SIN CONTACTAR" in shown["notes"][0]["text"]
    assert "ana.vieja@example.com" in shown["notes"][0]["text"]
    assert home.fresh.policy.tags.recovered in home.tags(contact)
    home.run("reach")
    assert home.messages() == []


def test_keap_is_not_told_of_a_consent_that_nobody_gave(home: Home) -> None:
    contact = with_second(home)
    home.run("pull", "route")
    home.fresh.wins.approve(None, as_=BOSS)
    later(home)
    known = [row for row in home.sandbox.ledger("keap.email_known") if row.get("reason")]
    assert home.case(contact)["end"] == "recovered"
    assert known == []


def test_all_are_decided_at_once_with_an_audit_row_each(home: Home) -> None:
    contacts = [
        with_second(home, f"casa{n}@example.com", phones=[phone])
        for n, phone in enumerate((MEXICAN, BRAZILIAN, COLOMBIAN))
    ]
    home.run("pull", "route")
    decided = home.fresh.wins.approve(None, as_=BOSS)
    assert sorted(decided.contacts) == sorted(contacts)
    audited = home.rows("SELECT actor FROM audit WHERE action = 'win.approved'")
    assert [row["actor"] for row in audited] == [BOSS] * 3
    assert home.fresh.wins.approve(None, as_=BOSS).contacts == []


def test_a_rejected_one_goes_its_normal_way_and_is_not_proposed_again(home: Home) -> None:
    contact = with_second(home)
    home.run("pull", "route", "reach")
    assert home.messages() == []
    home.fresh.wins.reject([proposed(home)[0].contact_id], as_=BOSS)
    home.run("route", "reach")
    assert len(home.messages()) == 1
    home.next_day()
    home.run("pull", "route")
    assert proposed(home) == []
    assert emails(home, contact)["EMAIL2"] == "casa@example.com"


@pytest.mark.parametrize("who", [REP, "nobody@firm.example"])
def test_only_a_manager_or_an_admin_decides(home: Home, who: str) -> None:
    with_second(home)
    home.run("pull", "route")
    for decide in (home.fresh.wins.approve, home.fresh.wins.reject):
        with pytest.raises(Refusal):
            decide(None, as_=who)
    home.fresh.users.deactivate(BOSS)
    with pytest.raises(Refusal, match="locked"):
        home.fresh.wins.approve(None, as_=BOSS)
    assert len(proposed(home)) == 1


def test_a_twins_address_is_read_from_keap_and_shown_before_it_is_decided(home: Home) -> None:
    contact = home.contact(email="ana.vieja@example.com")
    twin = home.contact("CONFIRMED", email="ana@empresa.com", tags=[])
    home.run("pull", "route")
    (one,) = proposed(home)
    assert (one.source, one.email) == ("twin", None)
    assert home.fresh.wins.approve(None, as_=BOSS).skipped == {"address_unknown": 1}
    home.run("record")
    (one,) = proposed(home)
    assert (one.email, one.holder) == ("ana@empresa.com", twin)
    home.fresh.wins.approve(None, as_=BOSS)
    later(home)
    assert home.case(contact)["end"] == "recovered"
    assert emails(home, contact)["EMAIL1"] == "ana@empresa.com"
    assert home.rows("SELECT * FROM twin_address") == []


def test_one_that_bounced_meanwhile_is_not_written_and_the_case_goes_on(home: Home) -> None:
    contact = with_second(home)
    home.run("pull", "route")
    home.fresh.wins.approve(None, as_=BOSS)
    home.change(contact, email_status={"casa@example.com": "HARD_BOUNCE"})
    later(home)
    assert emails(home, contact)["EMAIL2"] == "casa@example.com"
    home.run("route", "reach", "route", "reach")
    assert len(home.messages()) == 1


@pytest.mark.parametrize("pulled", [True, False])
def test_who_heals_before_it_is_written_keeps_their_address(home: Home, pulled: bool) -> None:
    contact = with_second(home, email="vieja@example.com")
    home.run("pull", "route")
    home.fresh.wins.approve([contact], as_=BOSS)
    home.change(contact, status="CONFIRMED")
    home.move(minutes=1)
    if pulled:
        home.run("pull")
    later(home)
    assert emails(home, contact)["EMAIL1"] == "vieja@example.com"
    home.run("pull", "route")
    assert home.case(contact)["state"] == "closed"


@pytest.mark.parametrize("pulled", [True, False])
def test_who_opts_out_before_it_is_written_keeps_their_refusal(home: Home, pulled: bool) -> None:
    contact = with_second(home, email="vieja@example.com")
    home.run("pull", "route")
    (one,) = proposed(home)
    home.change(contact, status="SPAM")
    home.move(minutes=1)
    if pulled:
        home.run("pull")
    decided = home.fresh.wins.approve([one.contact_id], as_=BOSS)
    assert decided.skipped["decided_meanwhile"] == int(pulled)
    later(home)
    assert emails(home, contact)["EMAIL1"] == "vieja@example.com"
    home.run("pull", "route")
    assert home.case(contact)["next_step"] == "c1"


@pytest.mark.parametrize("order", [("HARD_BOUNCE", "CONFIRMED"), ("CONFIRMED", "HARD_BOUNCE")])
def test_a_proposal_comes_and_goes_with_the_status_of_the_other_address(
    home: Home, order: tuple[str, str]
) -> None:
    contact = with_second(home)
    for status in order:
        home.change(contact, email_status={"casa@example.com": status})
        # Days on which nobody changes the record: the list alone tells of its second address.
        for _ in range(2):
            home.next_day()
            home.run("pull", "route")
        proposed_now = home.case(contact)["state"] == "proposed"
        assert proposed_now is (status == "CONFIRMED")


def test_an_address_that_somebody_corrected_meanwhile_stays(home: Home) -> None:
    contact = with_second(home)
    home.run("pull", "route")
    home.fresh.wins.approve(None, as_=BOSS)
    corrected = [{"email": "ana.bien@empresa.com", "field": "EMAIL1"}]
    home.change(contact, fields={"email_addresses": corrected})
    later(home)
    assert emails(home, contact) == {"EMAIL1": "ana.bien@empresa.com"}
    assert home.case(contact)["state"] == "open"


def test_a_crash_after_the_write_writes_nothing_else(home: Home) -> None:
    contact = with_second(home)
    home.run("pull", "route")
    home.fresh.wins.approve(None, as_=BOSS)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlOutboxStore, "address_written", dies)
        with pytest.raises(Crash):
            home.fresh.stages.record()
    home.restart()
    later(home)
    assert home.case(contact)["end"] == "recovered"
    assert emails(home, contact) == {"EMAIL1": "casa@example.com"}
    assert len(home.shown(contact)["notes"]) == 1


def dies(*_: Any, **__: Any) -> Any:
    raise Crash


@pytest.fixture
def web(home: Home) -> Iterator[WebWorld]:
    """The pages of this installation."""
    world = WebWorld(home.settings.home, str(home.settings.database_url), now=home.now)
    yield world
    world.close()


@pytest.mark.parametrize("answer", ["approve", "reject"])
def test_nobody_decides_about_another_address_than_the_page_showed(
    home: Home, web: WebWorld, answer: str
) -> None:
    contact = with_second(home)
    home.run("pull", "route")
    browser = web.sign_in(web.person(Role.MANAGER))

    def decided() -> str:
        chosen = re.findall(r'name="contact" value="([^"]+)"', browser.get("/wins").html)
        if proposed(home)[0].email == "casa@example.com":
            another(home, contact)
        return browser.follow(browser.send(f"/wins/{answer}", contact=chosen)).text

    assert "not the address shown any more: 1" in decided()
    assert home.case(contact)["state"] == "proposed"
    assert "ex@otra.com" in browser.get("/wins").text
    assert ": 1." in decided()
    assert home.case(contact)["state"] == ("consented" if answer == "approve" else "open")


def another(home: Home, contact: str) -> None:
    """Their second address is another one now, and proposed in its place."""
    home.move(minutes=5)
    gets_second(home, contact, "ex@otra.com")
    home.run("pull", "route")


def test_contacts_without_a_proposal_are_named_as_such(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    assert home.fresh.wins.approve(["1", "404"], as_=BOSS).skipped == {"not_proposed": 2}
