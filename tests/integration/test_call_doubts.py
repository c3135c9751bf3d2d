"""Calls of which nobody said how they went: bound by callback or list, never placed twice."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
import sqlalchemy as sa

from recovery.adapters.db.cases import record
from recovery.adapters.db.invariants import broken_invariants
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.queries.calls import doubtful_calls, live_call
from recovery.domain.phone_call import CarrierResult, Progress
from recovery.sandbox.options import TWILIO_ACCOUNT, TWILIO_TOKEN
from recovery.sandbox.twilio.signature import signature
from recovery.services.attention import Concern, Kind
from recovery.services.calls.store import CallRefused, Hindrance
from tests.calls_world import LINE, MEXICAN_LINE, PHONES, REP, Office, calling_office, equip
from tests.installation import MEXICAN, Home

CALLS = "POST .*/Calls.json"


@pytest.fixture
def office(make_home: Callable[..., Home]) -> Iterator[Office]:
    home = make_home(voice_also=frozenset({MEXICAN_LINE}))
    with calling_office(home) as made:
        made.rep()
        yield made


@pytest.fixture
def deaf(make_home: Callable[..., Home]) -> Office:
    """An office whose web app is down: no webhook arrives."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    home = make_home(voice_also=frozenset({MEXICAN_LINE}))
    made = equip(home, f"http://127.0.0.1:{port}")
    made.rep()
    return made


@pytest.mark.parametrize("fault", ["execute_then_500", "execute_then_reset", "broken_answer"])
def test_a_call_in_doubt_is_bound_by_its_first_callback(office: Office, fault: str) -> None:
    case = office.due_call()
    office.home.faults(fault, match=CALLS)
    office.call(case)
    assert office.state(case).progress is Progress.IN_DOUBT
    office.pass_time()
    assert office.state(case).result is CarrierResult.ANSWERED
    assert office.rang() == [PHONES[REP], MEXICAN]


def test_while_in_doubt_it_is_not_placed_again(office: Office) -> None:
    case = office.due_call()
    office.home.faults("server_error", match=CALLS)
    office.call(case)
    for despite in (False, True):
        with pytest.raises(CallRefused) as refused:
            office.call(case, despite_doubt=despite)
        assert refused.value.why is Hindrance.IN_DOUBT
    assert office.rang() == []


def test_after_the_last_look_a_person_decides(office: Office) -> None:
    case = office.due_call()
    office.home.faults("server_error", match=CALLS)
    office.call(case)
    for minutes, listed in [(3, 0), (8, 0), (50, 1)]:
        office.home.move(minutes=minutes)
        office.home.run("record")
        assert len(doubtful_calls(office.home.fresh.database)) == listed
    assert office.state(case).result is CarrierResult.UNKNOWN
    (concern,) = doubts_told(office)
    assert "1 call(s)" in concern.found
    with pytest.raises(CallRefused):
        office.call(case)
    office.call(case, despite_doubt=True)
    office.pass_time()
    assert office.rang() == [PHONES[REP], MEXICAN]
    assert doubtful_calls(office.home.fresh.database) == []
    assert doubts_told(office) == []


def doubts_told(office: Office) -> list[Concern]:
    concerns = office.home.fresh.attention.concerns()
    return [one for one in concerns if one.kind is Kind.CALLS]


def test_a_person_dialled_twice_breaks_a_promise_unless_a_person_decided_it(
    office: Office,
) -> None:
    case, database = office.due_call(), office.home.fresh.database
    office.call(case)
    office.pass_time()
    assert broken_invariants(database) == []
    with database.begin() as connection:
        row = connection.execute(sa.select(PLACED)).mappings().one()
        again = {**row, "nth": 2, "token": "another", "sid": "CA2", "contact_sid": "CA3"}
        del again["id"]
        connection.execute(PLACED.insert().values(**again))
    (finding,) = broken_invariants(database)
    assert (finding.number, finding.examples) == ("I1", (str(row["attempt_id"]),))
    with database.begin() as connection:
        told = {"id": case, "contact_id": row["contact_id"]}
        attempt = row["attempt_id"]
        record(connection, told, "carrier_unknown", office.home.now, attempt_id=attempt)
    assert broken_invariants(database) == []


def test_a_call_that_twilio_rings_late_dials_nobody(office: Office) -> None:
    """In doubt for us, in Twilio's own line for them: it rings when nobody waits for it."""
    world = office.home.sandbox.world
    case = office.due_call()
    world.options = replace(world.options, voice_per_second=0.002)
    answer = requests.post(
        f"{office.home.sandbox.url}/2010-04-01/Accounts/{TWILIO_ACCOUNT}/Calls.json",
        data={"To": "+13105550999", "From": LINE, "Twiml": "<Response><Hangup/></Response>"},
        auth=(TWILIO_ACCOUNT, TWILIO_TOKEN),
        timeout=9,
    )
    assert answer.status_code == 201
    office.home.faults("execute_then_500", match=CALLS)
    office.call(case)
    office.pass_time(minutes=30)
    said = [row["status"] for row in office.home.sandbox.ledger("callback")]
    assert "in-progress" in said
    assert MEXICAN not in office.rang()
    assert office.state(case).dialled_at is None


def test_without_any_webhook_the_list_tells(deaf: Office) -> None:
    case = deaf.due_call()
    deaf.home.faults("execute_then_500", match=CALLS)
    deaf.call(case)
    deaf.home.move(minutes=3)
    deaf.home.run("record")
    deaf.home.move(minutes=5)
    deaf.home.run("record")
    state = deaf.state(case)
    assert state.result is CarrierResult.REP_DID_NOT_PRESS
    assert live_call(deaf.home.fresh.database, REP) is None


