"""One call a number and day over all cases, unless the person asked for it."""

from collections import Counter

import pytest
import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.reach import store
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.domain.case import CaseEnd, Disposition
from recovery.services.record.by_person import CallResult
from recovery.services.reps.dispositions import Word
from tests.installation import MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile

REP = "rep@firm.example"


def days(home: Home) -> Counter[str]:
    """How many calls fall on each local day."""
    query = "SELECT planned_on FROM attempt WHERE channel = 'call' AND state <> 'cancelled'"
    return Counter(str(row["planned_on"]) for row in home.rows(query))


def decided_alone(home: Home) -> None:
    """Five at one number, each of whom is to be called today."""
    for _ in range(5):
        home.contact(phones=[MEXICAN], tags=[])
    home.run("pull", "route")
    same_day = {"next_planned_on": home.now.date(), "next_at": home.now}
    with home.fresh.database.begin() as connection:
        connection.execute(cases.CASE.update().values(**same_day))


def test_an_office_rings_once_a_day_though_each_case_was_decided_alone(home: Home) -> None:
    decided_alone(home)
    home.run("reach")
    assert sum(days(home).values()) == 1
    for _ in range(4):
        home.run("route", "reach")
    assert len(days(home)) == 5
    assert set(days(home).values()) == {1}


@ON_POSTGRESQL
def test_nor_twice_where_two_processes_queue_at_once(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided_alone(home)
    first, second, *_ = [int(row["id"]) for row in home.rows("SELECT id FROM recovery_case")]
    ours, theirs = (SqlReachStore(process.database) for process in (home.fresh, home.another()))
    other = meanwhile(
        monkeypatch,
        store,
        "_ask_keap_for_task",
        lambda: theirs.queue_calls(home.now, cap=1, only=[second]),
    )
    ours.queue_calls(home.now, cap=1, only=[first])
    other.join()
    assert sum(days(home).values()) == 1


def closed_after_a_call(home: Home) -> str:
    """A person called today whose case is over, and who needs another one today."""
    contact = home.contact(tags=[])
    home.send()
    call = home.step(contact, "c1")
    home.move(home.now.replace(day=int(call["planned_on"][-2:]), hour=18))
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NO_ANSWER, REP))
    with home.fresh.database.begin() as connection:
        query = sa.select(cases.CASE).where(cases.CASE.c.state != "closed")
        case = connection.execute(query).mappings().one()
        cases.close(connection, case, CaseEnd.HEALED, home.now)
    home.run("pull")
    return contact


def test_an_earlier_case_of_the_same_person_counts(home: Home) -> None:
    contact = closed_after_a_call(home)
    with home.fresh.database.begin() as connection:
        zero = home.now.replace(day=home.now.day - 2).date()
        connection.execute(
            cases.CASE.update().where(cases.CASE.c.state == "open").values(started_on=zero)
        )
    home.run("route", "reach")
    assert home.case(contact)["round"] == 2
    assert set(days(home).values()) == {1}
    assert len(days(home)) == 2


@pytest.mark.parametrize("asked", [False, True])
def test_only_a_call_that_was_asked_for_rings_a_second_time(home: Home, asked: bool) -> None:
    contact = closed_after_a_call(home)
    home.run("route")
    step = "callback-1" if asked else "c1"
    with home.fresh.database.begin() as connection:
        today = {"next_planned_on": home.now.date(), "next_at": home.now, "next_step": step}
        connection.execute(cases.CASE.update().where(cases.CASE.c.state == "open").values(**today))
    home.run("reach")
    assert (step in home.attempts(contact)) is asked


def test_a_call_made_by_hand_is_the_only_one_of_its_day(home: Home) -> None:
    contact = home.contact()
    home.send()
    home.next_day(2)
    home.fresh.reps.dispositions.say(REP, home.case(contact)["id"], Word("no_answer"))
    home.move(seconds=31)
    home.run("record", "route", "reach")
    (by_hand,) = [a for step, a in home.attempts(contact).items() if step.startswith("hand-")]
    assert by_hand["planned_on"] == "2026-11-25"
    assert home.step(contact, "c1")["planned_on"] == "2026-11-26"
