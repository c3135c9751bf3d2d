"""Calls of the simulated Twilio: dialled, joined, hung up, and what they are told to do."""

import json
from typing import Any

import pytest

from tests.contract.twilio_world import Firm, Sandbox

ANA, CALLER = "+525512345678", "+13105550100"
EVENTS = ["initiated", "ringing", "answered", "completed"]
REP = "+13105550177"


def dial(world: Sandbox, office: Firm) -> str:
    form = {
        "To": ANA,
        "From": CALLER,
        "Twiml": '<Response><Say>Hola</Say><Pause length="600"/></Response>',
        "Timeout": "25",
        "StatusCallback": f"{office.url}/webhooks/twilio/voice/status",
        "StatusCallbackEvent": EVENTS,
    }
    return str(world.post(f"{world.account}/Calls.json", **form).json()["sid"])


def test_an_answered_call_goes_through_all_its_statuses(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = dial(world, office)
    world.move(hours=1)
    statuses = [form["CallStatus"] for _, form in office.posts]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for _, form in office.posts] == ["0", "1", "2", "3"]
    call = world.get(f"{world.account}/Calls/{sid}.json").json()
    assert call["status"] == "completed"
    assert int(call["duration"]) == int(office.posts[-1][1]["CallDuration"]) >= 20


def test_a_call_nobody_answers_ends_so(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=None, dead_line=False)
    sid = dial(world, office)
    world.move(hours=1)
    call = world.get(f"{world.account}/Calls/{sid}.json").json()
    assert call["status"] in {"no-answer", "busy", "completed"}
    dialled = world.get("/_sandbox/call", phone=ANA, attempt=1).json()
    assert (dialled["carrier"] != "answered", dialled["says"]) == (True, None)


def test_a_ringing_call_can_be_canceled_and_a_finished_one_cannot(
    world: Sandbox, office: Firm
) -> None:
    sid = dial(world, office)
    path = f"{world.account}/Calls/{sid}.json"
    assert world.post(path, Status="canceled").json()["status"] == "canceled"
    assert world.post(path, Status="completed").json()["code"] == 21220
    assert json.dumps(world.ledger("call")[0]["to"]) == f'"{ANA}"'


def ask_rep(world: Sandbox, office: Firm, *, pressed: str = "", phone: str = REP) -> str:
    """Calls a rep, who is asked for a key and then joined to Ana."""
    number = f'<Number statusCallback="{office.url}/contact" machineDetection="Enable"'
    number += f' amdStatusCallback="{office.url}/heard" statusCallbackEvent="{" ".join(EVENTS)}"'
    office.twiml = {
        "/rep": f'<Response><Gather numDigits="1" action="{office.url}/pressed">'
        "<Say>Ana</Say></Gather><Hangup/></Response>",
        "/pressed": pressed
        or f'<Response><Dial callerId="{CALLER}" timeout="25" action="{office.url}/done">'
        f"{number}>{ANA}</Number></Dial></Response>",
        "/done": "<Response><Hangup/></Response>",
    }
    form = {
        "To": phone,
        "From": CALLER,
        "Url": f"{office.url}/rep",
        "StatusCallback": f"{office.url}/status",
        "StatusCallbackEvent": EVENTS,
    }
    return str(world.post(f"{world.account}/Calls.json", **form).json()["sid"])


def told(office: Firm, path: str, field: str) -> list[str]:
    return [form.get(field, "") for at, form in office.posts if at == path]


def test_a_rep_presses_the_key_and_is_joined(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = ask_rep(world, office)
    world.move(hours=1)
    assert office.forged == 0
    assert told(office, "/pressed", "Digits") == ["1"]
    assert told(office, "/contact", "CallStatus") == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert set(told(office, "/contact", "ParentCallSid")) == {sid}
    assert told(office, "/heard", "AnsweredBy")[0] in {"human", "unknown"}
    [done] = [form for path, form in office.posts if path == "/done"]
    assert done["DialCallStatus"] == "completed"
    assert int(done["DialCallDuration"]) >= 20
    legs = world.get(f"{world.account}/Calls.json", ParentCallSid=sid).json()["calls"]
    assert [(leg["to"], leg["direction"], leg["status"]) for leg in legs] == [
        (ANA, "outbound-dial", "completed")
    ]
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == "completed"
    assert [row["to"] for row in world.ledger("call")] == [REP, ANA]


@pytest.mark.parametrize(
    ("habits", "status"),
    [
        ({"carrier": "busy"}, "busy"),
        ({"carrier": "no_answer"}, "no-answer"),
        ({"carrier": "failed"}, "failed"),
        ({"carrier": "voicemail"}, "completed"),
        ({"presses": None}, "completed"),
    ],
)
def test_whoever_does_not_press_is_joined_to_nobody(
    world: Sandbox, office: Firm, habits: dict[str, Any], status: str
) -> None:
    answer = world.post("/_sandbox/reps", control={"phone": REP, "habits": habits})
    assert answer.status_code == 200
    sid = ask_rep(world, office)
    world.move(hours=1)
    assert told(office, "/pressed", "Digits") == []
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == status
    assert [row["to"] for row in world.ledger("call")] == [REP]


@pytest.mark.parametrize(
    "document", ["<Response><Wait/></Response>", "no xml", "<!DOCTYPE a><Response/>", "<Answer/>"]
)
def test_what_cannot_be_followed_ends_the_call(world: Sandbox, office: Firm, document: str) -> None:
    sid = ask_rep(world, office, pressed=document)
    world.move(hours=1)
    assert world.get(f"{world.account}/Calls/{sid}.json").json()["status"] == "completed"
    assert [row["code"] for row in world.ledger("call_error")] == [12100]


def test_a_foreign_caller_id_dials_nobody(world: Sandbox, office: Firm) -> None:
    dial_ana = f'<Response><Dial callerId="+14155550000" action="/done">{ANA}</Dial></Response>'
    ask_rep(world, office, pressed=dial_ana.replace('"/done"', f'"{office.url}/done"'))
    world.move(hours=1)
    assert told(office, "/done", "DialCallStatus") == ["failed"]


def test_hanging_up_lets_go_of_whom_the_call_dialled(world: Sandbox, office: Firm) -> None:
    world.script(ANA, picks_up=1, dead_line=False)
    sid = ask_rep(world, office)
    world.move(seconds=35)
    world.post(f"{world.account}/Calls/{sid}.json", Status="completed")
    world.move(hours=1)
    ended = {row["sid"]: row["status"] for row in world.ledger("call_ended")}
    assert len(ended) == 2
    assert set(ended.values()) <= {"completed", "canceled"}


def test_calls_that_come_too_fast_wait_in_twilios_own_line(world: Sandbox, office: Firm) -> None:
    sids = [ask_rep(world, office, phone=f"+1310555{n}") for n in range(2000, 2010)]
    world.move(seconds=9)
    calls = [world.get(f"{world.account}/Calls/{sid}.json").json()["status"] for sid in sids]
    assert calls[0] == "in-progress"
    assert calls[-1] == "queued"


def test_a_call_without_instructions_or_from_a_foreign_number_is_refused(world: Sandbox) -> None:
    path = f"{world.account}/Calls.json"
    assert world.post(path, To=ANA, From=CALLER).json()["code"] == 21205
    foreign = world.post(path, To=ANA, From="+14155550000", Url="http://127.0.0.1:9/")
    assert foreign.json()["code"] == 21210