def test_lost_callbacks_are_asked_for(office: Office) -> None:
    case = office.due_call()
    body = {"rate": 1, "kinds": ["callback_missing"]}
    office.home.sandbox.control("/faults", body)
    office.call(case)
    office.pass_time()
    assert office.state(case).result in (None, CarrierResult.ANSWERED)
    office.home.run("record")
    state = office.state(case)
    assert (state.result, state.progress) == (CarrierResult.ANSWERED, Progress.ENDED)
    assert state.seconds


def test_late_doubled_and_disordered_callbacks_end_alike(office: Office) -> None:
    case = office.due_call()
    body = {"rate": 1, "kinds": ["callback_duplicate", "callback_reorder"]}
    office.home.sandbox.control("/faults", body)
    office.call(case)
    office.pass_time(hours=1)
    state = office.state(case)
    assert state.result is CarrierResult.ANSWERED
    told = office.home.rows("SELECT kind FROM outcome WHERE kind LIKE 'carrier_%'")
    assert [row["kind"] for row in told] == ["carrier_answered"]
    assert office.rang() == [PHONES[REP], MEXICAN]


def test_a_crash_between_the_order_and_the_answer_dials_nobody_twice(office: Office) -> None:
    """The person was to be dialled and Twilio never heard: nobody orders it a second time."""
    case = office.due_call()
    token = office.call(case)
    row = office.home.one("SELECT sid FROM placed_call")
    office.home.fresh.calling.greet(token, row["sid"])
    office.home.fresh.calling.pressed(token, row["sid"], "1")
    office.pass_time()
    assert MEXICAN not in office.rang()
    for _ in range(16):
        office.home.move(minutes=30)
        office.home.run("record")
    assert office.state(case).result is CarrierResult.UNKNOWN
    assert [one.case_id for one in doubtful_calls(office.home.fresh.database)] == [case]


def test_many_presses_at_once_ring_once(office: Office) -> None:
    case = office.due_call()

    def press(_: int) -> bool:
        try:
            office.call(case)
        except CallRefused:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        rang = list(pool.map(press, range(64)))
    assert rang.count(True) == 1
    office.pass_time()
    assert office.rang() == [PHONES[REP], MEXICAN]


PATHS = ("rep", "pressed", "done", "status", "contact", "heard")


def form_of(sid: str, **more: str) -> dict[str, str]:
    return {
        "AccountSid": TWILIO_ACCOUNT,
        "CallSid": sid,
        "CallStatus": "in-progress",
        "From": MEXICAN_LINE,
        "To": PHONES[REP],
        **more,
    }


def post(
    office: Office, path: str, form: dict[str, str], *, sign: bool = True
) -> requests.Response:
    url = f"{office.home.settings.public_url}/webhooks/twilio/voice/{path}"
    signed = signature(TWILIO_TOKEN, url=url, fields=form.items())
    headers = {"X-Twilio-Signature": signed} if sign else {}
    return requests.post(url, data=form, headers=headers, timeout=9)


def test_a_replayed_key_dials_nobody_again(office: Office) -> None:
    case = office.due_call()
    token = office.call(case)
    office.pass_time(seconds=40)
    assert office.rang().count(MEXICAN) == 1
    sid = office.home.one("SELECT sid FROM placed_call")["sid"]
    stored = office.home.rows("SELECT id FROM callback")
    for _ in range(3):
        answer = post(office, f"pressed/{token}", form_of(sid, Digits="1"))
        assert answer.status_code == 200
        assert MEXICAN not in answer.text
        assert "<Hangup" in answer.text
    assert office.home.rows("SELECT id FROM callback") == stored


@pytest.mark.parametrize("path", PATHS)
def test_what_twilio_did_not_sign_is_refused(office: Office, path: str) -> None:
    case = office.due_call()
    token = office.call(case)
    sid = office.home.one("SELECT sid FROM placed_call")["sid"]
    form = form_of(sid, Digits="1", DialCallStatus="completed", AnsweredBy="human")
    assert post(office, f"{path}/{token}", form, sign=False).status_code == 403
    foreign = {**form, "AccountSid": "AC" + "f" * 32}
    assert post(office, f"{path}/{token}", foreign).status_code == 403
    assert office.home.rows("SELECT id FROM callback") == []
    assert office.state(case).dialled_at is None


@pytest.mark.parametrize("path", ["rep", "pressed", "done"])
def test_a_call_nobody_placed_is_told_to_hang_up(office: Office, path: str) -> None:
    form = form_of("CA" + "1" * 32, Digits="1", DialCallStatus="completed")
    answer = post(office, f"{path}/unknown-token-1234", form)
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<Hangup" in answer.text
    assert "<Dial" not in answer.text
    assert "<Gather" not in answer.text


def test_another_calls_id_gets_no_number(office: Office) -> None:
    case = office.due_call()
    token = office.call(case)
    answer = post(office, f"pressed/{token}", form_of("CA" + "2" * 32, Digits="1"))
    assert "<Dial" not in answer.text
    assert office.state(case).dialled_at is None


def test_no_number_is_kept_with_what_was_told(office: Office) -> None:
    office.call(office.due_call())
    office.pass_time()
    kept = office.home.rows("SELECT params, token FROM callback")
    assert kept
    assert not any(number in str(row) for row in kept for number in (MEXICAN, PHONES[REP]))
