"""What is heard between a decision and its moment makes for another decision, whoever moves the
moment meanwhile: the day's allowance, the hour, the line before the team."""

from collections.abc import Callable
from pathlib import Path

import pytest

from recovery.adapters.db.reach.pacing import SqlPacingStore
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.route.admissions import SqlAdmissionStore
from recovery.bootstrap import Recovery
from recovery.services.record.service import RecordCounts
from tests.installation import MEXICAN, Home, policy_file
from tests.meanwhile import quicker

TEAM = "intake = { reps = 1, calls_per_rep_day = 6, open_chats_per_rep = 2 }\n"


def phone(place: int) -> str:
    return f"+5255{10_000_000 + place}"


def people(home: Home, number: int) -> list[str]:
    return [home.contact(phones=[phone(n)]) for n in range(number)]


def allow(home: Home, people_a_day: str) -> None:
    home.sandbox.control("/sender", {"limit": f"{people_a_day} Customers/24hr"})


def one_who_waits(home: Home, contacts: list[str]) -> str:
    """Somebody whose turn comes another day."""
    (waiting,) = [contact for contact in contacts if not home.attempts(contact)]
    return waiting


def of_case(home: Home, place: int) -> str:
    """The contact of the case that was opened at this place; -1 is the last."""
    rows = home.rows("SELECT contact_id FROM recovery_case ORDER BY id")
    return str(rows[place]["contact_id"])


def says_it_is_not_theirs(home: Home, contact: str) -> None:
    home.says(home.case(contact)["next_number"], "número equivocado, no soy Ana")
    home.move(minutes=1)
    home.run("record")


def opts_out_in_keap(home: Home, contact: str) -> None:
    home.change(contact, status="MANUAL")
    home.run("pull")


Heard = Callable[[Home, str], None]


@pytest.mark.parametrize("heard", [says_it_is_not_theirs, opts_out_in_keap])
def test_whose_turn_comes_earlier_was_heard_first(home: Home, heard: Heard) -> None:
    contacts = people(home, 2)
    allow(home, "1")
    home.send()
    waiting = one_who_waits(home, contacts)
    home.move(minutes=20)
    heard(home, waiting)
    allow(home, "10K")
    home.run("reach")
    assert home.messages(phone(contacts.index(waiting))) == []


def test_whose_turn_is_put_off_was_heard_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts, other = people(home, 3), home.another()
    allow(home, "1")
    home.run("pull", "route")
    home.move(minutes=20)

    complainer = of_case(home, 1)

    def complain() -> None:
        home.change(complainer, status="SPAM")
        other.stages.pull()

    quicker(monkeypatch, SqlPacingStore, "defer", complain)
    home.run("reach")
    for _ in range(3):
        home.run("route")
        home.next_day()
        home.move(minutes=30)
        home.run("pull", "route", "reach")
    assert home.messages(phone(contacts.index(complainer))) == []
    assert len(home.messages()) == 2


def test_a_win_that_is_proposed_at_night_keeps_its_days(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact, other, promised = home.contact(), home.another(), []
    home.run("pull", "route")
    home.move(hours=14)

    def second_address() -> None:
        (first,) = home.shown(contact)["contact"]["email_addresses"]
        second = {"email": "casa@example.com", "field": "EMAIL2"}
        home.change(contact, fields={"email_addresses": [first, second]})
        home.change(contact, email_status={"casa@example.com": "SINGLE_OPT_IN"})
        other.stages.pull(full=True)
        other.stages.route()
        promised.append(home.case(contact)["next_at"])

    quicker(monkeypatch, SqlReachStore, "postpone", second_address)
    home.run("reach")
    assert [home.case(contact)["next_at"]] == promised
    home.next_day(2)
    home.run("pull", "route", "reach")
    assert home.messages(MEXICAN) == []


def asks_for_a_call(other: Recovery, home: Home, contact: str) -> None:
    (number,) = home.shown(contact)["contact"]["phone_numbers"]
    home.says(number["number"], "llámenme por favor")
    other.record.listen(RecordCounts())
    other.answering.understand()


def opts_out(other: Recovery, home: Home, contact: str) -> None:
    home.change(contact, status="MANUAL")
    other.stages.pull()


@pytest.mark.parametrize("heard", [asks_for_a_call, opts_out])
def test_who_is_heard_while_they_wait_in_line_does_not_wait(
    make_home: Callable[..., Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    heard: Callable[[Recovery, Home, str], None],
) -> None:
    home = make_home(policy=policy_file(tmp_path, TEAM))
    people(home, 5)
    home.run("pull")
    last, other = of_case(home, -1), home.another()
    quicker(monkeypatch, SqlAdmissionStore, "foretell", lambda: heard(other, home, last))
    home.run("route")
    assert home.case(last)["route_at"] <= f"{home.now:%Y-%m-%d %H:%M:%S.%f}"
