"""Lists from outside: whom not to contact, by number and hash, and who agreed to be."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recovery.adapters.db.invariants import broken_invariants
from recovery.cli.checks.base import base
from recovery.domain.case import Disposition
from recovery.services.imports import BlockList, Imported
from recovery.services.record.by_person import CallResult
from tests.databases import Template
from tests.installation import MEXICAN, Home, installed, policy_file

OTHER = "+525587654321"
MINE = {"source": "our old CRM"}


@pytest.fixture
def home(tmp_path: Path, migrated: Template) -> Iterator[Home]:
    with installed(tmp_path, migrated) as home:
        yield home


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def listing(home: Home, *rows: dict[str, str], own: bool = False, **defaults: str) -> Imported:
    return home.fresh.imports.do_not_contact(
        enumerate(rows, start=2), defaults={**MINE, **defaults}, is_block_list=not own
    )


def agreeing(home: Home, *rows: dict[str, str]) -> Imported:
    return home.fresh.imports.consent(enumerate(rows, start=2), defaults=MINE)


SPELLINGS = ("55 1234 5678", MEXICAN, "+5215512345678")
HASHED = (MEXICAN, MEXICAN[1:], "+5215512345678")


@pytest.mark.parametrize("number", [*SPELLINGS, *(sha256(text).upper() for text in HASHED)])
def test_who_is_listed_gets_no_message_in_any_spelling(home: Home, number: str):
    home.contact()
    listing(home, {"number": number, "country": "MX"})
    home.send()
    assert home.messages(MEXICAN) == []


def queued(home: Home) -> str:
    """Somebody whose first call is in the queue, which Keap does not know yet."""
    called = home.contact(phones=[OTHER], tags=[])
    home.send()
    home.next_day(2)
    home.send()
    assert home.step(called, "c1")["state"] == "queued"
    return called


def test_a_listed_number_closes_what_was_decided_and_queued(home: Home):
    written, called = home.contact(), home.contact(phones=[OTHER], tags=[])
    home.run("pull", "route")
    home.next_day(2)
    home.run("route", "reach", "record")
    task = home.case(called)["keap_task_id"]
    assert home.keap("GET", f"/tasks/{task}")["completed"] is False
    assert home.step(called, "c1")["state"] == "queued"
    listing(home, {"number": OTHER}, {"number": MEXICAN})
    assert home.step(called, "c1")["state"] == "cancelled"
    assert broken_invariants(home.fresh.database) == []
    home.run("route", "reach", "record")
    assert home.case(written)["next_act"] not in ("message", "call")
    assert home.keap("GET", f"/tasks/{task}")["completed"] is True


def test_a_list_before_keap_had_the_task_makes_no_task(home: Home):
    called = queued(home)
    listing(home, {"number": OTHER})
    home.run("record")
    assert home.shown(called)["tasks"] == []


def test_a_call_and_its_task_come_back_once_the_list_has_ended(home: Home):
    called = queued(home)
    listing(home, {"number": OTHER, "expires": f"{home.now + timedelta(days=1):%Y-%m-%d}"})
    home.run("record")
    for _ in range(6):
        home.next_day()
        home.run("record", "pull", "route", "reach", "record")
    assert len(home.rows("SELECT id FROM attempt WHERE state = 'queued'")) == 1
    assert [one["completed"] for one in home.shown(called)["tasks"]] == [False]


def test_a_list_never_counts_from_before_a_message_that_had_left(home: Home):
    contact = home.contact()
    home.send()
    sent = home.step(contact)["sending_at"]
    home.now -= timedelta(minutes=10)
    listing(home, {"number": MEXICAN})
    assert home.one("SELECT at FROM suppression")["at"] == sent
    assert broken_invariants(home.fresh.database) == []


def test_a_list_may_close_calls_alone(home: Home):
    home.contact()
    called = home.contact(phones=[OTHER], tags=[])
    calls_alone = {"channel": "call"}
    listing(home, {"number": MEXICAN, **calls_alone}, {"number": OTHER, **calls_alone})
    home.send()
    assert len(home.messages(MEXICAN)) == 1
    home.next_day(3)
    home.send()
    assert home.rows("SELECT id FROM attempt WHERE channel = 'call'") == []
    assert home.case(called)["next_act"] != "call"


def test_a_list_of_calls_takes_away_those_that_are_queued(home: Home):
    called = queued(home)
    listing(home, {"number": OTHER, "channel": "call"})
    assert home.step(called, "c1")["state"] == "cancelled"
    home.next_day(2)
    home.send()
    assert home.rows("SELECT id FROM attempt WHERE state = 'queued'") == []


def test_a_hash_imported_first_closes_a_number_that_shows_up_later(home: Home):
    listing(home, {"hash": sha256(MEXICAN)})
    home.contact()
    home.send()
    assert home.messages(MEXICAN) == []
    assert home.one("SELECT reason FROM suppression")["reason"] == "on a do-not-contact list"


def test_the_file_again_changes_nothing_and_tells_so(home: Home):
    rows = [{"number": MEXICAN}, {"hash": sha256(OTHER)}, {"number": MEXICAN}]
    first, again = listing(home, *rows), listing(home, *rows)
    assert (first.lines, first.new, first.known) == (3, 2, 0)
    assert (again.lines, again.new, again.known) == (3, 0, 2)


def test_an_entry_counts_until_its_day_has_passed_everywhere(home: Home):
    listing(home, {"number": MEXICAN, "expires": "2026-11-25"})
    home.move(datetime(2026, 11, 26, 11, tzinfo=UTC))
    home.run("route")
    assert home.one("SELECT lifted_at FROM suppression")["lifted_at"] is None
    home.next_day(0)
    home.contact()
    home.send()
    assert len(home.messages(MEXICAN)) == 1
    listing(home, {"number": MEXICAN, "expires": "2027-11-25"})
    assert home.one("SELECT lifted_at FROM suppression")["lifted_at"] is None
    assert broken_invariants(home.fresh.database) == []


def test_an_entry_that_is_over_closes_nothing(home: Home):
    done = listing(home, {"number": MEXICAN, "expires": "2026-11-01"})
    assert (done.expired, done.new) == (1, 0)
    assert home.rows("SELECT * FROM suppression") == []


def test_the_end_of_a_list_lifts_no_stop_of_the_person(home: Home):
    home.contact(habits={"behaviour": "stop"})
    home.send()
    home.move(minutes=30)
    home.run("record")
    listing(home, {"number": MEXICAN, "expires": "2026-11-24"})
    home.move(days=4)
    home.run("route")
    standing = home.rows("SELECT reason FROM suppression WHERE lifted_at IS NULL")
    assert {row["reason"] for row in standing} == {"stop"}


def said_by_doctor(home: Home) -> list[str]:
    return [f"{one.what}: {one.level}" for one in base(home.fresh)]


def test_a_country_without_a_recent_copy_waits_where_the_policy_says_hold(
    tmp_path: Path, migrated: Template
):
    policy = policy_file(tmp_path, 'registry = "hold"\n')
    with installed(tmp_path, migrated, policy=policy) as home:
        contact = home.contact(tags=[])
        report = home.run("pull", "route")["route"]
        assert home.case(contact)["rule"] == "registry.hold"
        assert report.counts["without_block_list"] == 1
        assert home.fresh.block_lists() == [
            BlockList("MX", ("REPEP (Profeco)",), 1, is_fresh=False)
        ]
        assert "block list MX: note" in said_by_doctor(home)
        listing(home, {"number": OTHER}, own=True, country="MX")
        home.move(days=2)
        home.run("route")
        assert home.case(contact)["rule"] == "registry.hold"
        assert listing(home, {"number": OTHER}, country="MX").block_lists == ("MX",)
        home.move(days=2)
        report = home.run("route")["route"]
        assert home.case(contact)["next_act"] == "call"
        assert "without_block_list" not in report.counts
        assert "block list MX: ok" in said_by_doctor(home)
        home.move(days=32)
        assert home.run("route")["route"].counts["without_block_list"] == 1


def test_a_list_with_a_line_left_out_is_not_the_whole_block_list(home: Home):
    done = listing(home, {"number": "12"}, {"number": MEXICAN}, country="MX")
    assert (done.wrong, done.new, done.block_lists) == (1, 1, ())
    assert done.problems[0].line == 2


def test_only_keyed_hashes_of_a_list_are_kept(home: Home):
    listing(home, {"number": MEXICAN}, {"hash": sha256(OTHER)})
    kept = str([home.rows(f"SELECT * FROM {name}") for name in ("suppression", "listed_hash")])
    assert MEXICAN[3:] not in kept
    assert sha256(OTHER) not in kept


def test_an_imported_agreement_opens_whatsapp_with_its_day_source_and_words(home: Home):
    contact = home.contact(tags=[])
    home.run("pull", "route")
    assert home.case(contact)["next_act"] == "call"
    row = {"number": MEXICAN, "date": "2026-03-04", "text": "Sí, por WhatsApp"}
    assert agreeing(home, row).new == 1
    home.run("route", "reach")
    assert len(home.messages(MEXICAN)) == 1
    kept = home.one("SELECT * FROM consent")
    assert (kept["basis"], kept["source"], kept["text"]) == ("import", "our old CRM", row["text"])
    assert str(kept["at"]).startswith("2026-03-04")


def test_who_opted_out_needs_an_agreement_dated_later(home: Home):
    contact = home.contact("MANUAL", tags=[])
    home.run("pull", "route")
    agreeing(home, {"contact": contact, "date": "2026-11-22"})
    home.run("route")
    assert home.case(contact)["next_act"] != "message"
    home.next_day(2)
    agreeing(home, {"contact": contact, "date": "2026-11-24"})
    home.run("route")
    assert home.case(contact)["next_act"] == "message"


def test_an_agreement_of_nobody_known_or_of_an_office_is_told(home: Home):
    for _ in range(5):
        home.contact(phones=[OTHER], tags=[])
    home.run("pull")
    day = {"date": "2026-03-04"}
    done = agreeing(home, {"number": "+573009998877", **day}, {"number": OTHER, **day})
    assert [one.message for one in done.problems] == [
        "nobody in Keap has this number or address: run `recovery pull` first",
        "too many contacts share it to be one person: name the contact's id in Keap",
    ]


def test_an_agreement_lifts_no_suppression(home: Home):
    contact = home.contact()
    listing(home, {"number": MEXICAN})
    home.run("pull", "route")
    agreeing(home, {"contact": contact, "date": "2026-11-23"})
    home.run("route", "reach")
    assert home.messages(MEXICAN) == []


def test_who_was_silenced_until_a_day_goes_on_when_it_has_passed(home: Home):
    contact = home.contact()
    home.run("pull", "route")
    listing(home, {"number": MEXICAN, "expires": "2026-11-25"})
    home.run("route")
    assert (home.case(contact)["state"], home.case(contact)["rule"]) == ("hold", "stopped.hold")
    home.next_day(4)
    home.run("route", "reach")
    assert home.case(contact)["state"] == "open"
    assert len(home.messages(MEXICAN)) == 1


def test_the_end_of_a_list_forgets_no_refusal_on_the_phone(home: Home):
    called = queued(home)
    refused = CallResult(called, Disposition.REFUSED, "rep@firm.example")
    home.fresh.by_person.dispose(refused)
    home.run("route")
    listing(home, {"number": OTHER, "channel": "whatsapp", "expires": "2026-11-27"})
    home.next_day(5)
    home.run("route")
    case = home.case(called)
    assert (case["stopped"], case["state"], case["rule"]) == (1, "hold", "hold.waiting")


def test_one_foreign_number_is_not_that_countrys_block_list(home: Home):
    rows = {"number": MEXICAN}, {"number": "+573001234567"}
    assert listing(home, *rows, country="MX").block_lists == ("MX",)
    assert listing(home, *rows).block_lists == ()
    assert home.rows("SELECT DISTINCT country FROM imported_list WHERE is_block_list") == [
        {"country": "MX"}
    ]
