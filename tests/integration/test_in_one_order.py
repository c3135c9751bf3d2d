"""Who needs what another holds takes it in the same order, so that no two wait for each other: a
run would end by it, and a rep be sent away. On SQLite only one writes."""

import pytest

from recovery.adapters.db import send_answers
from recovery.adapters.db.reps import writing
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.services.ports import SendAnswer, SendResult
from tests.installation import MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL, meanwhile

ANA, LUIS = "ana@firm.example", "luis@firm.example"
Patch = pytest.MonkeyPatch
OPTED_OUT = SendAnswer(SendResult.REJECTED, code="21610", http_status=400)

pytestmark = ON_POSTGRESQL


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
