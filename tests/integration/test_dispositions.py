"""What reps say of calls: undone for half a minute, carried out once, corrected with an audit."""

from datetime import timedelta

import pytest

from recovery.adapters.db.invariants import broken_invariants
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import UserRow
from recovery.domain.lane import Lane
from recovery.errors import Refusal
from recovery.services.reps.desk import Agreed
from recovery.services.reps.dispositions import Dispositions, Said, Word
from recovery.services.reps.queue import Queue
from recovery.services.users.user import Role
from tests.installation import BRAZILIAN, Home

USER = table(UserRow)
REP, OTHER = "ana@firm.example", "luis@firm.example"


@pytest.fixture
def contact(home: Home) -> str:
    """Somebody whose first call is due."""
    made = home.contact(tags=[])
    home.run("pull", "route", "reach")
    home.next_day(3)
    home.run("route", "reach")
    return made


def queue(home: Home) -> Queue:
    made = home.fresh.reps.queue
    made.refresh()
    return made


def words(home: Home) -> Dispositions:
    return home.fresh.reps.dispositions


def say(home: Home, contact: str, code: str, **more: object) -> Said:
    word = Word(code, **more)  # type: ignore[arg-type]
    return words(home).say(REP, home.case(contact)["id"], word)


def hire(home: Home, *reps: str) -> None:
    """Users who work here."""
    with home.fresh.database.begin() as connection:
        for rep in reps:
            row = {"email": rep, "role": "rep", "created_at": home.now, "active": True}
            connection.execute(USER.insert().values(totp_used=0, language="es", **row))


def after_the_window(home: Home) -> None:
    home.move(seconds=31)
    home.fresh.reps.catch_up()


def test_nothing_follows_while_it_can_be_undone(home: Home, contact: str) -> None:
    said = say(home, contact, "no_answer")
    home.move(seconds=29)
    assert words(home).apply_due() == 0
    assert home.step(contact, "c1")["state"] == "queued"
    assert queue(home).next(REP) is None
    words(home).undo(REP, said.id)
    assert queue(home).next(REP) == said.case_id
    after_the_window(home)
    assert home.step(contact, "c1")["state"] == "queued"


def test_after_half_a_minute_it_is_carried_out_once_and_undone_no_more(
    home: Home, contact: str
) -> None:
    said = say(home, contact, "voicemail", note="a woman's voice")
    home.move(seconds=30)
    with pytest.raises(Refusal, match="too late"):
        words(home).undo(REP, said.id)
    assert [home.fresh.reps.catch_up() > 0, words(home).apply_due()] == [True, 0]
    call = home.step(contact, "c1")
    assert (call["state"], call["disposition"], call["actor"]) == ("done", "voicemail", REP)
    told = home.rows("SELECT kind FROM outcome WHERE kind LIKE 'call_%'")
    assert told == [{"kind": "call_voicemail"}]


def test_a_crash_loses_nothing_because_whoever_comes_carries_it_out(
    home: Home, contact: str
) -> None:
    say(home, contact, "no_answer")
    home.restart()
    home.move(minutes=10)
    assert home.run("record")["record"].counts["call_results"] == 1
    assert home.step(contact, "c1")["disposition"] == "no_answer"


def test_do_not_contact_silences_at_once_and_an_undo_gives_everything_back(
    home: Home, contact: str
) -> None:
    said = say(home, contact, "do_not_contact")
    assert home.rows("SELECT channel FROM suppression WHERE lifted_at IS NULL")
    assert broken_invariants(home.fresh.database) == []
    home.run("route", "reach")
    words(home).undo(REP, said.id)
    assert not home.rows("SELECT channel FROM suppression WHERE lifted_at IS NULL")
    home.move(minutes=1)
    home.run("route")
    assert home.step(contact, "c1")["state"] == "queued"
    assert home.case(contact)["state"] == "open"


