"""One run a stage: another finds nothing to do, and who was paused too long writes nothing."""

import sqlite3
import threading
import time
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from recovery.adapters.db import engine
from recovery.adapters.db.lease import Leases, fence
from recovery.adapters.db.pull.store import SqlPullStore
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import LeaseRow
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.errors import Busy, NothingToDo
from recovery.services.ports import SendAnswer
from tests.installation import BRAZILIAN, Home
from tests.meanwhile import ON_POSTGRESQL
from tests.stopped_clock import nobody_keeps

LEASE = table(LeaseRow)


def take_over(home: Home, name: str = "reach") -> int:
    """Another process held the stage meanwhile; its epoch."""
    with home.fresh.database.begin() as connection:
        connection.execute(
            LEASE.update().where(LEASE.c.name == name).values(epoch=LEASE.c.epoch + 1, holder="")
        )
        found = connection.execute(sa.select(LEASE.c.epoch).where(LEASE.c.name == name))
        return int(found.scalar_one())


def dead(home: Home, **values: Any) -> None:
    """The holder's row as a process leaves it that did not come to release it."""
    with home.fresh.database.begin() as connection:
        connection.execute(LEASE.update().values(**values))


def test_a_second_run_beside_the_first_has_nothing_to_do(home: Home) -> None:
    home.contact()
    home.run("pull", "route")
    with home.fresh.leases.hold("reach"):
        report = home.another().stages.reach()
    assert str(report.note).startswith("nothing to do")
    assert report.broken is None
    assert home.messages() == []


def test_six_runs_at_once_send_what_one_would(make_home: Any) -> None:
    home = make_home(contacts=250)
    home.run("pull", "route")
    due = len(home.fresh.reach.due())
    others = [home.another() for _ in range(6)]
    threads = [threading.Thread(target=other.stages.reach) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    home.run("reach")
    assert len(home.messages()) == due
    assert len({m["line"] for m in home.messages()}) == due


def test_the_lease_of_a_dead_process_here_is_taken_at_once(home: Home) -> None:
    home.run("route")
    dead(
        home, holder="x", pid=999_999_999, started="1", expires_at=home.now + timedelta(seconds=50)
    )
    assert home.run("route")["route"].note is None


def test_the_lease_of_another_machine_is_taken_when_it_ran_out(home: Home) -> None:
    home.run("route")
    dead(home, holder="x", host="elsewhere", expires_at=home.now + timedelta(seconds=60))
    assert str(home.fresh.stages.route().note).startswith("nothing to do")
    home.move(seconds=61)
    assert home.fresh.stages.route().note is None


def test_a_lease_far_in_the_future_locks_nobody_out(home: Home) -> None:
    home.run("route")
    dead(home, holder="x", host="elsewhere", expires_at=home.now + timedelta(days=3))
    assert home.fresh.stages.route().note is None


def test_who_was_paused_cannot_renew(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody_keeps(monkeypatch)
    with home.fresh.leases.hold("reach") as lease:
        home.now += timedelta(seconds=90)
        with Leases(home.another().database, lambda: home.now).hold("reach"):
            pass
        with pytest.raises(NothingToDo):
            lease.renew()


def test_who_was_paused_before_the_last_check_sends_nothing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    whole = SqlReachStore.begin_sending

    def paused(self: SqlReachStore, *given: Any, **more: Any) -> Any:
        take_over(home)
        return whole(self, *given, **more)

    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(SqlReachStore, "begin_sending", paused)
        report = home.fresh.stages.reach()
    assert str(report.note).startswith("nothing to do")
    assert home.messages() == []
    assert home.step(contact)["state"] == "intended"
    home.run("reach")
    assert len(home.messages()) == 1


def test_who_was_paused_while_sending_records_nothing(home: Home) -> None:
    contact, other = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    whole = TwilioMessenger.send

    def send(self: TwilioMessenger, message: Any) -> SendAnswer:
        answer = whole(self, message)
        with home.fresh.database.begin() as connection:
            connection.execute(sa.text("UPDATE attempt SET state = 'in_doubt', looks = 0"))
        return answer

    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(TwilioMessenger, "send", send)
        home.run("reach")
    assert {home.step(one)["state"] for one in (contact, other)} == {"in_doubt"}
    assert {home.case(one)["next_act"] for one in (contact, other)} == {"message"}
    home.run("reach", "route", "reach")
    assert len(home.messages()) == 2


@pytest.mark.parametrize(
    "told",
    [
        sqlite3.OperationalError("database is locked"),
        psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
    ],
    ids=lambda told: type(told).__name__,
)
def test_a_stage_whose_database_others_hold_says_so_and_the_next_goes_on(
    home: Home, monkeypatch: pytest.MonkeyPatch, told: Exception
) -> None:
    home.contact()

    def held(*_: object, **__: object) -> None:
        with home.fresh.database.begin():
            raise OperationalError("BEGIN IMMEDIATE", None, told)

    with monkeypatch.context() as patch:
        patch.setattr(SqlPullStore, "open_cases", held)
        report = home.fresh.stages.pull()
    assert "held by other work" in str(report.broken)
    assert home.run("pull")["pull"].counts["opened"] == 1


def test_who_cannot_give_a_lease_back_has_done_its_work_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact()
    begin, done = home.fresh.database.begin, []

    def held_afterwards() -> AbstractContextManager[sa.Connection]:
        if done:
            raise Busy
        return begin()

    with monkeypatch.context() as patch, home.fresh.leases.hold("pull"):
        patch.setattr(home.fresh.database, "begin", held_afterwards)
        done.append(True)
    home.move(seconds=61)
    assert home.run("pull")["pull"].counts["opened"] == 1


@ON_POSTGRESQL
def test_who_stands_still_in_the_middle_of_a_write_keeps_no_other_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"lock_timeout": 0.2, "idle_in_transaction_session_timeout": 1}
    monkeypatch.setattr(engine, "_SESSION", limits)
    nobody_keeps(monkeypatch)
    home.contact()
    home.run("pull", "route")
    asleep, others = home.another(), home.another()

    def stand_still() -> None:
        with asleep.leases.hold("reach") as lease, asleep.database.begin() as connection:
            fence(connection, "reach", lease.epoch)
            home.move(minutes=2)
            assert "held by other work" in str(others.stages.reach().broken)
            until = time.monotonic() + 30
            while others.stages.reach().broken and time.monotonic() < until:
                pass
            fence(connection, "reach", lease.epoch)

    with pytest.raises(Busy, match="stood still"):
        stand_still()
    assert len(home.messages()) == 1


@ON_POSTGRESQL
def test_a_transaction_that_never_ends_is_undone_though_it_is_not_idle(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SINCE_17", {"transaction_timeout": 0.3})

    def drag_on() -> None:
        with home.another().database.begin() as connection:
            connection.execute(sa.select(sa.func.pg_sleep(5)))

    with pytest.raises(Busy, match="undone"):
        drag_on()


@ON_POSTGRESQL
def test_who_wakes_up_to_a_session_that_ended_is_told_that_nothing_is_lost(home: Home) -> None:
    asleep = home.another().database

    def wake_up() -> None:
        with asleep.read() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with home.fresh.database.begin() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(pid, 5000)))

    with pytest.raises(Busy, match="nothing was lost"):
        wake_up()
