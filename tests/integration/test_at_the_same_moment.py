"""What one process read is still so when it writes: whatever another did in between, stands."""

import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.archive import batch_end
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull import intake
from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.record import doubts
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.adapters.db.record.replies import SqlReplyStore
from recovery.adapters.db.record.store import SqlRecordStore
from recovery.adapters.db.route import store as route
from recovery.adapters.db.tables.ops import ArchiveItemRow
from recovery.adapters.db.tables.people import CaseRow
from recovery.domain.contact import Contact, ContactId, EmailAddress, EmailField
from recovery.domain.email_status import EmailStatus
from recovery.domain.keys import Keys
from recovery.errors import Refusal
from recovery.services.ports import ProviderMessage
from recovery.services.record.outbox import Entry
from recovery.services.record.service import RecordCounts
from tests.archive_world import NOW, World
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile
from tests.writebacks import later, with_a_call

REP, BOSS = "ana@firm.example", "boss@firm.example"
Patch = pytest.MonkeyPatch


@ON_POSTGRESQL
def test_a_call_somebody_asks_for_while_they_are_routed_is_made(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.run("pull")
    home.says(MEXICAN, "llámenme por favor")
    process = home.another()
    process.record.listen(RecordCounts())
    other = meanwhile(monkeypatch, route, "_differs", process.answering.understand)
    home.run("route")
    other.join()
    assert home.case(contact)["state"] == "engaged"
    home.run("route")
    home.fresh.reach.queue_calls()
    assert "call" in [row["channel"] for row in home.attempts(contact).values()]


@ON_POSTGRESQL
def test_a_case_closed_while_it_is_routed_stays_as_it_ended(home: Home, monkeypatch: Patch) -> None:
    contact = home.contact(phones=[])
    home.run("pull")
    closing = home.another().by_person
    other = meanwhile(
        monkeypatch,
        route,
        "_differs",
        lambda: closing.close_case(contact, reason="moved", actor=REP),
    )
    home.run("route")
    other.join()
    case = home.case(contact)
    assert (case["state"], case["end"]) == ("closed", "by_person")


def test_who_wrote_and_was_let_go_meanwhile_has_no_case_again(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    closing, handle = home.another().by_person, SqlReplyStore.handle

    def closed_before(*given: Any) -> Any:
        monkeypatch.setattr(SqlReplyStore, "handle", handle)
        closing.close_case(contact, reason="moved", actor=REP)
        return handle(*given)

    monkeypatch.setattr(SqlReplyStore, "handle", closed_before)
    home.run("record")
    assert home.case(contact)["state"] == "closed"
    assert home.one("SELECT case_id, kind FROM reply") == {
        "case_id": home.case(contact)["id"],
        "kind": "new_email",
    }


@ON_POSTGRESQL
def test_a_list_started_during_a_pull_opens_nobody_twice(home: Home, monkeypatch: Patch) -> None:
    contact = home.contact("NON_MARKETABLE", tags=[])
    home.run("pull")
    lists, chief = home.fresh.reps.lists, home.another().reps.lists
    other = meanwhile(
        monkeypatch, intake, "_finished", lambda: chief.start([contact], by="chief@firm.example")
    )
    lists.start([contact], by=BOSS)
    other.join()
    assert len(home.rows("SELECT id FROM recovery_case")) == 1


def test_a_task_that_was_dropped_since_it_was_read_is_not_made(
    home: Home, monkeypatch: Patch
) -> None:
    contact = with_a_call(home)
    closing, begin = home.another().by_person, SqlOutboxStore.begin

    def closed_before(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(SqlOutboxStore, "begin", begin)
        closing.close_case(contact, reason="moved", actor=REP)
        return begin(*given, **more)

    monkeypatch.setattr(SqlOutboxStore, "begin", closed_before)
    later(home)
    assert home.shown(contact)["tasks"] == []
    assert home.one("SELECT state FROM outbox WHERE kind = 'task'") == {"state": "dropped"}


def test_a_task_that_was_dropped_while_keap_could_not_take_it_is_not_tried_again(
    home: Home, monkeypatch: Patch
) -> None:
    contact = with_a_call(home)
    closing, again = home.another().by_person, SqlOutboxStore.again

    def closed_before(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(SqlOutboxStore, "again", again)
        closing.close_case(contact, reason="moved", actor=REP)
        return again(*given, **more)

    monkeypatch.setattr(SqlOutboxStore, "again", closed_before)
    home.faults(*["rate_limited"] * 5, match="POST .*/tasks")
    later(home)
    assert home.shown(contact)["tasks"] == []
    assert home.one("SELECT state FROM outbox WHERE kind = 'task'") == {"state": "dropped"}


@ON_POSTGRESQL
def test_a_case_that_heals_while_a_rep_closes_it_ends_once(home: Home, monkeypatch: Patch) -> None:
    contact = home.contact()
    home.run("pull", "route")
    home.next_day()
    home.change(contact, status="SINGLE_OPT_IN")
    closing = home.another().by_person

    def close() -> None:
        with suppress(Refusal):
            closing.close_case(contact, reason="moved", actor=REP)

    other = meanwhile(monkeypatch, cases, "close", close)
    home.fresh.stages.pull(full=True)
    other.join()
    assert len(home.rows("SELECT id FROM outcome WHERE kind LIKE 'closed_%'")) == 1


@ON_POSTGRESQL
def test_who_confirms_at_the_last_moment_is_not_handed_to_the_team(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    home.run("record")
    assert home.case(contact)["state"] == "confirming"
    home.move(hours=49)
    home.says(MEXICAN, "sí")
    process = home.another()
    process.record.listen(RecordCounts())
    other = meanwhile(monkeypatch, cases, "touch", process.answering.understand)
    store = SqlRecordStore(home.fresh.database, home.fresh.keys)
    store.give_up_confirmations(home.now - timedelta(hours=48), home.now)
    other.join()
    assert home.case(contact)["state"] != "engaged"


@ON_POSTGRESQL
def test_what_is_begun_while_orphans_are_looked_for_is_in_no_doubt(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    sending = threading.Thread(target=home.another().stages.reach)
    begun, looked = threading.Event(), threading.Event()
    begin, settle, hands = (
        SqlReachStore.begin_sending,
        SqlReachStore.settle,
        doubts._in_good_hands,
    )

    def begin_sending(*given: Any, **more: Any) -> Any:
        found = begin(*given, **more)
        begun.set()
        return found

    def settle_later(*given: Any, **more: Any) -> None:
        assert looked.wait(9)
        settle(*given, **more)

    def in_good_hands(*given: Any) -> Any:
        seen = hands(*given)
        sending.start()
        assert begun.wait(9)
        return seen

    monkeypatch.setattr(SqlReachStore, "begin_sending", begin_sending)
    monkeypatch.setattr(SqlReachStore, "settle", settle_later)
    monkeypatch.setattr(doubts, "_in_good_hands", in_good_hands)
    doubts.SqlDoubtStore(home.fresh.database).orphans_into_doubt(home.now)
    looked.set()
    sending.join()
    assert home.step(contact)["state"] == "accepted"


@ON_POSTGRESQL
def test_who_writes_while_they_are_spared_stays_with_the_team(
    tmp_path: Path, database: Database, monkeypatch: Patch
) -> None:
    world = World(tmp_path, database)
    case = world.unrecovered("1")
    batch = world.built()
    world.set(ArchiveItemRow, world.item("1")["id"], state="spared", reason="changed")
    other = meanwhile(
        monkeypatch, batch_end, "_known_reasons", lambda: world.set(CaseRow, case, state="engaged")
    )
    with world.database.begin() as connection:
        batch_end.finish_case(connection, batch, case, NOW, policy=world.policy)
    other.join()
    assert world.case(case)["state"] == "engaged"
    world.close()


@ON_POSTGRESQL
def test_a_number_that_a_pull_sees_while_an_address_is_noted_is_kept(
    home: Home, monkeypatch: Patch
) -> None:
    contact = ContactId(home.contact(email="ana@empresa.com"))
    home.run("pull", "route")
    numbers = [{"field": "PHONE1", "number": BRAZILIAN, "type": "Mobile"}]
    home.change(contact, fields={"phone_numbers": numbers})
    home.next_day()
    process, outbox = home.another(), SqlOutboxStore(home.fresh.database, home.fresh.keys)
    written = (EmailAddress("nueva@empresa.com", EmailField.EMAIL1, EmailStatus.SINGLE_OPT_IN),)
    entry = Entry(0, "new_email", contact, home.case(contact)["id"], {}, was_begun=True, tries=1)
    other = meanwhile(monkeypatch, Keys, "email", lambda: process.stages.pull(full=True))
    outbox.address_written(entry, Contact(contact, emails=written), home.now)
    other.join()
    data = home.one("SELECT data FROM contact WHERE id = :id", id=contact)["data"]
    assert BRAZILIAN in str(data)


def test_a_message_in_doubt_that_another_run_found_for_somebody_meanwhile_is_left_to_them(
    home: Home,
) -> None:
    one, other = home.contact(), home.contact(phones=[BRAZILIAN])
    home.send()
    sid, doubtful = home.step(one)["sid"], int(home.step(other)["id"])
    store = doubts.SqlDoubtStore(home.fresh.database)
    with home.fresh.database.begin() as connection:
        mine = cases.ATTEMPT.c.id == doubtful
        change = cases.ATTEMPT.update().where(mine)
        connection.execute(change.values(state="in_doubt", sid=None, due_at=home.now))
    (doubt,) = store.doubts(home.now)
    found = ProviderMessage(sid, "outbound-api", BRAZILIAN, "", "", "sent", None, home.now)
    assert not store.bind(doubt, found, home.now)
    assert home.step(other)["state"] == "in_doubt"
