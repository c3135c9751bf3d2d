"""A person's no is lifted by a manager, for a reason, on something newer, and not otherwise."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.lifting import SqlLiftStore
from recovery.adapters.db.suppress import open_again
from recovery.domain.contact import ContactId
from recovery.errors import Refusal
from recovery.services.record.service import RecordCounts
from recovery.services.users.user import Role
from tests.databases import Template
from tests.installation import MEXICAN, Home, installed

BOSS, REP = "boss@firm.example", "rep@firm.example"
WHY = "she wrote again and asks for the offers"


@pytest.fixture
def home(tmp_path: Path, migrated: Template) -> Iterator[Home]:
    with installed(tmp_path, migrated) as home:
        home.fresh.users.add(BOSS, Role.MANAGER)
        home.fresh.users.add(REP, Role.REP)
        yield home


@pytest.fixture
def stopped(home: Home) -> str:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "STOP")
    home.run("record")
    return contact


def lift(home: Home, contact: str, as_: str = BOSS, reason: str = WHY):
    return home.fresh.lifting.lift(ContactId(contact), reason=reason, as_=as_)


def standing(home: Home) -> int:
    return len(home.rows("SELECT id FROM suppression WHERE lifted_at IS NULL"))


@pytest.mark.parametrize(
    ("as_", "reason", "word"),
    [
        (REP, WHY, "only an active manager"),
        (BOSS, " \n", "say why"),
        (BOSS, WHY, "nothing from this person is newer"),
    ],
)
def test_without_a_manager_a_reason_and_something_newer_it_stands(
    home: Home, stopped: str, as_: str, reason: str, word: str
):
    with pytest.raises(Refusal, match=word):
        lift(home, stopped, as_, reason)
    assert standing(home) > 0


def test_a_consent_older_than_the_no_lifts_nothing(home: Home, stopped: str):
    row = {"contact": stopped, "date": "2026-11-22"}
    home.fresh.imports.consent([(2, row)], defaults={"source": "form"})
    with pytest.raises(Refusal, match="newer"):
        lift(home, stopped)


def test_its_tag_leaves_keap_with_it_and_comes_back_with_another_no(home: Home, stopped: str):
    def is_tagged() -> bool:
        home.run("record", "route")
        home.run("record")
        return "Recovery: stopped" in home.tags(stopped)

    assert is_tagged()
    for known in (True, False):
        home.move(days=1)
        home.says(MEXICAN, "hola, quiero volver a recibir sus noticias")
        home.run("record")
        lift(home, stopped)
        assert not (known and is_tagged())
        home.move(minutes=5)
        home.says(MEXICAN, "STOP")
        assert is_tagged()


def test_a_newer_message_lifts_it_with_an_audit_row_and_the_case_goes_on(home: Home, stopped: str):
    home.move(days=1)
    home.says(MEXICAN, "hola, quiero volver a recibir sus noticias")
    home.run("record")
    assert standing(home) > 0
    lifted = lift(home, stopped)
    assert all(word.at == home.now for _, word in lifted)
    assert standing(home) == 0
    acts = home.rows("SELECT * FROM audit WHERE action = 'suppression.lifted'")
    assert {act["actor"] for act in acts} == {BOSS}
    assert home.case(stopped)["stopped"] == 0
    home.run("route")
    assert home.case(stopped)["state"] in ("open", "engaged")


def test_a_stop_after_the_lifting_stands_again(home: Home, stopped: str):
    home.move(days=1)
    home.says(MEXICAN, "hola, sí quiero")
    home.run("record")
    lift(home, stopped)
    home.move(days=1)
    home.says(MEXICAN, "STOP")
    home.run("record")
    assert standing(home) > 0
    with pytest.raises(Refusal, match="newer"):
        lift(home, stopped)


@pytest.mark.parametrize("by", ["message", "rep"])
def test_a_no_that_is_said_again_just_before_the_lifting_stands(
    home: Home, stopped: str, monkeypatch: pytest.MonkeyPatch, by: str
):
    """It has the ground of the first, and makes no row of its own."""
    home.move(days=1)
    home.says(MEXICAN, "hola, sí quiero")
    home.run("record")
    home.move(minutes=5)
    other, at_last = home.another(), SqlLiftStore.lift

    def said_again(*given: Any, **more: Any) -> Any:
        if by == "rep":
            other.reps.desk.do_not_contact(REP, int(home.case(stopped)["id"]))
        else:
            home.says(MEXICAN, "STOP")
            other.record.listen(RecordCounts())
            other.answering.understand()
        return at_last(*given, **more)

    monkeypatch.setattr(SqlLiftStore, "lift", said_again)
    before = standing(home)
    with pytest.raises(Refusal, match="newer"):
        lift(home, stopped)
    assert (standing(home) >= before, home.case(stopped)["stopped"]) == (True, 1)


def test_a_consent_to_calls_does_not_lift_a_no_to_whatsapp(home: Home):
    contact = home.contact()
    home.run("pull")
    row = {"number": MEXICAN, "channel": "whatsapp"}
    home.fresh.imports.do_not_contact([(2, row)], defaults={"source": "x"}, is_block_list=False)
    home.move(days=2)
    agreed = {"contact": contact, "date": "2026-11-25", "channel": "call"}
    home.fresh.imports.consent([(2, agreed)], defaults={"source": "form"})
    with pytest.raises(Refusal, match="newer"):
        lift(home, contact)


def test_a_no_to_our_question_is_no_word_for_contact(home: Home, stopped: str):
    home.move(days=1)
    home.says(MEXICAN, "no")
    home.run("record")
    assert home.rows("SELECT kind FROM reply ORDER BY id")[-1]["kind"] == "decline"
    with pytest.raises(Refusal, match="newer"):
        lift(home, stopped)


def test_a_word_before_the_last_stop_lifts_nothing(home: Home, stopped: str):
    for word in ("hola, quiero volver a recibir sus noticias", "STOP"):
        home.move(days=1)
        home.says(MEXICAN, word)
        home.run("record")
    with pytest.raises(Refusal, match="newer"):
        lift(home, stopped)
    assert standing(home) > 0


def test_who_agreed_to_calls_alone_after_a_stop_is_not_written_to(home: Home, stopped: str):
    home.move(days=2)
    agreed = {"contact": stopped, "date": "2026-11-25", "channel": "call"}
    home.fresh.imports.consent([(2, agreed)], defaults={"source": "form"})
    lift(home, stopped)
    left = home.rows("SELECT channel FROM suppression WHERE lifted_at IS NULL")
    assert {row["channel"] for row in left} == {"whatsapp"}
    home.run("route")
    assert home.case(stopped)["next_act"] == "call"


def test_who_agrees_to_calls_alone_a_second_time_is_not_written_to_either(home: Home, stopped: str):
    def agree(channel: str) -> None:
        home.move(days=2)
        row = {"contact": stopped, "date": f"{home.now:%Y-%m-%d}", "channel": channel}
        home.move(days=1)
        defaults = {"source": f"form of {home.now}"}
        home.fresh.imports.consent([(2, row)], defaults=defaults)
        lift(home, stopped)

    agree("call")
    agree("whatsapp")
    assert standing(home) == 0
    home.says(MEXICAN, "STOP")
    home.run("record")
    agree("call")
    left = home.rows("SELECT channel FROM suppression WHERE lifted_at IS NULL")
    assert {row["channel"] for row in left} == {"whatsapp"}


def test_what_a_manager_lifted_stays_lifted_though_a_list_names_them_by_hash(home: Home):
    digest = hashlib.sha256(MEXICAN.encode()).hexdigest()
    row = (2, {"hash": digest})
    home.fresh.imports.do_not_contact([row], defaults={"source": "x"}, is_block_list=False)
    contact = home.contact()
    home.run("pull", "route")
    assert standing(home) > 0
    home.move(days=2)
    agreed = {"contact": contact, "date": "2026-11-25"}
    home.fresh.imports.consent([(2, agreed)], defaults={"source": "form"})
    lift(home, contact)
    home.run("route", "reach")
    assert standing(home) == 0
    assert len(home.messages(MEXICAN)) == 1


def test_lifting_a_no_takes_nobody_out_of_the_hold_of_a_cadence_that_ended(home: Home):
    contact = home.contact(phones=[], tags=[])
    home.run("pull", "route")
    assert home.case(contact)["rule"] == "no_route.hold"
    row = (2, {"number": MEXICAN})
    home.fresh.imports.do_not_contact([row], defaults={"source": "x"}, is_block_list=False)
    with home.fresh.database.begin() as connection:
        open_again(connection, [home.case(contact)["id"]], home.now)
    assert home.case(contact)["state"] == "hold"
