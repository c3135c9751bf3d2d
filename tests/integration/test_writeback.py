"""What we leave in Keap is there once, whatever crashes, and never over what a person wrote."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.adapters.keap.client import KeapClient
from recovery.domain.case import CaseEnd, Disposition
from recovery.errors import AuthorizationLost, Call, PermanentFailure, QuotaExhausted
from recovery.services.record.by_person import CallResult
from tests.installation import Crash, Home
from tests.stopped_clock import nobody_waits
from tests.writebacks import later, with_a_call


def unrecovered(home: Home, **more: Any) -> str:
    """Somebody whom no route is left to: a note and a tag are owed."""
    contact = home.contact(phones=[], **more)
    home.run("pull", "route")
    assert home.case(contact)["state"] == "hold"
    return contact


@pytest.mark.parametrize("method", ["add_note", "add_task"])
def test_a_crash_between_the_call_and_its_record_makes_no_second(home: Home, method: str) -> None:
    contact = unrecovered(home) if method == "add_note" else with_a_call(home)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlOutboxStore, "done", dies)
        broken.setattr(SqlOutboxStore, "save_task", dies)
        with pytest.raises(Crash):
            home.fresh.stages.record()
    home.restart()
    later(home)
    shown = home.shown(contact)
    assert len(shown["notes" if method == "add_note" else "tasks"]) == 1


def dies(*_: Any, **__: Any) -> Any:
    raise Crash


def dies_at_a_note(
    self: SqlOutboxStore, entries: Any, now: Any, *, done: Any = SqlOutboxStore.done, **more: Any
) -> None:
    if entries[0].kind == "note":
        raise Crash
    done(self, entries, now, **more)


@pytest.mark.parametrize("path", ["POST .*/notes", "POST .*/tasks"])
@pytest.mark.parametrize(
    "fault", ["execute_then_500", "execute_then_reset", "server_error", "rate_limited"]
)
def test_a_lost_answer_makes_no_second(
    home: Home, path: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_waits(monkeypatch)
    contact = unrecovered(home) if "notes" in path else with_a_call(home)
    home.faults(fault, match=path)
    later(home, 4)
    shown = home.shown(contact)
    assert len(shown["notes" if "notes" in path else "tasks"]) == 1
    assert home.rows("SELECT * FROM outbox WHERE state NOT IN ('done', 'dropped')") == []


def test_tags_go_out_by_the_hundred(home: Home) -> None:
    contacts = [unrecovered(home) for _ in range(12)]
    home.run("record")
    applied = home.sandbox.ledger("keap.tag_applied")
    ours = [row for row in applied if row.get("by") != "human"]
    assert [sorted(row["contact_ids"]) for row in ours] == [sorted(contacts)]


def test_a_note_tells_the_story_once(home: Home) -> None:
    contact = home.contact(tags=[])
    home.send()
    home.fresh.by_person.dispose(CallResult(contact, Disposition.WRONG_NUMBER, "rep@firm.example"))
    later(home)
    home.run("route")
    later(home)
    (note,) = home.shown(contact)["notes"]
    assert "equivocado" in note["text"]


def recover(home: Home, contact: str) -> None:
    with home.fresh.database.begin() as connection:
        cases.close(connection, home.case(contact), CaseEnd.RECOVERED, home.now)


def test_a_recovery_after_the_hold_is_told_in_the_same_note(home: Home) -> None:
    contact = unrecovered(home)
    later(home)
    (note,) = home.shown(contact)["notes"]
    assert "No recuperado" in note["title"]
    recover(home, contact)
    later(home)
    (again,) = home.shown(contact)["notes"]
    assert again["id"] == note["id"]
    assert "recuperado" in again["title"]
    assert "No recuperado" not in again["title"] + again["text"]


def test_what_a_person_wrote_into_our_note_stays_below_the_new_story(home: Home) -> None:
    contact = unrecovered(home)
    later(home)
    (note,) = home.shown(contact)["notes"]
    home.move(minutes=1)
    theirs = {"text": f"{note['text']}\nSu hermana: vuelve en enero.", "user_id": "1"}
    path, mask = f"/contacts/{contact}/notes/{note['id']}", {"update_mask": "text"}
    home.keap("PATCH", path, params=mask, json=theirs)
    recover(home, contact)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlOutboxStore, "done", dies_at_a_note)
        home.move(minutes=5)
        with pytest.raises(Crash):
            home.fresh.stages.record()
    home.restart()
    later(home)
    (again,) = home.shown(contact)["notes"]
    assert again["text"].startswith("RECUPERADO")
    assert again["text"].endswith(theirs["text"])
    assert again["text"].count("RECUPERADO el") == 2  # the old story says "NO RECUPERADO el"


def test_a_recovery_before_the_note_was_written_leaves_one_note(home: Home) -> None:
    contact = unrecovered(home)
    recover(home, contact)
    later(home)
    (note,) = home.shown(contact)["notes"]
    assert "No recuperado" not in note["title"]


def test_a_note_that_somebody_deleted_is_told_anew(home: Home) -> None:
    contact = unrecovered(home)
    later(home)
    (note,) = home.shown(contact)["notes"]
    home.keap("DELETE", f"/contacts/{contact}/notes/{note['id']}")
    recover(home, contact)
    later(home)
    (again,) = home.shown(contact)["notes"]
    assert "No recuperado" not in again["title"]


def test_what_a_person_wrote_meanwhile_stays(home: Home) -> None:
    contact = home.contact()
    home.send()
    two = [
        {"email": "ana1@example.com", "field": "EMAIL1"},
        {"email": "casa@example.com", "field": "EMAIL2"},
    ]
    home.change(contact, fields={"email_addresses": two, "given_name": "Ana María"})
    queue_address(home, contact, "ana.nueva@empresa.com")
    later(home)
    shown = home.shown(contact)["contact"]
    held = {row["field"]: row["email"] for row in shown["email_addresses"]}
    assert held == {"EMAIL1": "ana.nueva@empresa.com", "EMAIL2": "casa@example.com"}
    assert shown["given_name"] == "Ana María"


def queue_address(home: Home, contact: str, email: str) -> None:
    from recovery.adapters.db.effects import take_address

    with home.fresh.database.begin() as connection:
        case = cases.open_case_of(connection, contact)
        assert case is not None
        take_address(connection, case, email, home.now, words="yes", actor="contact")


def test_an_address_that_a_person_corrected_meanwhile_is_not_overwritten(home: Home) -> None:
    contact = home.contact()
    home.send()
    corrected = [{"email": "ana.bien@empresa.com", "field": "EMAIL1"}]
    home.change(contact, fields={"email_addresses": corrected})
    home.change(contact, status="SINGLE_OPT_IN")
    queue_address(home, contact, "ana.nueva@empresa.com")
    later(home)
    held = home.shown(contact)["contact"]["email_addresses"]
    assert held[0]["email"] == "ana.bien@empresa.com"
    assert home.case(contact)["state"] == "engaged"


def raising(error: Exception) -> Callable[..., Any]:
    def run(*_: Any, **__: Any) -> Any:
        raise error

    return run


def test_the_days_quota_leaves_the_rest_for_tomorrow(home: Home) -> None:
    contact = unrecovered(home)
    spent = QuotaExhausted(Call("Keap", "add note", 429))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(KeapClient, "add_note", raising(spent))
        report = home.fresh.stages.record()
    assert str(report.note).startswith("quota")
    home.move(home.now + timedelta(hours=9))
    home.run("record")
    assert len(home.shown(contact)["notes"]) == 1


def test_an_address_outlives_a_weekend_without_keap(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_waits(monkeypatch)
    contact = with_a_call(home)
    email, rep = "ana.nueva@empresa.com", "rep@firm.example"
    home.fresh.by_person.dispose(CallResult(contact, Disposition.NEW_EMAIL, rep, email=email))
    home.faults(*["server_error"] * 6 * 40, match="contacts/")
    for _ in range(62):
        home.move(hours=1)
        home.run("record")
    assert home.case(contact)["state"] == "consented"
    home.faults()
    later(home, 1)
    home.move(hours=3)
    home.run("record")
    assert home.case(contact)["end"] == "recovered"


def test_a_lost_credential_gives_nothing_up(home: Home) -> None:
    contact = unrecovered(home)
    lost = AuthorizationLost(Call("Keap", "add note", 401))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(KeapClient, "add_note", raising(lost))
        for _ in range(9):
            home.move(minutes=5)
            with pytest.raises(AuthorizationLost):
                home.fresh.stages.record()
    later(home)
    assert len(home.shown(contact)["notes"]) == 1


def test_a_refused_write_is_listed_with_its_reason_and_stops_no_other(home: Home) -> None:
    first, second = unrecovered(home), unrecovered(home)
    whole = KeapClient.add_note

    def refused(self: KeapClient, contact_id: Any, **more: Any) -> str:
        if contact_id == first:
            raise PermanentFailure(Call("Keap", "add note", 400))
        return whole(self, contact_id, **more)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(KeapClient, "add_note", refused)
        home.run("record")
    assert len(home.shown(second)["notes"]) == 1
    failed = home.one("SELECT contact_id, error FROM outbox WHERE state = 'failed'")
    assert failed == {"contact_id": first, "error": "Keap add note, HTTP 400"}


def test_whom_keap_did_not_tag_is_listed_and_the_others_are_done(home: Home) -> None:
    first, second = unrecovered(home), unrecovered(home)
    home.keap("DELETE", f"/contacts/{first}")
    report = home.run("record")["record"]
    listed = "SELECT contact_id, state, error FROM outbox WHERE kind = 'tag' ORDER BY contact_id"
    assert home.rows(listed) == [
        {
            "contact_id": first,
            "state": "failed",
            "error": "Keap did not put the tag on this contact",
        },
        {"contact_id": second, "state": "done", "error": None},
    ]
    assert report.counts["refused_by_keap"] >= 1


def test_a_text_that_cannot_be_made_stops_no_other(home: Home) -> None:
    first, second = unrecovered(home), unrecovered(home)
    from recovery.adapters.stories import CaseStories

    whole = CaseStories.note

    def note(self: CaseStories, entry: Any) -> Any:
        if entry.contact_id == first:
            raise KeyError("story")
        return whole(self, entry)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(CaseStories, "note", note)
        home.run("record")
    assert len(home.shown(second)["notes"]) == 1
    assert home.one("SELECT contact_id FROM outbox WHERE state = 'failed'")["contact_id"] == first


def test_a_case_that_ends_tells_keap_in_its_language(home: Home) -> None:
    contact = unrecovered(home, preferred_locale="pt_BR")
    home.run("record")
    (note,) = home.shown(contact)["notes"]
    assert "Não recuperado" in note["title"]
