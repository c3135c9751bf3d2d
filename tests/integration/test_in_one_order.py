"""Who needs what another holds takes it in the same order, so that no two wait for each other: a
run would end by it, and a rep be sent away. On SQLite only one writes."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.adapters.db import cases, holding, lifting, send_answers
from recovery.adapters.db.archive.forget import forget
from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries.queue import ITEM
from recovery.adapters.db.reps import queue as queues
from recovery.adapters.db.reps import queue_items, writing
from recovery.adapters.db.reps.queue import SqlQueueStore
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ContactKeyRow, ReplyRow
from recovery.adapters.files.countries import load_countries
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.domain.contact import ContactId
from recovery.domain.lane import SkipReason
from recovery.services.ports import SendAnswer, SendResult
from recovery.services.record.service import RecordCounts
from recovery.services.users.user import Role
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile
from tests.queue_world import NOON, a_floor

ANA, LUIS, BOSS = "ana@firm.example", "luis@firm.example", "boss@firm.example"
Patch = pytest.MonkeyPatch
OPTED_OUT = SendAnswer(SendResult.REJECTED, code="21610", http_status=400)

pytestmark = ON_POSTGRESQL


def two_cases(home: Home) -> tuple[int, int]:
    """Of two people who are to be called."""
    both = [home.contact(phones=[phone], tags=[]) for phone in (MEXICAN, BRAZILIAN)]
    home.run("pull", "route")
    first, second = sorted(int(home.case(one)["id"]) for one in both)
    return first, second


def test_a_rep_notes_a_stop_while_the_provider_refuses_for_one(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    desk, case = home.another().reps.desk, int(home.case(contact)["id"])
    monkeypatch.setattr(TwilioMessenger, "send", lambda *_: OPTED_OUT)
    other = meanwhile(monkeypatch, send_answers, "reject", lambda: desk.do_not_contact(ANA, case))
    home.run("reach")
    other.join()
    told = home.rows("SELECT actor FROM outcome WHERE kind = 'opted_out' ORDER BY id")
    assert [row["actor"] for row in told] == ["contact", ANA]


def test_a_case_closed_while_the_provider_refuses_a_reps_text_stays_closed(
    home: Home, monkeypatch: Patch
) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    texts, closing = home.fresh.reps.writing, home.another().by_person
    texts.write(ANA, int(home.case(contact)["id"]), "hola")
    monkeypatch.setattr(TwilioMessenger, "send", lambda *_: OPTED_OUT)
    other = meanwhile(
        monkeypatch,
        writing,
        "follow_code",
        lambda: closing.close_case(contact, reason="moved", actor=LUIS),
    )
    texts.send_due()
    other.join()
    assert home.case(contact)["state"] == "closed"


def test_two_reps_who_want_each_others_person_keep_their_own(
    home: Home, monkeypatch: Patch
) -> None:
    anas, luises = two_cases(home)
    mine, theirs = (
        SqlQueueStore(one.database, load_countries()) for one in (home.fresh, home.another())
    )
    at, until = home.now, home.now + timedelta(minutes=5)
    mine.claim(ANA, anas, at, until)
    theirs.claim(LUIS, luises, at, until)
    got: list[str] = []
    other = meanwhile(
        monkeypatch, holding, "add_new", lambda: got.append(theirs.claim(LUIS, anas, at, until))
    )
    got.insert(0, mine.claim(ANA, luises, at, until))
    other.join()
    assert got == [LUIS, LUIS]


def test_who_comes_back_and_passes_somebody_over_lets_the_next_rep_take_them(
    database_url: str, monkeypatch: Patch
) -> None:
    with a_floor(database_url) as floor:
        floor.hire(ANA, LUIS)
        (only,) = floor.people(1)
        mine, theirs = floor.queue(), floor.queue()
        mine.refresh()
        assert mine.next(ANA) == only
        floor.move(minutes=20)
        other = meanwhile(
            monkeypatch, queues, "hold", lambda: mine.skip(ANA, only, SkipReason.LANGUAGE)
        )
        assert theirs.next(LUIS) == only
        other.join()
        assert (claim := theirs.held(LUIS))
        assert claim.case_id == only


def test_a_rep_works_on_while_a_manager_gives_many_people_to_others(
    home: Home, monkeypatch: Patch
) -> None:
    first, second = two_cases(home)
    home.fresh.users.add(ANA, Role.REP)
    desk = home.another().reps.desk
    store = SqlQueueStore(home.fresh.database, load_countries())
    other = threading.Thread(target=lambda: desk.answered(ANA, second))

    def one_by_one(ids: list[int], _size: int) -> Iterator[list[int]]:
        yield ids[:1]
        if not other.ident:
            other.start()
            other.join(0.5)
        yield ids[1:]

    monkeypatch.setattr(queues, "chunks", one_by_one)
    assert store.assign([first, second], ANA, home.now, by=BOSS) == 2
    other.join()
    desks = home.rows(
        "SELECT answered_at FROM case_desk WHERE rep = :rep ORDER BY case_id", rep=ANA
    )
    assert [bool(row["answered_at"]) for row in desks] == [False, True]


def test_who_writes_while_their_two_records_become_one_is_heard(
    home: Home, monkeypatch: Patch
) -> None:
    first, second = home.contact(), home.contact(phones=[BRAZILIAN])
    home.send()
    for phone in (MEXICAN, BRAZILIAN):
        home.says(phone, "ana.nueva@empresa.com")
    home.move(minutes=1)
    home.fresh.record.listen(RecordCounts())
    home.fresh.answering.understand()
    emails = home.shown(first)["contact"]["email_addresses"]
    home.change(second, fields={"email_addresses": emails})
    home.next_day()
    process = home.another()
    home.says(BRAZILIAN, "quero falar com alguém")
    home.move(minutes=1)
    process.record.listen(RecordCounts())
    other = meanwhile(monkeypatch, cases, "held_case", process.answering.understand)
    home.fresh.stages.pull(full=True)
    other.join()
    home.fresh.answering.understand()
    assert home.rows("SELECT id FROM reply WHERE handled_at IS NULL") == []
    assert home.case(first)["id"] == home.case(second)["id"]


def test_a_no_that_is_said_again_while_it_is_lifted_stands(home: Home, monkeypatch: Patch) -> None:
    home.fresh.users.add(BOSS, Role.MANAGER)
    contact = home.contact()
    home.send()
    case = int(home.case(contact)["id"])
    home.fresh.reps.desk.do_not_contact(ANA, case)
    home.move(minutes=5)
    home.says(MEXICAN, "sí, quiero las ofertas")
    home.run("record")
    desk = home.another().reps.desk
    other = meanwhile(monkeypatch, lifting, "audit_all", lambda: desk.do_not_contact(ANA, case))
    home.fresh.lifting.lift(ContactId(contact), reason="she wrote again", as_=BOSS)
    other.join()
    assert home.rows("SELECT id FROM suppression WHERE lifted_at IS NULL")
    assert home.case(contact)["stopped"]


def test_who_waits_too_long_becomes_anybodys_while_items_are_made(database: Database) -> None:
    store = SqlQueueStore(database, load_countries())
    empty = {"contact_id": "1", "place": "", "status": "", "language": "es", "country": ""}
    item = {"wants": "reply", "due_at": NOON, "rank": 0, "owner": ANA, "attempt_no": 1, **empty}
    with database.begin() as connection:
        connection.execute(ITEM.insert(), [{"case_id": 1, **item}, {"case_id": 2, **item}])
    other = threading.Thread(target=store.pass_on, args=(NOON,))
    with database.begin() as connection:
        queue_items.make(connection, [2], NOON, load_countries())
        other.start()
        other.join(0.5)
        queue_items.make(connection, [1], NOON, load_countries())
    other.join()
    with database.read() as connection:
        assert connection.execute(sa.select(ITEM)).all() == []


def test_what_somebody_wrote_is_forgotten_after_their_case_is_held(home: Home) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "hola")
    home.move(minutes=1)
    home.fresh.record.listen(RecordCounts())
    process, key = home.another(), home.step(contact)["number_key"]

    def forgets() -> None:
        with process.database.begin() as connection:
            connection.execute(CONTACT.delete().where(CONTACT.c.id == contact))
            connection.execute(table(ContactKeyRow).delete())
            forget(connection, contact, [key])

    work, reply = threading.Thread(target=forgets), table(ReplyRow)
    with home.fresh.database.begin() as connection:
        cases.held_case(connection, int(home.case(contact)["id"]))
        work.start()
        work.join(0.5)
        assert work.is_alive()
        free = sa.select(reply.c.id).with_for_update(skip_locked=True)
        assert connection.execute(free).all()
    work.join()
