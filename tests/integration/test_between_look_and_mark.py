"""What another process commits between the last checks of a message and its `sending` counts: on
SQLite nobody can, for there is one writer at a time.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.reach import store as reach
from recovery.adapters.db.record import replies
from recovery.adapters.db.reps.writing import SqlWritingStore
from tests.databases import KINDS, POSTGRESQL
from tests.installation import MEXICAN, Home

REP = "ana@firm.example"

pytestmark = pytest.mark.parametrize(
    "migrated", [kind for kind in KINDS if kind == POSTGRESQL], indirect=True
)


def stop_after(
    home: Home, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> list[threading.Thread]:
    """When this look was taken, another process hears the person's stop."""
    look: Callable[..., Any] = getattr(owner, name)
    other, heard = home.another(), []

    def looked(*given: Any, **more: Any) -> Any:
        seen = look(*given, **more)
        if not heard:
            heard.append(threading.Thread(target=other.record.catch_up))
            home.says(MEXICAN, "STOP")
            heard[0].start()
            heard[0].join(5)
            assert not heard[0].is_alive(), "the stop had to wait: this shows nothing"
        return seen

    monkeypatch.setattr(owner, name, looked)
    return heard


def test_no_message_leaves_that_a_stop_took_away(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    heard = stop_after(home, monkeypatch, reach, "_why_not")
    report = home.run("reach")["reach"]
    assert heard
    assert home.step(contact)["state"] == "cancelled"
    assert home.messages(MEXICAN) == []
    assert report.counts["whatsapp_sent"] == 0
    assert report.skipped["case_changed"] == 1


def test_no_answer_leaves_that_a_stop_took_away(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    heard = stop_after(home, monkeypatch, replies, "_silenced")
    home.run("record")
    assert heard
    assert "ana.bien" not in str(home.messages(MEXICAN))


def test_no_text_of_a_rep_leaves_that_a_stop_took_away(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.send()
    home.says(MEXICAN, "¿de qué empresa me escriben? quiero hablar con alguien")
    home.run("record")
    writing = home.fresh.reps.writing
    writing.write(REP, int(home.case(contact)["id"]), "hola")
    heard = stop_after(home, monkeypatch, SqlWritingStore, "_why_not")
    assert writing.send_due() == 0
    assert heard
    assert home.step(contact, "w1")["state"] == "cancelled"
    assert "hola" not in [message["body"] for message in home.messages(MEXICAN)]