def test_do_not_contact_ends_the_case_when_it_stands(home: Home, contact: str) -> None:
    say(home, contact, "do_not_contact")
    after_the_window(home)
    assert home.case(contact)["state"] == "hold"
    standing = home.rows("SELECT * FROM suppression WHERE lifted_at IS NULL")
    assert {(row["channel"], row["source"]) for row in standing} == {
        ("all", f"case {home.case(contact)['id']}")
    }


def test_a_call_has_one_word_at_a_time(home: Home, contact: str) -> None:
    say(home, contact, "no_answer")
    with pytest.raises(Refusal, match="just said"):
        say(home, contact, "spoke")


def test_who_does_not_hold_the_person_says_nothing(home: Home, contact: str) -> None:
    held = queue(home).next(REP)
    assert held is not None
    with pytest.raises(Refusal, match="somebody else"):
        words(home).say(OTHER, held, Word("no_answer"))


@pytest.mark.parametrize(
    ("code", "more", "missing"),
    [
        ("callback", {}, "when to call"),
        ("new_email", {}, "new address"),
        ("new_email", {"email": "ana@"}, "letter by letter"),
        ("new_email", {"email": "ventas@firm.example"}, "function"),
        ("consent", {"words": " "}, "proof"),
        ("unheard_of", {}, "not on the list"),
    ],
)
def test_what_a_disposition_needs_is_asked_for(
    home: Home, contact: str, code: str, more: dict[str, str], missing: str
) -> None:
    with pytest.raises(Refusal, match=missing):
        say(home, contact, code, **more)


def test_an_address_of_somebody_else_is_refused(home: Home, contact: str) -> None:
    home.contact(email="bruno@example.com", phones=[BRAZILIAN])
    home.run("pull")
    with pytest.raises(Refusal, match="another contact"):
        say(home, contact, "new_email", email="Bruno@example.com")


def test_a_new_address_goes_the_way_of_a_replys(home: Home, contact: str) -> None:
    say(home, contact, "new_email", email="Ana.Nueva@Example.com", words="sí, esa")
    after_the_window(home)
    home.run("record")
    assert home.case(contact)["end"] == "recovered"
    assert home.shown(contact)["contact"]["email_addresses"][0]["email"] == "ana.nueva@example.com"


def test_an_agreed_call_is_in_the_queue_at_its_time_and_first_the_reps_own(
    home: Home, contact: str
) -> None:
    hire(home, REP, OTHER)
    at = home.now + timedelta(hours=3)
    said = say(home, contact, "callback", at=at, mine=True)
    after_the_window(home)
    assert queue(home).next(REP) is None
    home.move(at)
    assert queue(home).next(OTHER) is None
    assert queue(home).page(Lane.CALLBACKS).waiters[0].case_id == said.case_id
    assert queue(home).next(REP) == said.case_id


def test_a_correction_takes_the_wrong_effect_back_and_the_audit_knows(
    home: Home, contact: str
) -> None:
    said = say(home, contact, "wrong_number")
    after_the_window(home)
    assert home.rows("SELECT * FROM dropped_number")
    with pytest.raises(Refusal, match="say why"):
        words(home).correct(REP, said.id, Word("no_answer"), reason=" ", role=Role.REP)
    words(home).correct(
        REP, said.id, Word("no_answer"), reason="pressed the wrong key", role=Role.REP
    )
    after_the_window(home)
    assert not home.rows("SELECT * FROM dropped_number")
    assert home.step(contact, "c1")["disposition"] == "no_answer"
    assert home.rows("SELECT action FROM audit WHERE action = 'call.corrected'")


