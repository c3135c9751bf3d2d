"""What another process does between the last look at a message and its `sending` comes wholly
before it or wholly after; on SQLite it must, for there is one writer at a time.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.reach import store as reach
from recovery.adapters.db.record import answers
from recovery.adapters.db.reps.writing import SqlWritingStore
from recovery.services.record.service import RecordCounts
from tests.databases import KINDS, POSTGRESQL
from tests.installation import MEXICAN, Home

REP = "ana@firm.example"
LOOKS = {
    "message": (reach, "_why_not"),
    "answer": (answers, "_silenced"),
    "text": (SqlWritingStore, "_why_not"),
    "call": (reach, "within_cap"),
    "noes": (reach, "keep_noes_out"),
}

pytestmark = pytest.mark.parametrize(
    "migrated", [kind for kind in KINDS if kind == POSTGRESQL], indirect=True
)
every_message = pytest.mark.parametrize("message", ["message", "answer", "text"])


class Meanwhile:
    """Another process at work, once, when the last look was taken."""

    def __init__(self, patch: pytest.MonkeyPatch, message: str, work: Callable[[], object]) -> None:
        owner, name = LOOKS[message]
        self._look = getattr(owner, name)
        self._thread = threading.Thread(target=work)
        self.had_to_wait: bool | None = None
        patch.setattr(owner, name, self._looked())

    def _looked(self) -> Callable[..., Any]:
        def looked(*given: Any, **more: Any) -> Any:
            seen = self._look(*given, **more)
            if self.had_to_wait is None:
                self._thread.start()
                self._thread.join(0.5)
                self.had_to_wait = self._thread.is_alive()
            return seen

        return looked

    def end(self) -> None:
        assert self.had_to_wait is not None, "nobody looked: this shows nothing"
        self._thread.join()


def due(home: Home, message: str) -> tuple[str, Callable[[], object]]:
    """A contact to whom a message of this kind is due, and what sends it."""
    contact = home.contact()
    if message == "message":
        home.run("pull", "route")
        return contact, lambda: home.run("reach")
    home.send()
    if message == "answer":
        home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
        return contact, lambda: home.run("record")
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    writing = home.fresh.reps.writing
    writing.write(REP, int(home.case(contact)["id"]), "hola")
    return contact, writing.send_due


@every_message
def test_a_message_that_was_cancelled_meanwhile_is_not_posted(
    home: Home, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    contact, send = due(home, message)
    by_person, before = home.another().by_person, len(home.messages())
    meanwhile = Meanwhile(
        monkeypatch, message, lambda: by_person.close_case(contact, reason="moved", actor=REP)
    )
    send()
    meanwhile.end()
    assert not meanwhile.had_to_wait
    assert len(home.messages()) == before
    assert home.rows("SELECT id FROM attempt WHERE state IN ('sending', 'in_doubt')") == []


@every_message
def test_a_no_is_committed_before_the_last_look_or_after_the_message_was_begun(
    home: Home, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    _, send = due(home, message)
    imports, before = home.another().imports, len(home.messages())
    line = (2, {"number": MEXICAN, "channel": "whatsapp"})
    listed = {"source": "ours"}
    meanwhile = Meanwhile(
        monkeypatch,
        message,
        lambda: imports.do_not_contact([line], defaults=listed, is_block_list=False),
    )
    send()
    meanwhile.end()
    assert meanwhile.had_to_wait
    assert len(home.messages()) == before + 1
    assert len(home.rows("SELECT id FROM suppression")) == 1


def test_a_stop_ends_the_call_that_was_being_queued(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact(tags=[])
    home.run("pull", "route")
    home.says(MEXICAN, "STOP")
    other = home.another()
    other.record.listen(RecordCounts())
    meanwhile = Meanwhile(monkeypatch, "call", other.answering.understand)
    assert home.fresh.reach.queue_calls() == 1
    meanwhile.end()
    assert meanwhile.had_to_wait
    assert [row["state"] for row in home.rows("SELECT state FROM attempt")] == ["cancelled"]


def test_a_case_closed_while_its_call_is_queued_keeps_no_call(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact(tags=[])
    home.run("pull", "route")
    by_person = home.another().by_person
    meanwhile = Meanwhile(
        monkeypatch, "call", lambda: by_person.close_case(contact, reason="moved", actor=REP)
    )
    home.fresh.reach.queue_calls()
    meanwhile.end()
    assert home.case(contact)["state"] == "closed"
    assert home.rows("SELECT id FROM attempt WHERE state = 'queued'") == []


def test_a_rep_who_notes_a_stop_and_the_queue_do_not_wait_for_each_other(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact(tags=[])
    home.run("pull", "route")
    desk, case = home.another().reps.desk, int(home.case(contact)["id"])
    meanwhile = Meanwhile(monkeypatch, "noes", lambda: desk.do_not_contact(REP, case))
    home.fresh.reach.queue_calls()
    meanwhile.end()
    assert home.case(contact)["stopped"]
    assert home.rows("SELECT id FROM attempt WHERE state = 'queued'") == []


def test_no_message_is_begun_for_a_number_that_is_known_to_be_somebody_elses(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact()
    home.run("pull", "route")
    other = home.another()

    def hears() -> None:
        home.says(MEXICAN, "número equivocado")
        other.record.listen(RecordCounts())
        other.answering.understand()

    meanwhile = Meanwhile(monkeypatch, "message", hears)
    home.run("reach")
    meanwhile.end()
    assert meanwhile.had_to_wait
    assert len(home.rows("SELECT why FROM dropped_number")) == 1
