"""What the provider refuses or we cannot send: who is tried again, who is called, who is let be."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.errors import AuthorizationLost, Call
from recovery.services.pipeline import Throttle
from recovery.services.ports import ApprovalStatus, SendAnswer, SendResult
from recovery.services.reach import drafting
from recovery.services.wording import message_values
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Home


def raising(error: Exception) -> Callable[..., Any]:
    def run(*_: Any) -> Any:
        raise error

    return run


def test_a_message_turned_away_is_offered_again_in_the_same_run(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(Throttle, "back_off", lambda self: pauses.append(1))
    contact = home.contact()
    home.run("pull", "route")
    home.faults("rate_limited", "rate_limited", match="POST .*Messages")
    assert home.run("reach")["reach"].counts["whatsapp_sent"] == 1
    assert len(pauses) == 2
    assert home.step(contact)["state"] == "accepted"
    assert len(home.messages()) == 1


def test_a_refused_credential_in_the_middle_consumes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [home.contact(phones=[p]) for p in (MEXICAN, BRAZILIAN, COLOMBIAN)]
    home.run("pull", "route")
    lost = AuthorizationLost(Call("Twilio", "send", 401, "20003"))
    with monkeypatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", raising(lost))
        report = home.fresh.stages.reach()
    assert "authorization" in str(report.broken)
    assert home.messages() == []
    states = {home.step(one)["state"] for one in contacts if home.attempts(one)}
    assert states <= {"intended"}
    home.run("record", "pull", "route", "reach")
    assert len(home.messages()) == 3


def test_a_template_that_is_not_approved_consumes_nothing(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    first = next(
        c
        for c in home.fresh.messenger.contents()
        if c.name.startswith("recovery_new_email_first_es")
    )
    home.sandbox.control("/approval", {"sid": first.sid, "status": "paused"})
    reports = home.run("reach")
    assert reports["reach"].skipped["template_not_approved"] == 1
    assert home.attempts(contact) == {}
    home.sandbox.control("/approval", {"sid": first.sid, "status": ApprovalStatus.APPROVED.value})
    home.run("route", "reach")
    assert len(home.messages()) == 1


def test_a_missing_variable_is_counted_and_the_others_leave(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, plain = home.contact(), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    whole = message_values

    def poor(addressee: Any, policy: Any, firm: str) -> Any:
        values = dict(whole(addressee, policy, firm))
        if addressee.language == "es":
            values.pop("firm")
        return values

    monkeypatch.setattr(drafting, "message_values", poor)
    report = home.run("reach")["reach"]
    assert report.skipped["variable_missing"] == 1
    assert home.attempts(poisoned) == {}
    assert home.step(plain)["state"] == "accepted"


@pytest.mark.parametrize(("code", "goes_on"), [("63003", True), ("21211", False)])
def test_a_number_without_whatsapp_is_called_and_an_impossible_one_is_dropped(
    home: Home, code: str, goes_on: bool
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code=code, http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.run("reach")
    home.next_day(3)
    home.run("route", "reach")
    assert home.step(contact)["state"] == "rejected"
    assert ("c1" in home.attempts(contact)) is goes_on
    assert home.case(contact)["state"] == ("open" if goes_on else "hold")


def test_who_opted_out_at_twilio_is_told_so_at_once_and_silenced_everywhere(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code="21610", http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.run("reach")
    assert home.case(contact)["stopped"]
    home.next_day(3)
    home.run("route", "reach")
    assert "c1" not in home.attempts(contact)
    assert home.case(contact)["state"] == "hold"


def test_our_own_fault_uses_up_no_attempt(home: Home) -> None:
    contact = home.contact()
    home.run("pull", "route")
    refused = SendAnswer(SendResult.REJECTED, code="63007", http_status=400)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", lambda *_: refused)
        home.fresh.stages.reach()
    assert home.attempts(contact) == {}
    home.fresh.brakes.go(by="ana@example.com")
    home.run("route", "reach")
    assert home.step(contact)["state"] == "accepted"