def test_only_a_manager_lifts_a_no_and_only_on_something_newer(home: Home, contact: str) -> None:
    said = say(home, contact, "do_not_contact")
    after_the_window(home)
    case = home.case(contact)["id"]
    other, why = Word("no_answer"), "pressed the wrong key"
    with pytest.raises(Refusal, match="only a manager"):
        words(home).correct(REP, said.id, other, reason=why, role=Role.REP)
    with pytest.raises(Refusal, match="nothing from this person is newer"):
        words(home).correct("boss@firm.example", said.id, other, reason=why, role=Role.MANAGER)
    home.move(minutes=1)
    home.fresh.reps.desk.consent(REP, case, Agreed.CALL, words="sí, llámeme mañana")
    words(home).correct("boss@firm.example", said.id, other, reason=why, role=Role.MANAGER)
    after_the_window(home)
    assert home.case(contact)["stopped"] == 0
    assert home.rows("SELECT * FROM suppression WHERE lifted_at IS NULL") == []
    act = home.one("SELECT * FROM audit WHERE action = 'call.corrected'")
    assert act["actor"] == "boss@firm.example"


@pytest.mark.parametrize(("wrong", "right"), [("refused", "do_not_contact"), ("spoke", "refused")])
def test_whoever_made_the_call_may_correct_towards_silence(
    home: Home, contact: str, wrong: str, right: str
) -> None:
    said = say(home, contact, wrong)
    after_the_window(home)
    words(home).correct(REP, said.id, Word(right), reason="misheard", role=Role.REP)
    after_the_window(home)
    assert home.step(contact, "c1")["disposition"] == right
    assert home.case(contact)["stopped"] == 1


def test_a_call_made_by_hand_without_one_in_the_queue_counts(home: Home) -> None:
    contact = home.contact()
    home.send()
    say(home, contact, "spoke")
    after_the_window(home)
    (by_hand,) = [a for step, a in home.attempts(contact).items() if step.startswith("hand-")]
    assert (by_hand["disposition"], by_hand["state"]) == ("spoke", "done")
    assert home.case(contact)["state"] == "engaged"


def test_what_was_ticked_off_in_keap_is_done_here(home: Home, contact: str) -> None:
    home.run("record")
    task = home.case(contact)["keap_task_id"]
    assert task
    home.keap("PATCH", f"/tasks/{task}?update_mask=completed", json={"completed": True})
    home.move(minutes=5)
    assert home.run("record")["record"].counts["calls_done_in_keap"] == 1
    call = home.step(contact, "c1")
    assert (call["state"], call["disposition"]) == ("done", "done_in_keap")
    assert home.case(contact)["keap_task_id"] is None
    assert broken_invariants(home.fresh.database) == []


@pytest.mark.parametrize(
    ("written", "result", "state"),
    [
        ("#no contesta", "no_answer", "open"),
        ("# Número errado!", "wrong_number", "open"),
        ("#spoke, wants to think", "spoke", "engaged"),
        ("#dio otro correo", "spoke", "engaged"),
        ("#no answer #do not contact", "do_not_contact", "open"),
        ("#no answer #busy", "done_in_keap", "open"),
        ("no answer", "done_in_keap", "open"),
    ],
)
def test_the_result_behind_a_hash_sign_in_the_title_counts(
    home: Home, contact: str, written: str, result: str, state: str
) -> None:
    home.run("record")
    task = home.case(contact)["keap_task_id"]
    title = home.keap("GET", f"/tasks/{task}")["title"]
    changed = {"completed": True, "title": f"{title} {written}"}
    home.keap("PATCH", f"/tasks/{task}?update_mask=completed&update_mask=title", json=changed)
    home.move(minutes=5)
    home.run("record")
    assert home.step(contact, "c1")["disposition"] == result
    assert home.case(contact)["state"] == state
    assert home.case(contact)["stopped"] == (result == "do_not_contact")


def test_what_was_done_here_is_ticked_off_in_keap(home: Home, contact: str) -> None:
    home.run("record")
    task = home.case(contact)["keap_task_id"]
    say(home, contact, "do_not_contact")
    after_the_window(home)
    home.run("record")
    assert home.keap("GET", f"/tasks/{task}")["completed"] is True
